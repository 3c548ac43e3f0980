import API
import Crypto
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

extension WebhookRoutesTests {
    // MARK: Events

    /// Pushes a laboratory result; its event's id.
    static func push(_ app: TestApp, _ token: String, _ number: Int = 1) async throws
        -> String
    {
        let answer = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token,
            json: """
                {"health_id":"OPC-2024-DEMO1","test_name":"HbA1c","result_value":"\(number)",
                "external_lab_order_id":"LAB-\(number)"}
                """)
        #expect(answer.status == 201)
        return try app.read { tx in
            try EventStore.find(seq: EventStore.newest(in: tx), in: tx)?.id ?? ""
        }
    }

    @Test func listEventsPagesThroughWhatTheClientMaySee() async throws {
        let app = try TestApp()
        let token = try await app.token()
        var ids: [String] = []
        for number in 0..<5 { ids.append(try await Self.push(app, token, number)) }
        let path = "/api/v1/connect/webhooks/events"
        let first = await app.send(.get, path + "?limit=2", token: token)
        #expect(first.status == 200)
        #expect(first["events"]?.elements.map { $0["id"]?.string } == Array(ids.prefix(2)))
        let cursor = try #require(first["next_cursor"]?.string)
        let second = await app.send(.get, path + "?limit=2&cursor=" + cursor, token: token)
        #expect(second["events"]?.elements.map { $0["id"]?.string } == Array(ids[2..<4]))
        let after = await app.send(.get, path + "?after=" + ids[3], token: token)
        #expect(after["events"]?.elements.map { $0["id"]?.string } == [ids[4]])
        #expect(after["next_cursor"]?.isNull == true)
        #expect(await app.send(.get, path + "?after=evt_unknown", token: token).status == 422)
        #expect(try app.audit().last == "listEvents R validation_failed")
        #expect(await app.send(.get, path + "?cursor=!", token: token).status == 422)
    }

    @Test func listEventsShowsTheBodyOfADelivery() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let id = try await Self.push(app, token)
        let answer = await app.send(.get, "/api/v1/connect/webhooks/events", token: token)
        let event = try #require(answer["events"]?.elements.first { _ in true })
        #expect(event["id"]?.string == id)
        #expect(event["event_id"]?.string == id)
        #expect(event["type"]?.string == "lab_result.released")
        #expect(event["event_type"]?.string == "lab_result.released")
        #expect(event["version"]?.string == "1.0")
        #expect(event["created_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(event["occurred_at"]?.string == "2026-06-01T09:30:00Z")
        #expect(event["data"]?["record_id"]?.string?.hasPrefix("lab_") == true)
        #expect(event["resource"]?.raw == event["data"]?.raw)
        #expect(
            event["meta"]?["facility_id"]?.string == "00000000-0000-0000-0000-100000000001")
        #expect(event["meta"]?["environment"]?.string == "sandbox")
        #expect(event["meta"]?["request_id"]?.string?.hasPrefix("req_") == true)
        #expect(!answer.text.contains("HbA1c"))
    }

    @Test func listEventsAuditsEveryPatientItNames() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for patient in ["OPC-2024-DEMO1", "OPC-2024-XK7T9", "OPC-2024-DEMO1"] {
            _ = await app.send(
                .get, "/api/v1/connect/patients/verify/" + patient, token: token)
        }
        let before = try app.audit().count
        let answer = await app.send(.get, "/api/v1/connect/webhooks/events", token: token)
        #expect(answer["events"]?.count == 3)
        #expect(
            try app.audit().dropFirst(before) == [
                "listEvents R success", "listEvents R success",
            ])
        let patients = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 2, in: tx)
        }.map(\.entry.patientID)
        #expect(Set(patients).count == 2)
    }

    /// A client of another hospital, with a token.
    static func stranger(_ app: TestApp) async throws -> String {
        let now = app.now
        let hash = app.app.secrets.hash("stranger-secret")
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: "00000000-0000-0000-0000-200000000002", reference: "FAC-002",
                    name: "Clinique", countryCode: "CM", timeZone: "Africa/Douala"),
                at: now, in: tx)
            try ClientStore.insert(
                Client(
                    id: "stranger", name: "Stranger", scopes: "patient:read consents:write",
                    facilityID: "00000000-0000-0000-0000-200000000002", status: .active,
                    rateLimit: nil, createdAt: now), secretHash: hash, in: tx)
        }
        let answer = await app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"stranger",
                "client_secret":"stranger-secret"}
                """)
        return try #require(answer["access_token"]?.string)
    }

    @Test func listEventsHidesWhatNobodyAllowed() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let id = try await Self.push(app, token)
        let stranger = try await Self.stranger(app)
        let path = "/api/v1/connect/webhooks/events"
        #expect(await app.send(.get, path, token: stranger)["events"]?.count == 0)
        #expect(await app.send(.get, path + "?after=" + id, token: stranger).status == 422)
        #expect(await app.send(.post, path + "/\(id)/replay", token: stranger).status == 404)
        // Consent to prescriptions says nothing about laboratory results.
        func grant(_ type: String) async {
            let answer = await app.send(
                .post, "/api/v1/connect/patient/OPC-2024-DEMO1/consent/grant", token: stranger,
                json: #"{"consent_type":"\#(type)","expires_at":"2026-07-01T00:00:00Z"}"#)
            #expect(answer.status == 200)
        }
        await grant("prescriptions")
        let types = await app.send(.get, path, token: stranger)["events"]?.elements.map {
            $0["type"]?.string
        }
        #expect(types == ["consent.granted"])
        await grant("lab_results")
        let more = await app.send(.get, path, token: stranger)
        #expect(more["events"]?.elements.map { $0["id"]?.string }.contains(id) == true)
        // Until the consent ends.
        app.advance(seconds: 31 * 86_400)
        let later = try await app.token("opeshisos_production")
        #expect(await app.send(.get, path, token: later).text.contains(id))
    }

    // MARK: Replay and log

    @Test func replayEventQueuesItForEachTaker() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let id = try await Self.push(app, token)
        let path = "/api/v1/connect/webhooks/events/\(id)/replay"
        #expect(await app.send(.post, path, token: token).status == 404)
        for (url, events) in [
            ("https://a.example/", #""*""#), ("https://b.example/", #""lab_result.ready""#),
            ("https://c.example/", #""consent.granted""#),
        ] {
            _ = await app.send(
                .post, Self.subscriptions, token: token, json: Self.body(url, events))
        }
        let answer = await app.send(.post, path, token: token)
        #expect(answer.status == 202)
        #expect(answer["status"]?.string == "queued")
        #expect(answer["event_id"]?.string == id)
        #expect(answer["deliveries"]?.int == 2)
        // Beside the verifications of the three.
        #expect(try app.count("SELECT COUNT(*) FROM webhook_deliveries") == 5)
        #expect(try app.audit().last == "replayEvent E success")
        let unknown = await app.send(
            .post, "/api/v1/connect/webhooks/events/evt_0/replay", token: token)
        #expect(unknown.status == 404)
        // Its row and its time alone are not its id.
        let named = try #require(Identifier.row(of: id, "evt_"))
        let guess = Identifier.make(
            "evt_", at: named.time, nonce: named.nonce ^ 1, row: named.row)
        let guessed = await app.send(
            .post, "/api/v1/connect/webhooks/events/\(guess)/replay", token: token)
        #expect(guessed.status == 404)
    }

    @Test func replaySubscriptionQueuesAPeriod() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for number in 0..<4 {
            _ = try await Self.push(app, token, number)
            app.advance(seconds: 60)
        }
        let created = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let id = try #require(created["id"]?.string)
        let path = Self.subscriptions + "/\(id)/replay"
        let answer = await app.send(
            .post, path, token: token,
            json: #"{"from":"2026-06-01T09:31:00Z","to":"2026-06-01T09:33:00Z"}"#)
        #expect(answer.status == 202)
        #expect(answer["deliveries"]?.int == 2)
        #expect(answer["next_cursor"]?.isNull == true)
        // Beside the subscription's verification.
        #expect(try app.count("SELECT COUNT(*) FROM webhook_deliveries") == 3)
        let backwards = await app.send(
            .post, path, token: token,
            json: #"{"from":"2026-06-02T00:00:00Z","to":"2026-06-01T00:00:00Z"}"#)
        #expect(backwards.status == 422)
        #expect(await app.send(.post, path, token: token, json: "{}").status == 422)
        let other = try await app.token("demo_dev_sandbox")
        let theirs = await app.send(
            .post, path, token: other, json: #"{"from":"2026-06-01T00:00:00Z"}"#)
        #expect(theirs.status == 404)
    }

    @Test func listDeliveriesTellsEveryAttempt() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let created = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let id = try #require(created["id"]?.string)
        let event = try await Self.push(app, token)
        _ = await app.send(
            .post, "/api/v1/connect/webhooks/events/\(event)/replay", token: token)
        let now = app.now
        try await app.app.writer.write { tx in
            let stored = try EventStore.find(id: event, in: tx)
            for attempt in [
                Delivery.Attempt(
                    at: now, durationMilliseconds: 12, status: 503, response: "busy"),
                Delivery.Attempt(
                    at: now.adding(seconds: 60), durationMilliseconds: 10_000, status: nil,
                    error: "no answer within 10 seconds"),
            ] {
                try DeliveryStore.record(
                    attempt, jitter: 0, subscription: 1, eventSeq: stored?.seq ?? 0,
                    startedAtStep: attempt.status == nil ? 1 : 0, in: tx)
            }
        }
        let path = "/api/v1/connect/webhooks/deliveries"
        let answer = await app.send(
            .get, path + "?subscription_id=\(id)&state=pending", token: token)
        #expect(answer.status == 200)
        let line = try #require(answer["deliveries"]?.elements.first { _ in true })
        #expect(line["event_id"]?.string == event)
        #expect(line["event_type"]?.string == "lab_result.released")
        #expect(line["state"]?.string == "pending")
        #expect(line["attempts"]?.int == 2)
        #expect(line["next_attempt_at"]?.string == "2026-06-01T09:36:00Z")
        let log = line["attempt_log"]?.elements.map { $0 } ?? []
        #expect(log.map { $0["status_code"]?.int } == [503, nil])
        #expect(log.first?["response_body"]?.string == "busy")
        #expect(log.last?["error"]?.string == "no answer within 10 seconds")
        #expect(
            await app.send(.get, path + "?state=delivered", token: token)["deliveries"]?.count == 0)
        #expect(await app.send(.get, path + "?state=lost", token: token).status == 422)
        let other = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.get, path, token: other)["deliveries"]?.count == 0)
        let theirs = await app.send(.get, path + "?subscription_id=" + id, token: other)
        #expect(theirs.status == 404)
    }

    @Test func listDeliveriesPagesOverSubscriptions() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for number in 0..<3 {
            _ = await app.send(
                .post, Self.subscriptions, token: token,
                json: Self.body("https://a.example/\(number)"))
            // Ids sort by their time.
            app.advance(seconds: 1)
        }
        for number in 0..<3 {
            app.advance(seconds: 1)
            let event = try await Self.push(app, token, number)
            _ = await app.send(
                .post, "/api/v1/connect/webhooks/events/\(event)/replay", token: token)
        }
        var seen: [String] = []
        var cursor = ""
        repeat {
            let page = await app.send(
                .get, "/api/v1/connect/webhooks/deliveries?limit=2" + cursor, token: token)
            for line in page["deliveries"]?.elements.map({ $0 }) ?? [] {
                let ids = [line["event_id"]?.string, line["subscription_id"]?.string]
                seen.append(ids.compactMap { $0 }.joined(separator: " "))
            }
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty && seen.count < 20
        // Three events for each of three, and a verification of each.
        #expect(seen.count == 12)
        #expect(Set(seen).count == 12)
        #expect(seen == seen.sorted(by: >))
    }
}
