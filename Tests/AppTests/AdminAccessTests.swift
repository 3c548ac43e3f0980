import App
import HTTP
import JSON
import TestSupport
import Testing

/// Administration is for administrators, and they are nobody else.
struct AdminAccessTests {
    private static func target(_ route: Route) -> String {
        route.template.replacing("{id}", with: "x").replacing("{health_id}", with: "x")
    }

    private static var routes: [Route] {
        Routes.all.filter { if case .admin = $0.access { true } else { false } }
    }

    @Test func noOtherCredentialsOpenAdministration() async throws {
        let app = try TestApp()
        let client = try await app.token()
        let credentials: [[(String, String)]] = [
            [],
            [("Authorization", "Bearer " + client)],
            [("Authorization", "Bearer demo_bridge_key_sandbox_2026")],
            [("Authorization", "Bearer demo_healthcare_key_sandbox_2026")],
            [
                ("X-Bridge-Agent-ID", BridgeRoutesTests.agent),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
            ],
            [("X-API-Key", "demo_healthcare_key_sandbox_2026")],
            [("Cookie", "opescare_admin=guess")],
        ]
        #expect(Self.routes.count > 50)
        for (index, route) in Self.routes.enumerated() {
            let fields = credentials[index % credentials.count]
            let answer = await app.send(route.method, Self.target(route), fields: fields)
            #expect(answer.status == 401, "\(route.operation) \(fields)")
            app.advance(seconds: 60)
        }
        for fields in credentials {
            let answer = await app.send(.get, "/api/v1/admin/clients", fields: fields)
            #expect(answer.status == 401, "\(fields)")
        }
    }

    @Test func anAdministratorIsNoOtherPrincipal() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        for route in Routes.all {
            switch route.access {
            case .open, .admin: continue
            default: break
            }
            let answer = await app.send(route.method, Self.target(route), token: admin)
            #expect(answer.status == 401, "\(route.operation)")
            app.advance(seconds: 60)
        }
    }

    /// Whatever administration shows later, it never shows what it showed once.
    @Test func noListAndNoAuditRowShowsASecret() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        var secrets = [admin]
        let made = [
            ("clients", #"{"client_id":"c","scopes":"patient:read"}"#, "client_secret"),
            ("agents", #"{"agent_id":"a","facility_id":"FAC-001"}"#, "agent_key"),
            ("api-keys", #"{"name":"k","facility_id":"FAC-001"}"#, "api_key"),
            ("tokens", #"{"name":"t"}"#, "token"),
        ]
        for (path, json, member) in made {
            let answer = await app.send(
                .post, "/api/v1/admin/" + path, token: admin, json: json)
            secrets.append(try #require(answer[member]?.string))
        }
        var shown = ""
        for path in ["clients", "agents", "api-keys", "tokens", "audit", "stats"] {
            shown += await app.send(.get, "/api/v1/admin/" + path, token: admin).text
        }
        for secret in secrets {
            #expect(!shown.contains(secret))
        }
    }
}
