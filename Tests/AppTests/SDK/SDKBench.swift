import API
import HTTP
import JSON
import Database
import Testing
import TestSupport

/// A sandbox with the tokens of its apps.
struct SDKBench {
    static let sandboxToken = "sdk_test_demo_sandbox_2026"
    static let publishableToken = "sdk_pub_test_demo_sandbox_2026"
    static let facility = "00000000-0000-0000-0000-100000000001"
    static let patient = "CM-HID-7KQ9-MP42-X8D1"

    let app: TestApp
    let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    func get(_ path: String, _ token: String? = SDKBench.sandboxToken) async -> Answer {
        await app.send(.get, "/api/v1/sdk" + path, token: token)
    }

    func post(
        _ path: String, _ json: String? = nil, key: String? = nil,
        _ token: String? = SDKBench.sandboxToken
    ) async -> Answer {
        await app.send(
            .post, "/api/v1/sdk" + path, token: token,
            fields: key.map { [("Idempotency-Key", $0)] } ?? [], json: json)
    }

    func administer(_ method: HTTPMethod, _ path: String, _ json: String? = nil) async -> Answer {
        await app.send(method, "/api/v1/admin/" + path, token: admin, json: json)
    }

    /// A secret token of `demo_dev_sandbox`.
    func token(_ scopes: String, client: String = "demo_dev_sandbox") async throws -> String {
        let made = await administer(
            .post, "sdk-tokens",
            #"{"client_id":"\#(client)","label":"App","scopes":"\#(scopes)"}"#)
        return try #require(made["token"]?.string, "\(made.text)")
    }

    /// Another facility, with a client of its own and that client's token.
    func stranger() async throws -> (facility: String, token: String) {
        let facility = "00000000-0000-0000-0000-200000000002"
        _ = await administer(
            .post, "facilities",
            #"{"id":"\#(facility)","name":"Two","reference":"FAC-002","country":"CM"}"#)
        _ = await administer(
            .post, "clients",
            #"{"client_id":"two","scopes":"patient:read","facility_id":"FAC-002"}"#)
        return (facility, try await token("*", client: "two"))
    }

    /// What patients allow `demo_dev_sandbox`.
    func grant(_ type: String, of patient: String = SDKBench.patient) async throws {
        let granted = await app.send(
            .post, "/api/v1/connect/patient/\(patient)/consent/grant",
            token: try await app.token("demo_dev_sandbox"),
            json: #"{"consent_type":"\#(type)","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(granted.status == 200)
    }

    func events(_ pattern: String = "appointment.%") throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events WHERE type LIKE ? ORDER BY seq", [.text(pattern)]) {
                $0.text(0)
            }
        }
    }

    /// The last rows of the audit log: who did what, about what and which patient.
    func audit(_ count: Int) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT principal || ' ' || operation || ' ' || action || ' ' || outcome || ' '
                    || COALESCE(entity, '-') || ' '
                    || COALESCE((SELECT health_id FROM patients WHERE id = patient_id), '-')
                FROM audit_log ORDER BY seq DESC LIMIT ?
                """, [.int(count)]
            ) { $0.text(0) }
        }.reversed()
    }
}
