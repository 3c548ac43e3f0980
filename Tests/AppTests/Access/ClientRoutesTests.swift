import HTTP
import JSON
import Database
import Testing
import TestSupport

struct ClientRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/clients" + path, token: admin, json: json)
    }

    private func issue(_ id: String, _ secret: String) async -> Answer {
        await app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"\(id)","client_secret":"\(secret)"}
                """)
    }

    private func make() async throws -> String {
        let made = await post(
            "", #"{"client_id":"lab-1","name":"Lab","scopes":["patient:read"],"rate_limit":0}"#)
        #expect(made.status == 201)
        return try #require(made["client_secret"]?.string)
    }

    @Test func createClientRefusesALookAlike() async throws {
        _ = try await make()
        let alike = await post("", #"{"client_id":"LAB-1","scopes":["patient:read"]}"#)
        #expect(alike.status == 409)
        #expect(alike["message"]?.string?.contains("There is a client lab-1 already") == true)
    }

    @Test func createClientShowsItsSecretOnce() async throws {
        let made = await post(
            "",
            #"{"client_id":"lab-1","name":"Lab","scopes":["patient:read"],"facility_id":"FAC-001"}"#
        )
        #expect(made.status == 201)
        #expect(made.field("Cache-Control") == "no-store")
        #expect(made["facility_id"]?.string == BridgeRoutesTests.facility)
        let secret = try #require(made["client_secret"]?.string)
        #expect(try app.audit() == ["createClient C success"])
        #expect(await issue("lab-1", secret).status == 200)
        let shown = await app.send(.get, "/api/v1/admin/clients/lab-1", token: admin)
        #expect(!shown.text.contains("secret\""))
        let list = await app.send(.get, "/api/v1/admin/clients", token: admin)
        #expect(!list.text.contains(secret))
        #expect(await post("", #"{"client_id":"lab-1","scopes":"patient:read"}"#).status == 409)
        let bad = await post("", #"{"client_id":"a b","scopes":["nonsense"],"rate_limit":-1}"#)
        #expect(bad.status == 422)
        for field in ["client_id", "scopes", "rate_limit"] {
            #expect(bad["errors"]?[field] != nil, "\(field)")
        }
        #expect(
            await post("", #"{"scopes":"patient:read","facility_id":"NONE"}"#).status == 404)
        #expect(try app.count("SELECT COUNT(*) FROM clients") == 5)
    }

    /// The copy that is kept for a repeated key is sealed, and gives the same secret.
    @Test func createClientRepeatedWithItsKeyShowsTheSameSecret() async throws {
        var secrets: Set<String> = []
        for _ in 1...2 {
            let made = await app.send(
                .post, "/api/v1/admin/clients", token: admin,
                fields: [("Idempotency-Key", "c-1")],
                json: #"{"client_id":"twice","scopes":"patient:read"}"#)
            #expect(made.status == 201)
            secrets.insert(made["client_secret"]?.string ?? "")
        }
        #expect(secrets.count == 1)
        let secret = try #require(secrets.first)
        let kept = try app.read { tx in
            try tx.first("SELECT body FROM idempotency_keys WHERE key = 'c-1'") { $0.blob(0) }
        }
        #expect(kept != nil)
        #expect(!String(decoding: kept ?? [], as: UTF8.self).contains(secret))
    }

    @Test func listClientsPagesAndFilters() async throws {
        _ = try await make()
        _ = await post("/lab-1/suspend")
        let page = await app.send(.get, "/api/v1/admin/clients?limit=3", token: admin)
        #expect(page["clients"]?.count == 3)
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await app.send(
            .get, "/api/v1/admin/clients?limit=3&cursor=\(cursor)", token: admin)
        #expect(rest["clients"]?.count == 2)
        #expect(rest["next_cursor"]?.isNull == true)
        let suspended = await app.send(
            .get, "/api/v1/admin/clients?status=suspended", token: admin)
        #expect(suspended["clients"]?.elements.map { $0["client_id"]?.string } == ["lab-1"])
        #expect(
            await app.send(.get, "/api/v1/admin/clients?status=x", token: admin).status == 422)
    }

    @Test func showClientRefusesTheUnknown() async throws {
        #expect(await app.send(.get, "/api/v1/admin/clients/x", token: admin).status == 404)
        #expect(try app.audit() == ["showClient R not_found"])
    }

    @Test func updateClientTakesEffectAtOnce() async throws {
        let secret = try await make()
        let token = try #require(await issue("lab-1", secret)["access_token"]?.string)
        let target = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, target, token: token).status == 200)
        let before = try app.audit().count
        let answer = await app.send(
            .patch, "/api/v1/admin/clients/lab-1", token: admin,
            json: #"{"scopes":["lab:push"],"rate_limit":"default","name":"Labo"}"#)
        #expect(answer.status == 200)
        #expect(answer["rate_limit"]?.isNull == true)
        #expect(try app.audit().suffix(from: before) == ["updateClient U success"])
        #expect(await app.send(.get, target, token: token).status == 403)
    }

    @Test func rotateClientSecretLeavesTheOldOneForAWhile() async throws {
        let old = try await make()
        let answer = await post("/lab-1/rotate", #"{"overlap_hours":1}"#)
        #expect(answer.status == 200)
        #expect(answer.field("Cache-Control") == "no-store")
        let new = try #require(answer["client_secret"]?.string)
        #expect(try app.audit().last == "rotateClientSecret U success")
        #expect(await issue("lab-1", old).status == 200)
        #expect(await issue("lab-1", new).status == 200)
        let shown = await app.send(.get, "/api/v1/admin/clients/lab-1", token: admin)
        #expect(shown["previous_secret_expires_at"]?.string == "2026-06-01T10:30:00Z")
        app.advance(seconds: 3601)
        #expect(await issue("lab-1", old).status == 401)
        #expect(await issue("lab-1", new).status == 200)
    }

    @Test func suspendClientEndsItsTokensAndResumeClientLetsItGetNewOnes() async throws {
        let secret = try await make()
        let token = try #require(await issue("lab-1", secret)["access_token"]?.string)
        let target = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, target, token: token).status == 200)
        #expect(await post("/lab-1/suspend")["status"]?.string == "suspended")
        #expect(await app.send(.get, target, token: token).status == 401)
        #expect(try app.audit().contains("suspendClient U success"))
        #expect(await post("/lab-1/resume")["status"]?.string == "active")
        #expect(try app.audit().last == "resumeClient U success")
        #expect(await app.send(.get, target, token: token).status == 401)
        let fresh = try #require(await issue("lab-1", secret)["access_token"]?.string)
        #expect(await app.send(.get, target, token: fresh).status == 200)
    }

    @Test func resumeClientKnowsNobodyElse() async throws {
        #expect(await post("/nobody/resume").status == 404)
        #expect(try app.audit() == ["resumeClient U not_found"])
    }

    @Test func revokeClientIsForGood() async throws {
        let secret = try await make()
        #expect(await post("/lab-1/revoke")["status"]?.string == "revoked")
        #expect(try app.audit().last == "revokeClient U success")
        for verb in ["resume", "suspend", "revoke", "rotate"] {
            let answer = await post("/lab-1/" + verb)
            #expect(answer.status == 409, "\(verb)")
            #expect(answer.error == "conflict")
        }
        let patch = await app.send(
            .patch, "/api/v1/admin/clients/lab-1", token: admin, json: #"{"name":"x"}"#)
        #expect(patch.status == 409)
        #expect(await issue("lab-1", secret).status == 401)
    }
}
