import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct WebhookWorkerTests {
    private static let hook = "https://a.example/hook"
    private static let subscriptions = "/api/v1/connect/webhooks/subscriptions"

    @Test func deliversTheBodyThatListEventsShows() async throws {
        let bench = try await WebhookBench()
        let created = try await bench.subscribe()
        try await bench.push(1)
        try await bench.settle()
        let message = try #require(bench.transport.messages.first)
        #expect(bench.transport.messages.count == 1)
        #expect(message.attempt == 1)
        let listed = await bench.app.send(
            .get, "/api/v1/connect/webhooks/events", token: bench.token)
        let event = try #require(listed["events"]?.elements.first { _ in true })
        #expect(Array(event.raw) == message.body)
        #expect(event["id"]?.string == message.eventID)
        let secret = try #require(created["webhook_secret"]?.string)
        let signature = WebhookSignature(secret: secret)
        let seconds = bench.app.now.seconds
        #expect(
            message.opesCareSignature == signature.opesCare(seconds: seconds, body: message.body))
        #expect(
            message.standardSignature
                == signature.standard(id: message.eventID, seconds: seconds, body: message.body))
        #expect(try bench.count("delivered") == 1)
        // And never again.
        bench.app.advance(seconds: 200_000)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
    }

    @Test func deliversOnlyWhatWasSubscribedAndOnlyFromThenOn() async throws {
        let bench = try await WebhookBench()
        try await bench.push(1)
        try await bench.subscribe("https://all.example/")
        try await bench.subscribe("https://consent.example/", "consent.granted")
        try await bench.push(2)
        try await bench.settle()
        #expect(bench.transport.messages(to: "https://all.example/").count == 1)
        #expect(bench.transport.messages(to: "https://consent.example/").isEmpty)
    }

    @Test func triesAgainBySchedule() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        bench.transport.set(Self.hook, .status(503))
        try await bench.push(1)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
        for (index, wait) in Delivery.waits.enumerated() {
            bench.app.advance(seconds: wait - 1)
            try await bench.settle()
            #expect(bench.transport.messages.count == index + 1)
            // A tenth more for the jitter.
            bench.app.advance(seconds: wait / 10 + 2)
            try await bench.settle()
            #expect(bench.transport.messages.count == index + 2)
        }
        #expect(bench.transport.messages.map(\.attempt) == Array(1...7))
        #expect(Set(bench.transport.messages.map(\.eventID)).count == 1)
        #expect(Set(bench.transport.messages.map(\.body)).count == 1)
        #expect(try bench.count("exhausted") == 1)
        bench.app.advance(seconds: 1_000_000)
        try await bench.settle()
        #expect(bench.transport.messages.count == 7)
        // A dead letter is replayed.
        bench.transport.set(Self.hook, .status(204))
        let id = bench.transport.messages[0].eventID
        let token = try await bench.app.token()
        let replay = await bench.app.send(
            .post, "/api/v1/connect/webhooks/events/\(id)/replay", token: token)
        #expect(replay.status == 202)
        bench.app.advance(seconds: 1)
        try await bench.settle()
        #expect(bench.transport.messages.last?.attempt == 8)
        #expect(try bench.count("delivered") == 1)
    }

    @Test func goneEndsTheSubscription() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        bench.transport.set(Self.hook, .status(410))
        for number in 1...5 { try await bench.push(number) }
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
        let list = await bench.app.send(.get, Self.subscriptions, token: bench.token)
        #expect(list["subscriptions"]?.count == 0)
        try await WebhookRetention(writer: bench.app.app.writer).run(at: bench.app.now)
        #expect(try bench.count("withheld") == 5)
        // The receiver may come back.
        try await bench.subscribe()
    }

    @Test func aHangingReceiverHoldsOnePlaceAndDelaysNobody() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe("https://dead.example/")
        try await bench.subscribe("https://good.example/")
        bench.transport.set("https://dead.example/", .hang)
        for number in 1...300 { try await bench.push(number) }
        try await bench.settle()
        #expect(bench.transport.messages(to: "https://good.example/").count == 300)
        #expect(bench.transport.messages(to: "https://dead.example/").count == 1)
        #expect(await bench.worker.runningCount == 1)
    }

    @Test func keepsTheOrderOfAPatient() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        for number in 1...50 {
            try await bench.push(
                number, patient: number % 2 == 0 ? "OPC-2024-DEMO1" : "OPC-2024-XK7T9")
        }
        try await bench.settle()
        let sent = bench.transport.messages.map(\.eventID)
        let stored = try bench.app.read { tx in
            try EventStore.all(after: 0, limit: 100, in: tx).filter { !$0.isVerification }.map(\.id)
        }
        #expect(sent.count == 50)
        #expect(sent == stored)
    }

    /// Attempts whose outcome was never committed are made again by the next process.
    @Test func aCrashLosesNothing() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        bench.transport.set(Self.hook, .hang)
        for number in 1...20 { try await bench.push(number) }
        try await bench.settle()
        #expect(try bench.count("pending") == 20)
        let transport = FakeTransport()
        let next = try WebhookBench.worker(bench.app, transport)
        while try await next.turn() {}
        #expect(Set(transport.messages.map(\.eventID)).count == 20)
        #expect(try bench.count("delivered") == 20)
    }

    @Test func stoppingGivesUpWhatHangs() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        bench.transport.set(Self.hook, .hang)
        try await bench.push(1)
        let run = Task { await bench.worker.run() }
        while bench.transport.messages.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        run.cancel()
        await run.value
        #expect(try bench.count("pending") == 1)
        #expect(try bench.app.count("SELECT COUNT(*) FROM webhook_failures") == 0)
    }

    @Test func aRotationSignsTwiceForAWhile() async throws {
        let bench = try await WebhookBench()
        let created = try await bench.subscribe()
        let id = try #require(created["id"]?.string)
        let rotated = await bench.app.send(
            .post, Self.subscriptions + "/\(id)/rotate-secret", token: bench.token,
            json: #"{"overlap_seconds":600}"#)
        let old = WebhookSignature(secret: created["webhook_secret"]?.string ?? "")
        let new = WebhookSignature(secret: rotated["webhook_secret"]?.string ?? "")
        try await bench.push(1)
        try await bench.settle()
        let message = try #require(bench.transport.messages.last)
        let seconds = message.at.seconds
        #expect(message.opesCareSignature == new.opesCare(seconds: seconds, body: message.body))
        #expect(
            message.standardSignature
                == new.standard(id: message.eventID, seconds: seconds, body: message.body) + " "
                + old.standard(id: message.eventID, seconds: seconds, body: message.body))
        bench.app.advance(seconds: 601)
        try await bench.push(2)
        try await bench.settle()
        #expect(bench.transport.messages.count == 2)
        #expect(bench.transport.messages.last?.standardSignature.contains(" ") == false)
    }

    @Test func aSuspendedClientIsToldNothing() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        let dev = try await bench.app.token("demo_dev_sandbox")
        try await bench.subscribe("https://dev.example/", token: dev)
        let now = bench.app.now
        try await bench.app.app.writer.write { tx in
            _ = try ClientStore.setStatus(.suspended, of: "demo_dev_sandbox", at: now, in: tx)
        }
        try await bench.push(1)
        try await bench.settle()
        #expect(bench.transport.messages.map(\.url) == [Self.hook])
    }

    /// A client of another hospital, which sees a patient only by consent.
    private static func stranger(_ bench: WebhookBench) async throws -> String {
        let now = bench.app.now
        let hash = bench.app.app.secrets.hash("stranger-secret")
        try await bench.app.app.writer.write { tx in
            try ClientStore.insert(
                Client(
                    id: "stranger", name: "Stranger", scopes: "patient:read consents:write",
                    facilityID: nil, status: .active, rateLimit: nil, createdAt: now),
                secretHash: hash, in: tx)
        }
        let answer = await bench.app.send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"stranger",
                "client_secret":"stranger-secret"}
                """)
        return try #require(answer["access_token"]?.string)
    }

    @Test func consentDecidesWhatAStrangerIsTold() async throws {
        let bench = try await WebhookBench()
        let stranger = try await Self.stranger(bench)
        let url = "https://stranger.example/"
        try await bench.subscribe(url, "lab_result.released", token: stranger)
        try await bench.push(1)
        try await bench.settle()
        #expect(bench.transport.messages.isEmpty)
        let patient = "/api/v1/connect/patient/OPC-2024-DEMO1/consent"
        _ = await bench.app.send(
            .post, patient + "/grant", token: stranger,
            json: #"{"consent_type":"lab_results","expires_at":"2026-07-01T00:00:00Z"}"#)
        bench.transport.set(url, .refuse)
        try await bench.push(2)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
        // Revoked while it waits for its second attempt: it is never made.
        _ = await bench.app.send(.post, patient + "/revoke", token: stranger)
        bench.app.advance(seconds: 100)
        try await bench.push(3)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
        #expect(try bench.count("withheld") == 1)
    }

    @Test func aReplayDuringAnAttemptIsNotLost() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        try await bench.push(1)
        bench.transport.set(Self.hook, .refuse)
        try await bench.settle()
        let seq = try bench.app.count("SELECT MAX(seq) FROM events")
        let now = bench.app.now
        let attempt = Delivery.Attempt(at: now, durationMilliseconds: 1, status: 500)
        let delivery = try await bench.app.app.writer.write { tx in
            // Asked for while the second attempt runs, whose outcome comes after it.
            try DeliveryStore.replay(
                subscription: 1, eventSeq: Int64(seq), at: now, in: tx)
            return try DeliveryStore.record(
                attempt, jitter: 0, subscription: 1, eventSeq: Int64(seq), startedAtStep: 1,
                in: tx)
        }
        #expect(delivery == Delivery(state: .pending(dueAt: now), attempts: 2, step: 0))
    }

    // MARK: Retention

    @Test func oldEventsAndTheirDeliveriesAreForgotten() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe("https://good.example/")
        try await bench.push(1)
        try await bench.settle()
        try await bench.subscribe("https://dead.example/")
        bench.transport.set("https://dead.example/", .refuse)
        try await bench.push(2)
        try await bench.settle()
        bench.app.advance(seconds: 31 * 86_400)
        let retention = WebhookRetention(writer: bench.app.app.writer)
        try await bench.push(3)
        try await bench.settle()
        try await retention.run(at: bench.app.now)
        // The first is gone; the second still waits for one receiver; the third is new.
        #expect(try bench.app.count("SELECT COUNT(*) FROM events") == 2)
        #expect(try bench.count("delivered") == 1)
        #expect(try bench.count("pending") == 2)
        bench.app.advance(seconds: 91 * 86_400)
        for _ in 0..<7 {
            try await bench.settle()
            bench.app.advance(seconds: 100_000)
        }
        #expect(try bench.count("exhausted") == 2)
        try await retention.run(at: bench.app.now)
        #expect(try bench.app.count("SELECT COUNT(*) FROM webhook_deliveries") == 0)
        #expect(try bench.app.count("SELECT COUNT(*) FROM webhook_failures") == 0)
        // The last number given stays, so that it is never given again.
        #expect(try bench.app.count("SELECT COUNT(*) FROM events") == 1)
    }

    // MARK: What causes events

    private static let causes: [(String, String, String, [String])] = [
        (
            "patients/resolve", "opeshisos_production",
            #"{"first_name":"Nadia","last_name":"Fotso","date_of_birth":"1988-02-03","country_code":"CM"}"#,
            ["patient.created", "health_id.created"]
        ),
        ("GET patients/verify/OPC-2024-DEMO1", "opeshisos_production", "", ["health_id.verified"]),
        (
            "patient/OPC-2024-DEMO1/consent/grant", "opeshisos_production",
            #"{"consent_type":"full_record","expires_at":"2026-07-01T00:00:00Z"}"#,
            ["consent.granted"]
        ),
        (
            "consents/request", "opeshisos_production",
            #"{"health_id":"OPC-2024-DEMO1","purpose":"care","requested_scopes":["full_record"]}"#,
            ["consent.requested"]
        ),
        (
            "records/encounters", "opeshisos_production",
            #"{"health_id":"OPC-2024-DEMO1","notes":"x"}"#, ["encounter.created"]
        ),
        (
            "records/lab-results", "opeshisos_production",
            #"{"health_id":"OPC-2024-DEMO1","test_name":"x","result_value":"1"}"#,
            ["lab_result.released"]
        ),
        (
            "records/prescriptions", "opeshisos_production",
            #"{"health_id":"OPC-2024-DEMO1","medication_name":"x"}"#, ["prescription.issued"]
        ),
        (
            "payments", "opeshisos_production",
            #"{"reference":"T-1","amount_minor":100,"paid_at":"2026-06-01T08:00:00Z"}"#,
            ["payment.completed"]
        ),
    ]

    @Test(arguments: causes)
    func eachRouteTellsWhatItDid(
        _ route: String, _ client: String, _ json: String, _ types: [String]
    ) async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        let isGet = route.hasPrefix("GET ")
        let path = "/api/v1/connect/" + (isGet ? String(route.dropFirst(4)) : route)
        let token = try await bench.app.token(client)
        let answer = await bench.app.send(
            isGet ? .get : .post, path, token: token, json: isGet ? nil : json)
        #expect((200...299).contains(answer.status), "\(answer.text)")
        try await bench.settle()
        let told = try bench.transport.messages.map { message in
            try JSONDocument(message.body).root["type"]?.string
        }
        #expect(told == types)
    }

    @Test func anAmendmentAndARevocationAreTold() async throws {
        let bench = try await WebhookBench()
        try await bench.subscribe()
        let patient = "/api/v1/connect/patient/OPC-2024-DEMO1/consent"
        _ = await bench.app.send(
            .post, patient + "/grant", token: bench.token,
            json: #"{"consent_type":"full_record","expires_at":"2026-07-01T00:00:00Z"}"#)
        _ = await bench.app.send(.post, patient + "/revoke", token: bench.token)
        try await bench.push(1)
        _ = await bench.app.send(
            .post, "/api/v1/connect/records/lab-results", token: bench.token,
            json: """
                {"health_id":"OPC-2024-DEMO1","test_name":"HbA1c","result_value":"9",
                "external_lab_order_id":"LAB-1"}
                """)
        try await bench.settle()
        let told = try bench.transport.messages.map { message in
            try JSONDocument(message.body).root["type"]?.string
        }
        #expect(
            told == [
                "consent.granted", "consent.revoked", "lab_result.released",
                "lab_result.amended",
            ])
    }
}
