import App
import HTTP
import JSON
import SQLite
import TestSupport
import Testing

struct QuarantineRoutesTests {
    private let app: TestApp
    private let admin: String

    /// Three refused records, the first of which an edit makes good.
    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"sync_type":"lab_result","records":[
                {"health_id":"OPC-2024-DEMO1","test":"","result":"1"},
                {"health_id":"CM-HID-7KQ9-MP42-X8D2","test":"Na","result":"2"},
                {"health_id":"CM-HID-7KQ9-MP42-X8D2","test":"K","result":"3"}]}
                """)
        try #require(answer["rejected"]?.int == 3)
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/quarantine/" + path, token: admin, json: json)
    }

    private func mend() async throws {
        try await app.app.writer.write { tx in
            _ = try tx.execute(
                """
                UPDATE quarantined_records SET payload = replace(payload, '""', '"Na"')
                WHERE seq = 1
                """)
        }
    }

    private func audited() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT operation, action, outcome, entity FROM audit_log
                WHERE principal = 'admin:tester' ORDER BY seq
                """
            ) { "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.textOrNil(3) ?? "-")" }
        }
    }

    @Test func listQuarantineSaysWhyAndNotWhat() async throws {
        let page = await app.send(.get, "/api/v1/admin/quarantine?limit=2", token: admin)
        #expect(page.status == 200)
        #expect(page["records"]?.elements.map { $0["id"]?.string } == ["3", "2"])
        #expect(page["records"]?.at(0)?["error"]?.string == "health_id_invalid")
        #expect(page["records"]?.at(0)?["payload"] == nil)
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await app.send(
            .get, "/api/v1/admin/quarantine?cursor=" + cursor, token: admin)
        #expect(rest["records"]?.elements.map { $0["id"]?.string } == ["1"])
        #expect(rest["next_cursor"]?.isNull == true)
        let none = await app.send(
            .get, "/api/v1/admin/quarantine?state=replayed&facility_id=FAC-001", token: admin)
        #expect(none["records"]?.count == 0)
        #expect(
            try audited()
                == Array(repeating: "listQuarantine R success quarantine", count: 3))
        #expect(
            await app.send(.get, "/api/v1/admin/quarantine?state=x", token: admin).status == 422)
    }

    @Test func showQuarantinedRecordIsALookAtThePatient() async throws {
        let shown = await app.send(.get, "/api/v1/admin/quarantine/1", token: admin)
        #expect(shown["payload"]?["health_id"]?.string == "OPC-2024-DEMO1")
        #expect(try audited().count == 1)
        #expect(try audited().first?.hasPrefix("showQuarantinedRecord R success patient/") == true)
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM audit_log WHERE operation = 'showQuarantinedRecord'
                    AND patient_id IS NOT NULL
                """) == 1)
        for id in ["9", "x", "-1", "99999999999999999999"] {
            #expect(
                await app.send(.get, "/api/v1/admin/quarantine/" + id, token: admin).status == 404,
                "\(id)")
        }
    }

    @Test func replayQuarantinedRecordStoresItOnce() async throws {
        let refused = await post("1/replay")
        #expect(refused.status == 422)
        #expect(refused.error == "validation_failed")
        try await mend()
        let stored = await post("1/replay")
        #expect(stored.status == 200)
        #expect(stored["state"]?.string == "replayed")
        #expect(stored["resolved_by"]?.string == "admin:tester")
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'")
                == 1)
        let again = await post("1/replay")
        #expect(again.status == 409)
        #expect(await post("9/replay").status == 404)
        #expect(
            try audited() == [
                "replayQuarantinedRecord E validation_failed quarantine/1",
                "replayQuarantinedRecord E success quarantine/1",
                "replayQuarantinedRecord E conflict quarantine/1",
                "replayQuarantinedRecord E not_found quarantine/9",
            ])
        // The patient can see whose hand it was.
        let log = await app.send(
            .get, "/api/v1/admin/patients/OPC-2024-DEMO1/access-log", token: admin)
        #expect(log["accesses"]?.at(0)?["operation"]?.string == "replayQuarantinedRecord")
    }

    @Test func discardQuarantinedRecordKeepsTheNote() async throws {
        let answer = await post("2/discard", #"{"note":"a test row"}"#)
        #expect(answer["state"]?.string == "discarded")
        #expect(answer["note"]?.string == "a test row")
        #expect(await post("2/discard").status == 409)
        #expect(
            try audited() == [
                "discardQuarantinedRecord U success quarantine/2",
                "discardQuarantinedRecord U conflict quarantine/2",
            ])
    }

    @Test func replayQuarantineTellsWhatBecameOfEach() async throws {
        try await mend()
        let answer = await post("batch/replay", #"{"facility_id":"FAC-001"}"#)
        #expect(answer.status == 200)
        #expect(answer["replayed"]?.int == 1)
        #expect(answer["remaining"]?.int == 2)
        #expect(
            answer["results"]?.elements.map { $0["status"]?.string }
                == ["replayed", "refused", "refused"])
        #expect(answer["results"]?.at(1)?["error"]?.string == "health_id_invalid")
        let byID = await post("batch/replay", #"{"ids":["1","2"]}"#)
        #expect(
            byID["results"]?.elements.map { $0["status"]?.string } == ["not_open", "refused"])
        // Everything at once is never meant.
        let empty = await post("batch/replay", "{}")
        #expect(empty.status == 422)
        #expect(
            try audited().map { $0.split(separator: " ")[2] } == [
                "success", "success", "validation_failed",
            ])
    }

    @Test func discardQuarantineTakesAnAgentsRecords() async throws {
        let answer = await post(
            "batch/discard", #"{"agent_id":"BRIDGE-2024-DEMO-001","note":"test export"}"#)
        #expect(answer["discarded"]?.int == 3)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM quarantined_records WHERE state = 'discarded' AND note = 'test export'"
            ) == 3)
        #expect(try audited() == ["discardQuarantine U success quarantine"])
        #expect(await post("batch/discard", #"{"ids":["x"]}"#).status == 422)
        // Nothing chosen is nothing, and not all that the agent has.
        let none = await post("batch/discard", #"{"ids":[],"agent_id":"BRIDGE-2024-DEMO-001"}"#)
        #expect(none.status == 422)
    }
}
