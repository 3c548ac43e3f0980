import HTTP
import JSON
import Database
import Testing
import TestSupport

struct AdminTokenRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String? = nil, token: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/tokens" + path, token: token ?? admin, json: json)
    }

    private func own() async throws -> String {
        let list = await app.send(.get, "/api/v1/admin/tokens", token: admin)
        let own = list["tokens"]?.elements.first { $0["is_own"]?.bool == true }
        return try #require(own?["id"]?.string)
    }

    @Test func createAdminTokenShowsOneThatWorks() async throws {
        let made = await post("", #"{"name":"Awa"}"#)
        #expect(made.status == 201)
        #expect(made.field("Cache-Control") == "no-store")
        #expect(made["expires_at"]?.string == "2027-06-01T09:30:00Z")
        let token = try #require(made["token"]?.string)
        #expect(try app.audit() == ["createAdminToken C success"])
        let list = await app.send(.get, "/api/v1/admin/tokens", token: token)
        #expect(list.status == 200)
        #expect(!list.text.contains(token))
        let principals = try app.read { tx in
            try tx.all("SELECT principal FROM audit_log ORDER BY seq") { $0.text(0) }
        }
        #expect(principals == ["admin:tester", "admin:Awa"])
        #expect(await post("", #"{"name":"a/b"}"#).status == 422)
    }

    @Test func listAdminTokensMarksTheOwn() async throws {
        _ = await post("", #"{"name":"Awa"}"#)
        let list = await app.send(.get, "/api/v1/admin/tokens?limit=1", token: admin)
        #expect(list["tokens"]?.count == 1)
        #expect(list["next_cursor"]?.string != nil)
        #expect(try app.audit().last == "listAdminTokens R success")
        #expect(try await own().hasPrefix("adm_"))
    }

    @Test func revokeAdminTokenSparesTheLast() async throws {
        let id = try await own()
        let refused = await post("/\(id)/revoke")
        #expect(refused.status == 409)
        #expect(refused.error == "conflict")
        #expect(try app.audit().last == "revokeAdminToken U conflict")
        let other = await post("", #"{"name":"Awa"}"#)
        let token = try #require(other["token"]?.string)
        #expect(await post("/\(id)/revoke")["status"]?.string == "revoked")
        #expect(await app.send(.get, "/api/v1/admin/tokens", token: admin).status == 401)
        let last = try #require(other["id"]?.string)
        #expect(await post("/\(last)/revoke", token: token).status == 409)
        #expect(await post("/\(last)/revoke", #"{"force":true}"#, token: token).status == 200)
        #expect(await app.send(.get, "/api/v1/admin/tokens", token: token).status == 401)
    }

    /// A name in the audit log is one person's for as long as that person's token is of use.
    @Test(arguments: ["Awa", "awa", "AWA"])
    func aNameIsOneActiveTokens(_ name: String) async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        func create(_ name: String, _ more: String = "") async -> Answer {
            await app.send(
                .post, "/api/v1/admin/tokens", token: admin, json: #"{"name":"\#(name)"\#(more)}"#)
        }
        let first = await create("Awa", #","expires_at":"2026-06-02T00:00:00Z""#)
        #expect(first.status == 201)
        #expect(await create(name).status == 409)
        #expect(try app.audit().last == "createAdminToken C conflict")
        #expect(try app.count("SELECT COUNT(*) FROM admin_tokens") == 2)
        // One that has expired gives its name up, and so does a revoked one.
        app.advance(seconds: 86_400)
        let second = await create(name)
        #expect(second.status == 201)
        let id = try #require(second["id"]?.string)
        #expect(await create("Awa").status == 409)
        _ = await app.send(.post, "/api/v1/admin/tokens/\(id)/revoke", token: admin)
        #expect(await create("Awa").status == 201)
    }

    @Test func anAnswerIsGivenAgainToTheTokenThatAskedAlone() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let made = await app.send(
            .post, "/api/v1/admin/tokens", token: admin, json: #"{"name":"Awa"}"#)
        let token = try #require(made["token"]?.string)
        let id = try #require(made["id"]?.string)
        func makeKey(_ token: String) async -> Answer {
            await app.send(
                .post, "/api/v1/admin/api-keys", token: token,
                fields: [("Idempotency-Key", "k-1")],
                json: #"{"name":"Desk","facility_id":"FAC-001"}"#)
        }
        let first = await makeKey(token)
        #expect(first.status == 201)
        #expect(await makeKey(token).body == first.body)
        // The next holder of the name is somebody else.
        _ = await app.send(.post, "/api/v1/admin/tokens/\(id)/revoke", token: admin)
        let again = await app.send(
            .post, "/api/v1/admin/tokens", token: admin, json: #"{"name":"Awa"}"#)
        let other = await makeKey(try #require(again["token"]?.string))
        #expect(other.status == 201)
        #expect(other.field("Idempotency-Replayed") == nil)
        #expect(other["id"]?.string != first["id"]?.string)
    }
}
