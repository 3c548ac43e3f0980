import Crypto
import HTTP
import JSON
import Registry
import Testing
import TestSupport

struct ClientKeyRoutesTests {
    private static let path = "/api/v1/admin/clients/demo_smart_sandbox/keys"
    private static let jwks = ClientKeySetTests.set([
        ClientKeySetTests.text(of: TestApp.smartKeys[1])
    ])
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    @Test func listClientKeysShowsWhatIsRegistered() async throws {
        let shown = await app.send(.get, Self.path, token: admin)
        #expect(shown.status == 200)
        #expect(shown["jwks_uri"]?.isNull == true)
        #expect(shown["keys"]?.elements.map { $0["kid"]?.string } == ["rs", "p384", "p256"])
        #expect(shown["keys"]?.elements.map { $0["bits"]?.int } == [2048, nil, nil])
        #expect(try await Assertion().post(to: app).status == 200)
        let set = await app.send(
            .put, Self.path, token: admin, json: #"{"jwks":\#(Self.jwks)}"#)
        #expect(set.status == 200)
        #expect(set["keys"]?.elements.map { $0["kid"]?.string } == ["p384"])
        #expect(try await Assertion().post(to: app).status == 401)
        #expect(try await Assertion(TestApp.smartKeys[1], .es384).post(to: app).status == 200)
        let removed = await app.send(.delete, Self.path, token: admin)
        #expect(removed.status == 200)
        #expect(removed["keys"]?.count == 0)
        #expect(try await Assertion(TestApp.smartKeys[1], .es384).post(to: app).status == 401)
        // Of strangers' refusals within a minute the first is a row.
        #expect(
            try app.audit() == [
                "listClientKeys R success", "issueToken C success", "setClientKeys U success",
                "issueToken E invalid_client", "issueToken C success",
                "removeClientKeys D success",
            ])
        let entities = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 10, in: tx)
        }.map(\.entry.entity)
        #expect(Set(entities) == ["client/demo_smart_sandbox"])
        #expect(try app.count("SELECT COUNT(*) FROM events") == 0)
    }

    @Test(arguments: [
        ("{}", "jwks"), (#"{"jwks":null}"#, "jwks"), (#"{"jwks":{}}"#, "jwks"),
        (#"{"jwks":"x"}"#, "jwks"), (#"{"jwks":[]}"#, "jwks"),
        (#"{"jwks":{"keys":[]}}"#, "jwks"),
        (#"{"jwks_uri":"https://127.0.0.1/keys"}"#, "jwks_uri"),
        (#"{"jwks_uri":"https://localhost/keys"}"#, "jwks_uri"),
        (#"{"jwks_uri":"https://169.254.169.254/keys"}"#, "jwks_uri"),
        (#"{"jwks_uri":"file:///etc/passwd"}"#, "jwks_uri"),
        (#"{"jwks_uri":"https://a:b@keys.example/"}"#, "jwks_uri"),
        (#"{"jwks_uri":"https://keys.example/","jwks":\#(jwks)}"#, "jwks_uri"),
    ])
    func setClientKeysRefusesWhatCannotBeUsed(_ body: String, _ field: String) async throws {
        let answer = await app.send(.put, Self.path, token: admin, json: body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer["errors"]?[field] != nil, "\(answer.text)")
        #expect(try await Assertion().post(to: app).status == 200)
    }

    @Test func aPrivateKeyIsRefusedAloud() async throws {
        let secret = String(decoding: KeyPair.set(TestApp.smartKeys), as: UTF8.self)
        let answer = await app.send(
            .put, Self.path, token: admin, json: #"{"jwks":\#(secret)}"#)
        #expect(answer.status == 422)
        #expect(answer["message"]?.string?.contains("private") == true)
        #expect(!answer.text.contains(String(secret.suffix(60))))
    }

    @Test func inProductionAURLIsHTTPS() async throws {
        let app = try TestApp(.production)
        let admin = try await app.adminToken()
        let made = await app.send(
            .post, "/api/v1/admin/clients", token: admin,
            json: #"{"scopes":["system/*.rs"],"jwks_uri":"http://keys.example/"}"#)
        #expect(made.status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM clients") == 0)
        #expect(try app.count("SELECT COUNT(*) FROM client_key_sets") == 0)
    }

    @Test func aClientMayHaveKeysAlone() async throws {
        let made = await app.send(
            .post, "/api/v1/admin/clients", token: admin,
            json: """
                {"client_id":"lab-1","scopes":["system/Observation.rs","patient:read"],
                "jwks":\(Self.jwks)}
                """)
        #expect(made.status == 201, "\(made.text)")
        #expect(made["client_secret"] == nil)
        let answer = try await Assertion(TestApp.smartKeys[1], .es384, client: "lab-1")
            .post(to: app, scope: nil)
        #expect(answer["scope"]?.string == "system/Observation.rs patient:read")
        #expect(try app.audit() == ["createClient C success", "issueToken C success"])
    }

    @Test func removeClientKeysNeedsAKnownClient() async throws {
        let body = #"{"jwks":\#(Self.jwks)}"#
        let unknown = "/api/v1/admin/clients/nobody/keys"
        #expect(await app.send(.get, unknown, token: admin).status == 404)
        #expect(await app.send(.put, unknown, token: admin, json: body).status == 404)
        #expect(await app.send(.delete, unknown, token: admin).status == 404)
        _ = await app.send(
            .post, "/api/v1/admin/clients/demo_smart_sandbox/revoke", token: admin)
        #expect(await app.send(.put, Self.path, token: admin, json: body).status == 409)
        #expect(try await Assertion().post(to: app).status == 401)
    }

    @Test(arguments: [
        "system/Device.rs", "system/Patient.cruds", "user/*.rs", "openid", "system/*.*",
    ])
    func unknownScopesAreRefusedInASentence(_ scope: String) async throws {
        let answer = await app.send(
            .patch, "/api/v1/admin/clients/demo_smart_sandbox", token: admin,
            json: #"{"scopes":["system/*.rs","\#(scope)"]}"#)
        #expect(answer.status == 422)
        let message = answer["message"]?.string ?? ""
        #expect(message.contains(scope))
        #expect(message.contains("system/T.rs"))
    }
}
