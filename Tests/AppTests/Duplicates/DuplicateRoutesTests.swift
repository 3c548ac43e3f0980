import HTTP
import JSON
import Registry
import Database
import Testing
import TestSupport

struct DuplicateRoutesTests {
    let app: TestApp
    let token: String
    let admin: String

    init() async throws {
        app = try TestApp()
        token = try await app.token()
        admin = try await app.adminToken()
    }

    func resolve(_ first: String, _ born: String, more: String = "") async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: """
                {"first_name":"\(first)","last_name":"Atangana","date_of_birth":"\(born)"\(more)}
                """)
    }

    /// Two registrations of one person, with records, a consent, an own reference and an alias.
    func pair() async throws -> (older: String, newer: String, id: String) {
        let older = await resolve("Maryam", "1971-04-12", more: #","external_reference":"A-1""#)
        let newer = await resolve("Mariam", "1971-12-04", more: #","external_reference":"A-2""#)
        let ids = [older, newer].compactMap { $0["health_id"]?.string }
        try #require(ids.count == 2)
        for (index, id) in ids.enumerated() {
            let push = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"\(id)","test_name":"HbA1c","result_value":"\(index)",
                    "external_lab_order_id":"L-\(index)"}
                    """)
            #expect(push.status == 201)
            let grant = await app.send(
                .post, "/api/v1/connect/patient/\(id)/consent/grant", token: token,
                json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
            #expect(grant.status == 200)
        }
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        let id = try #require(list["duplicates"]?.at(0)?["id"]?.string)
        return (ids[0], ids[1], id)
    }

    /// The audit rows of an operation: action, entity, outcome, and how many patients find it.
    func rows(_ operation: String) throws -> [String] {
        try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 10_000, in: tx)
        }.reversed().map(\.entry).filter { $0.operation == operation }.map {
            "\($0.action.rawValue) \($0.entity ?? "-") \($0.outcome) of \($0.batchPatientIDs.count)"
        }
    }

    @Test func listDuplicatesShowsWhoLooksAlikeAndWhy() async throws {
        let (older, newer, id) = try await pair()
        let before = try app.audit().count
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        #expect(list.status == 200)
        #expect(list["open"]?.int == 1)
        #expect(list["next_cursor"]?.isNull == true)
        let one = try #require(list["duplicates"]?.at(0))
        #expect(one["id"]?.string == id)
        #expect(one["state"]?.string == "open")
        #expect(one["patients"]?.at(0)?["health_id"]?.string == newer)
        #expect(one["patients"]?.at(1)?["health_id"]?.string == older)
        #expect(list.text.contains(#""agreement":"day_and_month_swapped""#))
        #expect(list.text.contains(#""agreement":"variant""#))
        // The list says who they are by their ids alone, and is no look at either of them.
        for name in ["Maryam", "Mariam", "1971"] { #expect(!list.text.contains(name), "\(name)") }
        #expect(try app.audit().suffix(from: before) == ["listDuplicates R success"])
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM audit_log
                WHERE operation = 'listDuplicates' AND patient_id IS NOT NULL
                """) == 0)
        let none = await app.send(
            .get, "/api/v1/admin/duplicates?state=dismissed", token: admin)
        #expect(none["duplicates"]?.count == 0)
        let bad = await app.send(
            .get, "/api/v1/admin/duplicates?state=x&cursor=y", token: admin)
        #expect(bad.status == 422)
        #expect(bad["errors"]?["state"] != nil)
        #expect(bad["errors"]?["cursor"] != nil)
    }

    @Test func listDuplicatesPagesByScore() async throws {
        for number in 1...5 {
            _ = await resolve(
                "Maryam", "1971-04-12", more: #","national_id":"77\#(number)42\#(number)""#)
        }
        var seen: [String] = []
        var target = "/api/v1/admin/duplicates?limit=3"
        while true {
            let page = await app.send(.get, target, token: admin)
            let ids = page["duplicates"]?.elements.compactMap { $0["id"]?.string } ?? []
            seen += ids
            guard let cursor = page["next_cursor"]?.string else { break }
            #expect(ids.count == 3)
            target = "/api/v1/admin/duplicates?limit=3&cursor=\(cursor)"
        }
        #expect(seen.count == 10)
        #expect(Set(seen).count == 10)
    }

    @Test func showDuplicateNamesBoth() async throws {
        let (older, _, id) = try await pair()
        let answer = await app.send(.get, "/api/v1/admin/duplicates/\(id)", token: admin)
        #expect(answer.status == 200)
        #expect(answer["patients"]?.at(1)?["health_id"]?.string == older)
        #expect(answer["patients"]?.at(1)?["date_of_birth"] != nil)
        // Both people's data was shown: one row, found by each of them.
        #expect(try rows("showDuplicate") == ["R duplicate/\(id) success of 2"])
        for one in [answer["patients"]?.at(0), answer["patients"]?.at(1)] {
            let health = try #require(one?["health_id"]?.string)
            let log = await app.send(
                .get, "/api/v1/admin/patients/\(health)/access-log", token: admin)
            #expect(
                log["accesses"]?.elements.contains { $0["operation"]?.string == "showDuplicate" }
                    == true)
        }
        let unknown = await app.send(.get, "/api/v1/admin/duplicates/dup_0", token: admin)
        #expect(unknown.status == 404)
    }

    @Test func mergeDuplicateMovesRecordsConsentsAndNumbers() async throws {
        let (older, newer, id) = try await pair()
        let answer = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin,
            json: #"{"reason":"same person"}"#)
        #expect(answer.status == 200)
        #expect(answer["survivor_health_id"]?.string == older)
        #expect(answer["retired_health_id"]?.string == newer)
        #expect(answer["duplicate_id"]?.string == id)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type = 'patient.merged'") == 1)
        // The retired id leads to the survivor, with the records of both.
        let verify = await app.send(
            .get, "/api/v1/connect/patients/verify/\(newer)", token: token)
        #expect(verify["resolved_via_alias"]?.bool == true)
        #expect(verify["health_id"]?.string == older)
        let reader = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(older)/consent/grant", token: reader,
            json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
        let records = await app.send(
            .get, "/api/v1/connect/patient/\(newer)/records?type=lab_results", token: reader)
        let both = try #require(records["records"]?["lab_results"])
        #expect(both.count == 2)
        #expect(both.elements.allSatisfy { $0["health_id"]?.string == older })
        let page = await app.send(
            .get, "/api/v1/connect/patient/\(older)/records?limit=1", token: reader)
        let cursor = try #require(page["next_cursor"]?.string)
        let next = await app.send(
            .get, "/api/v1/connect/patient/\(older)/records?limit=1&cursor=\(cursor)",
            token: reader)
        #expect(next["next_cursor"]?.isNull == true)
        #expect(
            [page, next].compactMap {
                $0["records"]?["lab_results"]?.at(0)?["result_value"]?.string
            }
                == both.elements.compactMap { $0["result_value"]?.string })
        // One person's now, under either id.
        let amended = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: """
                {"health_id":"\(older)","test_name":"HbA1c","result_value":"7",
                "external_lab_order_id":"L-1"}
                """)
        #expect(amended["amended"]?.bool == true)
        // Registering under the retired names finds the survivor, and makes nobody new.
        let again = await resolve("Mariam", "1971-12-04", more: #","external_reference":"A-2""#)
        #expect(again.status == 200)
        #expect(again["health_id"]?.string == older)
        // Merged is merged.
        let twice = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        #expect(twice.status == 409)
        #expect(twice.error == "merge_conflict")
    }

    @Test func mergeDuplicateKeepsWhomTheAdministratorNames() async throws {
        let (older, newer, id) = try await pair()
        let bad = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin,
            json: #"{"survivor":"CM-HID-7KQ9-MP42-X8D1"}"#)
        #expect(bad.status == 409)
        let answer = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin,
            json: #"{"survivor":"\#(newer)"}"#)
        #expect(answer["survivor_health_id"]?.string == newer)
        #expect(answer["retired_health_id"]?.string == older)
    }

    /// A person's last word counts: what was taken back under one id does not come back by the other.
    @Test func mergeDuplicateEndsAConsentThatTheOtherIdTookBack() async throws {
        let (older, newer, id) = try await pair()
        app.advance(seconds: 60)
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(newer)/consent/revoke", token: token, json: "{}")
        _ = await app.send(.post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let consent = await app.send(
            .get, "/api/v1/connect/patient/\(older)/consent", token: token)
        #expect(consent["state"]?.string == "revoked")
    }

    @Test func dismissDuplicateIsForEver() async throws {
        let (_, _, id) = try await pair()
        let answer = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/dismiss", token: admin,
            json: #"{"note":"sisters"}"#)
        #expect(answer.status == 200)
        #expect(answer["state"]?.string == "dismissed")
        #expect(answer["note"]?.string == "sisters")
        #expect(answer["decided_by"]?.string == "admin:tester")
        // The same people again: no case is opened anew.
        _ = await resolve("Mariam", "1971-12-04", more: #","external_reference":"A-2""#)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 0)
    }

    @Test func anOlderIDOfAMergedPatientLeadsToTheSurvivor() async throws {
        let survivor = try #require(
            await resolve("Maryam", "1971-04-12")["health_id"]?.string)
        _ = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: """
                {"survivor_health_id":"\(survivor)","retired_health_id":"OPC-2024-DEMO1"}
                """)
        let verify = await app.send(
            .get, "/api/v1/connect/patients/verify/OPC-2024-DEMO1", token: token)
        #expect(verify["health_id"]?.string == survivor)
        #expect(verify["resolved_via_alias"]?.bool == true)
    }

    /// The client's own number moved to the survivor; the person it was given to is found by it still.
    @Test func theSameCallAfterAMergeRegistersNobody() async throws {
        let numbered = #","external_reference":"#
        _ = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: """
                {"first_name":"Alice","last_name":"Okonkwo","date_of_birth":"1962-01-10"\(numbered)"c1"}
                """)
        let call = """
            {"first_name":"Berthe","last_name":"Tchamba","date_of_birth":"1967-02-11"\(numbered)"c2"}
            """
        let retired = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: call)
        let survivor = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{"first_name":"Alice","last_name":"Okonkwo","date_of_birth":"1962-01-10"}"#)
        let ids = [survivor, retired].compactMap { $0["health_id"]?.string }
        try #require(ids.count == 2)
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(ids[0])","retired_health_id":"\#(ids[1])"}"#)
        #expect(merged.status == 200)
        let again = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: call)
        #expect(again.status == 200)
        #expect(again["health_id"]?.string == ids[0])
    }

    @Test func mergePatientsNeedsTwoLivingOnes() async throws {
        let (older, newer, _) = try await pair()
        func merge(_ retired: String, _ survivor: String) async -> Answer {
            await app.send(
                .post, "/api/v1/admin/merges", token: admin,
                json: """
                    {"survivor_health_id":"\(survivor)","retired_health_id":"\(retired)"}
                    """)
        }
        #expect(await merge(older, older).status == 422)
        #expect(await merge(older, "CM-HID-0000-0000-0000").status == 404)
        #expect(await merge("x", older).status == 422)
        #expect(await merge(newer, older).status == 200)
        // The retired id is the survivor now.
        #expect(await merge(newer, older).status == 409)
    }

    @Test func listMergesShowsWhoMergedWhom() async throws {
        let (older, newer, id) = try await pair()
        _ = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin,
            json: #"{"reason":"x"}"#)
        let list = await app.send(.get, "/api/v1/admin/merges", token: admin)
        #expect(list["merges"]?.count == 1)
        #expect(list["merges"]?.at(0)?["survivor_health_id"]?.string == older)
        #expect(list["merges"]?.at(0)?["retired_health_id"]?.string == newer)
        #expect(list["merges"]?.at(0)?["merged_by"]?.string == "admin:tester")
        #expect(list["next_cursor"]?.isNull == true)
    }

    @Test(arguments: ["/api/v1/admin/duplicates", "/api/v1/admin/merges"])
    func onlyAdministratorsReview(_ path: String) async throws {
        #expect(await app.send(.get, path).error == "token_missing")
        #expect(await app.send(.get, path, token: token).error == "token_invalid")
        let asAgent = await app.send(
            .get, path,
            fields: [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
                ("X-API-Key", "demo_healthcare_key_sandbox_2026"),
            ])
        #expect(asAgent.status == 401)
        // Nor does an administrator's token open what clients read.
        let asClient = await app.send(
            .get, "/api/v1/connect/patients/verify/CM-HID-7KQ9-MP42-X8D1", token: admin)
        #expect(asClient.error == "token_invalid")
    }
}
