import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct DeliveryRoutesTests {
    private let app: TestApp
    private let admin: String
    private let subscription: String

    /// Three events, of which two died and one waits.
    init() async throws {
        app = try TestApp { $0.allowsPrivateWebhooks = true }
        admin = try await app.adminToken()
        let token = try await app.token()
        let made = await app.send(
            .post, "/api/v1/connect/webhooks/subscriptions", token: token,
            json: #"{"callback_url":"http://127.0.0.1:9/hook","subscribed_events":["*"]}"#)
        subscription = try #require(made["subscription_id"]?.string)
        for number in 1...3 {
            _ = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"OPC-2024-DEMO1","test_name":"Na","result_value":"\(number)",
                    "external_lab_order_id":"L-\(number)"}
                    """)
        }
        let now = app.now
        try await app.app.writer.write { tx in
            let events = try tx.all("SELECT seq FROM events ORDER BY seq DESC LIMIT 3") {
                $0.int64(0)
            }
            var plan = FanOutPlan(from: 0)
            for seq in events.reversed() { plan.advance(to: seq, for: [1]) }
            for run in plan.runs { try DeliveryStore.insert(run, at: now, in: tx) }
            // The receiver has taken its verification.
            try tx.run(
                "DELETE FROM webhook_deliveries WHERE attempts = 0 AND event_seq < ?",
                [.integer(events.last ?? 0)])
            try SubscriptionStore.setVerified(1, clientID: "opeshisos_production", at: now, in: tx)
            try tx.run(
                """
                UPDATE webhook_deliveries SET state = 'exhausted', attempts = 7
                WHERE event_seq < (SELECT MAX(event_seq) FROM webhook_deliveries)
                """)
        }
    }

    private func list(_ query: String = "") async -> Answer {
        await app.send(.get, "/api/v1/admin/webhooks/deliveries" + query, token: admin)
    }

    private func replay(_ json: String) async -> Answer {
        await app.send(
            .post, "/api/v1/admin/webhooks/deliveries/replay", token: admin, json: json)
    }

    @Test func listAllSubscriptionsCountsWhatIsDead() async throws {
        let answer = await app.send(
            .get, "/api/v1/admin/webhooks/subscriptions", token: admin)
        let one = try #require(answer["subscriptions"]?.at(0))
        #expect(one["client_id"]?.string == "opeshisos_production")
        #expect(one["exhausted_deliveries"]?.int == 2)
        #expect(one["pending_deliveries"]?.int == 1)
        #expect(!answer.text.contains("whsec_"))
        #expect(try app.audit().last == "listAllSubscriptions R success")
        let none = await app.send(
            .get, "/api/v1/admin/webhooks/subscriptions?client_id=x", token: admin)
        #expect(none["subscriptions"]?.count == 0)
    }

    @Test func listAllDeliveriesShowsDeadLettersOfEverybody() async throws {
        let page = await list("?limit=1")
        #expect(page["deliveries"]?.count == 1)
        #expect(page["deliveries"]?.at(0)?["state"]?.string == "exhausted")
        #expect(page["deliveries"]?.at(0)?["subscription_id"]?.string == subscription)
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await list("?limit=1&cursor=" + cursor)
        #expect(rest["deliveries"]?.count == 1)
        #expect(rest["next_cursor"]?.isNull == true)
        #expect(
            rest["deliveries"]?.at(0)?["event_id"]?.string
                != page["deliveries"]?.at(0)?["event_id"]?.string)
        #expect(await list("?state=pending")["deliveries"]?.count == 1)
        #expect(await list("?subscription_id=" + subscription)["deliveries"]?.count == 2)
        #expect(await list("?client_id=demo_dev_sandbox")["deliveries"]?.count == 0)
        #expect(await list("?state=x&cursor=y").status == 422)
        #expect(try app.audit().contains("listAllDeliveries R success"))
    }

    @Test func replayDeliveriesQueuesOneOrAllAgain() async throws {
        let event = try #require(await list()["deliveries"]?.at(0)?["event_id"]?.string)
        let one = await replay(
            #"{"subscription_id":"\#(subscription)","event_id":"\#(event)"}"#)
        #expect(one.status == 202)
        #expect(one["deliveries"]?.int == 1)
        #expect(try app.audit().last == "replayDeliveries E success")
        #expect(await list()["deliveries"]?.count == 1)
        let all = await replay(#"{"subscription_id":"\#(subscription)"}"#)
        #expect(all["deliveries"]?.int == 1)
        #expect(all["next_cursor"]?.isNull == true)
        #expect(await list()["deliveries"]?.count == 0)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'pending' AND step = 0")
                == 3)
    }

    @Test func replayDeliveriesRefusesWhatHasEnded() async throws {
        #expect(await replay(#"{"subscription_id":"sub_x"}"#).status == 404)
        #expect(
            await replay(#"{"subscription_id":"\#(subscription)","event_id":"evt_x"}"#).status
                == 404)
        #expect(await replay("{}").status == 422)
        let token = try await app.token()
        _ = await app.send(
            .delete, "/api/v1/connect/webhooks/subscriptions/" + subscription, token: token)
        #expect(await replay(#"{"subscription_id":"\#(subscription)"}"#).status == 409)
    }
}
