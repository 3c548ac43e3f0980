import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// A receiver says once that it wants events before it is told of any.
struct WebhookVerificationTests {
    private static let hook = WebhookBench.hook
    private static let lists = WebhookBench.subscriptions

    private static func verifiedAt(_ bench: WebhookBench) async throws -> String? {
        let list = await bench.app.send(.get, lists, token: try await bench.app.token())
        return list["subscriptions"]?.at(0)?["verified_at"]?.string
    }

    @Test func aSubscriptionIsAnsweredAtOnceAndVerifiedByItsFirstSuccess() async throws {
        let bench = try await WebhookBench()
        let created = await bench.app.send(
            .post, Self.lists, token: bench.token,
            json: #"{"callback_url":"\#(Self.hook)","subscribed_events":["*"]}"#)
        #expect(created.status == 201)
        #expect(created["status"]?.string == "active")
        #expect(created["verified_at"]?.isNull == true)
        #expect(created["webhook_secret"]?.string?.hasPrefix("whsec_") == true)
        #expect(try await Self.verifiedAt(bench) == nil)
        bench.app.advance(seconds: 5)
        try await bench.settle()
        #expect(try await Self.verifiedAt(bench) == bench.app.now.rfc3339)
        #expect(bench.transport.verifications.count == 1)
        #expect(bench.transport.messages.isEmpty)
    }

    @Test func aVerificationIsSignedAndTellsOfNobody() async throws {
        let bench = try await WebhookBench()
        let created = try await bench.subscribe()
        let message = try #require(bench.transport.verifications.first)
        let signature = WebhookSignature(secret: created["webhook_secret"]?.string ?? "")
        let seconds = message.at.seconds
        #expect(
            message.opesCareSignature == signature.opesCare(seconds: seconds, body: message.body))
        let body = try JSONDocument(message.body).root
        let id = try #require(created["id"]?.string)
        #expect(body["type"]?.string == "webhook.verification")
        #expect(body["event_type"]?.string == "webhook.verification")
        #expect(body["id"]?.string == message.eventID)
        let data = String(decoding: body["data"]?.raw ?? [], as: UTF8.self)
        #expect(data == #"{"subscription_id":"\#(id)"}"#)
        #expect(body["meta"]?["facility_id"]?.isNull == true)
    }

    @Test(
        arguments: [
            .status(199), .status(301), .status(302), .status(307), .status(400), .status(401),
            .status(403), .status(404), .status(429), .status(500), .status(503), .refuse, .hang,
        ] as [FakeTransport.Behavior])
    func nothingIsToldToWhoDoesNotSayYes(_ behavior: FakeTransport.Behavior) async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, behavior)
        try await bench.subscribe()
        for number in 1...5 { try await bench.push(number) }
        bench.app.advance(seconds: 3_000)
        try await bench.settle()
        #expect(bench.transport.messages.isEmpty)
        #expect(try bench.count("pending") == 5)
        #expect(try await Self.verifiedAt(bench) == nil)
    }

    @Test func whatWaitedIsToldInOrderAndNothingIsLost() async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, .refuse)
        try await bench.subscribe()
        for number in 1...700 { try await bench.push(number) }
        try await bench.settle()
        bench.transport.set(Self.hook, .status(200))
        bench.app.advance(seconds: 70)
        try await bench.settle()
        let stored = try bench.app.read { tx in
            try EventStore.all(after: 0, limit: 1000, in: tx).filter { !$0.isVerification }
        }
        #expect(bench.transport.messages.map(\.eventID) == stored.map(\.id))
        #expect(stored.count == 700)
        #expect(try bench.count("delivered") == 700)
    }

    @Test func itIsAskedForByTheScheduleAndNeverGivenUp() async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, .status(404))
        try await bench.subscribe()
        for (index, wait) in (Delivery.waits + [86_400, 86_400, 86_400]).enumerated() {
            bench.app.advance(seconds: wait - 1)
            try await bench.settle()
            #expect(bench.transport.verifications.count == index + 1)
            bench.app.advance(seconds: wait / 10 + 2)
            try await bench.settle()
            #expect(bench.transport.verifications.count == index + 2)
        }
        try await bench.push(1)
        bench.transport.set(Self.hook, .status(204))
        bench.app.advance(seconds: 100_000)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
    }

    @Test func goneEndsAnUnverifiedSubscription() async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, .status(410))
        try await bench.subscribe()
        try await bench.push(1)
        bench.app.advance(seconds: 1_000_000)
        try await bench.settle()
        #expect(bench.transport.verifications.count == 1)
        #expect(bench.transport.messages.isEmpty)
    }

    @Test func aNewSecretOrAnotherProcessAsksNothingAgainAndANewSubscriptionDoes() async throws {
        let bench = try await WebhookBench()
        let created = try await bench.subscribe()
        let id = try #require(created["id"]?.string)
        let rotated = await bench.app.send(
            .post, Self.lists + "/\(id)/rotate-secret", token: bench.token)
        #expect(rotated["verified_at"]?.string == bench.app.now.rfc3339)
        try await bench.push(1)
        try await bench.settle()
        #expect(bench.transport.verifications.count == 1)
        #expect(bench.transport.messages.count == 1)
        let transport = FakeTransport()
        let next = try WebhookBench.worker(bench.app, transport)
        try await bench.push(2)
        while try await next.turn() {}
        #expect(transport.verifications.isEmpty)
        #expect(transport.messages.count == 1)
        _ = await bench.app.send(.delete, Self.lists + "/\(id)", token: bench.token)
        try await bench.subscribe()
        #expect(bench.transport.verifications.count == 2)
    }

    @Test func aVerificationGoesToItsOwnSubscriptionAndIsNoEventOfTheOutbox() async throws {
        let bench = try await WebhookBench()
        for number in 1...5 { try await bench.subscribe("https://a.example/\(number)") }
        #expect(Set(bench.transport.verifications.map(\.url)).count == 5)
        #expect(bench.transport.verifications.count == 5)
        let list = await bench.app.send(
            .get, "/api/v1/connect/webhooks/events", token: bench.token)
        #expect(list["events"]?.count == 0)
        let log = await bench.app.send(
            .get, "/api/v1/connect/webhooks/deliveries", token: bench.token)
        #expect(log["deliveries"]?.count == 5)
        #expect(log["deliveries"]?.at(0)?["event_type"]?.string == "webhook.verification")
    }

    @Test(arguments: ["subscription", "event"])
    func whoHasMendedTheReceiverNeedNotWait(_ way: String) async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, .refuse)
        let created = try await bench.subscribe()
        try await bench.push(1)
        for _ in 1...3 {
            bench.app.advance(seconds: 1000)
            try await bench.settle()
        }
        let before = bench.transport.verifications.count
        bench.transport.set(Self.hook, .status(200))
        let token = try await bench.app.token()
        let path =
            way == "event"
            ? "/api/v1/connect/webhooks/events/\(bench.transport.verifications[0].eventID)/replay"
            : Self.lists + "/\(created["id"]?.string ?? "")/replay"
        let answer = await bench.app.send(
            .post, path, token: token,
            json: way == "event" ? nil : #"{"from":"2026-05-01T00:00:00Z"}"#)
        #expect(answer.status == 202)
        bench.app.advance(seconds: 1)
        try await bench.settle()
        #expect(bench.transport.verifications.count == before + 1)
        #expect(bench.transport.messages.count == 1)
    }

    @Test func whatWaitsForAMonthBecomesADeadLetterAndIsReplayed() async throws {
        let bench = try await WebhookBench()
        bench.transport.set(Self.hook, .refuse)
        let created = try await bench.subscribe()
        try await bench.push(1)
        try await bench.settle()
        bench.app.advance(seconds: 31 * 86_400)
        let retention = WebhookRetention(writer: bench.app.app.writer)
        try await retention.run(at: bench.app.now)
        #expect(try bench.count("exhausted") == 1)
        bench.transport.set(Self.hook, .status(200))
        let token = try await bench.app.token()
        let answer = await bench.app.send(
            .post, Self.lists + "/\(created["id"]?.string ?? "")/replay", token: token,
            json: #"{"from":"2026-05-01T00:00:00Z"}"#)
        #expect(answer["deliveries"]?.int == 1)
        bench.app.advance(seconds: 1)
        try await bench.settle()
        #expect(bench.transport.messages.count == 1)
    }

    // MARK: Neighbours

    /// Sixteen clients whose 400 receivers hang, each on a host of its own.
    @Test func hangingReceiversOfManyClientsDelayNobodysFirstDelivery() async throws {
        let bench = try await WebhookBench()
        let now = bench.app.now
        let admin = bench.app
        for number in 0..<16 {
            let hash = admin.app.secrets.hash("secret-\(number)")
            try await admin.app.writer.write { tx in
                try ClientStore.insert(
                    Client(
                        id: "bad\(number)", name: "Bad", scopes: "patient:read", facilityID: nil,
                        status: .active, rateLimit: nil, createdAt: now),
                    secretHash: hash, in: tx)
            }
            let answer = await admin.send(
                .post, "/api/v1/connect/auth/token",
                json: """
                    {"grant_type":"client_credentials","client_id":"bad\(number)",
                    "client_secret":"secret-\(number)"}
                    """)
            let token = try #require(answer["access_token"]?.string)
            for index in 0..<25 {
                let url = "https://bad-\(number)-\(index).example/"
                bench.transport.set(url, .hang)
                let made = await admin.send(
                    .post, Self.lists, token: token,
                    json: #"{"callback_url":"\#(url)","subscribed_events":["*"]}"#)
                #expect(made.status == 201)
            }
        }
        try await bench.settle()
        #expect(await bench.worker.runningCount == 128)
        try await bench.subscribe()
        try await bench.push(1)
        try await bench.settle()
        #expect(bench.transport.messages(to: Self.hook).count == 1)
        #expect(bench.app.now == now)
    }

    @Test(
        arguments: [
            ("0", 0), ("120", 120), ("99999999999999999999", .max), ("007", 7), ("", nil),
            ("-5", nil), ("1.5", nil), ("+5", nil), ("soon", nil), ("٣٠", nil), ("12 ", nil),
            ("Mon, 01 Jun 2026 08:02:00 GMT", 120), ("Mon, 01 Jun 2026 07:59:00 GMT", -60),
            ("Monday, 01-Jun-26 08:02:00 GMT", 120), ("Mon Jun  1 08:02:00 2026", 120),
            ("Mon, 01 Jun 2026 08:02:00 CET", nil), ("Mon, 99 Jun 2026 08:02:00 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", -996_189_023),
            (String(repeating: "9", count: 41), nil),
        ] as [(String, Int64?)])
    func retryAfterIsReadAsSecondsOrDate(_ text: String, _ seconds: Int64?) {
        let now = Timestamp(milliseconds: 1_780_300_800_000)
        #expect(RetryAfter.seconds(text, at: now) == seconds)
    }

    /// What a receiver sends must not end the server, whatever is read into it.
    @Test(
        arguments: [
            "Mon, 01 Jan 999999999999 00:00:00 GMT", "Mon, 01 Jan -99999999999 00:00:00 GMT",
            "Mon, 01 Jan 0000 00:00:00 GMT", "Mon, 01 Jan 9999999999999999 0:0:0 GMT",
            "\u{301}Mon, 01 Jan 2026", "Mon, 31 Dec 9223372036854775 23:59:59 GMT",
        ])
    func anAbsurdDateTraps(nobody text: String) {
        let now = Timestamp(milliseconds: 1_780_300_800_000)
        let wait = RetryAfter.seconds(text, at: now) ?? 0
        var delivery = Delivery(state: .pending(dueAt: now), attempts: 0, step: 0)
        delivery.finish(
            Delivery.Attempt(
                at: now, durationMilliseconds: 1, status: 503, retryAfterSeconds: wait),
            jitter: 1)
        guard case .pending(let dueAt) = delivery.state else {
            Issue.record("it does not wait")
            return
        }
        #expect(dueAt <= now.adding(seconds: 86_400 * 11 / 10))
    }
}
