import API
import HTTP
import JSON
import Testing
import TestSupport

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

    // MARK: Lists

    /// Of lists of the facility's own system, too.
    private static let lists = [
        "/api/v1/admin/facilities", "/api/v1/admin/clients", "/api/v1/admin/agents",
        "/api/v1/admin/agents/BRIDGE-2024-DEMO-001/batches", "/api/v1/admin/api-keys",
        "/api/v1/admin/tokens", "/api/v1/admin/duplicates", "/api/v1/admin/merges",
        "/api/v1/admin/audit", "/api/v1/admin/quarantine", "/api/v1/admin/webhooks/deliveries",
        "/api/v1/admin/webhooks/subscriptions", "/api/v1/admin/pending-records",
        "/api/v1/admin/patients/CM-HID-7KQ9-MP42-X8D1/access-log", "/api/healthcare/clinics",
        "/api/healthcare/appointments",
    ]

    /// A page of something else, or of nothing, is not given out as if it were asked for.
    @Test(arguments: lists)
    func aListRefusesACursorThatItHasNotGivenOut(_ path: String) async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        func list(_ query: String) async -> Answer {
            await app.send(
                .get, path + query, token: admin,
                fields: [("X-API-Key", "demo_healthcare_key_sandbox_2026")])
        }
        #expect(await list("").status == 200)
        for cursor in ["abc", "!", "inf~x", "Y2xpZW50cyA", "x%20y"] {
            let answer = await list("?cursor=" + cursor)
            #expect(answer.status == 422, "\(cursor)")
            #expect(answer["errors"]?["cursor"] != nil)
        }
        let twice = await list("?limit=1&limit=2&cursor=abc")
        #expect(twice.status == 422)
        #expect(twice["errors"]?["limit"]?.at(0)?.string == "is given twice")
        #expect(twice["errors"]?["cursor"] != nil)
    }

    /// A cursor of another list leads nowhere here.
    @Test func aCursorBelongsToItsList() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let clients = await app.send(.get, "/api/v1/admin/clients?limit=1", token: admin)
        let cursor = try #require(clients["next_cursor"]?.string)
        let next = await app.send(
            .get, "/api/v1/admin/clients?limit=1&cursor=" + cursor, token: admin)
        #expect(next["clients"]?.count == 1)
        let other = await app.send(
            .get, "/api/v1/admin/facilities?cursor=" + cursor, token: admin)
        #expect(other.status == 422)
    }

    @Test func aQueryParameterGivenTwiceIsRefusedEverywhere() async throws {
        let app = try TestApp()
        let id = "CM-HID-7KQ9-MP42-X8D1"
        let answer = await app.send(
            .get, "/api/v1/connect/patient/search?health_id=\(id)&health_id=\(id)",
            token: try await app.token("demo_dev_sandbox"))
        #expect(answer.status == 422)
        #expect(answer["errors"]?["health_id"] != nil)
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
