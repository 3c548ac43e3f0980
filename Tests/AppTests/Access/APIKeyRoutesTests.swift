import API
import HTTP
import JSON
@testable import Registry
import Testing
import TestSupport

struct APIKeyRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/api-keys" + path, token: admin, json: json)
    }

    private func make(_ more: String = "") async throws -> (id: String, key: String) {
        let made = await post("", #"{"name":"Desk","facility_id":"FAC-001"\#(more)}"#)
        #expect(made.status == 201)
        #expect(made.field("Cache-Control") == "no-store")
        return (try #require(made["id"]?.string), try #require(made["api_key"]?.string))
    }

    /// Whether the key opens anything now.
    private func isUsable(_ key: String) throws -> Bool {
        let hash = app.app.secrets.hash(key)
        return try app.read { try APIKeyStore.find(hash: hash, in: $0) }?.isUsable(at: app.now)
            ?? false
    }

    @Test func createAPIKeyShowsItOnce() async throws {
        let (id, key) = try await make()
        #expect(try app.audit() == ["createAPIKey C success"])
        #expect(try isUsable(key))
        let shown = await app.send(.get, "/api/v1/admin/api-keys/" + id, token: admin)
        #expect(shown["prefix"]?.string == String(key.prefix(9)))
        #expect(!shown.text.contains(key))
        let bad = await post("", #"{"expires_at":"2020-01-01"}"#)
        #expect(bad.status == 422)
        // What programs write for "no date" must not become a key that never expires.
        let far = await post("", #"{"expires_at":"9999-12-31"}"#)
        #expect(far.text.contains("must be a moment from 1900 to 2200"))
        for field in ["name", "facility_id", "expires_at"] {
            #expect(bad["errors"]?[field] != nil, "\(field)")
        }
    }

    @Test func listAPIKeysPagesAndFilters() async throws {
        let (id, key) = try await make()
        _ = await post("/\(id)/revoke")
        let all = await app.send(.get, "/api/v1/admin/api-keys?limit=1", token: admin)
        #expect(all["api_keys"]?.count == 1)
        let cursor = try #require(all["next_cursor"]?.string)
        let rest = await app.send(
            .get, "/api/v1/admin/api-keys?limit=1&cursor=" + cursor, token: admin)
        #expect(rest["api_keys"]?.count == 1)
        #expect(rest["next_cursor"]?.isNull == true)
        let active = await app.send(
            .get, "/api/v1/admin/api-keys?status=active&facility_id=FAC-001", token: admin)
        #expect(active["api_keys"]?.elements.map { $0["id"]?.string } == ["key_demo_healthcare"])
        #expect(!(all.text + rest.text).contains(key))
        #expect(try app.audit().last == "listAPIKeys R success")
    }

    @Test func showAPIKeyTellsWhenItHasExpired() async throws {
        let (id, key) = try await make(#","expires_at":"2026-06-02T00:00:00Z""#)
        app.advance(seconds: 86_400)
        let shown = await app.send(.get, "/api/v1/admin/api-keys/" + id, token: admin)
        #expect(shown["status"]?.string == "expired")
        #expect(try !isUsable(key))
        #expect(try app.audit().last == "showAPIKey R success")
        #expect(await app.send(.get, "/api/v1/admin/api-keys/x", token: admin).status == 404)
    }

    @Test func updateAPIKeyChangesExpiryAndName() async throws {
        let (id, key) = try await make(#","expires_at":"2026-06-02T00:00:00Z""#)
        let answer = await app.send(
            .patch, "/api/v1/admin/api-keys/" + id, token: admin,
            json: #"{"name":"Back office","expires_at":"never","rate_limit":5}"#)
        #expect(answer["expires_at"]?.isNull == true)
        #expect(answer["name"]?.string == "Back office")
        #expect(try app.audit().last == "updateAPIKey U success")
        app.advance(seconds: 10 * 86_400)
        #expect(try isUsable(key))
    }

    @Test func rotateAPIKeyLeavesTheOldOneForAWhile() async throws {
        let (id, old) = try await make()
        let answer = await post("/\(id)/rotate", #"{"overlap_hours":2}"#)
        #expect(answer.status == 201)
        let new = try #require(answer["api_key"]?.string)
        #expect(answer["previous_id"]?.string == id)
        #expect(answer["previous_key_expires_at"]?.string == "2026-06-01T11:30:00Z")
        #expect(try app.audit().last == "rotateAPIKey U success")
        #expect(try isUsable(old) && isUsable(new))
        app.advance(seconds: 7200)
        #expect(try !isUsable(old))
        #expect(try isUsable(new))
        // What has ended is not followed by anything.
        let late = await post("/\(id)/rotate")
        #expect(late.status == 409)
        #expect(try app.count("SELECT COUNT(*) FROM api_keys") == 3)
    }

    @Test func revokeAPIKeyEndsItAtOnce() async throws {
        let (id, key) = try await make()
        #expect(await post("/\(id)/revoke")["status"]?.string == "revoked")
        #expect(try app.audit().last == "revokeAPIKey U success")
        #expect(try !isUsable(key))
        #expect(await post("/\(id)/revoke").status == 409)
        #expect(await post("/none/revoke").status == 404)
    }
}
