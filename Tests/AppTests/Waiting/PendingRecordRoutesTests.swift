import HTTP
import JSON
import Database
import Testing
import TestSupport

struct PendingRecordRoutesTests {
    private let app: TestApp
    private let admin: String

    static let wrong = "OPC-2023-WRONG"
    static let right = "OPC-2024-DEMO1"

    /// Two results and an appointment for an id that nobody has, an hour after another one's result.
    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
        let other = await BridgeRoutesTests.send(
            app, .post, "sync",
            json:
                #"{"record_type":"lab_result","health_id":"FR-HID-CQ64-3DZV-MXXK","test":"K","result":"4"}"#
        )
        try #require(other["pending"]?.int == 1)
        app.advance(seconds: 3600)
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[
                {"record_type":"lab_result","health_id":"\(Self.wrong)","test":"Na","result":"1"},
                {"type":"lab_result","data":{"patient_health_id":"opc 2023 wrong","test":"Na",
                "result":"2","external_id":"L-1"},"health_id":"\(Self.wrong)"},
                {"record_type":"appointment","health_id":"\(Self.wrong)","date":"2026-06-15"}]}
                """)
        try #require(answer["pending"]?.int == 3)
    }

    private func get(_ path: String) async -> Answer {
        await app.send(.get, "/api/v1/admin/pending-records" + path, token: admin)
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/pending-records/" + path, token: admin, json: json)
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

    private func events() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type, request_id FROM events ORDER BY seq") {
                "\($0.text(0)) \($0.text(1))"
            }
        }
    }

    private func ids(_ page: Answer) -> [String?]? {
        page["records"]?.elements.map { $0["id"]?.string }
    }

    // MARK: Reading

    @Test func listPendingRecordsSaysForWhomAndNotWhat() async throws {
        let page = await get("?limit=3")
        #expect(page.status == 200)
        #expect(ids(page) == ["4", "3", "2"])
        let first = try #require(page["records"]?.at(1))
        #expect(first["health_id"]?.string == Self.wrong)
        #expect(first["new_health_id"]?.isNull == true)
        #expect(first["state"]?.string == "waiting")
        #expect(first["agent_id"]?.string == BridgeRoutesTests.agent)
        #expect(first["facility_id"]?.string == BridgeRoutesTests.facility)
        #expect(first["type"]?.string == "lab_result")
        #expect(first["external_id"]?.string == "L-1")
        #expect(first["request_id"]?.string?.hasPrefix("req_") == true)
        #expect(first["received_at"]?.string == "2026-06-01T10:30:00Z")
        #expect(first["payload"] == nil)
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await get("?cursor=" + cursor)
        #expect(ids(rest) == ["1"])
        #expect(rest["next_cursor"]?.isNull == true)
        #expect(
            try audited()
                == Array(repeating: "listPendingRecords R success pending_records", count: 2))
    }

    @Test(arguments: [
        ("?health_id=opc2023wrong", ["4", "3", "2"]), ("?facility_id=FAC-001&limit=1", ["4"]),
        ("?agent_id=BRIDGE-2024-DEMO-001", ["4", "3", "2", "1"]), ("?agent_id=B", []),
        ("?received_before=2026-06-01T10:00:00Z", ["1"]), ("?received_before=2026-06-01", []),
        ("?state=discarded", []),
    ])
    func listPendingRecordsTakesConditions(_ query: String, _ expected: [String]) async {
        #expect(ids(await get(query)) == expected)
    }

    @Test(arguments: [
        ("?state=open", "state"), ("?health_id=CM-HID-7KQ9-MP42-X8DX", "health_id"),
        ("?received_before=soon", "received_before"),
    ])
    func listPendingRecordsRefusesWhatItDoesNotKnow(_ query: String, _ name: String) async {
        let answer = await get(query)
        #expect(answer.status == 422)
        #expect(answer["errors"]?[name] != nil)
    }

    @Test func showPendingRecordIsALookAtTheHealthId() async throws {
        let shown = await get("/2")
        #expect(shown["payload"]?["result"]?.string == "1")
        #expect(await get("/2/").status == 200)
        for id in ["9", "x", "-1", "99999999999999999999"] {
            #expect(await get("/" + id).status == 404, "\(id)")
        }
        #expect(
            try audited().prefix(3) == [
                "showPendingRecord R success patient/\(Self.wrong)",
                "showPendingRecord R success patient/\(Self.wrong)",
                "showPendingRecord R not_found pending_record/9",
            ])
        // Once it is somebody's, they may see who looked.
        #expect(await post("2/redirect", #"{"new_health_id":"\#(Self.right)"}"#).status == 200)
        #expect(await get("/2").status == 200)
        let log = await app.send(
            .get, "/api/v1/admin/patients/\(Self.right)/access-log", token: admin)
        #expect(
            log["accesses"]?.elements.prefix(2).map { $0["operation"]?.string }
                == ["showPendingRecord", "redirectPendingRecord"])
    }

    // MARK: One

    @Test func redirectPendingRecordStoresItForThePatient() async throws {
        app.advance(seconds: 3600)
        let answer = await post(
            "3/redirect", #"{"new_health_id":"opc-2024-demo1","note":"the clinic called"}"#)
        #expect(answer.status == 200)
        #expect(answer["state"]?.string == "redirected")
        #expect(answer["new_health_id"]?.string == Self.right)
        #expect(answer["health_id"]?.string == Self.wrong)
        #expect(answer["note"]?.string == "the clinic called")
        #expect(answer["resolved_by"]?.string == "admin:tester")
        #expect(answer["outcome"]?.string == "stored")
        #expect(answer["record_id"]?.string?.hasPrefix("lab_") == true)
        let request = try #require(answer.response.field("X-Request-Id"))
        #expect(try events() == ["lab_result.released \(request)"])
        // Received when it came, and its chart names nobody else.
        #expect(
            try app.count("SELECT COUNT(*) FROM records WHERE lower(content) LIKE '%wrong%'") == 0)
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'
                    AND received_at = 1780309800000 AND content LIKE '%"patient_health_id":"OPC-2024-DEMO1"%'
                """) == 1)
        // What was sent is kept as it was.
        #expect(
            await get("/3")["payload"]?["data"]?["patient_health_id"]?.string == "opc 2023 wrong")
        #expect(await post("3/redirect", #"{"new_health_id":"\#(Self.right)"}"#).status == 409)
        #expect(await post("9/redirect", #"{"new_health_id":"\#(Self.right)"}"#).status == 404)
        #expect(try app.count("SELECT COUNT(*) FROM events") == 1)
        #expect(
            try audited().filter { $0.hasPrefix("redirect") } == [
                "redirectPendingRecord E success pending_record/3",
                "redirectPendingRecord E conflict pending_record/3",
                "redirectPendingRecord E not_found pending_record/9",
            ])
    }

    @Test(arguments: [
        "{}", #"{"new_health_id":"CM-HID-7KQ9-MP42-X8DX"}"#, #"{"new_health_id":"OPC-2023-WRONG"}"#,
    ])
    func redirectPendingRecordWantsAnotherHealthId(_ json: String) async throws {
        let answer = await post("2/redirect", json)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["new_health_id"] != nil)
        #expect(await get("/2")["state"]?.string == "waiting")
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%'") == 0)
    }

    @Test func discardPendingRecordKeepsItWithTheNote() async throws {
        let answer = await post("2/discard", #"{"note":"another country's"}"#)
        #expect(answer["state"]?.string == "discarded")
        #expect(answer["note"]?.string == "another country's")
        #expect(await post("2/discard").status == 409)
        let late = await post("2/redirect", #"{"new_health_id":"\#(Self.right)"}"#)
        #expect(late.status == 409)
        #expect(late["message"]?.string == "This record was discarded by admin:tester.")
        #expect(await get("/2")["payload"]?["result"]?.string == "1")
        #expect(ids(await get("?state=discarded")) == ["2"])
        #expect(
            try audited().prefix(3) == [
                "discardPendingRecord U success pending_record/2",
                "discardPendingRecord U conflict pending_record/2",
                "redirectPendingRecord E conflict pending_record/2",
            ])
        #expect(try events().isEmpty)
    }

    // MARK: Many

    @Test func redirectPendingRecordsTellsWhatBecameOfEach() async throws {
        _ = await post("3/discard")
        let answer = await post(
            "batch/redirect",
            #"{"health_id":"\#(Self.wrong)","new_health_id":"CM-HID-7KQ9-MP42-X8D1"}"#)
        #expect(answer.status == 200)
        #expect(answer["redirected"]?.int == 2)
        #expect(answer["results"]?.elements.map { $0["id"]?.string } == ["2", "4"])
        #expect(
            answer["results"]?.elements.map { $0["outcome"]?.string } == ["stored", "stored"])
        let byID = await post(
            "batch/redirect",
            #"{"ids":["1","2","3"],"new_health_id":"FR-HID-CQ64-3DZV-MXXK"}"#)
        #expect(
            byID["results"]?.elements.map { $0["status"]?.string }
                == ["refused", "not_waiting", "not_waiting"])
        #expect(byID["remaining"]?.int == 3)
        #expect(byID["results"]?.at(0)?["error"]?.string == "validation_failed")
        // An agent's records are not one patient's.
        for choice in ["", #""agent_id":"BRIDGE-2024-DEMO-001","#, #""facility_id":"FAC-001","#] {
            let answer = await post(
                "batch/redirect", #"{\#(choice)"new_health_id":"\#(Self.right)"}"#)
            #expect(answer.status == 422)
            #expect(answer["errors"]?["ids"] != nil)
        }
        #expect(
            try audited().filter { $0.hasPrefix("redirectPendingRecords") } == [
                "redirectPendingRecords E success pending_records",
                "redirectPendingRecords E success pending_records",
                "redirectPendingRecords E validation_failed -",
                "redirectPendingRecords E validation_failed -",
                "redirectPendingRecords E validation_failed -",
            ])
        #expect(try events().count == 2)
    }

    @Test func discardPendingRecordsTakesThoseOfAFilter() async throws {
        let old = await post(
            "batch/discard",
            #"{"facility_id":"FAC-001","received_before":"2026-06-01T10:00:00Z","note":"old"}"#)
        #expect(old["results"]?.elements.map { $0["id"]?.string } == ["1"])
        let answer = await post("batch/discard", #"{"health_id":"\#(Self.wrong)"}"#)
        #expect(answer["discarded"]?.int == 3)
        #expect(await post("batch/discard", #"{"ids":["1"]}"#)["remaining"]?.int == 1)
        #expect(
            try audited()
                == Array(
                    repeating: "discardPendingRecords U success pending_records", count: 3))
        // Everything at once is never meant.
        for json in [
            "{}", #"{"received_before":"2027-01-01"}"#, #"{"ids":["x"]}"#, #"{"ids":[]}"#,
            #"{"facility_id":"","health_id":"OPC-2023-WRONG"}"#,
            #"{"received_before":" ","agent_id":"BRIDGE-2024-DEMO-001"}"#,
        ] {
            #expect(await post("batch/discard", json).status == 422, "\(json)")
        }
        #expect(
            try app.count("SELECT COUNT(*) FROM pending_records WHERE state = 'discarded'") == 4)
    }

    @Test func showStatisticsTellsHowLongTheOldestWaits() async throws {
        func counts() async -> JSONValue? {
            await app.send(.get, "/api/v1/admin/stats", token: admin)["counts"]
        }
        #expect(await counts()?["pending_records"]?.int == 4)
        #expect(await counts()?["oldest_pending_record"]?.string == "2026-06-01T09:30:00Z")
        _ = await post("batch/discard", #"{"agent_id":"BRIDGE-2024-DEMO-001"}"#)
        #expect(await counts()?["pending_records"]?.int == 0)
        #expect(await counts()?["oldest_pending_record"]?.isNull == true)
    }
}
