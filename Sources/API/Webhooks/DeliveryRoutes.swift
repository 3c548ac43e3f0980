package import HTTP
import JSON
package import Registry

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
        return try await context.readAside(auditing: .read) { tx, entry in
            entry.entity = "subscriptions"
            let found = try SubscriptionStore.page(
                before: place?.numbers[0] ?? .max, clientID: clientID, limit: limit + 1, in: tx)
            let counts = try DeliveryStore.openCounts(in: tx)
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
        return try await context.readAside(auditing: .read) { tx, entry in
            entry.entity = "deliveries"
            let before = cursor ?? (seq: .max, subscription: .max)
            var lines: [DeliveryStore.Line]
            if state == "exhausted", subscriptionID == nil, clientID == nil {
                lines = try DeliveryStore.exhausted(
                    beforeEvent: before.seq, subscription: before.subscription, limit: limit + 1,
                    in: tx)
            } else {
                var wanted = try SubscriptionStore.page(
                    before: .max, clientID: clientID, limit: 1000, in: tx)
                if let subscriptionID { wanted.removeAll { $0.id != subscriptionID } }
                // Each subscription's next page, merged: newest event first, then by subscription.
                lines = try wanted.flatMap { subscription in
                    try DeliveryStore.log(
                        of: subscription.seq, state: state,
                        before: subscription.seq < before.subscription && before.seq < .max
                            ? before.seq + 1 : before.seq,
                        limit: limit + 1, in: tx)
                }
                lines.sort { ($0.eventSeq, $0.subscription) > ($1.eventSeq, $1.subscription) }
            }
            let subscriptions = try SubscriptionStore.all(
                withSeqs: Set(lines.prefix(limit).map(\.subscription)), in: tx)
            return try .page(
                "deliveries", lines, limit: limit, cursor: { $0.cursor(in: "all_deliveries") }
            ) { json, line in
                let subscription = subscriptions[line.subscription]
                json.member("subscription_id", subscription?.id)
                json.member("client_id", subscription?.clientID)
                json.member("callback_url", subscription?.callbackURL)
                json.describe(
                    line,
                    try DeliveryStore.failures(
                        subscription: line.subscription, eventSeq: line.eventSeq, in: tx))
            }
        }
    }

    /// The most deliveries of one call: they hold the only writer meanwhile.
    private static let batch = 5_000

    /// One delivery again, or all dead ones of a subscription.
    @Sendable package static func replayDeliveries(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try RequestBody(request)
        let id = body.requiredText(["subscription_id"])
        let eventID = body.text("event_id")
        let after = body.place(in: "dead_letters")
        try body.finish()
        return try await context.write(auditing: .execute) { tx, entry in
            entry.entity = "subscription/" + id.prefix(64)
            guard let subscription = try SubscriptionStore.find(id: id, in: tx) else {
                throw Problem.unknown("subscription")
            }
            guard subscription.status == .active else {
                throw Problem(
                    .conflict, "The subscription has ended: nothing is delivered to it any more.")
            }
            try after?.require(of: subscription.id)
            var events: [Int64]
            if let eventID {
                guard let event = try EventStore.find(id: eventID, in: tx),
                    try DeliveryStore.find(
                        subscription: subscription.seq, eventSeq: event.seq, in: tx) != nil
                else {
                    throw Problem(
                        .notFound, "This event was never queued for this subscription.")
                }
                events = [event.seq]
            } else {
                try SubscriptionStore.verifyNow(subscription, at: context.now, in: tx)
                events = try DeliveryStore.exhausted(
                    of: subscription.seq, after: after?.numbers[0] ?? 0, limit: batch + 1, in: tx)
            }
            let isMore = events.count > batch
            events = Array(events.prefix(batch))
            for event in events {
                try DeliveryStore.replay(
                    subscription: subscription.seq, eventSeq: event, at: context.now, in: tx)
            }
            return try .object(.accepted) { json in
                json.member("status", "queued")
                json.member("subscription_id", subscription.id)
                json.member("deliveries", events.count)
                json.member(
                    "next_cursor",
                    isMore
                        ? events.last.map {
                            ListCursor.text("dead_letters", of: subscription.id, after: $0)
                        } : nil)
            }
        }
    }
}

extension DeliveryStore.Line {
    /// The place in a list of deliveries after this one.
    package func cursor(in list: String) -> String {
        ListCursor.text(list, after: eventSeq, subscription)
    }
}

extension QueryParameters {
    /// A place in a list of deliveries: the event and subscription of the last one given.
    mutating func deliveryPlace(in list: String) -> (seq: Int64, subscription: Int64)? {
        place(in: list, 2).map { ($0.numbers[0], $0.numbers[1]) }
    }
}
