import API
import Foundation
import HTTP
@testable import Registry
import Database
import Testing
import TestSupport

/// What every answer carries, and what no request may.
struct AnswerFieldTests {
    private let app: TestApp

    init() throws { app = try TestApp() }

    @Test func whatShowsPatientsOrCredentialsIsNotKeptOnTheWay() async throws {
        let token = try await app.token()
        let admin = try await app.adminToken()
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        for (target, token) in [
            (search, token), (search, nil), (search, "x"),
            ("/api/v1/connect/webhooks/events", token), ("/api/v1/admin/clients", admin),
            ("/api/v1/admin/session", admin), ("/api/v1/admin/audit", nil),
        ] {
            let answer = await app.send(.get, target, token: token)
            #expect(answer.field("Cache-Control") == "no-store", "\(target)")
        }
        #expect(await app.send(.get, "/health").field("Cache-Control") == nil)
        let keys = await app.send(.get, "/.well-known/jwks.json")
        #expect(keys.field("Cache-Control") == "public, max-age=300")
        #expect(keys.field("Strict-Transport-Security") == nil)
    }

    /// A browser that has been here over TLS does not come in clear again; said in clear it means nothing.
    @Test(arguments: ["/health", "/admin", "/docs", "/x", "/api/v1/admin/clients"])
    func overTLSEveryAnswerAsksForTLS(_ target: String) async {
        for isSecure in [true, false] {
            let response = await app.app.respond(to: HTTPRequest(.get, target, isSecure: isSecure))
            #expect(
                Answer(response).field("Strict-Transport-Security")
                    == (isSecure ? "max-age=31536000" : nil))
        }
    }

    @Test(arguments: ["/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1", "/health", "/x"])
    func twoAuthorizationFieldsAreRefused(_ target: String) async throws {
        let token = try await app.token()
        let answer = await app.send(
            .get, target, token: token, fields: [("authorization", "Bearer " + token)])
        #expect(answer.status == 400)
        #expect(answer.error == "malformed_request")
    }

    /// The same key and body, asked of something else.
    @Test func theQueryIsPartOfTheRequestThatAKeyNames() async throws {
        let token = try await app.token()
        func subscribe(_ query: String) async -> Answer {
            await app.send(
                .post, "/api/v1/connect/webhooks/subscriptions" + query, token: token,
                fields: [("Idempotency-Key", "k")],
                json: #"{"callback_url":"https://a.example/","subscribed_events":["*"]}"#)
        }
        #expect(await subscribe("?a=1").status == 201)
        let again = await subscribe("?a=1")
        #expect(again.status == 201 && again.field("Idempotency-Replayed") == "true")
        #expect(await subscribe("?a=2").error == "idempotency_conflict")
        #expect(await subscribe("").error == "idempotency_conflict")
    }

    @Test func readinessEndsWhenTokensCannotBeSigned() async throws {
        #expect(await app.send(.get, "/ready").status == 200)
        let newest = try SigningKeys.generate(in: app.folder + "/keys", now: app.now)
        try await app.app.writer.write { tx in try ClientStore.raiseEpoch(in: tx) }
        try setMode(0o644, of: newest)
        #expect(await app.send(.get, "/ready").status == 503)
        try setMode(0o600, of: newest)
        #expect(await app.send(.get, "/ready").status == 200)
    }

    private func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
