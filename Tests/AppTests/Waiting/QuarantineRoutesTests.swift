import API
import HTTP
import JSON
import Database
import Testing
import TestSupport

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
            try tx.run(
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
                WHERE principal LIKE 'admin:tester%' ORDER BY seq
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
        #expect(stored["outcome"]?.string == "stored")
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

    @Test func replayQuarantinedRecordTakesACorrectedOne() async throws {
        let sent = try payload(1)
        for bad in [#"{"record":[]}"#, #"{"record":"x"}"#] {
            let refused = await post("1/replay", bad)
            #expect(refused.status == 422)
            #expect(refused["errors"]?["record"] != nil)
        }
        // Wrong once more: its own reason stays.
        let wrong = await post(
            "1/replay", #"{"record":{"health_id":"nobody","test":"Na","result":"1"}}"#)
        #expect(wrong.status == 422)
        #expect(wrong.error == "health_id_invalid")
        let kept = await app.send(.get, "/api/v1/admin/quarantine/1", token: admin)
        #expect(kept["error"]?.string == "validation_failed")
        #expect(kept["state"]?.string == "open")
        let stored = await post(
            "1/replay", #"{"record":{"health_id":"OPC-2024-DEMO1","test":"Na","result":"140"}}"#)
        #expect(stored.status == 200)
        #expect(stored["state"]?.string == "corrected")
        #expect(stored["resolved_by"]?.string == "admin:tester")
        #expect(try storedByAgent() == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM records WHERE content LIKE '%\"140\"%'") == 1)
        #expect(try payload(1) == sent)
        #expect(
            try audited().filter { $0.hasPrefix("replay") && $0.hasSuffix("quarantine/1") } == [
                "replayQuarantinedRecord U health_id_invalid quarantine/1",
                "replayQuarantinedRecord U success quarantine/1",
            ])
        #expect(await post("1/replay", #"{"record":{}}"#).status == 409)
    }

    private func payload(_ seq: Int64) throws -> String? {
        try app.read { tx in
            try tx.first(
                "SELECT payload FROM quarantined_records WHERE seq = ?", [.integer(seq)]
            ) { $0.text(0) }
        }
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

    @Test func aReplayForAHealthIDThatNobodyHasWaits() async throws {
        let waits = await post(
            "1/replay", #"{"record":{"health_id":"OPC-2024-NBDY1","test":"Na","result":"140"}}"#)
        #expect(waits["outcome"]?.string == "pending_patient", "\(waits.text)")
        #expect(waits["health_id"]?.string == "OPC-2024-NBDY1")
        try await mend()
        #expect(try app.count("SELECT COUNT(*) FROM pending_records") == 1)
    }

    /// It is no stored one: the panel and the command count it among those that wait.
    @Test func replayQuarantineTellsWhichWait() async throws {
        try await app.app.writer.write { tx in
            try tx.run(
                """
                UPDATE quarantined_records
                SET payload = replace(replace(payload, '""', '"Na"'), 'DEMO1', 'NBDY1')
                """)
        }
        let answer = await post("batch/replay", #"{"ids":["1"]}"#)
        #expect(answer["replayed"]?.int == 1)
        #expect(answer["results"]?.at(0)?["status"]?.string == "replayed")
        #expect(answer["results"]?.at(0)?["outcome"]?.string == "pending_patient")
        #expect(try app.count("SELECT COUNT(*) FROM pending_records") == 1)
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
        #expect(
            answer["results"]?.elements.map { $0["outcome"]?.string } == ["stored", nil, nil])
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

    @Test(arguments: [
        #"{"agent_id":"BRIDGE-2024-DEMO-001","facility_id":""}"#,
        #"{"facility_id":"FAC-001","agent_id":" "}"#, #"{"ids":["1"],"facility_reference":""}"#,
    ])
    func discardQuarantineRefusesAConditionThatCameEmpty(_ body: String) async throws {
        #expect(await post("batch/discard", body).status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records WHERE state = 'open'") == 3)
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

    // MARK: At once, and later

    private func storedByAgent() throws -> Int {
        try app.count(
            "SELECT COUNT(*) FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'")
    }

    /// Two administrators look at the same list.
    @Test func aRecordThatManyReplayIsStoredOnce() async throws {
        try await mend()
        let other = try await app.adminToken()
        let (app, admin) = (app, admin)
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 0..<8 {
                group.addTask {
                    await app.send(
                        .post, "/api/v1/admin/quarantine/1/replay",
                        token: number.isMultiple(of: 2) ? admin : other)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.status == 200 } == 1)
        for answer in answers where answer.status != 200 {
            #expect(answer.status == 409)
            #expect(
                answer["message"]?.string?.hasPrefix("This record was replayed by admin:tester")
                    == true)
        }
        #expect(try storedByAgent() == 1)
        #expect(try audited().count == 8)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'lab_result.released'") == 1)
    }

    @Test(arguments: 0..<6)
    func aRecordIsReplayedOrDiscardedAndNeverBoth(_ round: Int) async throws {
        try await mend()
        async let first = post(round.isMultiple(of: 2) ? "1/replay" : "1/discard")
        async let second = post(round.isMultiple(of: 2) ? "1/discard" : "1/replay")
        let answers = await [first, second]
        #expect(answers.map(\.status).sorted() == [200, 409])
        let state = try #require(answers.first { $0.status == 200 }?["state"]?.string)
        #expect(
            answers.first { $0.status == 409 }?["message"]?.string
                == "This record was \(state) by admin:tester.")
        #expect(try storedByAgent() == (state == "replayed" ? 1 : 0))
    }

    private func quarantine(_ record: String, _ wrong: String, _ right: String) async throws {
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(record)]}"#)
        try #require(answer["rejected"]?.int == 1)
        try await app.app.writer.write { tx in
            try tx.run(
                "UPDATE quarantined_records SET payload = replace(payload, ?, ?) WHERE seq = 4",
                [.text(wrong), .text(right)])
        }
    }

    @Test func aPatientRecordLeadsToAPatientWhenReplayed() async throws {
        let person = """
            {"record_type":"patient","first_name":"Odile","last_name":"Mbarga","dob":"1981-02-03",
            "sex":"female","external_id":"P-1"}
            """
        try await quarantine(person.replacing("female", with: "perhaps"), "perhaps", "female")
        let stored = await post("4/replay")
        #expect(stored.status == 200)
        let id = try #require(stored["health_id"]?.string)
        #expect(id.hasPrefix("CM-HID-"))
        // Whoever sends the same record later is told of the same person.
        let again = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(person)]}"#)
        #expect(again["duplicates"]?.int == 1)
        #expect(again["results"]?.at(0)?["health_id"]?.string == id)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'patient.created'") == 1)
    }

    /// Near matches are found for those who come by this way, too.
    @Test func aPatientRecordIsComparedWhenReplayed() async throws {
        let known = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[{"record_type":"patient","first_name":"Odile","last_name":"Mbarga",
                "dob":"1981-03-02","phone":"+237699001122"}]}
                """)
        try #require(known["accepted"]?.int == 1)
        try await quarantine(
            """
            {"record_type":"patient","first_name":"Odile","last_name":"Mbarga","dob":"1981-02-03",
            "phone":"+237699001122","sex":"perhaps"}
            """, "perhaps", "female")
        #expect(await post("4/replay").status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 1)
    }

    @Test func aRevokedAgentsRecordIsStoredAllTheSame() async throws {
        try await mend()
        let revoked = await app.send(
            .post, "/api/v1/admin/agents/BRIDGE-2024-DEMO-001/revoke", token: admin, json: "{}")
        try #require(revoked.status == 200)
        let stored = await post("1/replay")
        #expect(stored.status == 200)
        #expect(try storedByAgent() == 1)
        // The agent itself stays out.
        let sent = await BridgeRoutesTests.send(app, .post, "sync", json: #"{"records":[]}"#)
        #expect(sent.status == 401)
    }

    /// What a record says is its facility's: so is the number by which that knows a patient.
    @Test func aMovedAgentsRecordStaysWithTheFacilityThatSentIt() async throws {
        let facility = await app.send(
            .post, "/api/v1/admin/facilities", token: admin, json: #"{"name":"Another"}"#)
        let other = try #require(facility["id"]?.string)
        try await mend()
        let person = """
            {"record_type":"patient","first_name":"Odile","last_name":"Ewane","dob":"1981-02-03",
            "sex":"perhaps","external_id":"P-1"}
            """
        try await quarantine(person, "perhaps", "female")
        try await app.app.writer.write { tx in
            try tx.run("UPDATE bridge_agents SET facility_id = ?", [.text(other)])
        }
        #expect(await post("1/replay").status == 200)
        #expect(await post("4/replay").status == 200)
        #expect(try storedByAgent() == 1)
        for table: StaticString in [
            """
            SELECT COUNT(*) FROM records r JOIN facilities f ON f.seq = r.facility
            WHERE f.reference = 'FAC-001' AND r.client_id LIKE 'agent:%'
            """,
            """
            SELECT COUNT(*) FROM external_references
            WHERE client_id = 'facility:00000000-0000-0000-0000-100000000001' AND reference = 'P-1'
            """,
            """
            SELECT COUNT(*) FROM patients
            WHERE last_name = 'Ewane' AND facility_id = '00000000-0000-0000-0000-100000000001'
            """,
        ] {
            #expect(try app.count(table) == 1, "\(table)")
        }
    }
}
