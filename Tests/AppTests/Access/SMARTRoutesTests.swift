import API
import HTTP
import JSON
import Registry
import Testing
import TestSupport
import Values

struct SMARTRoutesTests {
    @Test(arguments: ["/api/fhir/R4", "/fhir/R4"])
    func getSmartConfigurationNamesWhatIsThere(_ base: String) async throws {
        let app = try TestApp()
        let answer = await app.send(.get, base + "/.well-known/smart-configuration")
        #expect(answer.status == 200)
        #expect(answer.field("Content-Type") == "application/json")
        func words(_ name: String) -> [String]? { answer[name]?.elements.compactMap(\.string) }
        let auth = "https://opescare.test/api/v1/connect/auth/"
        #expect(answer["issuer"]?.string == "https://opescare.test")
        #expect(answer["token_endpoint"]?.string == auth + "token")
        #expect(answer["introspection_endpoint"]?.string == auth + "introspect")
        #expect(answer["revocation_endpoint"]?.string == auth + "revoke")
        #expect(answer["jwks_uri"]?.string == "https://opescare.test/.well-known/jwks.json")
        #expect(answer["authorization_endpoint"] == nil)
        #expect(
            words("token_endpoint_auth_methods_supported")
                == ["client_secret_basic", "client_secret_post", "private_key_jwt"])
        #expect(
            words("token_endpoint_auth_signing_alg_values_supported")
                == ["RS384", "ES384", "RS256", "ES256"])
        #expect(words("grant_types_supported") == ["client_credentials"])
        #expect(words("code_challenge_methods_supported") == ["S256"])
        #expect(
            words("capabilities") == [
                "client-confidential-asymmetric", "client-confidential-symmetric",
                "permission-v1", "permission-v2",
            ])
        let scopes = try #require(words("scopes_supported"))
        #expect(scopes.contains("system/*.rs") && scopes.contains("system:export"))
        #expect(scopes.allSatisfy { SMARTScopes(named: $0) != nil })
    }

    private static let grants: [(String, String?, String?)] = [
        ("system/*.rs system:export", nil, "system/*.rs system:export"),
        ("system/*.rs system:export", "system/*.rs", "system/*.rs"),
        ("system/*.rs system:export", "system/*.read system:export", "system/*.read system:export"),
        ("system/*.rs", "system/Patient.rs system/Patient.c", "system/Patient.rs"),
        ("system/*.rs", "system/Patient.cruds user/Patient.rs openid", "system/Patient.rs"),
        ("system/*.rs", "system/Patient.rs system/Patient.rs", "system/Patient.rs"),
        ("system/Patient.rs", "system/*.rs", "system/Patient.rs"),
        (
            "system/*.rs patient:read", "patient:read system/Patient.r launch/patient",
            "patient:read system/Patient.r"
        ),
        ("system/*.rs patient:read", "patients:read", "patients:read"),
        ("system/*.rs", "user/*.rs", nil), ("system/*.rs", "patient/*.rs", nil),
        ("system/*.rs", "openid fhirUser launch offline_access", nil),
        ("system/*.rs", "system/Patient.c", nil), ("system/*.rs", "system:export", nil),
        ("system/*.rs", "system/AuditEvent.rs", nil), ("system/*.rs", "system/Device.rs", nil),
        // Connect's scopes are given as a whole or not at all, as ever.
        ("system/*.rs", "system/*.rs patient:read", nil), ("system/*.rs", "system/*.rs x", nil),
        ("patient:read", "system/*.rs", nil),
    ]

    @Test(arguments: grants)
    func ofWhatIsAskedTheGrantedPartIsGiven(
        _ own: String, _ asked: String?, _ given: String?
    ) async throws {
        let app = try TestApp()
        try await app.grant(own, to: "demo_smart_sandbox")
        let answer = try await Assertion().post(to: app, scope: asked)
        #expect(answer["scope"]?.string == given, "\(answer.text)")
        #expect(answer.status == (given == nil ? 400 : 200))
        if given == nil { #expect(answer.error == "invalid_scope") }
    }

    @Test func aTokenForResourcesOpensNothingOfConnect() async throws {
        let app = try TestApp()
        let token = try #require(try await Assertion().post(to: app)["access_token"]?.string)
        for path in [
            "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1",
            "/api/v1/connect/webhooks/subscriptions", "/api/v1/connect/webhooks/events",
            "/api/v1/connect/reconciliation", "/api/v1/sdk/facilities/FAC-001",
            "/api/v1/sdk/token/introspect", "/api/v1/connect/consents",
        ] {
            let answer = await app.send(.get, path, token: token)
            #expect(answer.status == 403 || answer.status == 404, "\(path) \(answer.status)")
            if answer.status == 403 { #expect(answer.error == "invalid_scope", "\(path)") }
        }
        for route in Routes.all {
            let isConnects =
                switch route.access {
                case .client, .scope, .sdk: true
                case .open, .resource, .widget, .agent, .apiKey, .admin: false
                }
            guard isConnects else { continue }
            #expect(throws: Problem.self, "\(route.operation)") {
                try AccessTokens.check(Rights(), for: route.access)
            }
        }
    }

    @Test func aPrincipalHasWhatTokenAndClientBothHave() async throws {
        let client = Client(
            id: "a", name: "a", scopes: "system/Patient.rs system/Encounter.r patient:read",
            facilityID: nil, status: .active, rateLimit: nil, createdAt: TestApp.start)
        let token = AccessToken(
            clientID: "a", jti: "t", scope: "system/*.read", issuedAt: TestApp.start,
            expiresAt: TestApp.start, facilityID: nil, kid: "k", generation: 0)
        let principal = Principal(client: client, token: token, epoch: 0)
        #expect(principal.smartScopes.names == ["system/Patient.rs", "system/Encounter.r"])
        #expect(principal.smartScopes.allows(.patient, .search))
        #expect(!principal.smartScopes.allows(.encounter, .search))
        #expect(principal.scopes == [])
        #expect(principal.sdkScopes == [])
    }

    @Test func introspectionTellsWhatIsLeftOfATokensScopes() async throws {
        let app = try TestApp()
        try await app.grant("system/*.rs system:export patient:read", to: "opeshisos_production")
        let token = try await app.token(scope: "system/*.read system:export patient:read")
        try await app.grant("system/Patient.rs patient:read", to: "opeshisos_production")
        let answer = await app.send(
            .post, "/api/v1/connect/auth/introspect",
            json: """
                {"client_id":"opeshisos_production","client_secret":"prod_secret_opeshisos_2026",
                "token":"\(token)"}
                """)
        #expect(answer["scope"]?.string == "system/Patient.rs patient:read")
    }
}
