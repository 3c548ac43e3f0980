import HTTP
import JSON
import Testing
import TestSupport

/// Two names of one field that say two things: nobody can tell which was meant.
struct ContradictionTests {
    private let app: TestApp

    init() throws {
        app = try TestApp()
    }

    private static let sessions = "/api/v1/connect/widget/sessions"
    private static let secret = "sdk_test_demo_sandbox_2026"

    private static let refused: [(String, String, [String])] = [
        (
            sessions, #"{"health_id":"OPC-2024-DEMO1","patient_id":"OPC-2024-XK7T9"}"#,
            ["health_id", "patient_id"]
        ),
        (
            sessions, #"{"patient_id":"OPC-2024-DEMO1","health_id":"OPC-2024-XK7T9"}"#,
            ["health_id", "patient_id"]
        ),
        (
            sessions,
            #"{"health_id":"OPC-2024-XK7T9","scopes":["labs:read"],"consent_type":"full_record"}"#,
            ["scopes", "consent_type"]
        ),
        (
            sessions, #"{"health_id":"OPC-2024-XK7T9","language":"fr","locale":"en"}"#,
            ["language", "locale"]
        ),
        (
            sessions,
            #"{"health_id":"OPC-2024-XK7T9","allowed_origins":["http://localhost:1"],"allowed_origin":"http://localhost:2"}"#,
            ["allowed_origins", "allowed_origin"]
        ),
        (
            "/api/v1/sdk/appointments",
            #"{"health_id":"OPC-2024-XK7T9","patient_id":"OPC-2024-DEMO1","scheduled_at":"2026-07-01T10:00:00Z"}"#,
            ["health_id", "patient_id"]
        ),
        (
            "/api/v1/sdk/webhooks",
            #"{"callback_url":"https://a.example/x","url":"https://b.example/x","events":["consent.granted"]}"#,
            ["callback_url", "url"]
        ),
        (
            "/api/v1/sdk/webhooks",
            #"{"url":"https://a.example/x","events":["consent.granted"],"subscribed_events":["consent.denied"]}"#,
            ["subscribed_events", "events"]
        ),
    ]

    @Test(arguments: refused)
    func twoNamesThatDisagreeAreBothNamed(
        _ path: String, _ body: String, _ names: [String]
    ) async {
        let answer = await app.send(.post, path, token: Self.secret, json: body)
        #expect(answer.status == 422, "\(answer.text)")
        for name in names {
            let said = answer["errors"]?[name]?.elements.compactMap(\.string).joined() ?? ""
            #expect(said.contains("says something else than"), "\(name): \(answer.text)")
        }
    }

    private static let alike: [(String, String)] = [
        (sessions, #"{"health_id":"OPC-2024-XK7T9","patient_id":"opc 2024 xk7t9"}"#),
        (sessions, #"{"health_id":"CM-HID-7KQ9-MP42-X8D1","patient_id":"cm hid 7kq9mp42x8dl"}"#),
        (sessions, #"{"health_id":"OPC-2024-XK7T9","patient_id":null}"#),
        (sessions, #"{"health_id":"OPC-2024-XK7T9","patient_id":""}"#),
        (sessions, #"{"health_id":"OPC-2024-XK7T9","language":"fr","locale":"fr-CM"}"#),
        (
            sessions,
            #"{"health_id":"OPC-2024-XK7T9","scopes":["labs:read"],"consent_type":"lab_results"}"#
        ),
        (
            sessions,
            #"{"health_id":"OPC-2024-XK7T9","allowed_origins":["http://localhost:1"],"allowed_origin":"http://localhost:1"}"#
        ),
        (
            "/api/v1/sdk/appointments",
            #"{"health_id":"OPC-2024-XK7T9","patient_health_id":"OPC-2024-XK7T9","scheduled_at":"2026-07-01T11:00:00+01:00","starts_at":"2026-07-01T10:00:00Z"}"#
        ),
        (
            "/api/v1/sdk/webhooks",
            #"{"callback_url":"https://a.example/x","url":"https://a.example/x","events":["consent.granted"],"subscribed_events":["consent.granted"]}"#
        ),
    ]

    @Test(arguments: alike)
    func whatSaysTheSameInAnotherSpellingPasses(_ path: String, _ body: String) async {
        let answer = await app.send(.post, path, token: Self.secret, json: body)
        #expect(answer.status == 201, "\(answer.text)")
    }

    private static let people: [(String, Int)] = [
        (#""sex":"male","gender":"M""#, 201), (#""sex":"male","gender":"F""#, 422),
        (#""phone_number":"+237 699 11 22 33","phone":"699112233""#, 201),
        (#""phone_number":"+237 699 11 22 33","phone":"677445566""#, 422),
        (#""dob":"02/11/1975""#, 422), (#""dob":"12/05/1981 00:00""#, 422),
        (#""dob":"1981-12-25""#, 201), (#""dob":"N/A""#, 201),
        (#""country":"Cameroun","country_code":"CM""#, 201),
    ]

    @Test(arguments: people)
    func aPersonHasOneSexPhoneAndBirthDate(_ more: String, _ status: Int) async throws {
        let answer = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
            json: """
                {"first_name":"Solange","last_name":"Tchakounté","date_of_birth":"1981-12-25",\(more)}
                """)
        #expect(answer.status == status, "\(answer.text)")
    }

    /// A mix-up of patients is refused; the columns of a record have whatever names its program gave them.
    @Test func aRecordIsOfOnePatient() async throws {
        func push(_ fields: String) async throws -> Int {
            await app.send(
                .post, "/api/v1/connect/records/lab-results", token: try await app.token(),
                json: #"{"test_name":"Na","result_value":"140",\#(fields)}"#
            ).status
        }
        let two = #""health_id":"OPC-2024-DEMO1","patient_health_id":"OPC-2024-XK7T9""#
        #expect(try await push(two) == 422)
        let columns =
            #""health_id":"OPC-2024-DEMO1","external_id":"1","source_id":"2","code":"X","loinc":"2951-2""#
        #expect(try await push(columns) == 201)
    }
}
