import API
import App
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct ConsentAnswerRoutesTests {
    private static let path = "/api/v1/admin/consents"
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func ask(_ days: Int = 30) async throws -> String {
        let answer = await app.send(
            .post, "/api/v1/connect/consents/request",
            token: try await app.token("demo_dev_sandbox"),
            json: """
                {"health_id":"OPC-2024-XK7T9","purpose":"care","requested_scopes":["lab_results"],
                "validity_period_days":\(days)}
                """)
        return try #require(answer["consent_id"]?.string)
    }

    private func polled() async throws -> String? {
        await app.send(
            .get, "/api/v1/connect/patient/OPC-2024-XK7T9/consent",
            token: try await app.token("demo_dev_sandbox"))["state"]?.string
    }

    private func events() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type, client_id FROM events ORDER BY seq", []) {
                $0.text(0) + " " + $0.text(1)
            }
        }
    }

    @Test func listPendingConsentsShowsWhatWaits() async throws {
        let id = try await ask()
        let answer = await app.send(.get, Self.path, token: admin)
        #expect(answer["consents"]?.count == 1)
        let one = try #require(answer["consents"]?.elements.first { _ in true })
        #expect(one["id"]?.string == id)
        #expect(one["state"]?.string == "pending")
        #expect(one["client_name"]?.string == "Sandbox developer")
        #expect(one["consent_type"]?.string == "lab_results")
        #expect(!answer.text.contains("Mbarga"))
        for query in ["?client_id=opeshisos_production", "?facility_id=elsewhere"] {
            let none = await app.send(.get, Self.path + query, token: admin)
            #expect(none["consents"]?.count == 0)
        }
        #expect(try app.audit().last == "listPendingConsents R success")
    }

    @Test func showPendingConsentNamesThePatient() async throws {
        let id = try await ask()
        let answer = await app.send(.get, Self.path + "/" + id, token: admin)
        #expect(answer["full_name"]?.string == "Jean-Pierre Mbarga")
        #expect(answer["date_of_birth"]?.string == "1975-11-02")
        #expect(await app.send(.get, Self.path + "/cons_1", token: admin).status == 404)
    }

    @Test func grantPendingConsentIsWhatThePartnerPolls() async throws {
        let id = try await ask(7)
        app.advance(seconds: 3600)
        let answer = await app.send(
            .post, Self.path + "/\(id)/grant", token: admin,
            json: #"{"verification_method":"identity card"}"#)
        #expect(answer.status == 200)
        #expect(answer["state"]?.string == "active")
        #expect(answer["verification_method"]?.string == "facility: identity card")
        #expect(answer["expires_at"]?.string == "2026-06-08T10:30:00Z")
        #expect(try await polled() == "active")
        #expect(
            try events() == [
                "consent.requested demo_dev_sandbox", "consent.granted demo_dev_sandbox",
            ])
        #expect(try app.audit().contains("grantPendingConsent U success"))
        let again = await app.send(.post, Self.path + "/\(id)/grant", token: admin)
        #expect(again.status == 409)
        #expect(await app.send(.post, Self.path + "/\(id)/deny", token: admin).status == 409)
    }

    @Test func nobodyGivesConsentToASuspendedClient() async throws {
        let id = try await ask()
        let client = "/api/v1/admin/clients/demo_dev_sandbox"
        _ = await app.send(.post, client + "/suspend", token: admin, json: "{}")
        func grant() async -> Answer {
            await app.send(
                .post, Self.path + "/\(id)/grant", token: admin,
                json: #"{"verification_method":"signature"}"#)
        }
        #expect(await grant().error == "conflict")
        _ = await app.send(.post, client + "/resume", token: admin, json: "{}")
        #expect(await grant().status == 200)
    }

    @Test func denyPendingConsentIsToldToo() async throws {
        let id = try await ask()
        let answer = await app.send(.post, Self.path + "/\(id)/deny", token: admin)
        #expect(answer["state"]?.string == "denied")
        #expect(try await polled() == "denied")
        #expect(
            try events() == [
                "consent.requested demo_dev_sandbox", "consent.denied demo_dev_sandbox",
            ])
        #expect(try app.audit().contains("denyPendingConsent U success"))
    }

    @Test func whatNobodyAnswersExpiresAndIsTold() async throws {
        let id = try await ask(1)
        app.advance(seconds: 86_400)
        #expect(try await polled() == "expired")
        #expect(await app.send(.post, Self.path + "/\(id)/grant", token: admin).status == 409)
        #expect(await app.send(.get, Self.path, token: admin)["consents"]?.count == 0)
        for _ in 0..<2 { try await app.app.expireConsents(at: app.now) }
        #expect(
            try events() == [
                "consent.requested demo_dev_sandbox", "consent.expired demo_dev_sandbox",
            ])
        #expect(try app.audit().last == "expireConsents U success")
        #expect(try app.count("SELECT COUNT(*) FROM consents WHERE state = 'expired'") == 1)
    }

    /// Who asks again does not wait for the minute.
    @Test func askingAgainEndsWhatExpired() async throws {
        _ = try await ask(1)
        app.advance(seconds: 86_400)
        _ = try await ask(1)
        #expect(
            try events() == [
                "consent.requested demo_dev_sandbox", "consent.expired demo_dev_sandbox",
                "consent.requested demo_dev_sandbox",
            ])
    }
}
