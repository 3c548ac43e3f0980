import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// Putting right what is registered of a person, and taking that back.
struct PatientCorrectionTests {
    private let app: TestApp
    private let token: String
    private let admin: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
        admin = try await app.adminToken()
    }

    private func register(_ members: String) async -> String {
        let answer = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: "{\(members)}")
        return answer["health_id"]?.string ?? "nobody"
    }

    private static let odile =
        #""first_name":"Odil","last_name":"Ngono","date_of_birth":"1990-03-15","phone_number":"+237699000111""#

    private func correct(
        _ id: String, _ members: String, by caller: String? = nil
    ) async -> Answer {
        let caller = caller ?? token
        let path = caller == admin ? "admin" : "connect"
        return await app.send(
            .patch, "/api/v1/\(path)/patients/\(id)", token: caller,
            json: #"{"reason":"misspelt",\#(members)}"#)
    }

    private func undo(_ id: String, _ correction: String?) async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/\(id)/corrections/\(correction ?? "none")/undo",
            token: token, json: #"{"reason":"the sister"}"#)
    }

    private func state() throws -> [String] { try PatientState.rows(of: app) }

    private func refile() throws { try PatientState.refile(app) }

    /// What is corrected, what it is found by then, and the fields that the event names.
    private static let corrections: [(String, String, String)] = [
        (#""first_name":"Odile""#, #""first_name":"ODILE""#, "first_name"),
        (
            #""last_name":"Ngo'o Mbarga","first_name":"Odile""#,
            #""first_name":"Odile","last_name":"NGO'O MBARGA""#, "first_name last_name"
        ),
        (#""date_of_birth":"1991-05-13""#, #""date_of_birth":"1991-05-13""#, "date_of_birth"),
        (#""date_of_birth":"1991""#, #""date_of_birth":"1991""#, "date_of_birth"),
        (
            #""phone_number":"+237677123456""#, #""phone_number":"677123456""#, "phone_number"
        ),
        (#""sex":"F""#, #""sex":"female""#, "sex"),
        (#""national_id":"CM-123""#, #""national_id":"cm123""#, "national_id"),
        (
            #""address":{"city":"Bafia","district":"Donenkeng"}"#, #""sex":null"#,
            "address.city address.district"
        ),
        (#""blood_type":"O+","allergies":["Nuts"]"#, #""sex":null"#, "allergies blood_type"),
        (#""date_of_death":"2026-05""#, #""sex":null"#, "date_of_death"),
        (#""deceased":true"#, #""sex":null"#, "date_of_death"),
        (#""remove":["phone_number"]"#, #""phone_number":null"#, "phone_number"),
        (
            #""remove":["phone_number","phone_number"]"#, #""phone_number":null"#, "phone_number"
        ),
    ]

    @Test(arguments: corrections) func correctPatientLeadsToWhoeverIsLookedFor(
        _ members: String, _ found: String, _ fields: String
    ) async throws {
        let id = await register(Self.odile)
        let before = try state()
        let answer = await correct(id, members)
        #expect(answer.status == 200, "\(answer.text)")
        let after = try state()
        #expect(after != before)
        try refile()
        #expect(try state() == after)
        let said = Self.odile.replacing("Odil\"", with: "Odil\"") + "," + found
        let query = Self.merged(said)
        #expect(await register(query) == id, "\(query)")
        #expect(
            try app.read { tx in
                try tx.first(
                    "SELECT data FROM events WHERE type = 'patient.updated' ORDER BY seq DESC LIMIT 1"
                ) { $0.text(0) }
            }?.contains(#""fields":"\#(fields)""#) == true)
        #expect(try app.audit().contains("correctPatient U success"))
        let undone = await undo(id, answer["correction_id"]?.string)
        #expect(undone.status == 200, "\(undone.text)")
        #expect(undone["undone_by"]?.string == "client:demo_full_sandbox")
        #expect(await undo(id, answer["correction_id"]?.string).status == 409)
    }

    /// The later of two members with one name.
    private static func merged(_ members: String) -> String {
        var order: [Substring] = []
        var texts: [Substring: Substring] = [:]
        for member in members.split(separator: ",") {
            let name = member.split(separator: ":", maxSplits: 1)[0]
            if texts.updateValue(member, forKey: name) == nil { order.append(name) }
        }
        return order.compactMap { texts[$0] }.joined(separator: ",")
    }

    @Test func undoPatientCorrectionRestoresEverything() async throws {
        let id = await register(Self.odile + #","sex":"female","address":{"city":"Douala"}"#)
        _ = await register(
            #""first_name":"Odile","last_name":"Mbarga","date_of_birth":"1991-05-13""#)
        let before = try state()
        var made: [String?] = []
        for members in [
            #""first_name":"Odile","last_name":"Mbarga","date_of_birth":"1991-05-13""#,
            #""remove":["address","sex","phone_number"],"national_id":"A-1""#,
            #""first_name":"Odette","blood_type":"A-","allergies":["Latex"]"#,
        ] {
            let answer = await correct(id, members)
            #expect(answer.status == 200, "\(answer.text)")
            made.append(answer["correction_id"]?.string)
            app.advance(seconds: 1)
        }
        // The first name was corrected again since.
        let early = await undo(id, made[0])
        #expect(early.status == 409)
        #expect(early["message"]?.string?.contains("first_name") == true)
        for correction in made.reversed() {
            #expect(await undo(id, correction).status == 200)
        }
        #expect(try state() == before)
        let listed = await app.send(
            .get, "/api/v1/connect/patients/\(id)/corrections?limit=2", token: token)
        #expect(
            listed["corrections"]?.elements.map { $0["id"]?.string }
                == Array(made.reversed().prefix(2)))
        #expect(listed["next_cursor"]?.string != nil)
    }

    /// What says the same again by a later correction was corrected all the same.
    @Test func whatWasCorrectedBackAndForthIsUndoneInOrder() async throws {
        let id = await register(Self.odile)
        var made: [String?] = []
        for name in ["Odile", "Odette", "Odile"] {
            made.append(await correct(id, #""first_name":"\#(name)""#)["correction_id"]?.string)
        }
        let early = await undo(id, made[0])
        #expect(early.status == 409, "\(early.text)")
        for correction in made.reversed() {
            #expect(await undo(id, correction).status == 200)
        }
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE first_name = 'Odil'") == 1)
    }

    /// A program that has not heard of the correction sends what it knows, under its own number.
    @Test func whoWasCorrectedIsFoundByWhatWasKnownBefore() async throws {
        let told =
            #""first_name":"Odil","last_name":"Ngono","date_of_birth":"1990-03-15","external_reference":"H-1""#
        let id = await register(told)
        #expect(
            await correct(id, #""first_name":"Odette","date_of_birth":"1991-03-15""#).status == 200)
        let again = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token, json: "{\(told)}")
        #expect(again["health_id"]?.string == id, "\(again.text)")
        #expect(again["demographics_mismatch"]?.bool == true)
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE last_name = 'Ngono'") == 1)
        // Somebody else under the same number is not taken for them.
        let other = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: "{\(told.replacing("Odil\"", with: "Zacharie\""))}")
        #expect(other["health_id"]?.string != id)
        // Nor is whoever contradicts what is known now.
        #expect(await correct(id, #""sex":"female""#).status == 200)
        let man = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: "{\(told),\"sex\":\"male\"}")
        #expect(man["health_id"]?.string != id, "\(man.text)")
    }

    @Test func aDeathLiesBehindTheBirth() async throws {
        let id = await register(Self.odile)
        let younger = await correct(id, #""date_of_birth":"1950-01-01""#)
        #expect(await correct(id, #""date_of_death":"1960""#).status == 200)
        // Of a date that is known nothing is taken away by less.
        let less = await correct(id, #""deceased":true"#)
        #expect(less["correction_id"]?.isNull == true, "\(less.text)")
        #expect(await undo(id, younger["correction_id"]?.string).status == 409)
        #expect(await correct(id, #""date_of_birth":"1990-03-15""#).status == 422)
    }

    @Test func listPatientCorrectionsPagesThroughThem() async throws {
        let id = await register(Self.odile)
        var made: [String] = []
        for letter in ["a", "b", "c", "d", "e"] {
            let answer = await correct(id, #""first_name":"Odile\#(letter)""#)
            made.insert(try #require(answer["correction_id"]?.string), at: 0)
            app.advance(seconds: 1)
        }
        var (found, cursor): ([String], String?) = ([], "")
        while let place = cursor {
            let page = await app.send(
                .get,
                "/api/v1/connect/patients/\(id)/corrections?limit=2"
                    + (place.isEmpty ? "" : "&cursor=" + place), token: token)
            found += page["corrections"]?.elements.compactMap { $0["id"]?.string } ?? []
            cursor = page["next_cursor"]?.string
        }
        #expect(found == made)
    }

    private static let refusals: [(String, String)] = [
        (#""first_name":"12345""#, "first_name"),
        (#""date_of_birth":"2030-01-01""#, "date_of_birth"),
        (#""date_of_birth":"1990-02-30""#, "date_of_birth"), (#""sex":"maybe""#, "sex"),
        (#""phone_number":"12""#, "phone_number"), (#""country_code":"SA""#, "country_code"),
        (#""remove":["first_name"]"#, "remove"), (#""remove":["verification_status"]"#, "remove"),
        (#""remove":["sex"],"sex":"male""#, "remove"), (#""remove":"sex""#, "remove"),
        (#""date_of_death":"1989""#, "date_of_death"),
        (#""date_of_death":"2027-01-01""#, "date_of_death"),
        (#""deceased":false"#, "deceased"),
        (#""deceased":false,"date_of_death":"2026""#, "deceased"),
        (#""verification_method":"document""#, "document_kind"),
        (#""verification_method":"guess""#, "verification_method"),
        (#""document_kind":"passport""#, "verification_method"), (#""nickname":"O""#, "body"),
    ]

    @Test func whatCannotBeIsRefused() async throws {
        let id = await register(Self.odile)
        let before = try state()
        for (members, field) in Self.refusals {
            let answer = await correct(id, members)
            #expect(answer.status == 422, "\(members)")
            #expect(answer["errors"]?.members.map(\.key).contains(field) == true, "\(answer.text)")
        }
        let silent = await app.send(
            .patch, "/api/v1/connect/patients/\(id)", token: token, json: #"{"sex":"male"}"#)
        #expect(silent["errors"]?["reason"] != nil)
        #expect(await correct("CM-HID-7KQ9-MP42-X8D2", #""sex":"male""#).status == 422)
        #expect(await correct("CM-HID-0000-0000-0000", #""sex":"male""#).status == 404)
        #expect(try state() == before)
        let same = await correct(id, #""first_name":"Odil""#)
        #expect(same.status == 200)
        #expect(same["correction_id"]?.isNull == true)
    }

    @Test func verifyPatientLeavesCorrectionsToDocuments() async throws {
        let id = await register(Self.odile)
        let verified = await app.send(
            .post, "/api/v1/connect/patients/\(id)/verification", token: token,
            json: #"{"verification_method":"document","document_kind":"National ID"}"#)
        #expect(
            verified["patient"]?["verification_status"]?.string == "verified", "\(verified.text)")
        #expect(await correct(id, #""phone_number":"+237677000000""#).status == 200)
        let refused = await correct(id, #""first_name":"Odile""#)
        #expect(refused["errors"]?["verification_method"] != nil, "\(refused.text)")
        #expect(await correct(id, #""first_name":"Odile""#, by: admin).status == 422)
        // What a document says is not overruled by somebody's word.
        let word = #""verification_method":"witness""#
        #expect(await correct(id, #""first_name":"Odile","# + word).status == 422)
        let lesser = await app.send(
            .post, "/api/v1/connect/patients/\(id)/verification", token: token, json: "{\(word)}")
        #expect(lesser.status == 422, "\(lesser.text)")
        let papers = #""verification_method":"document","document_kind":"passport""#
        let corrected = await correct(id, #""first_name":"Odile","# + papers)
        #expect(corrected.status == 200, "\(corrected.text)")
        #expect(
            corrected["changes"]?["verification_document"]?["from"]?.string == "national_id")
        #expect(await undo(id, corrected["correction_id"]?.string).status == 200)
        #expect(await undo(id, verified["correction_id"]?.string).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE verification_method <> ''") == 0)
    }

    /// Under the right name there may be two of one person.
    @Test func whoeverLooksLikeTheCorrectedIsReviewedOnce() async throws {
        _ = await register(
            #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15","national_id":"X1""#
        )
        let id = await register(
            #""first_name":"Brigitte","last_name":"Fouda","date_of_birth":"1975-01-20""#)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 0)
        let name = #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15""#
        let made = await correct(id, name)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 1)
        #expect(await undo(id, made["correction_id"]?.string).status == 200)
        #expect(await correct(id, name).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases") == 1)
    }

    /// What is shown of a patient may be that of one who was merged into them.
    @Test func whatComesFromAMergedRegistrationIsTakenAwayToo() async throws {
        let id = await register(Self.odile + #","allergies":["Latex"]"#)
        let other = await register(
            #""first_name":"Odette","last_name":"Fouda","date_of_birth":"1975-03-20","allergies":["Nuts"],"blood_type":"A+""#
        )
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(id)","retired_health_id":"\#(other)"}"#)
        #expect(merged.status == 200)
        let before = try state()
        let answer = await correct(id, #""allergies":["Latex","Dust"],"remove":["blood_type"]"#)
        #expect(
            answer["patient"]?["allergies"]?.elements.map(\.string) == ["Latex", "Dust"],
            "\(answer.text)")
        #expect(answer["patient"]?["blood_type"]?.isNull == true)
        #expect(await undo(id, answer["correction_id"]?.string).status == 200)
        #expect(try state() == before)
    }
    /// Whoever was merged when a correction was made, and is apart when it is undone, reads that in their log.
    @Test func undoIsInTheLogOfEverybodyWhomItChanges() async throws {
        let id = await register(Self.odile)
        let other = await register(
            #""first_name":"Odette","last_name":"Fouda","date_of_birth":"1975-03-20","blood_type":"A+""#
        )
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(id)","retired_health_id":"\#(other)"}"#)
        let answer = await correct(id, #""sex":"female","remove":["blood_type"]"#)
        let apart = await app.send(
            .post, "/api/v1/admin/merges/\(merged["id"]?.string ?? "")/undo", token: admin,
            json: "{}")
        #expect(apart.status == 200, "\(apart.text)")
        #expect(await undo(id, answer["correction_id"]?.string).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM patients WHERE blood_type = 'A+'") == 2)
        for one in [id, other] {
            let log = await app.send(
                .get, "/api/v1/admin/patients/\(one)/access-log", token: admin)
            let operations = log["accesses"]?.elements.compactMap { $0["operation"]?.string } ?? []
            #expect(operations.contains("undoPatientCorrection"), "\(operations)")
        }
    }
}
