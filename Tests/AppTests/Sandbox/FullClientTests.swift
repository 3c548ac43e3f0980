import HTTP
import JSON
import Testing
import TestSupport

/// The client that every printed method of our own clients goes by.
struct FullClientTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"

    private static func token(_ app: TestApp) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"demo_full_sandbox",
                "client_secret":"demo_full_secret_sandbox_2026"}
                """)
        return try #require(answer["access_token"]?.string)
    }

    @Test func oneClientMayPushConsentAndRead() async throws {
        let app = try TestApp()
        let token = try await Self.token(app)
        let pushed = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: #"{"health_id":"\#(Self.patient)","test_name":"Sodium","result_value":140}"#)
        #expect(pushed.status == 201)
        let records = "/api/v1/connect/patient/\(Self.patient)/records?type=lab_results"
        #expect(await app.send(.get, records, token: token).status == 403)
        let granted = await app.send(
            .post, "/api/v1/connect/patient/\(Self.patient)/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2099-12-31T00:00:00Z"}"#)
        #expect(granted.status == 200)
        let read = await app.send(.get, records, token: token)
        #expect(read.status == 200 && read.text.contains("Sodium"))
    }

    @Test(arguments: [
        "patient/search?health_id=CM-HID-7KQ9-MP42-X8D1", "inventory/pharmacy/FAC-001",
        "inventory/blood/FAC-001", "reconciliation", "webhooks/events", "webhooks/subscriptions",
        "patients/CM-HID-7KQ9-MP42-X8D1/emergency-profile",
    ])
    func nothingIsShutForWantOfAScope(_ path: String) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .get, "/api/v1/connect/" + path, token: try await Self.token(app))
        #expect(
            answer.status != 401 && answer["error"]?.string != "invalid_scope", "\(answer.text)")
    }
}
