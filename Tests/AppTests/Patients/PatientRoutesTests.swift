import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct PatientRoutesTests {
    static let resolve = "/api/v1/connect/patients/resolve"
    static let verify = "/api/v1/connect/patients/verify/"
    static let search = "/api/v1/connect/patient/search?health_id="

    static let marie = """
        {"first_name":"Marie","last_name":"Fouda","date_of_birth":"1990-07-22","country_code":"CM",
        "sex":"female","purpose":"his_registration","external_reference":"HIS-PAT-00341"}
        """

    static func person(
        _ first: String = "Marie", _ last: String = "Fouda", born: String = "1990-07-22",
        more: String = ""
    ) -> String {
        #"{"first_name":"\#(first)","last_name":"\#(last)","date_of_birth":"\#(born)"\#(more)}"#
    }

    // MARK: resolve

    @Test func resolvePatientCreatesThenFinds() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let first = await app.send(.post, Self.resolve, token: token, json: Self.marie)
        #expect(first.status == 201)
        #expect(first["status"]?.string == "created")
        let id = try #require(first["health_id"]?.string)
        #expect(HealthID(id)?.description == id)
        #expect(first["patient"]?["display_name"]?.string == "Marie Fouda")
        #expect(first["patient"]?["year_of_birth"]?.int == 1990)
        #expect(first["match"]?["decision"]?.string == "none")
        let second = await app.send(.post, Self.resolve, token: token, json: Self.marie)
        #expect(second.status == 200)
        #expect(second["status"]?.string == "found")
        #expect(second["health_id"]?.string == id)
        #expect(
            try app.audit() == [
                "issueToken C success", "resolvePatient C success", "resolvePatient R success",
            ])
        let row = try #require(
            try app.read { tx in
                try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
            }.first)
        #expect(row.entry.entity == "patient/" + id)
        #expect(row.entry.purpose == "his_registration")
        #expect(row.entry.patientID != nil)
    }

    @Test func resolvePatientFindsByHealthID() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token, json: #"{"health_id":"cm hid 7kq9 mp42 x8d1"}"#)
        #expect(answer.status == 200)
        #expect(answer["health_id"]?.string == "CM-HID-7KQ9-MP42-X8D1")
        #expect(answer["match"]?["decision"]?.string == "health_id")
        #expect(answer["demographics_mismatch"] == nil)
    }

    @Test func resolvePatientSaysWhenDemographicsDisagreeAndChangesNothing() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(more: #","health_id":"CM-HID-7KQ9-MP42-X8D1""#))
        #expect(answer.status == 200)
        #expect(answer["demographics_mismatch"]?.bool == true)
        #expect(answer["patient"]?["display_name"]?.string == "Brigitte Ngo Bassa")
    }

    @Test func resolvePatientWithAnUnknownIDAndNothingElseIsNotFound() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token, json: #"{"health_id":"SA-HID-3E28-JT97-KB6A"}"#)
        #expect(answer.status == 404)
        #expect(answer["status"]?.string == "not_found")
        #expect(answer["http_status"]?.int == 404)
        #expect(answer.error == "patient_not_found")
        #expect(try app.audit().last == "resolvePatient R patient_not_found")
        #expect(try app.count("SELECT COUNT(*) FROM patients") == 3)
    }

    @Test func resolvePatientWithAnUnknownIDTriesTheDemographics() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let created = await app.send(.post, Self.resolve, token: token, json: Self.person())
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(more: #","health_id":"SA-HID-3E28-JT97-KB6A""#))
        #expect(answer.status == 200)
        #expect(answer["health_id"]?.string == created["health_id"]?.string)
    }

    @Test(arguments: [
        "{}", #"{"first_name":"Marie"}"#, #"{"health_id":"CM-HID-7KQ9-MP42-X8D2"}"#,
        #"{"health_id":""}"#, #"{"health_id":null}"#, #"{"health_id":7}"#,
        person(born: "2026-02-30"), person(born: "2126-01-01"), person(born: "1799-12-31"),
        person(born: "03/04/1990"), person(""), person("123"), person("Ma\\u0000rie"),
        person(more: #","country_code":"ZZ""#), person(more: #","country_code":"C""#),
        person(more: #","sex":"robot""#), person(more: #","phone_number":"abc""#),
        person(more: #","first_name":"Again""#), "[]", "\"x\"", "null", "1",
        person(String(repeating: "a", count: 101)),
    ])
    func resolvePatientRefuses(_ body: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(.post, Self.resolve, token: token, json: body)
        #expect(answer.status == 422)
        #expect(["validation_failed", "health_id_invalid"].contains(answer.error))
        #expect(try app.count("SELECT COUNT(*) FROM patients") == 3)
        #expect(try app.audit().count == 2)
    }

    @Test func resolvePatientListsEveryBadField() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: #"{"first_name":1,"date_of_birth":"x","sex":"robot","country_code":"Q"}"#)
        let errors = try #require(answer["errors"])
        #expect(
            Set(errors.members.map(\.key))
                == ["first_name", "last_name", "date_of_birth", "sex", "country_code"])
    }

    @Test func resolvePatientIsNationalNotPerFacility() async throws {
        let app = try TestApp()
        let first = try await app.send(
            .post, Self.resolve, token: app.token(), json: Self.person())
        let second = try await app.send(
            .post, Self.resolve, token: app.token("demo_dev_sandbox"),
            json: Self.person("MARIE", "fouda"))
        #expect(second.status == 200)
        #expect(first["health_id"]?.string == second["health_id"]?.string)
    }

    @Test func resolvePatientNeverLinksWhatContradicts() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let woman = await app.send(
            .post, Self.resolve, token: token, json: Self.person(more: #","sex":"female""#))
        let man = await app.send(
            .post, Self.resolve, token: token, json: Self.person(more: #","sex":"male""#))
        #expect(man.status == 201)
        #expect(man["match"]?["decision"]?.string == "possible_duplicate")
        #expect(man["match"]?["candidates"]?.int == 1)
        #expect(man["health_id"]?.string != woman["health_id"]?.string)
        // Sent again, each finds its own.
        for (body, id) in [("female", woman), ("male", man)] {
            let again = await app.send(
                .post, Self.resolve, token: token, json: Self.person(more: #","sex":"\#(body)""#))
            #expect(again.status == 200)
            #expect(again["health_id"]?.string == id["health_id"]?.string)
        }
    }

    @Test func resolvePatientSentAgainNeverCreatesASecond() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for body in [
            Self.person("Baby of Marie"), Self.person(born: "1900-01-01"),
            Self.person("محمد", "علي"), Self.person("Inconnu", "Inconnu"),
        ] {
            let first = await app.send(.post, Self.resolve, token: token, json: body)
            let second = await app.send(.post, Self.resolve, token: token, json: body)
            #expect(first.status == 201)
            #expect(second.status == 200)
            #expect(first["health_id"]?.string == second["health_id"]?.string)
        }
    }

    @Test func resolvePatientNeverMatchesPlaceholdersOfOthers() async throws {
        let app = try TestApp()
        let body = Self.person("Baby of Marie")
        let first = try await app.send(.post, Self.resolve, token: app.token(), json: body)
        let other = try await app.send(
            .post, Self.resolve, token: app.token("demo_dev_sandbox"), json: body)
        #expect(other.status == 201)
        #expect(first["health_id"]?.string != other["health_id"]?.string)
    }

    @Test func resolvePatientOfACommonNameNeedsOneMoreFact() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for day in 3...4 {
            let born = "1980-01-0\(day)"
            let answer = await app.send(
                .post, Self.resolve, token: token,
                json: Self.person(
                    born: born, more: #","phone_number":"+23767123\#(1000 + day)""#))
            #expect(answer.status == 201)
        }
        let bare = await app.send(
            .post, Self.resolve, token: token, json: Self.person(born: "1980-01-03"))
        #expect(bare.status == 201)
        #expect(bare["match"]?["decision"]?.string == "possible_duplicate")
        let retried = await app.send(
            .post, Self.resolve, token: token, json: Self.person(born: "1980-01-03"))
        #expect(retried["health_id"]?.string == bare["health_id"]?.string)
        let known = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(born: "1980-01-03", more: #","phone_number":"671231003""#))
        #expect(known.status == 200)
    }

    /// Nobody else is called so yet, but many are called Awa and many are called Fon.
    @Test func resolvePatientOfCommonPartsNeedsOneMoreFact() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for name in ["Bih", "Che", "Doh", "Epse", "Foncha"] {
            for (first, last) in [("Awa", name), (name, "Fon")] {
                let answer = await app.send(
                    .post, Self.resolve, token: token,
                    json: Self.person(first, last, born: "1970-03-02"))
                #expect(answer.status == 201)
            }
        }
        let first = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person("Awa", "Fon", more: #","phone_number":"+237671231003""#))
        #expect(first["match"]?["decision"]?.string == "none")
        let bare = await app.send(
            .post, Self.resolve, token: token, json: Self.person("Awa", "Fon"))
        #expect(bare.status == 201)
        #expect(bare["match"]?["decision"]?.string == "possible_duplicate")
        let known = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person("Awa", "Fon", more: #","phone_number":"671231003""#))
        #expect(known["health_id"]?.string == first["health_id"]?.string)
        // A rare name is enough beside a common one.
        _ = await app.send(.post, Self.resolve, token: token, json: Self.person("Zenabou", "Fon"))
        let rare = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person("Zenabou", "Fon", more: #","purpose":"visit""#))
        #expect(rare.status == 200)
    }

    /// Nobody knows the day of who is born on 1 January: half a village may be.
    @Test func resolvePatientBornOnNewYearsDayNeedsOneMoreFact() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let phone = #","phone_number":"+237671231001""#
        let first = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(born: "1980-01-01", more: phone))
        let bare = await app.send(
            .post, Self.resolve, token: token, json: Self.person(born: "1980-01-01"))
        #expect(bare.status == 201)
        #expect(bare["match"]?["decision"]?.string == "possible_duplicate")
        let known = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(born: "1980-01-01", more: phone + #","purpose":"visit""#))
        #expect(known["health_id"]?.string == first["health_id"]?.string)
    }

    /// What makes a name and birth date uncertain does not make a retry a second person.
    @Test(arguments: ["1980-01-01", "1980-01-05"])
    func resolvePatientFindsWhatItsRetryCreated(born: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let body = Self.person(born: born)
        let first = await app.send(.post, Self.resolve, token: token, json: body)
        #expect(first["match"]?["decision"]?.string == "none")
        // A namesake comes between.
        _ = await app.send(
            .post, Self.resolve, token: token, json: Self.person(born: "1944-09-30"))
        let retried = await app.send(.post, Self.resolve, token: token, json: body)
        #expect(retried.status == 200)
        #expect(retried["health_id"]?.string == first["health_id"]?.string)
    }

    /// The same question in another form, and for another purpose, is the same question.
    @Test(arguments: [
        #"{ "date_of_birth" : "1980-01-01",   "last_name":"Fouda", "first_name" : "Marie" }"#,
        #"{"first_name":"Marie","last_name":"Fouda","date_of_birth":"1980-01-01","sex":null}"#,
        #"{"firstName":" Marie","lastName":"Fouda","dob":"1980-01-01","purpose":"visit"}"#,
    ])
    func resolvePatientKnowsARetryInAnotherForm(_ retry: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let first = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(born: "1980-01-01", more: #","purpose":"registration""#))
        #expect(first.status == 201)
        let retried = await app.send(.post, Self.resolve, token: token, json: retry)
        #expect(retried.status == 200)
        #expect(retried["health_id"]?.string == first["health_id"]?.string)
        // Whatever else is said, even what nobody here knows, may be what tells two people apart.
        let other = await app.send(
            .post, Self.resolve, token: token,
            json: Self.person(born: "1980-01-01", more: #","mother":"Ada""#))
        #expect(other.status == 201)
        #expect(other["health_id"]?.string != first["health_id"]?.string)
    }

    @Test func resolvePatientByReferenceNeedsAgreeingDemographics() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let reference = #","external_reference":"P-1""#
        let marie = await app.send(
            .post, Self.resolve, token: token, json: Self.person(more: reference))
        let paul = await app.send(
            .post, Self.resolve, token: token, json: Self.person("Paul", more: reference))
        #expect(paul.status == 201)
        #expect(paul["health_id"]?.string != marie["health_id"]?.string)
        #expect(paul["match"]?["decision"]?.string == "possible_duplicate")
        let again = await app.send(
            .post, Self.resolve, token: token, json: Self.person("Paul", more: reference))
        #expect(again["health_id"]?.string == paul["health_id"]?.string)
    }

    @Test func resolvePatientByHealthIDRemembersTheCallersNumber() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let byID = #"{"health_id":"CM-HID-7KQ9-MP42-X8D1","external_reference":"R-7"}"#
        _ = await app.send(.post, Self.resolve, token: token, json: byID)
        let answer = await app.send(
            .post, Self.resolve, token: token,
            json: """
                {"first_name":"Brigitte","last_name":"Ngo Bassa","date_of_birth":"1992-06-30",
                "external_reference":"R-7"}
                """)
        #expect(answer["health_id"]?.string == "CM-HID-7KQ9-MP42-X8D1")
        #expect(answer["match"]?["decision"]?.string == "external_reference")
    }

    @Test func resolvePatientCreatesOneOfSixtyFourAtOnce() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let ids = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    await app.send(.post, Self.resolve, token: token, json: Self.marie)[
                        "health_id"]?
                        .string
                }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try app.count("SELECT COUNT(*) FROM patients") == 4)
    }

    @Test func resolvePatientInProductionNeedsTheScopeToCreate() async throws {
        let app = try TestApp(.production)
        let now = app.now
        let hash = app.app.secrets.hash("s")
        for (id, scopes) in [("reader", "patient:read"), ("writer", "health_id:verify")] {
            try await app.app.writer.write { tx in
                try ClientStore.insert(
                    Client(
                        id: id, name: id, scopes: scopes, facilityID: nil, status: .active,
                        rateLimit: nil, createdAt: now), secretHash: hash, in: tx)
            }
        }
        func token(_ id: String) async throws -> String {
            try #require(
                await app.send(
                    .post, "/api/v1/connect/auth/token",
                    json:
                        #"{"grant_type":"client_credentials","client_id":"\#(id)","client_secret":"s"}"#
                )["access_token"]?.string)
        }
        let reader = try await token("reader")
        let refused = await app.send(.post, Self.resolve, token: reader, json: Self.person())
        #expect(refused.status == 403)
        #expect(refused.error == "invalid_scope")
        let writer = try await token("writer")
        #expect(
            await app.send(.post, Self.resolve, token: writer, json: Self.person()).status == 201)
        #expect(
            await app.send(.post, Self.resolve, token: reader, json: Self.person()).status == 200)
    }

    // MARK: Idempotency

    @Test func anIdempotencyKeyGetsTheFirstAnswerAgain() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let key = [("Idempotency-Key", "k-1")]
        let first = await app.send(
            .post, Self.resolve, token: token, fields: key, json: Self.person())
        let second = await app.send(
            .post, Self.resolve, token: token, fields: [("Idempotency-Key", "\"k-1\"")],
            json: Self.person())
        #expect(first.status == 201 && second.status == 201)
        #expect(first.body == second.body)
        #expect(first.field("Idempotency-Replayed") == nil)
        #expect(second.field("Idempotency-Replayed") == "true")
        let other = await app.send(
            .post, Self.resolve, token: token, fields: key, json: Self.person("Paul"))
        #expect(other.status == 409)
        #expect(other.error == "idempotency_conflict")
        // Another client's key of the same name is another key.
        let stranger = try await app.send(
            .post, Self.resolve, token: app.token("demo_dev_sandbox"), fields: key,
            json: Self.person("Paul"))
        #expect(stranger.status == 201)
        app.advance(seconds: 90_000)
        let later = try await app.send(
            .post, Self.resolve, token: app.token(), fields: key, json: Self.person())
        #expect(later.status == 200)
    }

    @Test func aFailureIsNotKeptForItsKey() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let key = [("Idempotency-Key", "k-1")]
        let failed = await app.send(
            .post, Self.resolve, token: token, fields: key,
            json: #"{"health_id":"SA-HID-3E28-JT97-KB6A"}"#)
        #expect(failed.status == 404)
        let good = await app.send(
            .post, Self.resolve, token: token, fields: key, json: Self.person())
        #expect(good.status == 201)
    }

    @Test(arguments: ["", "a b", "é", String(repeating: "k", count: 256)])
    func aMalformedIdempotencyKeyIsRefused(_ key: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.resolve, token: token, fields: [("Idempotency-Key", key)],
            json: Self.person())
        #expect(answer.status == 400)
        #expect(try app.count("SELECT COUNT(*) FROM patients") == 3)
    }
}
