import HTTP
import JSON
import Registry
import Values

/// Webhook subscriptions: Connect's, under the SDK's paths (contract, SDK § 2).
enum SDKWebhookRoutes {
    static let all = [
        Route(
            .post, "/api/v1/sdk/webhooks/subscriptions", twin: "/api/v1/sdk/webhooks",
            "createSDKSubscription", scope: .sdk(.manageWebhooks), createSDKSubscription),
        Route(
            .get, "/api/v1/sdk/webhooks/subscriptions", twin: "/api/v1/sdk/webhooks",
            "listSDKSubscriptions", scope: .sdk(.manageWebhooks), listSDKSubscriptions),
        Route(
            .delete, "/api/v1/sdk/webhooks/subscriptions/{id}", twin: "/api/v1/sdk/webhooks/{id}",
            "deleteSDKSubscription", scope: .sdk(.manageWebhooks), deleteSDKSubscription),
    ]

    @Sendable static func createSDKSubscription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await WebhookRoutes.createSubscription(request, context)
    }

    @Sendable static func listSDKSubscriptions(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await WebhookRoutes.listSubscriptions(request, context)
    }

    @Sendable static func deleteSDKSubscription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await WebhookRoutes.delete(request, context) { id in
            try .object { json in
                json.member("message", "The subscription has ended.")
                json.member("subscription_id", id)
                json.member("status", "deleted")
            }
        }
    }
}
