import API
import HTTP
import JSON
import Testing
import TestSupport

/// Which person acted, in the words of whose system it was.
struct ActingUserTests {
    private static let nurse = "17; name=Awa Fon; role=nurse"
    private static let path = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"

    private static func search(_ app: TestApp, _ token: String, _ user: String?) async -> Answer {
        await app.send(
            .get, path, token: token, fields: user.map { [("X-Acting-User", $0)] } ?? [])
    }

    @Test func itStandsInTheAuditLogAndInTheAccessLog() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_full_sandbox")
        #expect(await Self.search(app, token, Self.nurse).status == 200)
        #expect(await Self.search(app, token, "Dr Élodie Ñgô").status == 200)
        #expect(await Self.search(app, token, nil).status == 200)
        let log = await app.send(
            .get, "/api/v1/connect/patients/OPC-2024-DEMO1/access-log", token: token)
        #expect(
            log["accesses"]?.elements.map { $0["acting_user"]?.string } == [
                nil, "Dr Élodie Ñgô", Self.nurse,
            ], "\(log.text)")
        let admin = try await app.adminToken()
        let rows = await app.send(
            .get, "/api/v1/admin/audit?operation=searchPatient", token: admin)
        #expect(rows["entries"]?.elements.compactMap { $0["acting_user"]?.string }.count == 2)
        let verified = await app.send(
            .post, "/api/v1/admin/audit/verification", token: admin, json: "{}")
        #expect(verified.status < 300)
    }

    @Test(arguments: ["a\u{85}b", String(repeating: "x", count: 256)])
    func whatTheLogWouldNotShowIsRefused(_ user: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_full_sandbox")
        let answer = await Self.search(app, token, user)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["X-Acting-User"] != nil)
    }

    @Test func aDeploymentMayRequireItOfPartners() async throws {
        let app = try TestApp { $0.requiresActingUser = true }
        let token = try await app.token("demo_full_sandbox")
        let refused = await Self.search(app, token, nil)
        #expect(refused.status == 422)
        #expect(refused["errors"]?["X-Acting-User"] != nil, "\(refused.text)")
        #expect(await Self.search(app, token, Self.nurse).status == 200)
        let sdk = await app.send(
            .get, "/api/v1/sdk/introspect", token: "sdk_test_demo_sandbox_2026")
        #expect(sdk.status == 422)
        // At a page nobody acts but the patient, and a browser sends no field of ours.
        let page = await app.send(
            .post, WidgetBench.path, token: WidgetBench.publishable,
            fields: [("Origin", WidgetBench.page)], json: "{}")
        #expect(page.status == 201, "\(page.text)")
        let admin = try await app.adminToken()
        #expect(await app.send(.get, "/api/v1/admin/facilities", token: admin).status == 200)
    }
}
