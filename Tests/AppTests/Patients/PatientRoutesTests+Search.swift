import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

extension PatientRoutesTests {
    // MARK: verify

    @Test func verifyHealthIDAnswersTheDocumentedShape() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .get, Self.verify + "CM-HID-7KQ9-MP42-X8D1", token: token)
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "valid")
        #expect(answer["health_id"]?.string == "CM-HID-7KQ9-MP42-X8D1")
        #expect(answer["patient"]?["display_name"]?.string == "Brigitte Ngo Bassa")
        // The summary shows no birth date, phone or allergies.
        #expect(!answer.text.contains("1992-06-30") && !answer.text.contains("+237"))
    }

    @Test(arguments: [
        ("CM-HID-7KQ9-MP42-X8D2", 422, "health_id_invalid", "invalid"),
        ("nonsense", 422, "health_id_invalid", "invalid"),
        ("%00", 422, "health_id_invalid", "invalid"),
        ("SA-HID-3E28-JT97-KB6A", 404, "patient_not_found", "not_found"),
        ("OPC-2024-NOONE", 404, "patient_not_found", "not_found"),
    ])
    func verifyHealthIDRefuses(
        _ id: String, _ status: Int, _ error: String, _ word: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(.get, Self.verify + id, token: token)
        #expect(answer.status == status)
        #expect(answer.error == error)
        #expect(answer["status"]?.string == word)
        #expect(answer["http_status"]?.int == Int64(status))
        #expect(try app.audit().last == "verifyHealthID R \(error)")
    }

    // MARK: search

    @Test(arguments: ["OPC-2024-DEMO1", "OPC-2024-XK7T9", "CM-HID-7KQ9-MP42-X8D1"])
    func searchPatientFindsTheSandboxPatients(_ id: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox", scope: "patient:profile:read")
        let answer = await app.send(.get, Self.search + id, token: token)
        #expect(answer.status == 200)
        #expect(answer["health_id"]?.string == id)
        for member in ["name", "first_name", "last_name", "date_of_birth", "sex", "blood_type"] {
            #expect(answer[member]?.string?.isEmpty == false, "\(member)")
        }
        #expect(answer["allergies"]?.kind == .array)
        #expect(try app.audit() == ["issueToken C success", "searchPatient R success"])
    }

    @Test(arguments: [
        ("/api/v1/connect/patient/search", 422, "validation_failed"),
        ("/api/v1/connect/patient/search?health_id=", 422, "validation_failed"),
        ("/api/v1/connect/patient/search?health_id=%FF", 422, "validation_failed"),
        (
            search + "OPC-2024-DEMO1&purpose=" + String(repeating: "x", count: 256), 422,
            "validation_failed"
        ),
        (search + "OPC-2024-DEMO1&purpose=a%0Ab", 422, "validation_failed"),
        (search + "junk", 422, "health_id_invalid"),
        (search + "SA-HID-3E28-JT97-KB6A", 404, "patient_not_found"),
    ])
    func searchPatientRefuses(_ target: String, _ status: Int, _ error: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(.get, target, token: token)
        #expect(answer.status == status)
        #expect(answer.error == error)
        #expect(try app.audit().count == 2)
    }

    @Test(arguments: [
        #""sex":"male""#, #""first_name":"Zed""#, #""date_of_birth":"1950-01-01""#,
        #""phone_number":"+237600000000""#, #""country_code":"FR""#,
    ])
    func resolvePatientComparesEveryClaim(_ claim: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: #"{"health_id":"CM-HID-7KQ9-MP42-X8D1",\#(claim)}"#)
        #expect(answer.status == 200)
        #expect(answer["demographics_mismatch"]?.bool == true)
        let agreeing = await app.send(
            .post, Self.resolve, token: token,
            json: #"{"health_id":"CM-HID-7KQ9-MP42-X8D1","first_name":"BRIGITTE","sex":"unknown"}"#)
        #expect(agreeing["demographics_mismatch"] == nil)
    }

    @Test(arguments: [
        (#","sex":"female""#, #","sex":"male""#),
        (#","phone_number":"671000001""#, #","phone_number":"671000002""#),
        (#","national_id":"A1234""#, #","national_id":"B1234""#),
    ])
    func resolvePatientLearnsWhatWasMissingSoThatContradictionsTell(
        _ first: String, _ second: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token()
        func resolve(_ more: String) async -> Answer {
            await app.send(.post, Self.resolve, token: token, json: Self.person(more: more))
        }
        let bare = await resolve("")
        let learnt = await resolve(first)
        #expect(learnt["health_id"]?.string == bare["health_id"]?.string)
        let other = await resolve(second)
        #expect(other.status == 201)
        #expect(other["match"]?["decision"]?.string == "possible_duplicate")
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'patient.updated'") == 1)
    }

    @Test func resolvePatientTakesLaterPlaceholdersForOtherPeople() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let body = Self.person("Inconnu", "Inconnu", born: "1900-01-01")
        let first = await app.send(.post, Self.resolve, token: token, json: body)
        app.advance(seconds: 601)
        let later = await app.send(.post, Self.resolve, token: token, json: body)
        #expect(later.status == 201)
        #expect(first["health_id"]?.string != later["health_id"]?.string)
    }

    // MARK: searchPatients

    @Test func searchPatientsLeavesARowForEveryoneShown() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for name in ["Aline", "Boris", "Carine"] {
            _ = await app.send(
                .post, Self.resolve, token: token,
                json: Self.person(name, more: #","phone_number":"+237690000001""#))
        }
        let before = try app.audit().count
        let answer = await app.send(
            .post, "/api/v1/connect/patients/search", token: token,
            json: #"{"search_type":"phone","query":"690000001"}"#)
        #expect(answer["count"]?.int == 3)
        let rows = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 3, in: tx)
        }
        #expect(try app.audit().count == before + 3)
        let shown = answer["results"]?.elements.compactMap { $0["health_id"]?.string } ?? []
        #expect(Set(rows.compactMap(\.entry.entity)) == Set(shown.map { "patient/" + $0 }))
        #expect(Set(rows.compactMap(\.entry.patientID)).count == 3)
    }

    @Test(arguments: [
        (#"{"search_type":"phone","query":"00237 671-234-501"}"#, 1),
        (#"{"search_type":"health_id","query":"opc-2024-demo1"}"#, 1),
        (#"{"search_type":"national_id","query":"cm 12-34"}"#, 1),
        (#"{"search_type":"phone","query":"699000000"}"#, 0),
        (
            #"{"search_type":"demographic","query":{"first_name":"amina","last_name":"NKENG","date_of_birth":"1988-03-14"}}"#,
            1
        ),
        (
            #"{"search_type":"demographic","query":{"first_name":"Amina","last_name":"Nkeng","date_of_birth":"1988-03-15"}}"#,
            0
        ),
    ])
    func searchPatientsFindsByWhatIsKnown(_ body: String, _ count: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await app.send(
            .post, Self.resolve, token: token, json: Self.person(more: #","national_id":"CM1234""#))
        let answer = await app.send(
            .post, "/api/v1/connect/patients/search", token: token, json: body)
        #expect(answer.status == 200)
        #expect(answer["results"]?.count == count)
        #expect(answer["count"]?.int == Int64(count))
        // A summary, and no more.
        #expect(!answer.text.contains("phone") || answer.text.contains(#""search_type":"phone""#))
        #expect(!answer.text.contains("allergies"))
        #expect(try app.audit().last == "searchPatients R success")
    }

    @Test(arguments: [
        "{}", #"{"search_type":"name","query":"x"}"#, #"{"search_type":"phone","query":"12"}"#,
        #"{"search_type":"health_id","query":"x"}"#, #"{"search_type":"demographic","query":"x"}"#,
        #"{"search_type":"demographic","query":{"first_name":"x"}}"#,
        #"{"search_type":"national_id","query":false}"#,
        #"{"search_type":"national_id","query":"--"}"#, #"{"search_type":"phone","query":{}}"#,
        #"{"search_type":"national_id","query":"\#(String(repeating: "1", count: 65))"}"#,
    ])
    func searchPatientsRefuses(_ body: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, "/api/v1/connect/patients/search", token: token, json: body)
        #expect(answer.status == 422)
        #expect(answer.error == "validation_failed")
    }

    /// What is registered can be searched for: 64 characters at most, on one line.
    @Test(arguments: [
        (String(repeating: "1a", count: 32), 201), (String(repeating: "1a", count: 32) + "2", 422),
        ("CM\\u0000 1234", 422), ("CM\\u001b[31m1234", 422), ("CM\\n1234", 422), ("CM 12-34", 201),
        (String(repeating: "1a", count: 127), 422),
    ])
    func aNationalIDIsAShortLine(_ text: String, _ status: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(more: #","national_id":"\#(text)""#))
        #expect(answer.status == status)
        #expect((answer["errors"]?["national_id"] == nil) == (status == 201))
    }

    // MARK: Who may

    @Test(arguments: [
        (HTTPMethod.get, search + "OPC-2024-DEMO1", "searchPatient"),
        (.get, verify + "CM-HID-7KQ9-MP42-X8D1", "verifyHealthID"),
        (.post, resolve, "resolvePatient"),
    ])
    func withoutATokenNothingIsShownAndItIsOnRecord(
        _ method: HTTPMethod, _ target: String, _ operation: String
    ) async throws {
        let app = try TestApp()
        let answer = await app.send(method, target)
        #expect(answer.status == 401)
        #expect(answer.error == "token_missing")
        #expect(answer.field("WWW-Authenticate") == "Bearer")
        #expect(try app.audit() == ["\(operation) E token_missing"])
    }

    @Test func aScopeThatDoesNotCoverIsRefusedAndOnRecord() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox", scope: "lab:results:read")
        let answer = await app.send(.get, Self.search + "OPC-2024-DEMO1", token: token)
        #expect(answer.status == 403)
        #expect(answer.error == "invalid_scope")
        #expect(!answer.text.contains("Amina"))
        #expect(try app.audit().last == "searchPatient E invalid_scope")
        let row = try #require(
            try app.read { tx in
                try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
            }.first)
        #expect(row.entry.entity == "patient/CM-HID-M9S3-46Q3-D25J")
        #expect(row.entry.patientID != nil)
    }

    @Test func theRateLimitIsPerClient() async throws {
        let app = try TestApp { $0.rateLimit = 2 }
        let token = try await app.token()
        let target = Self.search + "OPC-2024-DEMO1"
        #expect(await app.send(.get, target, token: token).status == 200)
        #expect(await app.send(.get, target, token: token).status == 200)
        let refused = await app.send(.get, target, token: token)
        #expect(refused.status == 429)
        #expect(refused.field("Retry-After") == "31")
        let other = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.get, target, token: other).status == 200)
    }
}
