import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// What one request may leave for people to do, and how long its answer may be.
struct SyncLimitsTests {
    private func cases(_ app: TestApp) throws -> Int {
        try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'")
    }

    /// One name and birth date, and a phone of each one's own: nobody is anybody else for sure.
    private func alike(_ count: Int, _ person: (Int) -> String) -> String {
        "[" + (0..<count).map(person).joined(separator: ",") + "]"
    }

    @Test func aBatchOfPeopleWithAlikeNamesOpensFewCases() async throws {
        let app = try TestApp()
        let people = alike(130) { number in
            """
            {"record_type":"patient","first_name":"Ngono","last_name":"Mbia","dob":"1990-07-22",\
            "external_reference":"A-\(number)","phone":"+23767120\(1000 + number)"}
            """
        }
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":\#(people)}"#)
        #expect(answer["accepted"]?.int == 130)
        // Five each until 500 are open (0 to 4 of the first five people), then one each.
        #expect(try cases(app) == 500 + 27)
        #expect((answer["cases_left_out"]?.int ?? 0) > 1000)
        // Nobody who looks like another is without a case.
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM patients WHERE first_name = 'Ngono' AND NOT EXISTS (
                    SELECT 1 FROM duplicate_cases
                    WHERE patient_id = patients.id OR candidate_id = patients.id)
                """) == 0)
        // The next batch has its own allowance, and few have nothing to tell.
        let two = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[
                {"record_type":"patient","first_name":"Oumarou","last_name":"Sali","dob":"1991-02-03",
                "phone":"+237671200001"},
                {"record_type":"patient","first_name":"Oumarou","last_name":"Sali","dob":"1991-02-03",
                "phone":"+237671200002"}]}
                """)
        #expect(two["accepted"]?.int == 2)
        #expect(two["cases_left_out"] == nil)
        #expect(try cases(app) == 528)
    }

    @Test func aClinicsListOpensFewCases() async throws {
        let app = try TestApp()
        let people = alike(130) { number in
            """
            {"name":"Ngono Mbia","firstName":"Ngono","lastName":"Mbia","dateOfBirth":"1990-07-22",\
            "patientNo":"A-\(number)","mobile":"+23767120\(1000 + number)"}
            """
        }
        let answer = await HealthcareRoutesTests.post(app, "patients", people)
        #expect(answer["created"]?.int == 130)
        #expect(try cases(app) == 500 + 27)
        #expect((answer["casesLeftOut"]?.int ?? 0) > 1000)
    }

    @Test func anAnswerNamesTheFieldsOfAHundredRefusedRecords() async throws {
        let app = try TestApp()
        let bad = """
            {"record_type":"patient","first_name":"1","dob":"never","sex":"robot","country":"Q"}
            """
        let records = Array(repeating: bad, count: 250).joined(separator: ",")
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(records)]}"#)
        #expect(answer.status == 422)
        let errors = try #require(answer["errors"]?.elements.map { $0 })
        #expect(errors.compactMap { $0["index"]?.int } == (0..<250).map(Int64.init))
        #expect(errors.allSatisfy { $0["error"]?.string == "validation_failed" })
        #expect(errors.prefix(100).allSatisfy { $0["fields"]?["sex"] != nil })
        #expect(errors.dropFirst(100).allSatisfy { $0["fields"] == nil })
        #expect(answer["errors_without_fields"]?.int == 150)
        // One sentence still says what to do about a row.
        let sentence = try #require(errors.last?["message"]?.string)
        #expect(sentence.hasPrefix("first_name must contain a letter; not valid either: "))
        #expect(sentence.contains("sex") && sentence.hasSuffix("."))
        #expect(sentence.count <= 300)
    }
}
