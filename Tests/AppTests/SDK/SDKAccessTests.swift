import API
import HTTP
import JSON
@testable import Registry
import Testing
import TestSupport
import Values

/// Who may call which of the SDK's paths, with either credential (contract, SDK § 1).
struct SDKAccessTests {
    private static let routes: [(method: HTTPMethod, path: String, scope: SDKScope?)] = [
        (.get, "/patient/CM-HID-7KQ9-MP42-X8D1", .readRecords),
        (.get, "/patients/CM-HID-7KQ9-MP42-X8D1/summary", .readRecords),
        (.get, "/patients/CM-HID-7KQ9-MP42-X8D1/encounters", .readRecords),
        (.get, "/facilities/FAC-001", .readFacility), (.get, "/facility/FAC-001", .readFacility),
        (.get, "/facilities/FAC-001/stock", .readStock),
        (.get, "/facility/FAC-001/stock", .readStock),
        (.get, "/appointments", .readAppointments),
        (.get, "/appointments/apt_x", .readAppointments),
        (.post, "/appointments", .writeAppointments),
        (.post, "/appointments/apt_x/cancel", .writeAppointments),
        (.post, "/webhooks/subscriptions", .manageWebhooks), (.post, "/webhooks", .manageWebhooks),
        (.get, "/webhooks/subscriptions", .manageWebhooks), (.get, "/webhooks", .manageWebhooks),
        (.delete, "/webhooks/subscriptions/sub_x", .manageWebhooks),
        (.delete, "/webhooks/sub_x", .manageWebhooks),
        (.get, "/token/introspect", nil), (.get, "/introspect", nil),
    ]

    private static func send(
        _ bench: SDKBench, _ route: (method: HTTPMethod, path: String, scope: SDKScope?),
        _ token: String?
    ) async -> Answer {
        await bench.app.send(
            route.method, "/api/v1/sdk" + route.path, token: token,
            json: route.method == .post ? "{}" : nil)
    }

    @Test func everyPathIsInTheTable() {
        let served = Routes.all.flatMap(\.templates).filter { $0.hasPrefix("/api/v1/sdk/") }
        #expect(served.count == Self.routes.count)
    }

    @Test(arguments: SDKScope.spellings.map(\.name) + ["*"])
    func aScopeOpensItsOwnPathsAndNoOther(_ name: String) async throws {
        let bench = try await SDKBench()
        let token = try await bench.token(name)
        for route in Self.routes {
            let answer = await Self.send(bench, route, token)
            let isOpen = name == "*" || route.scope.map { $0.names == [name] } ?? true
            #expect((answer.error == "invalid_scope") != isOpen, "\(route) \(answer.text)")
            #expect(answer.status != 401)
            guard !isOpen else { continue }
            #expect(answer.field("WWW-Authenticate")?.contains("insufficient_scope") == true)
        }
    }

    @Test(arguments: [
        ("patient:read", ["read_records"]), ("patients:read", ["read_records"]),
        ("patient:diagnostics:read", ["read_records"]), ("pharmacy:stock:read", ["read_stock"]),
        ("appointments:read", ["read_appointments"]),
        ("appointments:write", ["write_appointments"]), ("lab:push", []),
        ("blood:inventory:read", []),
    ])
    func scopesOfConnectOpenTheSame(_ scope: String, _ opened: [String]) async throws {
        let bench = try await SDKBench()
        try await bench.app.grant(scope, to: "demo_dev_sandbox")
        let token = try await bench.app.token("demo_dev_sandbox")
        for route in Self.routes {
            let answer = await Self.send(bench, route, token)
            let names = opened + ["read_facility", "manage_webhooks"]
            let isOpen = route.scope.map { names.contains($0.names[0]) } ?? true
            #expect((answer.error == "invalid_scope") != isOpen, "\(route) \(answer.text)")
        }
    }

    @Test func aPublishableTokenOpensNoneOfThem() async throws {
        let bench = try await SDKBench()
        for route in Self.routes {
            let answer = await Self.send(bench, route, SDKBench.publishableToken)
            #expect(answer.status == 403, "\(route)")
            #expect(answer.error == "invalid_scope")
        }
    }

    @Test func badCredentialsAreToldApart() async throws {
        let bench = try await SDKBench()
        for route in Self.routes {
            #expect(await Self.send(bench, route, nil).error == "token_missing", "\(route)")
        }
        let path = "/token/introspect"
        for token in ["x", "sdk_", "sdk_test_", "SDK_TEST_demo_sandbox_2026", "sdk_test_\u{e9}"] {
            #expect(await bench.get(path, token).error == "token_invalid", "\(token)")
        }
        #expect(await bench.get(path, bench.admin).error == "token_invalid")
    }

    /// A secret that somebody has found opens nothing more than it says.
    @Test func anSDKTokenOpensNothingElse() async throws {
        let bench = try await SDKBench()
        for route in Routes.all where !route.template.hasPrefix("/api/v1/sdk/") {
            switch route.access {
            case .open, .sdk: continue
            case .client, .scope, .resource, .widget, .agent, .apiKey, .admin: break
            }
            let path = route.template.replacing(#/\{\w+\}/#, with: "x")
            let answer = await bench.app.send(
                route.method, path, token: SDKBench.sandboxToken,
                json: route.method == .get ? nil : "{}")
            // Who tries so many counts as guessing.
            bench.app.advance(seconds: 600)
            #expect(answer.status == 401, "\(route.operation)")
            #expect(answer.error == "token_invalid")
            #expect(answer["message"]?.string?.contains("/api/v1/sdk") == true)
        }
    }

    /// What was good a request ago is looked up anew.
    @Test func whatEndsATokenCountsFromTheNextRequestOn() async throws {
        let bench = try await SDKBench()
        let made = await bench.administer(
            .post, "sdk-tokens",
            #"{"client_id":"demo_dev_sandbox","label":"App","scopes":"*"}"#)
        let (id, token) = (
            try #require(made["id"]?.string), try #require(made["token"]?.string)
        )
        let client = "clients/demo_dev_sandbox/"
        let path = "/facilities/FAC-001"
        #expect(await bench.get(path, token).status == 200)
        for (verb, error) in [
            (client + "suspend", "sdk_token_inactive"), (client + "resume", nil),
            ("sdk-tokens/\(id)/revoke", "sdk_token_inactive"),
        ] as [(String, String?)] {
            #expect(await bench.administer(.post, verb).status == 200)
            #expect(await bench.get(path, token).error == error, "\(verb)")
        }
        #expect(await bench.get(path).status == 200)
    }

    /// A token has its own limit, or its client's.
    @Test func requestsAreLimitedByToken() async throws {
        let bench = try await SDKBench()
        let made = await bench.administer(
            .post, "sdk-tokens",
            #"{"client_id":"demo_dev_sandbox","label":"App","scopes":"*","rate_limit":2}"#)
        let token = try #require(made["token"]?.string)
        var statuses: [Int] = []
        for _ in 1...3 { statuses.append(await bench.get("/introspect", token).status) }
        #expect(statuses == [200, 200, 429])
        #expect(await bench.get("/introspect").status == 200)
    }

    @Test func bothBasesAndTwinsAnswerTheSame() async throws {
        let bench = try await SDKBench()
        for (path, twin) in [
            ("/facilities/FAC-001", "/facility/FAC-001"),
            ("/facilities/FAC-001/stock", "/facility/FAC-001/stock"),
            ("/webhooks/subscriptions", "/webhooks"),
        ] {
            let answer = await bench.get(path)
            #expect(answer.status == 200)
            for other in ["/api/v1/sdk" + twin, "/v1/sdk" + path, "/v1/sdk" + twin] {
                let same = await bench.app.send(.get, other, token: SDKBench.sandboxToken)
                #expect(same.text == answer.text, "\(other)")
            }
        }
    }
}
