import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What corrections of people do to the cases about them.
struct CorrectedCaseTests {
    private let app: TestApp
    private let token: String
    private let admin: String

    init() async throws {
        app = try TestApp()
        token = try await app.token()
        admin = try await app.adminToken()
    }

    private func register(_ first: String, _ last: String, _ born: String) async -> String {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: #"{"first_name":"\#(first)","last_name":"\#(last)","date_of_birth":"\#(born)"}"#
        )["health_id"]?.string ?? "nobody"
    }

    private func correct(_ id: String, _ members: String) async -> String {
        let answer = await app.send(
            .patch, "/api/v1/admin/patients/\(id)", token: admin,
            json: #"{"reason":"misspelt",\#(members)}"#)
        #expect(answer.status == 200, "\(answer.text)")
        return answer["correction_id"]?.string ?? "none"
    }

    private func undo(_ id: String, _ correction: String) async {
        let answer = await app.send(
            .post, "/api/v1/admin/patients/\(id)/corrections/\(correction)/undo", token: admin,
            json: "{}")
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Each case by its state, and what was decided about it, oldest first; `-` where that was undone.
    private func cases() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT c.state || COALESCE((SELECT group_concat(word, '') FROM (
                    SELECT ' ' || decision || CASE WHEN undone_at IS NULL THEN '' ELSE '-' END
                        AS word
                    FROM duplicate_decisions d WHERE d.case_id = c.id ORDER BY d.id) AS words), '')
                FROM duplicate_cases c ORDER BY c.id
                """
            ) { $0.text(0) }
        }
    }

    private static let odile =
        #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15""#

    @Test func aCaseClosesWithTheUndoOfWhatOpenedIt() async throws {
        let other = await register("Odile", "Ngono", "1990-03-16")
        let id = await register("Brigitte", "Fouda", "1975-01-20")
        let made = await correct(id, Self.odile)
        #expect(try cases() == ["open"])
        app.advance(seconds: 1)
        await undo(id, made)
        #expect(try cases() == ["closed closed"])
        let list = await app.send(
            .get, "/api/v1/admin/duplicates?state=closed", token: admin)
        let closed = try #require(list["duplicates"]?.at(0))
        #expect(closed["note"]?.string == "corrected: the two look alike no more")
        #expect(closed["decided_by"]?.string == "admin:tester")
        #expect(list["open"]?.int == 0)
        // Corrected the same way again, the question is asked again.
        app.advance(seconds: 1)
        let again = await correct(id, Self.odile)
        #expect(try cases() == ["open closed-"])
        // What changes nothing about it leaves it open.
        _ = await correct(id, #""sex":"female""#)
        #expect(try cases() == ["open closed-"])
        // Corrected otherwise, the other one has settled it as well.
        app.advance(seconds: 1)
        _ = await correct(other, #""first_name":"Serge","last_name":"Mballa""#)
        #expect(try cases() == ["closed closed- closed"])
        #expect(again != made)
    }

    @Test func whatSomebodyDecidedStays() async throws {
        _ = await register("Odile", "Ngono", "1990-03-16")
        let id = await register("Brigitte", "Fouda", "1975-01-20")
        let made = await correct(id, Self.odile)
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        let one = try #require(list["duplicates"]?.at(0)?["id"]?.string)
        _ = await app.send(
            .post, "/api/v1/admin/duplicates/\(one)/dismiss", token: admin, json: "{}")
        await undo(id, made)
        _ = await correct(id, Self.odile)
        #expect(try cases() == ["dismissed dismissed"])
    }

    /// That somebody registered two who looked alike stays a question; it is shown as they are now.
    @Test func aCaseOfARegistrationStaysOpen() async throws {
        let older = await register("Maryam", "Atangana", "1971-04-12")
        _ = await register("Mariam", "Atangana", "1971-12-04")
        _ = await correct(older, Self.odile)
        #expect(try cases() == ["open"])
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        let id = try #require(list["duplicates"]?.at(0)?["id"]?.string)
        let shown = await app.send(.get, "/api/v1/admin/duplicates/\(id)", token: admin)
        #expect(shown["certainty"]?.string == "unlikely")
        #expect(shown["band"]?.string == "unlikely")
    }

    private static let warned: [(one: String, other: String, warning: String?)] = [
        (#""first_name":"Odile""#, #""first_name":"Serge""#, "twins"),
        (
            #""first_name":"Odile","phone_number":"+237699000111""#,
            #""first_name":"Serge","date_of_birth":"1993-11-02","phone_number":"+237699000111""#,
            "siblings"
        ),
        (#""sex":"female","national_id":"X12345""#, #""sex":"male","national_id":"X12345""#, "sex"),
        (#""national_id":"X12345""#, #""national_id":"Q99887""#, "papers"),
        (#""phone_number":"+237699000111""#, #""phone_number":"+237699000111""#, nil),
    ]

    /// Of one family, whatever the score says.
    @Test(arguments: warned)
    func showDuplicateWarnsOfFamilies(_ one: String, _ other: String, _ warning: String?)
        async throws
    {
        let first = await register("Maryam", "Atangana", "1971-04-12")
        let second = await register("Mariam", "Atangana", "1971-12-04")
        for (id, members) in [(first, one), (second, other)] {
            let born = members.contains("date_of_birth") ? "" : #","date_of_birth":"1971-04-12""#
            _ = await correct(id, members + born)
        }
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        let id = try #require(list["duplicates"]?.at(0)?["id"]?.string)
        let shown = await app.send(.get, "/api/v1/admin/duplicates/\(id)", token: admin)
        let warnings = shown["warnings"]?.elements.compactMap(\.string) ?? []
        #expect(warnings == (warning.map { [$0] } ?? []), "\(shown.text)")
    }

    /// A case is closed by the undo of what opened it, though its person lies in somebody else by then.
    @Test func aCaseOfWhoWasMergedClosesAsWell() async throws {
        _ = await register("Odile", "Ngono", "1990-03-16")
        let third = await register("Serge", "Mballa", "1960-05-05")
        let id = await register("Brigitte", "Fouda", "1975-01-20")
        let made = await correct(id, Self.odile)
        #expect(try cases() == ["open"])
        let merge = await merge(id, into: third)
        #expect(try cases() == ["open"])
        app.advance(seconds: 1)
        await undo(third, made)
        #expect(try cases() == ["closed closed"])
        await part(merge)
        #expect(try cases() == ["closed closed"])
    }

    private func merge(_ retired: String, into survivor: String) async -> String {
        let answer = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(survivor)","retired_health_id":"\#(retired)"}"#)
        return answer["id"]?.string ?? "none"
    }

    private func part(_ merge: String) async {
        let answer = await app.send(
            .post, "/api/v1/admin/merges/\(merge)/undo", token: admin, json: "{}")
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func decide(_ number: Int, _ verb: String) async throws {
        let id = try app.read { tx in
            try tx.all("SELECT id FROM duplicate_cases ORDER BY id") { $0.text(0) }[number]
        }
        let answer = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/\(verb)", token: admin, json: "{}")
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Two who were told apart are not asked about again because one of them turns out to be a third.
    @Test func whoWasToldApartStaysApartThroughAThird() async throws {
        let one = await register("Odile", "Ngono", "1990-03-16")
        let other = await register("Odille", "Ngono", "1990-03-15")
        #expect(try cases() == ["open"])
        try await decide(0, "dismiss")
        app.advance(seconds: 1)
        let third = await register("Odile", "Ngonno", "1990-03-15")
        #expect(try cases() == ["dismissed dismissed", "open", "open"])
        // Who stays was told apart, or who ends.
        for (retired, survivor) in [(third, one), (one, third)] {
            app.advance(seconds: 1)
            let merge = await merge(retired, into: survivor)
            let merged = try cases().map { $0.split(separator: " ")[0] }
            #expect(merged.filter { $0 == "open" }.isEmpty, "\(merged)")
            #expect(merged.sorted() == ["closed", "dismissed", "merged"])
            // Nor by a correction.
            _ = await correct(survivor, #""first_name":"Odyle""#)
            #expect(try !cases().contains { $0.hasPrefix("open") })
            app.advance(seconds: 1)
            await part(merge)
            #expect(
                try cases().map { $0.split(separator: " ")[0] } == ["dismissed", "open", "open"])
        }
        #expect(other != third)
    }

    /// Merges make two questions one: it is answered once, and taken back once.
    @Test func oneWordAnswersAQuestionThatHasBecomeOne() async throws {
        let one = await register("Odile", "Ngono", "1990-03-16")
        let third = await register("Brigitte", "Fouda", "1975-01-20")
        _ = await register("Odille", "Ngono", "1990-03-15")
        let made = await correct(
            third, #""first_name":"Odilé","last_name":"Ngonno","date_of_birth":"1990-03-15""#)
        _ = await merge(third, into: one)
        let all = try cases()
        #expect(all.filter { $0 == "open" }.count == 2, "\(all)")
        let number = try #require(all.firstIndex(of: "open"))
        try await decide(number, "dismiss")
        #expect(try !cases().contains("open"))
        app.advance(seconds: 1)
        try await decide(number, "undo")
        #expect(
            try cases().map { $0.split(separator: " ")[0] }
                == all.map { $0.split(separator: " ")[0] })
        #expect(made != "none")
    }

    // MARK: Both at once

    /// What is shown of two while they are one is corrected of both; apart, each has what was theirs.
    @Test func whatACorrectionTookFromWhoWasMergedComesBack() async throws {
        func tell(_ first: String, _ facts: String) async -> String {
            await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token,
                json:
                    #"{"first_name":"\#(first)","last_name":"Kamga","date_of_birth":"1971-02-03",\#(facts)}"#
            )["health_id"]?.string ?? "nobody"
        }
        let one = await tell("Awa", #""allergies":["Latex"]"#)
        let other = await tell("Zita", #""allergies":["Penicillin"],"blood_type":"O-""#)
        let facts = try facts()
        for isToldMeanwhile in [false, true] {
            let merge = await merge(other, into: one)
            let made = await correct(
                one, #""allergies":["Latex","Penicillin","Nuts"],"blood_type":"A+""#)
            if isToldMeanwhile {
                // Under their own id and names.
                _ = await tell("Zita", #""allergies":["Dust"],"health_id":"\#(other)""#)
            }
            await part(merge)
            #expect(
                try self.facts() == [
                    #"A+ ["Latex","Penicillin","Nuts"]"#,
                    isToldMeanwhile ? #"O- ["Penicillin","Dust"]"# : #"O- ["Penicillin"]"#,
                ])
            await undo(one, made)
            if !isToldMeanwhile { #expect(try self.facts() == facts) }
        }
    }

    private func facts() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT COALESCE(blood_type, '-') || ' ' || allergies FROM patients
                WHERE last_name = 'Kamga' ORDER BY id
                """
            ) { $0.text(0) }
        }
    }

    /// Whom somebody has told apart nobody merges past them.
    @Test func aMergeDoesNotPassADecision() async throws {
        let one = await register("Odile", "Ngono", "1990-03-16")
        let other = await register("Odille", "Ngono", "1990-03-15")
        try await decide(0, "dismiss")
        let body = #"{"survivor_health_id":"\#(one)","retired_health_id":"\#(other)"}"#
        let refused = await app.send(.post, "/api/v1/admin/merges", token: admin, json: body)
        #expect(refused.status == 409 && refused["error"]?.string == "merge_conflict")
        #expect(try cases() == ["dismissed dismissed"])
        app.advance(seconds: 1)
        try await decide(0, "undo")
        #expect(
            await app.send(.post, "/api/v1/admin/merges", token: admin, json: body)["id"] != nil)
    }

    /// What a document confirms is not taken back by way of an older correction.
    @Test func whatWasVerifiedSinceIsNoCorrectionsToUndo() async throws {
        let id = await register("Zenab", "Oumarou", "1971-09-17")
        let name = await correct(id, #""first_name":"Zenaba""#)
        let phone = await correct(id, #""phone_number":"+237677123123""#)
        let verified = await app.send(
            .post, "/api/v1/admin/patients/\(id)/verification", token: admin,
            json: #"{"verification_method":"document","document_kind":"passport"}"#)
        #expect(verified.status == 200, "\(verified.text)")
        func undoing(_ correction: String) async -> Int {
            await app.send(
                .post, "/api/v1/admin/patients/\(id)/corrections/\(correction)/undo", token: admin,
                json: "{}"
            ).status
        }
        #expect(await undoing(name) == 409)
        #expect(await undoing(phone) == 200)
        #expect(await undoing(verified["correction_id"]?.string ?? "") == 200)
        #expect(await undoing(name) == 200)
    }

    @Test func deathIsNoGuess() async throws {
        let id = await register("Zenab", "Oumarou", "1971-09-17")
        for word in ["-1", #""*""#, #"["a"]"#, "{}", #""perhaps""#, "0.5"] {
            let answer = await app.send(
                .patch, "/api/v1/admin/patients/\(id)", token: admin,
                json: #"{"reason":"r","deceased":\#(word)}"#)
            #expect(answer.status == 422, "\(word): \(answer.text)")
        }
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE date_of_death IS NOT NULL") == 0)
    }
}
