import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct ConsentRoutesTests {
    private static let patient = "/api/v1/connect/patient/OPC-2024-XK7T9"
    private static let other = "/api/v1/connect/patient/OPC-2024-DEMO1"
    private static let grant =
        #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#

    @Test func getConsentIsNoneBeforeAnyGrant() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(.get, Self.patient + "/consent", token: token)
        #expect(answer.status == 200)
        #expect(answer["health_id"]?.string == "OPC-2024-XK7T9")
        #expect(answer["consent_status"]?.string == "denied")
        #expect(answer["state"]?.string == "none")
        #expect(answer["consent_id"]?.isNull == true)
        #expect(try app.audit().last == "getConsent R success")
    }

    @Test func grantConsentOpensThisChartForThisClientOnly() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let granted = await app.send(
            .post, Self.patient + "/consent/grant", token: token, json: Self.grant)
        #expect(granted.status == 200)
        #expect(granted["consent_status"]?.string == "granted")
        #expect(granted["state"]?.string == "active")
        #expect(granted["consent_id"]?.string?.hasPrefix("cons_") == true)
        #expect(granted["expires_at"]?.string == "2026-12-31T23:59:59Z")
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.granted'") == 1)
        let records = Self.patient + "/records"
        #expect(await app.send(.get, records, token: token).status == 200)
        #expect(await app.send(.get, Self.other + "/records", token: token).status == 403)
        let stranger = try await app.token("opeshisos_production")
        let seen = await app.send(.get, Self.patient + "/consent", token: stranger)
        #expect(seen["state"]?.string == "none")
    }

    /// A day that programs write for "no date", one too late, and what is no date.
    @Test(arguments: [
        ("9999-12-31", "must be a moment from 1900 to 2200"),
        ("9999-12-31T23:59:59Z", "must be a moment from 1900 to 2200"),
        ("2201-01-01", "must be a day from 1900-01-01 to 2200-12-31"), ("soon", "must be"),
        ("", "is required"),
    ])
    func grantConsentSaysWhatIsWrongWithItsEnd(_ text: String, _ sentence: String) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.patient + "/consent/grant", token: try await app.token(),
            json: #"{"consent_type":"full_record","expires_at":"\#(text)"}"#)
        #expect(answer.status == 422)
        let said = answer["errors"]?["expires_at"]?.elements.compactMap(\.string).first
        #expect(said?.hasPrefix(sentence) == true, "\(said ?? answer.text)")
    }

    @Test func grantConsentInAPastSandboxMovesTheDateAndSaysSo() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let granted = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2020-01-01T00:00:00Z"}"#)
        #expect(granted["expires_at"]?.string == "2026-07-01T09:30:00Z")
        #expect(granted["warnings"]?.count == 1)
    }

    @Test(arguments: [
        "{}", #"{"consent_type":"everything","expires_at":"2026-12-31T23:59:59Z"}"#,
        #"{"consent_type":"full_record"}"#, #"{"consent_type":[],"expires_at":"2027-01-01"}"#,
        #"{"consent_type":"full_record","expires_at":"2026-13-01T00:00:00Z"}"#,
        #"{"consent_type":7,"expires_at":"2027-01-01"}"#,
    ])
    func grantConsentRefuses(_ body: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(
            .post, Self.patient + "/consent/grant", token: token, json: body)
        #expect(answer.status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM consents") == 0)
    }

    @Test(arguments: ["consents:read", "health_id:verify", "pharmacy:stock:read"])
    func aScopeThatReadsNoRecordsIsNoConsent(_ scope: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let verified = await app.send(
            .post, "/api/v1/connect/consents/verify", token: token,
            json: #"{"health_id":"OPC-2024-DEMO1","scope":"\#(scope)"}"#)
        #expect(verified.status == 422)
        let granted = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":"\#(scope)","expires_at":"2027-01-01"}"#)
        #expect(granted.status == 422)
    }

    @Test func severalGrantsAreShownTogether() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        for type in ["lab_results", "vitals"] {
            _ = await app.send(
                .post, Self.patient + "/consent/grant", token: token,
                json: #"{"consent_type":"\#(type)","expires_at":"2027-01-01"}"#)
        }
        let answer = await app.send(.get, Self.patient + "/consent", token: token)
        #expect(answer["consent_type"]?.string == "vitals lab_results")
    }

    @Test func revokeConsentEndsItAtOnce() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        _ = await app.send(.post, Self.patient + "/consent/grant", token: token, json: Self.grant)
        let revoked = await app.send(.post, Self.patient + "/consent/revoke", token: token)
        #expect(revoked.status == 200)
        #expect(revoked["state"]?.string == "revoked")
        let denied = await app.send(.get, Self.patient + "/records", token: token)
        #expect(denied.status == 403)
        #expect(denied.error == "consent_required")
        #expect(denied["consent_state"]?.string == "revoked")
        #expect(try app.audit().last == "listRecords R consent_required")
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.revoked'") == 1)
    }

    @Test func aConsentExpires() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":"full_record","expires_at":"2026-06-01T09:31:00Z"}"#)
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 200)
        app.advance(seconds: 60)
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 403)
        let answer = await app.send(.get, Self.patient + "/consent", token: token)
        #expect(answer["state"]?.string == "expired")
        #expect(answer["consent_status"]?.string == "denied")
    }

    @Test func aConsentCoversItsTypesOnly() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":["lab_results"],"expires_at":"2026-12-31T23:59:59Z"}"#)
        func status(_ type: String) async -> Int {
            await app.send(.get, Self.patient + "/records?type=" + type, token: token).status
        }
        #expect(await status("lab_results") == 200)
        #expect(await status("prescriptions") == 403)
        #expect(await status("all") == 403)
    }

    @Test func requestConsentIsPendingUntilItIsGranted() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let asked = await app.send(
            .post, "/api/v1/connect/consents/request", token: token,
            json: """
                {"health_id":"OPC-2024-XK7T9","purpose":"treatment",
                "requested_scopes":["patient:diagnostics:read"],"validity_period_days":7}
                """)
        #expect(asked.status == 202)
        #expect(asked["status"]?.string == "pending")
        #expect(asked["expires_at"]?.string == "2026-06-08T09:30:00Z")
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 403)
        _ = await app.send(.post, Self.patient + "/consent/grant", token: token, json: Self.grant)
        let now = await app.send(.get, Self.patient + "/consent", token: token)
        #expect(now["state"]?.string == "active")
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.requested'") == 1)
    }

    private static let ask = """
        {"health_id":"OPC-2024-XK7T9","purpose":"treatment","requested_scopes":["lab:results:read"]}
        """

    @Test func askingAgainAnswersWithTheRequestThereIs() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        func ask(_ scope: String = "lab:results:read") async -> String? {
            let answer = await app.send(
                .post, "/api/v1/connect/consents/request", token: token,
                json: Self.ask.replacing("lab:results:read", with: scope))
            #expect(answer.status == 202)
            #expect(answer["state"]?.string == "pending")
            return answer["consent_id"]?.string
        }
        let first = try #require(await ask())
        #expect(await ask() == first)
        #expect(await ask("labs:read") == first)
        #expect(await ask("vitals") != first)
        #expect(try app.count("SELECT COUNT(*) FROM consents") == 2)
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.requested'") == 2)
        // What nobody answered in time is asked anew; what was answered too.
        app.advance(seconds: 31 * 86_400)
        let later = try await app.token("demo_dev_sandbox")
        let renewed = await app.send(
            .post, "/api/v1/connect/consents/request", token: later, json: Self.ask)
        #expect(renewed["consent_id"]?.string != first)
        #expect(try app.count("SELECT COUNT(*) FROM consents WHERE state = 'pending'") == 1)
    }

    @Test func aGrantIsHonouredHoweverManyRowsFollowIt() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        _ = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":"lab_results","expires_at":"2026-12-31T23:59:59Z"}"#)
        for _ in 1...250 {
            app.advance(seconds: 1)
            _ = await app.send(
                .post, "/api/v1/connect/consents/request", token: token, json: Self.ask)
        }
        // Other requests, and what came of them, however many.
        let reference = try #require(PatientReference("OPC-2024-XK7T9"))
        let now = app.now
        try await app.app.writer.write { tx in
            guard let found = try PatientStore.find(reference, in: tx) else { return }
            for number in 1...300 {
                let consent = Consent(
                    id: "cons_later\(number)", coverage: .fullRecord,
                    storedState: number.isMultiple(of: 2) ? .denied : .active, basis: .patient,
                    purpose: nil, grantedAt: now, expiresAt: now)
                try ConsentStore.insert(
                    consent, clientID: "demo_dev_sandbox", for: found, verificationMethod: nil,
                    at: now, in: tx)
            }
        }
        let labs = Self.patient + "/records?type=lab_results"
        #expect(await app.send(.get, labs, token: token).status == 200)
        let consent = await app.send(.get, Self.patient + "/consent", token: token)
        #expect(consent["state"]?.string == "active")
        let verified = await app.send(
            .post, "/api/v1/connect/consents/verify", token: token,
            json: #"{"health_id":"OPC-2024-XK7T9","scope":"lab_results"}"#)
        #expect(verified["is_valid"]?.bool == true)
        let revoked = await app.send(.post, Self.patient + "/consent/revoke", token: token)
        #expect(revoked.status == 200)
        #expect(await app.send(.get, labs, token: token).status == 403)
    }

    @Test func aClientHasAtMostAHundredGrantsOfAPatientInForce() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        for number in 1...101 {
            let answer = await app.send(
                .post, Self.patient + "/consent/grant", token: token, json: Self.grant)
            #expect(answer.status == (number <= 100 ? 200 : 422))
        }
        _ = await app.send(.post, Self.patient + "/consent/revoke", token: token)
        let answer = await app.send(
            .post, Self.patient + "/consent/grant", token: token, json: Self.grant)
        #expect(answer.status == 200)
    }

    @Test func verifyConsentAnswersForOneScope() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        func verify(_ scope: String) async -> Answer {
            await app.send(
                .post, "/api/v1/connect/consents/verify", token: token,
                json: #"{"health_id":"OPC-2024-XK7T9","scope":"\#(scope)"}"#)
        }
        #expect(await verify("lab_results")["is_valid"]?.bool == false)
        _ = await app.send(
            .post, Self.patient + "/consent/grant", token: token,
            json: #"{"consent_type":"lab_results","expires_at":"2026-12-31T23:59:59Z"}"#)
        #expect(await verify("lab:results:read")["is_valid"]?.bool == true)
        #expect(await verify("full_record")["is_valid"]?.bool == false)
        #expect(await verify("nonsense").status == 422)
    }

    @Test func requestEmergencyAccessOpensForAnHourAndIsMarked() async throws {
        let app = try TestApp()
        try await app.grant("emergency:access patient:diagnostics:read", to: "demo_dev_sandbox")
        let token = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 403)
        let opened = await app.send(
            .post, "/api/v1/connect/emergency-access/request", token: token,
            json: """
                {"health_id":"OPC-2024-XK7T9","reason":"unconscious","emergency_type":"trauma"}
                """)
        #expect(opened.status == 201)
        #expect(opened["expires_at"]?.string == "2026-06-01T10:30:00Z")
        #expect(await app.send(.get, Self.patient + "/records", token: token).status == 200)
        let row = try #require(
            try app.read { tx in
                try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
            }.first)
        #expect(row.entry.purpose?.hasPrefix("emergency-access cons_") == true)
        app.advance(seconds: 3600)
        let later = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.get, Self.patient + "/records", token: later).status == 403)
    }

    @Test func requestEmergencyAccessNeedsItsScope() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(
            .post, "/api/v1/connect/emergency-access/request", token: token,
            json: #"{"health_id":"OPC-2024-XK7T9","reason":"x","emergency_type":"y"}"#)
        #expect(answer.status == 403)
        #expect(answer.error == "invalid_scope")
    }
}
