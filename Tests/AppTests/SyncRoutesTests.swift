import App
import Crypto
import HTTP
import JSON
import SQLite
import TestSupport
import Testing

struct SyncRoutesTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"

    private func sync(
        _ app: TestApp, _ json: String, idempotencyKey: String? = nil
    ) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync", idempotencyKey: idempotencyKey, json: json)
    }

    private static func lab(_ value: String, _ more: String = "") -> String {
        """
        {"record_type":"lab_result","health_id":"\(patient)","test_name":"HbA1c",\
        "result_value":"\(value)"\(more)}
        """
    }

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    // MARK: Shapes

    /// The documents', the published agent's, and the two with `sync_type`.
    @Test(arguments: [
        #"{"agent_id":"BRIDGE-2024-DEMO-001","records":[RECORD]}"#, "RECORD",
        #"{"sync_type":"lab_results","records":[{"type":"lab_result","data":DATA}]}"#,
        #"{"sync_type":"lab_result","records":[DATA],"checksum":"whatever"}"#,
        #"{"records":[{"record_type":"labs","payload":DATA}]}"#,
    ])
    func syncRecordsTakesEveryShape(_ shape: String) async throws {
        let app = try TestApp()
        let data =
            #"{"health_id":"cm hid 7kq9 mp42 x8d1","test":"HbA1c","result":"9.2%","flagged":"H"}"#
        let record = #"{"record_type":"lab_result","# + data.dropFirst()
        let body = shape.replacing("RECORD", with: record).replacing("DATA", with: data)
        let answer = await sync(app, body)
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "ok")
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["rejected"]?.int == 0)
        #expect(answer["duplicates"]?.int == 0)
        #expect(answer["sync_id"]?.string?.hasPrefix("sync_") == true)
        #expect(answer["errors"]?.count == 0)
        #expect(answer["results"]?.count == 0)
        let view = try #require(
            try app.read { tx in
                try tx.first(
                    "SELECT view FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'"
                ) { try JSONDocument($0.utf8(0)) }
            })
        #expect(view.root["test_name"]?.string == "HbA1c")
        #expect(view.root["flagged"]?.bool == true)
        #expect(view.root["occurred_at"]?.isNull == true)
        #expect(try events(app) == ["lab_result.released"])
        #expect(try app.audit().last == "syncRecords C success")
        // Whatever the shape, it is the same record.
        let again = await sync(app, #"{"records":[\#(record)]}"#)
        #expect(again["duplicates"]?.int == 1)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 2)
        #expect(try events(app).count == 1)
    }
}
