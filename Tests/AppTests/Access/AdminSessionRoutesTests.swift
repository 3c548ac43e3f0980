import API
import App
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct AdminSessionRoutesTests {
    private static let session = "/api/v1/admin/session"
    private static let ownPage = [
        ("X-Requested-With", "fetch"), ("Origin", "https://opescare.test"),
    ]
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func signIn(
        _ token: String, fields: [(String, String)] = AdminSessionRoutesTests.ownPage
    ) async -> Answer {
        await app.send(
            .post, Self.session, fields: fields, json: #"{"token":"\#(token)"}"#)
    }

    private func cookie(_ answer: Answer) throws -> String {
        let field = try #require(answer.field("Set-Cookie"))
        return String(field.prefix { $0 != ";" })
    }

    private func send(
        _ method: HTTPMethod, _ target: String, _ cookie: String, isOwnPage: Bool = true,
        json: String? = nil
    ) async -> Answer {
        await app.send(
            method, target, fields: [("Cookie", cookie)] + (isOwnPage ? Self.ownPage : []),
            json: json)
    }

    @Test func getAdminPanelRunsItsOwnScriptAlone() async throws {
        let answer = await app.send(.get, "/admin")
        #expect(answer.status == 200)
        let policy = try #require(answer.field("Content-Security-Policy"))
        #expect(policy.contains("script-src 'sha256-"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("http"))
        // Data reaches the page as text alone.
        #expect(!answer.text.contains("innerHTML"))
        #expect(!answer.text.contains("src=\"http"))
        #expect(try app.audit().isEmpty)
    }

    @Test func createAdminSessionSetsACookieThatScriptsCannotRead() async throws {
        let answer = await signIn(admin)
        #expect(answer.status == 201)
        #expect(answer["name"]?.string == "tester")
        #expect(answer["expires_at"]?.string == "2026-06-01T21:30:00Z")
        #expect(!answer.text.contains(admin))
        let field = try #require(answer.field("Set-Cookie"))
        #expect(field.hasPrefix("__Host-opescare_admin="))
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
            #expect(field.contains(part), "\(part)")
        }
        #expect(answer.field("Cache-Control") == "no-store")
        let rows = try app.read { tx in
            try tx.all("SELECT principal, operation, outcome, entity FROM audit_log") {
                "\($0.text(0)) \($0.text(1)) \($0.text(2)) \($0.text(3).prefix(12))"
            }
        }
        #expect(rows == ["admin:tester createAdminSession success admin_token/"])
        // The database cannot give the cookie back.
        let value = try cookie(answer).drop { $0 != "=" }.dropFirst()
        let kept = try app.read { tx in
            try tx.first("SELECT cookie_hash FROM admin_sessions") { $0.blob(0) }
        }
        #expect(kept == app.app.secrets.hash(String(value)))
        let list = await send(.get, "/api/v1/admin/facilities", try cookie(answer))
        #expect(list.status == 200)
        #expect(try app.audit().last == "listFacilities R success")
    }

    /// A stray cookie, of another path or of a session that has ended, does not sign anybody out.
    @Test func aStrayCookieBesideTheGoodOneDoesNotMatter() async throws {
        let good = try cookie(await signIn(admin))
        let name = good.prefix { $0 != "=" }
        for cookies in ["\(name)=stray; \(good)", "\(good); \(name)=stray", "\(name)=; \(good)"] {
            #expect(await send(.get, "/api/v1/admin/facilities", cookies).status == 200)
        }
        let none = await send(.get, "/api/v1/admin/facilities", "\(name)=a; \(name)=b")
        #expect(none.status == 401)
        #expect(none.error == "token_expired")
    }

    /// Plain http on this machine, for development.
    @Test func createAdminSessionWithoutTLSSetsAPlainCookie() async throws {
        let page = [("X-Requested-With", "fetch"), ("Origin", "http://localhost")]
        let answer = await signIn(admin, fields: page)
        let field = try #require(answer.field("Set-Cookie"))
        #expect(field.hasPrefix("opescare_admin="))
        #expect(!field.contains("Secure"))
        let made = await app.send(
            .post, "/api/v1/admin/facilities",
            fields: page + [("Cookie", try cookie(answer))], json: #"{"name":"x"}"#)
        #expect(made.status == 201)
    }

    @Test func createAdminSessionRefusesWrongTokensAndThenTheAddress() async throws {
        for _ in 1...10 {
            let answer = await signIn("at_wrong")
            #expect(answer.status == 401)
            #expect(answer.field("Set-Cookie") == nil)
        }
        // The first is a row; the others are a number.
        #expect(try app.audit() == ["createAdminSession E token_invalid"])
        let locked = await signIn("at_wrong")
        #expect(locked.status == 429)
        #expect(locked.field("Retry-After") == "300")
        // Whoever shares the address and has the token gets in.
        #expect(await signIn(admin).status == 201)
        try await app.app.writeRefusals(at: app.now)
        #expect(
            try app.audit() == [
                "createAdminSession E token_invalid", "createAdminSession E success",
                "createAdminSession E token_invalid",
            ])
        app.advance(seconds: 301)
        #expect(await signIn("at_wrong").status == 401)
    }

    /// Any web page can send that, from the administrator's own address.
    @Test func noNameAtTheTokenEndpointClosesThePanel() async throws {
        for name in ["admin sign-in", "", "panel", "agent x"] {
            for _ in 1...12 {
                _ = await app.send(
                    .post, "/api/v1/connect/auth/token",
                    json: """
                        {"grant_type":"client_credentials","client_id":"\(name)","client_secret":"x"}
                        """)
            }
        }
        #expect(await signIn("at_wrong").status == 401)
        #expect(await signIn(admin).status == 201)
    }

    @Test(arguments: [
        [("Origin", "https://opescare.test")],
        [("X-Requested-With", "fetch")],
        [("X-Requested-With", "fetch"), ("Origin", "https://evil.test")],
        [("X-Requested-With", "fetch"), ("Origin", "null")],
        [("X-Requested-With", "fetch"), ("Origin", "http://localhost.evil.test")],
    ])
    func anotherPageChangesNothing(_ fields: [(String, String)]) async throws {
        #expect(await signIn(admin, fields: fields).error == "csrf_refused")
        let cookie = try cookie(await signIn(admin))
        let before = try app.count("SELECT COUNT(*) FROM facilities")
        let answer = await app.send(
            .post, "/api/v1/admin/facilities", fields: fields + [("Cookie", cookie)],
            json: #"{"name":"x"}"#)
        #expect(answer.status == 403)
        #expect(answer.error == "csrf_refused")
        #expect(try app.count("SELECT COUNT(*) FROM facilities") == before)
        #expect(try app.audit().last == "createFacility E csrf_refused")
    }

    @Test func showAdminSessionTellsWhoIsIn() async throws {
        let cookie = try cookie(await signIn(admin))
        let answer = await send(.get, Self.session, cookie, isOwnPage: false)
        #expect(answer["name"]?.string == "tester")
        #expect(answer["expires_at"]?.string == "2026-06-01T21:30:00Z")
        #expect(try app.audit().last == "showAdminSession R success")
        let bearer = await app.send(.get, Self.session, token: admin)
        #expect(bearer["expires_at"]?.isNull == true)
        #expect(await app.send(.get, Self.session).error == "token_missing")
    }

    @Test func deleteAdminSessionEndsIt() async throws {
        let cookie = try cookie(await signIn(admin))
        #expect(await send(.delete, Self.session, cookie, isOwnPage: false).status == 403)
        let answer = await send(.delete, Self.session, cookie)
        #expect(answer.status == 204)
        #expect(answer.field("Set-Cookie")?.contains("Max-Age=0") == true)
        #expect(try app.audit().last == "deleteAdminSession D success")
        let after = await send(.get, Self.session, cookie)
        #expect(after.status == 401)
        #expect(after.error == "token_expired")
        #expect(try app.count("SELECT COUNT(*) FROM admin_sessions") == 0)
    }

    @Test func halfAnHourUnusedEndsASession() async throws {
        let cookie = try cookie(await signIn(admin))
        for _ in 1...3 {
            app.advance(seconds: 29 * 60)
            #expect(await send(.get, Self.session, cookie).status == 200)
            try await app.app.watchAgents(at: app.now)
        }
        app.advance(seconds: 30 * 60)
        #expect(await send(.get, Self.session, cookie).status == 401)
    }

    @Test func twelveHoursEndASessionHoweverMuchItIsUsed() async throws {
        let cookie = try cookie(await signIn(admin))
        for _ in 1...35 {
            app.advance(seconds: 20 * 60)
            #expect(await send(.get, Self.session, cookie).status == 200)
            try await app.app.watchAgents(at: app.now)
        }
        app.advance(seconds: 20 * 60)
        #expect(await send(.get, Self.session, cookie).status == 401)
    }

    @Test func revokingTheTokenEndsItsSessions() async throws {
        let cookie = try cookie(await signIn(admin))
        let other = try await app.adminToken()
        let id = try app.read { tx in
            try tx.first("SELECT token_id FROM admin_sessions") { $0.text(0) } ?? ""
        }
        _ = await app.send(.post, "/api/v1/admin/tokens/\(id)/revoke", token: other)
        #expect(await send(.get, Self.session, cookie).status == 401)
        #expect(try app.count("SELECT COUNT(*) FROM admin_sessions") == 0)
    }
}
