import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// Deciding, taking it back, and what happens to a case meanwhile.
extension DuplicateRoutesTests {
    private func post(_ id: String, _ verb: String, _ body: String = "{}") async -> Answer {
        await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/\(verb)", token: admin, json: body)
    }

    private func show(_ id: String) async -> Answer {
        await app.send(.get, "/api/v1/admin/duplicates/\(id)", token: admin)
    }

    private func states() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT state FROM duplicate_cases ORDER BY id") { $0.text(0) }
        }
    }

    private func caseID(_ one: String, _ other: String) throws -> String {
        try app.read { tx in
            try tx.first(
                """
                SELECT d.id FROM duplicate_cases d JOIN patients p ON p.id = d.patient_id
                JOIN patients c ON c.id = d.candidate_id
                WHERE (p.health_id, c.health_id) IN ((?1, ?2), (?2, ?1))
                """, [.text(one), .text(other)]
            ) { $0.text(0) } ?? "none"
        }
    }

    @Test func showDuplicateSaysWhatAMergeWouldDo() async throws {
        let (older, _, id) = try await pair()
        let answer = await show(id)
        #expect(answer["certainty"]?.string == "certain")
        #expect(answer["other_cases"]?.int == 0)
        #expect(answer["warnings"]?.count == 0)
        #expect(answer["survivor"]?["health_id"]?.string == older)
        #expect(answer["survivor"]?["is_clear"]?.bool == true)
        for index in 0...1 {
            let holds = answer["patients"]?.at(index)?["holds"]
            #expect(holds?["records"]?.int == 1 && holds?["references"]?.int == 1)
            #expect(holds?["consents"]?.int == 1 && holds?["files"]?.int == 0)
        }
    }

    /// Papers speak for the one, records for the other: nobody is proposed as a matter of course.
    @Test func showDuplicateLeavesAChoiceThatIsNotClear() async throws {
        let (older, newer) = (
            await resolve("Maryam", "1971-04-12")["health_id"]?.string ?? "",
            await resolve("Mariam", "1971-12-04")["health_id"]?.string ?? ""
        )
        let id = try caseID(older, newer)
        func survivor() async -> [String?] {
            let one = await show(id)["survivor"]
            return [one?["health_id"]?.string, one?["is_clear"]?.bool.map { "\($0)" }]
        }
        #expect(await survivor() == [older, "true"])
        _ = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: #"{"health_id":"\#(newer)","test_name":"HbA1c","result_value":"1"}"#)
        #expect(await survivor() == [newer, "true"])
        _ = await app.send(
            .post, "/api/v1/admin/patients/\(older)/verification", token: admin,
            json: #"{"verification_method":"document","document_kind":"passport"}"#)
        #expect(await survivor() == [older, "false"])
    }

    @Test(arguments: ["merge", "dismiss"])
    func undoDuplicateOpensItAgain(_ verb: String) async throws {
        let (_, _, id) = try await pair()
        #expect(await post(id, verb).status == 200)
        let undone = await post(id, "undo")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(undone["state"]?.string == "open")
        #expect(undone["decided_by"]?.isNull == true)
        #expect(try states() == ["open"])
        // Once, and only what somebody decided.
        #expect(await post(id, "undo").error == "merge_conflict")
        #expect(await post("dup_0", "undo").status == 404)
        #expect(await post(id, verb == "merge" ? "dismiss" : "merge").status == 200)
        let operation = verb == "merge" ? "mergeDuplicate" : "dismissDuplicate"
        #expect(try rows(operation) == ["U duplicate/\(id) success of 2"])
        #expect(
            try rows("undoDuplicate") == [
                "U duplicate/\(id) success of 2", "U duplicate/\(id) merge_conflict of 2",
                "U duplicate/dup_0 not_found of 0",
            ])
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        #expect(list["open"]?.int == 0)
    }

    private static let verbs: [(first: String, then: String, state: String)] = [
        ("merge", "merge", "merged"), ("merge", "dismiss", "merged"),
        ("dismiss", "merge", "dismissed"), ("dismiss", "dismiss", "dismissed"),
    ]

    @Test(arguments: verbs)
    func aDecisionOnADecidedCaseSaysWhatHappened(
        _ first: String, _ then: String, _ state: String
    ) async throws {
        let (_, _, id) = try await pair()
        #expect(await post(id, first).status == 200)
        let late = await post(id, then)
        #expect(late.status == 409)
        #expect(late.error == "merge_conflict")
        #expect(late["case_state"]?.string == state)
        #expect(late["decided_by"]?.string == "admin:tester")
        #expect(late["decided_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_decisions") == 1)
        #expect(try app.count("SELECT COUNT(*) FROM merges") == (first == "merge" ? 1 : 0))
    }

    /// Whoever decides has seen something else.
    @Test(arguments: ["merge", "dismiss"])
    func aDecisionOnAChangedCaseIsRefused(_ verb: String) async throws {
        let (older, _, id) = try await pair()
        let version = try #require(await show(id)["version"]?.string)
        app.advance(seconds: 60)
        let corrected = await app.send(
            .patch, "/api/v1/admin/patients/\(older)", token: admin,
            json: #"{"reason":"x","phone_number":"+237699000111"}"#)
        #expect(corrected.status == 200, "\(corrected.text)")
        let late = await post(id, verb, #"{"version":"\#(version)"}"#)
        #expect(late.status == 409)
        #expect(late["case_state"]?.string == "open")
        #expect(try states() == ["open"])
        let next = try #require(await show(id)["version"]?.string)
        #expect(next != version)
        #expect(await post(id, verb, #"{"version":"\#(next)"}"#).status == 200)
    }

    /// Three registrations of one person: whoever was merged is asked about as the survivor.
    @Test func aMergeAnswersFurtherQuestionsAndItsUndoAsksThemAgain() async throws {
        let ids = [
            await resolve("Maryam", "1971-04-12"), await resolve("Mariam", "1971-12-04"),
            await resolve("Miriam", "1971-04-12"),
        ].compactMap { $0["health_id"]?.string }
        try #require(ids.count == 3 && Set(ids).count == 3)
        #expect(try states() == ["open", "open", "open"])
        let questions = try [
            caseID(ids[0], ids[1]), caseID(ids[0], ids[2]), caseID(ids[1], ids[2]),
        ]
        #expect(await show(questions[0])["other_cases"]?.int == 2)
        #expect(await post(questions[0], "merge").status == 200)
        // The retired one is the survivor now, in the list and where the case is opened.
        let shown = await show(questions[2])
        #expect(shown["patients"]?.at(1)?["health_id"]?.string == ids[0])
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        #expect(!list.text.contains(ids[1]))
        let merged = await post(questions[2], "merge")
        #expect(merged["survivor_health_id"]?.string == ids[0], "\(merged.text)")
        #expect(merged["retired_health_id"]?.string == ids[2])
        #expect(await show(questions[1])["state"]?.string == "closed")
        #expect(await post(questions[1], "undo").error == "merge_conflict")
        #expect(await post(questions[1], "dismiss")["case_state"]?.string == "closed")
        let closed = await app.send(
            .get, "/api/v1/admin/duplicates?state=closed", token: admin)
        #expect(closed["duplicates"]?.at(0)?["id"]?.string == questions[1])
        #expect(closed["duplicates"]?.at(0)?["note"]?.string?.contains("another merge") == true)
        // Undone out of order: only who is apart again is asked about.
        #expect(await post(questions[0], "undo").status == 200)
        #expect(await show(questions[1])["state"]?.string == "closed")
        #expect(await show(questions[2])["state"]?.string == "open")
        #expect(
            try app.read { tx in
                try tx.all("SELECT COUNT(*) FROM merges WHERE undone_at IS NULL") { $0.int(0) }
            } == [1])
    }

    /// Two who were merged before stay one when a later merge of both is undone.
    @Test func anUndoneMergeAsksNothingOfWhoStaysMerged() async throws {
        let (older, newer, id) = try await pair()
        #expect(await post(id, "merge").status == 200)
        let other = await resolve("Serge", "1959-08-21")["health_id"]?.string ?? ""
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(other)","retired_health_id":"\#(older)"}"#)
        let merge = try #require(merged["id"]?.string)
        #expect(await post(id, "undo").error == "merge_conflict")
        let undone = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(undone.status == 200)
        #expect(try states() == ["merged"])
        #expect(await post(id, "undo").status == 200)
        #expect(
            try rows("undoDuplicate") == [
                "U duplicate/\(id) merge_conflict of 2", "U duplicate/\(id) success of 2",
            ])
        let verified = await app.send(
            .get, "/api/v1/connect/patients/verify/\(newer)", token: token)
        #expect(verified["health_id"]?.string == newer)
    }

    /// A merge that names no case answers the one that asks just this.
    @Test func mergePatientsDecidesTheirCase() async throws {
        let (older, newer, id) = try await pair()
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(newer)","retired_health_id":"\#(older)"}"#)
        #expect(merged["duplicate_id"]?.string == id)
        #expect(try states() == ["merged"])
        let merge = try #require(merged["id"]?.string)
        #expect(await show(id)["merge_id"]?.string == merge)
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(try states() == ["open"])
    }

    @Test func showDuplicateStatisticsCountsWhatWaitsAndWasDecided() async throws {
        let path = "/api/v1/admin/duplicates/statistics"
        let empty = await app.send(.get, path, token: admin)
        #expect(empty["open"]?["total"]?.int == 0)
        #expect(empty["median_seconds"]?.isNull == true)
        let (_, _, id) = try await pair()
        _ = await resolve("Miriam", "1971-04-12")
        app.advance(seconds: 3 * 86_400)
        // A token lasts an hour.
        let late = try await app.token()
        let registered = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: late,
            json: """
                {"first_name":"Myriam","last_name":"Atangana","date_of_birth":"1971-04-12"}
                """)
        #expect(registered.status == 201)
        let before = try app.count("SELECT COUNT(*) FROM duplicate_cases")
        #expect(await post(id, "dismiss").status == 200)
        #expect(await post(id, "undo").status == 200)
        let again = try await app.adminToken()
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: again)
        #expect(merged.status == 200)
        let figures = await app.send(.get, path, token: admin)
        #expect(figures["open"]?["total"]?.int == Int64(before - 1), "\(figures.text)")
        let ages = ["certain", "possible"].map { figures["open"]?[$0] }
        #expect(ages.contains { ($0?["today"]?.int ?? 0) > 0 })
        #expect(ages.contains { ($0?["week"]?.int ?? 0) > 0 })
        for age in ["month", "older"] { #expect(ages.allSatisfy { $0?[age]?.int == 0 }) }
        #expect(figures["merged"]?.int == 1 && figures["dismissed"]?.int == 1)
        #expect(figures["undone"]?.int == 1)
        #expect(figures["median_seconds"]?.int == 259_200)
        #expect(figures["is_partial"]?.bool == false)
        #expect(
            figures["deciders"]?.elements.compactMap { $0["decided_by"]?.string } == [
                "admin:tester", "admin:tester 2",
            ])
        app.advance(seconds: 40 * 86_400)
        let later = await app.send(.get, path, token: admin)
        #expect(later["merged"]?.int == 0 && later["deciders"]?.count == 0)
        #expect(later["open"]?["certain"]?["today"]?.int == 0)
        for bad in ["0", "367", "x", "-1", "1e2", "99999"] {
            let answer = await app.send(.get, path + "?days=" + bad, token: admin)
            #expect(answer["errors"]?["days"] != nil, "\(bad)")
        }
    }
}
