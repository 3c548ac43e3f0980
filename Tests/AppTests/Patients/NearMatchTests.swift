import HTTP
import JSON
import Database
import Testing
import TestSupport

/// The grey zone of `resolvePatient`: a new id, and a case for an administrator.
struct NearMatchTests {
    private static func resolve(
        _ app: TestApp, _ token: String, _ first: String, _ last: String, _ born: String,
        more: String = ""
    ) async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: """
                {"first_name":"\(first)","last_name":"\(last)","date_of_birth":"\(born)"\(more)}
                """)
    }

    @Test(arguments: [
        ("Mariam", "Atangana", "1971-04-12"),  // a variant
        ("Maryam", "Atangana", "1971-12-04"),  // day and month swapped
        ("Maryam", "Atanganna", "1971-04-12"),  // a typo
        ("Maryam", "Fouda", "1971-04-12"),  // a changed surname
        ("Atangana", "Maryam", "1971-04-12"),  // names swapped
        ("Maryam", "Atangana", "1971-04-13"),  // one digit
        ("مريم", "Atangana", "1971-04-12"),  // another script
    ])
    func resolvePatientPutsNearMatchesUpForReview(
        _ first: String, _ last: String, _ born: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let original = await Self.resolve(app, token, "Maryam", "Atangana", "1971-04-12")
        #expect(original.status == 201)
        let near = await Self.resolve(app, token, first, last, born)
        #expect(near.status == 201)
        #expect(near["match"]?["decision"]?.string == "possible_duplicate")
        #expect(near["match"]?["candidates"]?.int == 1)
        #expect(near["health_id"]?.string != original["health_id"]?.string)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 1)
        // Sent again it is found, and no second case is opened.
        let again = await Self.resolve(app, token, first, last, born)
        #expect(again.status == 200)
        #expect(again["health_id"]?.string == near["health_id"]?.string)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 1)
    }

    @Test(arguments: [
        ("Mohamed", "Atangana", "1971-04-12", "Mahmoud", "Atangana", "1983-09-20"),
        ("Jean", "Mballa", "1990-01-01", "Pierre", "Fouda", "1990-01-01"),
        ("Baby of", "Marie", "2024-05-05", "Baby of", "Rose", "2024-05-05"),
    ])
    func resolvePatientLeavesStrangersAlone(
        _ first: String, _ last: String, _ born: String,
        _ otherFirst: String, _ otherLast: String, _ otherBorn: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await Self.resolve(app, token, first, last, born)
        let other = await Self.resolve(app, token, otherFirst, otherLast, otherBorn)
        #expect(other.status == 201)
        #expect(other["match"]?["decision"]?.string == "none")
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 0)
    }

    /// Half the country may share one name and 1 January.
    @Test func resolvePatientLooksAtAHandful() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for number in 0..<60 {
            _ = await Self.resolve(
                app, token, "Ali", "Moussa", "1990-01-01",
                more: #","national_id":"\#(100_000 + number * 7919)""#)
        }
        let last = await Self.resolve(app, token, "Aly", "Moussa", "1990-01-01")
        #expect(last.status == 201)
        let candidates = try #require(last["match"]?["candidates"]?.int)
        #expect(candidates <= 20)
        // A crowd costs each newcomer a few cases, not one for each of the crowd.
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") <= 61 * 5)
    }

    @Test func resolvePatientTellsAddressesApart() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let akwa = #","address":{"line":"12 rue Joffre","district":"Akwa","city":"Douala"}"#
        _ = await Self.resolve(app, token, "Solange", "Ebongue", "1969-07-30", more: akwa)
        // Neither the birth date nor the first name agrees: the home does.
        let near = await Self.resolve(app, token, "Solage", "Ebonge", "1969-10-03", more: akwa)
        #expect(near["match"]?["decision"]?.string == "possible_duplicate")
        let explanation = try app.read { tx in
            try tx.first("SELECT comparison FROM duplicate_cases", []) { $0.text(0) }
        }
        #expect(explanation?.contains(#""field":"street","agreement":"exact""#) == true)
    }
}
