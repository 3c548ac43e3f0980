import HTTP
import JSON
import Testing
import TestSupport

/// A person's page: found by whatever is known, shown with where it comes from.
struct PersonRoutesTests {
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
        #""first_name":"Odile Marie","last_name":"Ngono","date_of_birth":"1990-03-15","phone_number":"+237699000111","national_id":"CNI-4711","external_reference":"HIS-9","address":{"city":"Bafia"}"#

    /// What is asked, and by what the person is found.
    private static let questions: [(String, [String])] = [
        (#""number":"HIS-9""#, ["reference"]), (#""number":"cni 4711""#, ["national_id"]),
        (#""number":"699 00 01 11""#, ["phone_number"]),
        (#""phone_number":"+237 699000111""#, ["phone_number"]),
        (#""first_name":"Odile Marie","last_name":"Ngono""#, ["name"]),
        (#""first_name":"ODILE","last_name":"N'GONO""#, ["name"]),
        (#""first_name":"Ngono","last_name":"Odile Marie""#, ["name"]),
        (#""first_name":"Odil Mary","last_name":"Ngono","date_of_birth":"1990-03-15""#, ["name"]),
        (#""number":"HIS-9","phone_number":"699000111""#, ["reference", "phone_number"]),
    ]

    @Test func searchPeopleFindsThemByWhateverIsKnown() async throws {
        let id = await register(Self.odile)
        _ = await register(
            #""first_name":"Zacharie","last_name":"Wouri","date_of_birth":"1931-01-02""#)
        for (members, reasons) in Self.questions + [
            (#""number":"\#(id.lowercased())""#, ["health_id"])
        ] {
            let answer = await app.send(
                .post, "/api/v1/admin/patients/search", token: admin,
                json: #"{"purpose":"desk",\#(members)}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["people"]?.count == 1, "\(members) \(answer.text)")
            let person = answer["people"]?.elements.first { _ in true }
            #expect(person?["health_id"]?.string == id)
            #expect(person?["found_by"]?.elements.map(\.string) == reasons, "\(members)")
            #expect(person?["place"]?.string == "Bafia")
        }
        #expect(try app.audit().last == "searchPeople R success")
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM audit_log WHERE operation = 'searchPeople' AND purpose = 'desk'"
            )
                == Self.questions.count + 1)
        for refused in ["{}", #"{"first_name":"Odile"}"#, #"{"date_of_birth":"1990-03-15"}"#] {
            let answer = await app.send(
                .post, "/api/v1/admin/patients/search", token: admin, json: refused)
            #expect(answer.status == 422, "\(refused)")
        }
        let client = await app.send(
            .post, "/api/v1/admin/patients/search", token: token, json: #"{"number":"HIS-9"}"#)
        #expect(client.status == 401)
    }

    @Test func showPersonTellsWhereItComesFrom() async throws {
        let id = await register(Self.odile)
        let other = await register(
            #""first_name":"Odette","last_name":"Fouda","date_of_birth":"1975-03-20","external_reference":"HIS-8""#
        )
        for members in [#""test_name":"MARK","result_value":"1""#] {
            _ = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: #"{"health_id":"\#(other)",\#(members)}"#)
        }
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(id)/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#)
        _ = await app.send(
            .patch, "/api/v1/admin/patients/\(id)", token: admin,
            json: #"{"first_name":"Odile","reason":"passport"}"#)
        _ = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(id)","retired_health_id":"\#(other)"}"#)
        let answer = await app.send(.get, "/api/v1/admin/patients/\(other)", token: admin)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["health_id"]?.string == id)
        #expect(answer["first_name"]?.string == "Odile")
        #expect(answer["national_id"]?.string == "CNI-4711")
        #expect(answer["address"]?["city"]?.string == "Bafia")
        #expect(answer["former_ids"]?.elements.map(\.string) == [other])
        #expect(
            Set(answer["references"]?.elements.map { $0["reference"]?.string } ?? []) == [
                "HIS-9", "HIS-8",
            ])
        let records = answer["records"]?.elements.first { _ in true }
        #expect(records?["type"]?.string == "lab_results")
        #expect(records?["count"]?.int == 1)
        #expect(!answer.text.contains("MARK"))
        #expect(answer["consents"]?.count == 1)
        #expect(answer["corrections"]?.count == 1)
        #expect(answer["merges"]?.count == 1)
        #expect(try app.audit().last == "showPerson R success")
        let nobody = await app.send(
            .get, "/api/v1/admin/patients/CM-HID-0000-0000-0000", token: admin)
        #expect(nobody.status == 404)
    }
}
