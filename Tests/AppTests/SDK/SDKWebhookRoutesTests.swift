import API
import HTTP
import JSON
import Testing
import TestSupport

struct SDKWebhookRoutesTests {
    private static let body =
        #"{"callback_url":"https://app.example/hook","subscribed_events":["appointment.created"]}"#

    @Test(arguments: ["/webhooks/subscriptions", "/webhooks"])
    func createSDKSubscriptionIsConnectsOwn(_ path: String) async throws {
        let bench = try await SDKBench()
        let made = await bench.post(path, Self.body)
        #expect(made.status == 201)
        #expect(made["webhook_secret"]?.string?.hasPrefix("whsec_") == true)
        #expect(made.field("Cache-Control") == "no-store")
        let id = try #require(made["subscription_id"]?.string)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox createSDKSubscription C success subscription/\(id) -"
            ])
        let again = await bench.post(path, Self.body)
        #expect(again.error == "duplicate_subscription")
        let listed = await bench.app.send(
            .get, "/api/v1/connect/webhooks/subscriptions",
            token: try await bench.app.token("demo_dev_sandbox"))
        #expect(listed["subscriptions"]?.at(0)?["id"]?.string == id)
        let bad = await bench.post(path, #"{"callback_url":"x","events":["nonsense"]}"#)
        #expect(bad["errors"]?.count == 2)
    }

    @Test func createSDKSubscriptionRepeatedWithItsKeyShowsTheSameSecret() async throws {
        let bench = try await SDKBench()
        let first = await bench.post("/webhooks", Self.body, key: "k")
        let second = await bench.post("/webhooks", Self.body, key: "k")
        #expect(first.text == second.text)
        #expect(second.field("Idempotency-Replayed") == "true")
    }

    @Test func listSDKSubscriptionsShowsOnesOwn() async throws {
        let bench = try await SDKBench()
        let other = try await bench.stranger()
        _ = await bench.post("/webhooks", Self.body)
        #expect(await bench.get("/webhooks")["subscriptions"]?.count == 1)
        #expect(await bench.get("/webhooks", other.token)["subscriptions"]?.count == 0)
        let listed = await bench.get("/webhooks")
        #expect(!listed.text.contains("whsec_"))
    }

    @Test(arguments: ["/webhooks/subscriptions/", "/webhooks/"])
    func deleteSDKSubscriptionSaysSo(_ path: String) async throws {
        let bench = try await SDKBench()
        let other = try await bench.stranger()
        let made = await bench.post("/webhooks", Self.body)
        let id = try #require(made["id"]?.string)
        func delete(_ token: String) async -> Answer {
            await bench.app.send(.delete, "/api/v1/sdk" + path + id, token: token)
        }
        #expect(await delete(other.token).status == 404)
        let deleted = await delete(SDKBench.sandboxToken)
        #expect(deleted.status == 200)
        #expect(
            deleted.text == """
                {"message":"The subscription has ended.","subscription_id":"\(id)",\
                "status":"deleted"}
                """)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox deleteSDKSubscription D success subscription/\(id) -"
            ])
        #expect(await delete(SDKBench.sandboxToken).status == 404)
    }
}
