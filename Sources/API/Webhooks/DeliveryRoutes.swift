package import HTTP
import JSON
import Registry

/// Webhook subscriptions and deliveries of all clients, for administrators (contract §§ 8, 9).
package enum DeliveryRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/webhooks/subscriptions", "listAllSubscriptions", scope: .admin,
            query: ["client_id", "limit", "cursor"],
            listAllSubscriptions),
        Route(
            .get, "/api/v1/admin/webhooks/deliveries", "listAllDeliveries", scope: .admin,
            query: ["state", "subscription_id", "client_id", "limit", "cursor"],
            listAllDeliveries),
        Route(
            .post, "/api/v1/admin/webhooks/deliveries/replay", "replayDeliveries", scope: .admin,
            replayDeliveries),
    ]

    @Sendable package static func listAllSubscriptions(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "all_subscriptions")
        let clientID = query.text("client_id")
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            let found = try Webhooks.subscriptions(
                before: place?.numbers[0] ?? .max, clientID: clientID, limit: limit + 1,
                auditing: &entry, in: tx)
            let counts = try Webhooks.openCounts(in: tx)
            return try .page(
                "subscriptions", found, limit: limit,
                cursor: { ListCursor.text("all_subscriptions", after: $0.seq) }
            ) { json, subscription in
                json.describe(subscription)
                json.member("client_id", subscription.clientID)
                json.member("pending_deliveries", counts[subscription.seq]?.pending ?? 0)
                json.member("exhausted_deliveries", counts[subscription.seq]?.exhausted ?? 0)
            }
        }
    }

    /// Dead letters, unless another state is asked for; newest event first.
    @Sendable package static func listAllDeliveries(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.deliveryPlace(in: "all_deliveries")
        let state = query.text("state") ?? "exhausted"
        if !["pending", "delivered", "exhausted", "withheld"].contains(state) {
            query.refuse("state", "must be pending, delivered, exhausted or withheld")
        }
        let subscriptionID = query.text("subscription_id")
        let clientID = query.text("client_id")
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            let lines = try Webhooks.deliveries(
                state: state, subscriptionID: subscriptionID, clientID: clientID, after: cursor,
                limit: limit + 1, auditing: &entry, in: tx)
            let subscriptions = try Webhooks.subscriptions(of: lines.prefix(limit), in: tx)
            return try .page(
                "deliveries", lines, limit: limit, cursor: { $0.cursor(in: "all_deliveries") }
            ) { json, line in
                let subscription = subscriptions[line.subscription]
                json.member("subscription_id", subscription?.id)
                json.member("client_id", subscription?.clientID)
                json.member("callback_url", subscription?.callbackURL)
                json.describe(line, try Webhooks.failures(of: line, in: tx))
            }
        }
    }

    /// One delivery again, or all dead ones of a subscription.
    @Sendable package static func replayDeliveries(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.requiredText(["subscription_id"])
        let eventID = body.text("event_id")
        let after = body.place(in: "dead_letters")
        try body.finish()
        return try await context.write(auditing: .execute) { tx, entry in
            let subscription = try Webhooks.active(id, auditing: &entry, in: tx)
            try after?.require(of: subscription.id)
            let part =
                if let eventID {
                    try Webhooks.replay(eventID, to: subscription, from: context.origin, in: tx)
                } else {
                    try Webhooks.replayDead(
                        of: subscription, after: after?.numbers[0] ?? 0, from: context.origin,
                        in: tx)
                }
            return try .object(.accepted) { json in
                json.member("status", "queued")
                json.member("subscription_id", subscription.id)
                json.member("deliveries", part.count)
                json.member(
                    "next_cursor",
                    part.end.map {
                        ListCursor.text("dead_letters", of: subscription.id, after: $0)
                    })
            }
        }
    }
}

extension QueryParameters {
    /// A place in a list of deliveries: the event and subscription of the last one given.
    mutating func deliveryPlace(in list: String) -> (seq: Int64, subscription: Int64)? {
        place(in: list, 2).map { ($0.numbers[0], $0.numbers[1]) }
    }
}
