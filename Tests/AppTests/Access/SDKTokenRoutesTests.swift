import API
import HTTP
import JSON
@testable import Registry
import Testing
import TestSupport
import Values

struct SDKTokenRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/sdk-tokens" + path, token: admin, json: json)
    }

    private func make(
        scopes: String = #"["read_facility"]"#, more: String = ""
    ) async throws -> (id: String, token: String) {
        let made = await post(
            "",
            #"{"client_id":"demo_dev_sandbox","label":"Portal","scopes":\#(scopes)\#(more)}"#)
        #expect(made.status == 201, "\(made.text)")
        return (try #require(made["id"]?.string), try #require(made["token"]?.string))
    }

    private func introspect(_ token: String) async -> Answer {
        await app.send(.get, "/api/v1/sdk/token/introspect", token: token)
    }

    @Test func createSDKTokenShowsItOnce() async throws {
        let (id, token) = try await make()
        #expect(id.hasPrefix("stk_") && token.hasPrefix("sdk_test_"))
        #expect(try app.audit() == ["createSDKToken C success"])
        let shown = await app.send(.get, "/api/v1/admin/sdk-tokens/" + id, token: admin)
        let prefix = try #require(shown["prefix"]?.string)
        #expect(token.hasPrefix(prefix) && prefix.utf8.count < token.utf8.count / 2)
        #expect(!shown.text.contains(token))
        #expect(shown["scopes"]?.elements.map(\.string) == ["read_facility"])
        #expect(shown["expires_at"]?.isNull == true)
        #expect(await introspect(token)["token_id"]?.string == id)
        let bad = await post("", #"{"scopes":["nonsense"],"expires_at":"2020-01-01"}"#)
        #expect(bad.status == 422)
        for field in ["client_id", "label", "scopes", "expires_at"] {
            #expect(bad["errors"]?[field] != nil, "\(field)")
        }
        let unknown = #"{"client_id":"none","label":"x","scopes":["*"]}"#
        #expect(await post("", unknown).status == 404)
    }

    @Test func aLiveTokenEndsInAYear() async throws {
        let live = try TestApp(.production)
        let admin = try await live.adminToken()
        let body = #"{"client_id":"his","label":"x","scopes":["*"]}"#
        _ = await live.send(
            .post, "/api/v1/admin/clients", token: admin,
            json: #"{"client_id":"his","scopes":["patient:read"]}"#)
        let made = await live.send(.post, "/api/v1/admin/sdk-tokens", token: admin, json: body)
        #expect(made["token"]?.string?.hasPrefix("sdk_live_") == true)
        #expect(made["expires_at"]?.string == "2027-06-01T09:30:00Z")
        #expect(made["scopes"]?.elements.compactMap(\.string) == SDKScope.all.names)
    }

    /// What may stand in a page has origins and no scopes; what may not has scopes and no origins.
    @Test func createSDKTokenKeepsSecretAndPublishableApart() async throws {
        func make(_ more: String) async -> Answer {
            await post("", #"{"client_id":"demo_dev_sandbox","label":"x"\#(more)}"#)
        }
        let origin = #","origins":["https://portal.example"]"#
        #expect(await make("")["errors"]?["scopes"] != nil)
        #expect(await make(#","scopes":["*"]"# + origin)["errors"]?["origins"] != nil)
        let page = #","kind":"publishable""#
        #expect(await make(page)["errors"]?["origins"] != nil)
        #expect(await make(page + origin).error == "origin_not_allowed")
        _ = await app.send(
            .put, "/api/v1/admin/clients/demo_dev_sandbox/origins", token: admin,
            json: #"{"origins":["https://portal.example"]}"#)
        let made = await make(page + origin)
        #expect(made["token"]?.string?.hasPrefix("sdk_pub_") == true)
        #expect(made["scopes"]?.count == 0)
        #expect(made["origins"]?.elements.map(\.string) == ["https://portal.example"])
    }

    @Test func listSDKTokensPagesAndFilters() async throws {
        let (id, token) = try await make()
        _ = await post("/\(id)/revoke")
        var seen: [String] = []
        var cursor = ""
        repeat {
            let page = await app.send(
                .get, "/api/v1/admin/sdk-tokens?limit=1" + cursor, token: admin)
            #expect(page["sdk_tokens"]?.count == 1)
            #expect(!page.text.contains(token))
            seen += page["sdk_tokens"]?.elements.compactMap { $0["id"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty
        #expect(Set(seen) == [id, "stk_demo_sandbox", "stk_demo_publishable"])
        #expect(seen.count == 3)
        let revoked = await app.send(
            .get, "/api/v1/admin/sdk-tokens?status=revoked&client_id=demo_dev_sandbox",
            token: admin)
        #expect(revoked["sdk_tokens"]?.elements.map { $0["id"]?.string } == [id])
        #expect(try app.audit().last == "listSDKTokens R success")
    }

    @Test func showSDKTokenTellsWhenItHasExpired() async throws {
        let (id, token) = try await make(more: #","expires_at":"2026-06-02T00:00:00Z""#)
        app.advance(seconds: 86_400)
        let shown = await app.send(.get, "/api/v1/admin/sdk-tokens/" + id, token: admin)
        #expect(shown["status"]?.string == "expired")
        #expect(await introspect(token).error == "token_expired")
        #expect(await app.send(.get, "/api/v1/admin/sdk-tokens/x", token: admin).status == 404)
    }

    @Test func updateSDKTokenCountsFromTheNextRequestOn() async throws {
        let (id, token) = try await make()
        let facility = "/api/v1/sdk/facilities/FAC-001"
        #expect(await app.send(.get, facility, token: token).status == 200)
        let answer = await app.send(
            .patch, "/api/v1/admin/sdk-tokens/" + id, token: admin,
            json: #"{"label":"Desk","scopes":["read_stock"],"rate_limit":5,"expires_at":"never"}"#)
        #expect(answer["label"]?.string == "Desk")
        #expect(answer["rate_limit"]?.int == 5)
        #expect(try app.audit().last == "updateSDKToken U success")
        #expect(await app.send(.get, facility, token: token).error == "invalid_scope")
        #expect(await app.send(.get, facility + "/stock", token: token).status == 200)
    }

    /// What is not of its kind is refused, not passed over.
    @Test func updateSDKTokenKeepsSecretAndPublishableApart() async throws {
        let origins = #"["https://portal.example"]"#
        _ = await app.send(
            .put, "/api/v1/admin/clients/demo_dev_sandbox/origins", token: admin,
            json: #"{"origins":\#(origins)}"#)
        let page = await post(
            "",
            #"""
            {"client_id":"demo_dev_sandbox","label":"Page","kind":"publishable",
            "origins":\#(origins)}
            """#)
        let publishable = try #require(page["id"]?.string)
        let secret = try await make().id
        func refused(_ id: String, _ json: String) async -> [String] {
            let answer = await app.send(
                .patch, "/api/v1/admin/sdk-tokens/" + id, token: admin, json: json)
            return answer.status == 422 ? answer["errors"]?.members.map(\.key) ?? [] : []
        }
        #expect(await refused(publishable, #"{"scopes":["*"]}"#) == ["scopes"])
        #expect(await refused(publishable, #"{"origins":[]}"#) == ["origins"])
        #expect(await refused(publishable, #"{"label":"x","origins":\#(origins)}"#) == [])
        #expect(await refused(secret, #"{"origins":\#(origins)}"#) == ["origins"])
        #expect(await refused(secret, #"{"scopes":["*"],"origins":[]}"#) == [])
    }

    @Test func rotateSDKTokenLeavesTheOldOneForItsGrace() async throws {
        let (id, old) = try await make()
        let answer = await post("/\(id)/rotate", #"{"grace_hours":2}"#)
        #expect(answer.status == 201)
        let new = try #require(answer["token"]?.string)
        #expect(answer["previous_id"]?.string == id)
        #expect(answer["previous_token_expires_at"]?.string == "2026-06-01T11:30:00Z")
        #expect(try app.audit().last == "rotateSDKToken U success")
        #expect(await introspect(old).status == 200)
        #expect(await introspect(new)["scopes"]?.elements.map(\.string) == ["read_facility"])
        app.advance(seconds: 7200)
        #expect(await introspect(old).error == "token_expired")
        #expect(await introspect(new).status == 200)
        #expect(await post("/\(id)/rotate").status == 409)
        for hours in ["-1", "169", "1.5"] {
            let bad = await post("/\(id)/rotate", #"{"grace_hours":\#(hours)}"#)
            #expect(bad.status == 422, "\(hours)")
        }
        let other = try #require(answer["id"]?.string)
        _ = await post("/\(other)/rotate", #"{"grace_hours":0}"#)
        #expect(await introspect(new).error == "sdk_token_inactive")
    }

    @Test func revokeSDKTokenEndsItAtOnce() async throws {
        let (id, token) = try await make()
        #expect(await introspect(token).status == 200)
        #expect(await post("/\(id)/revoke")["status"]?.string == "revoked")
        #expect(try app.audit().last == "revokeSDKToken U success")
        #expect(await introspect(token).error == "sdk_token_inactive")
        #expect(await post("/\(id)/revoke").status == 409)
        #expect(await post("/none/revoke").status == 404)
    }

    @Test func itsClientEndsIt() async throws {
        let (_, token) = try await make()
        func client(_ verb: String) async {
            _ = await app.send(
                .post, "/api/v1/admin/clients/demo_dev_sandbox/" + verb, token: admin)
        }
        #expect(await introspect(token).status == 200)
        await client("suspend")
        #expect(await introspect(token).error == "sdk_token_inactive")
        await client("resume")
        #expect(await introspect(token).status == 200)
        await client("revoke")
        #expect(await introspect(token).error == "sdk_token_inactive")
        let late = await post("", #"{"client_id":"demo_dev_sandbox","label":"x","scopes":["*"]}"#)
        #expect(late.status == 409)
    }

    // MARK: Origins

    @Test func setClientOriginsKeepsWhatBrowsersSend() async throws {
        let path = "/api/v1/admin/clients/demo_dev_sandbox/origins"
        let set = await app.send(
            .put, path, token: admin,
            json: """
                {"origins":["https://Portal.Example:443/","https://portal.example",
                "https://a.example:8443","http://localhost:3000"]}
                """)
        let kept = ["http://localhost:3000", "https://a.example:8443", "https://portal.example"]
        #expect(set["origins"]?.elements.map(\.string) == kept)
        #expect(try app.audit() == ["setClientOrigins U success"])
        let listed = await app.send(.get, path, token: admin)
        #expect(listed["origins"]?.elements.map(\.string) == kept)
        #expect(await app.send(.put, path, token: admin, json: "{}").status == 422)
    }

    @Test func listClientOriginsKnowsItsClients() async throws {
        let path = "/api/v1/admin/clients/demo_dev_sandbox/origins"
        #expect(await app.send(.get, path, token: admin)["origins"]?.count == 0)
        #expect(try app.audit() == ["listClientOrigins R success"])
        let unknown = "/api/v1/admin/clients/none/origins"
        #expect(await app.send(.get, unknown, token: admin).status == 404)
    }

    @Test(
        arguments: [
            ("https://a.example", "https://a.example"), ("https://a.example/", "https://a.example"),
            ("HTTPS://A.EXAMPLE", "https://a.example"),
            ("https://a.example:443", "https://a.example"),
            ("https://a.example:8443", "https://a.example:8443"),
            ("https://xn--caf-dma.example", "https://xn--caf-dma.example"),
            ("https://127.0.0.1:9", "https://127.0.0.1:9"), ("https://[::1]", "https://[::1]"),
            ("https://a.example/path", nil), ("https://a.example?x", nil),
            ("https://a.example#x", nil),
            ("https://u@a.example", nil), ("https://u:p@a.example", nil),
            ("https://*.example", nil),
            ("*", nil), ("null", nil), ("https://café.example", nil), ("https://a.example:0", nil),
            ("https://a.example:65536", nil), ("https://a.example:", nil), ("https://", nil),
            ("https://a..example", nil), ("ftp://a.example", nil), ("//a.example", nil),
            ("a.example", nil), ("https://a.example\\@b.example", nil),
        ] as [(String, String?)])
    func anOriginIsSchemeHostAndPort(_ text: String, _ expected: String?) {
        for environment in [Deployment.Environment.sandbox, .production] {
            #expect(ClientOrigins.read(text, in: environment) == expected, "\(environment)")
        }
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("http://127.0.0.1", true), ("http://[::1]:8080", true),
        ("http://app.localhost", true), ("http://a.example", false),
        ("http://localhost.example", false), ("http://127.0.0.1.example", false),
    ])
    func onlyASandboxTakesHTTPOfTheMachineItself(_ text: String, _ isTaken: Bool) {
        #expect((ClientOrigins.read(text, in: .sandbox) != nil) == isTaken)
        #expect(ClientOrigins.read(text, in: .production) == nil)
    }

    private func change(_ id: String, _ json: String) async -> Answer {
        await app.send(.patch, "/api/v1/admin/sdk-tokens/" + id, token: admin, json: json)
    }

    /// An administrator who disarms a token must not believe it done.
    @Test(arguments: [
        #"{"scopes":[]}"#, #"{"scopes":""}"#, #"{"scope":[]}"#, #"{"scopes":[""]}"#,
        #"{"scopes":" , "}"#, #"{"label":""}"#, #"{"name":" "}"#, #"{"rate_limit":""}"#,
        #"{"expires_at":""}"#,
    ])
    func anEmptyValueIsNoChange(_ body: String) async throws {
        let (id, token) = try await make()
        let answer = await change(id, body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer["errors"]?.count == 1)
        #expect(await introspect(token)["scopes"]?.elements.map(\.string) == ["read_facility"])
    }

    /// As it was shown, so it may be sent back.
    @Test func aTokenMayBeSentBackAsItIs() async throws {
        let (id, _) = try await make()
        let shown = await app.send(.get, "/api/v1/admin/sdk-tokens/" + id, token: admin)
        #expect(await change(id, #"{"scopes":["read_facility"],"origins":[]}"#).status == 200)
        #expect(shown["origins"]?.count == 0)
        let published = await change(
            "stk_demo_publishable", #"{"scopes":[],"label":"Demonstration"}"#)
        #expect(published.status == 200 || published.status == 404)
    }

    @Test(arguments: [
        ("clients/demo_dev_sandbox", #"{"scopes":[]}"#),
        ("clients/demo_dev_sandbox", #"{"scopes":""}"#),
        ("clients/demo_dev_sandbox", #"{"name":""}"#),
        ("facilities/\(BridgeRoutesTests.facility)", #"{"name":" "}"#),
        ("facilities/\(BridgeRoutesTests.facility)", #"{"reference":""}"#),
        ("facilities/\(BridgeRoutesTests.facility)", #"{"time_zone":""}"#),
        ("agents/BRIDGE-2024-DEMO-001", #"{"name":""}"#),
        ("agents/BRIDGE-2024-DEMO-001", #"{"rate_limit":""}"#),
    ])
    func noChangeTakesAnEmptyValue(_ path: String, _ body: String) async {
        let answer = await app.send(.patch, "/api/v1/admin/" + path, token: admin, json: body)
        #expect(answer.status == 422, "\(answer.text)")
    }

    /// Who rotates without a grace because it was stolen gets it back by no later change.
    @Test func aTokenRotatedWithoutAGraceIsRevoked() async throws {
        let (id, token) = try await make()
        let rotated = await post("/\(id)/rotate", #"{"grace_hours":0}"#)
        #expect(rotated.status == 201)
        #expect(await introspect(token).error == "sdk_token_inactive")
        #expect(await change(id, #"{"expires_at":"never"}"#).status == 409)
        #expect(await introspect(token).status == 401)
        let shown = await app.send(.get, "/api/v1/admin/sdk-tokens/" + id, token: admin)
        #expect(shown["status"]?.string == "revoked")
        #expect(await introspect(rotated["token"]?.string ?? "").status == 200)
    }

    /// A secret that a page sends is none, whatever it asks for.
    @Test(arguments: [
        "/api/v1/sdk/introspect", "/api/v1/sdk/patient/OPC-2024-XK7T9",
        "/api/v1/sdk/appointments", "/api/v1/connect/widget/sessions",
    ])
    func aSecretTokenInAPageOpensNothingInProduction(_ path: String) async throws {
        let live = try TestApp(.production)
        let admin = try await live.adminToken()
        for (method, where_, body) in [
            (HTTPMethod.post, "clients", #"{"client_id":"his","scopes":["patient:read"]}"#),
            (.put, "clients/his/origins", #"{"origins":["https://portal.example"]}"#),
        ] {
            let made = await live.send(
                method, "/api/v1/admin/" + where_, token: admin, json: body)
            #expect(made.status < 300)
        }
        let token =
            await live.send(
                .post, "/api/v1/admin/sdk-tokens", token: admin,
                json: #"{"client_id":"his","label":"x","scopes":["*"]}"#)["token"]?.string ?? ""
        let isOpening = path.hasSuffix("sessions")
        func ask(_ origin: String?) async -> Answer {
            await live.send(
                isOpening ? .post : .get, path, token: token,
                fields: origin.map { [("Origin", $0)] } ?? [], json: isOpening ? "{}" : nil)
        }
        #expect(await ask("https://portal.example").error == "origin_not_allowed")
        #expect(await ask("https://evil.example").status == 422)
        #expect(await ask(nil).error != "origin_not_allowed")
    }
}
