package import Database

/// What administrators do with all clients' webhooks, in the caller's transaction. Whatever is refused is
/// a `Refusal`, and the entry names the subscription by then.
package enum Webhooks {
    /// The newest first, older than `seq`; of one client, or all.
    package static func subscriptions(
        before seq: Int64, clientID: String?, limit: Int, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> [Subscription] {
        entry.entity = "subscriptions"
        return try SubscriptionStore.page(before: seq, clientID: clientID, limit: limit, in: tx)
    }

    /// How many deliveries wait and how many are dead, of every subscription that has any.
    package static func openCounts(
        in tx: borrowing Transaction
    ) throws -> [Int64: (pending: Int, exhausted: Int)] {
        try DeliveryStore.openCounts(in: tx)
    }

    // MARK: Deliveries

    /// Dead letters of everybody, newest event first.
    package static func deadLetters(
        limit: Int, in tx: borrowing Transaction
    ) throws -> [DeliveryStore.Line] {
        try DeliveryStore.exhausted(
            beforeEvent: .max, subscription: .max, limit: limit, in: tx)
    }

    /// Deliveries in one state, newest event first, after the place where the page before ended; of one
    /// subscription or one client, or all.
    package static func deliveries(
        state: String, subscriptionID: String?, clientID: String?,
        after place: (seq: Int64, subscription: Int64)?, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [DeliveryStore.Line] {
        entry.entity = "deliveries"
        let before = place ?? (seq: .max, subscription: .max)
        if state == "exhausted", subscriptionID == nil, clientID == nil {
            return try DeliveryStore.exhausted(
                beforeEvent: before.seq, subscription: before.subscription, limit: limit, in: tx)
        }
        var wanted = try SubscriptionStore.page(
            before: .max, clientID: clientID, limit: 1000, in: tx)
        if let subscriptionID { wanted.removeAll { $0.id != subscriptionID } }
        // Each subscription's next page, merged: newest event first, then by subscription.
        var lines = try wanted.flatMap { subscription in
            try DeliveryStore.log(
                of: subscription.seq, state: state,
                before: subscription.seq < before.subscription && before.seq < .max
                    ? before.seq + 1 : before.seq,
                limit: limit, in: tx)
        }
        lines.sort { ($0.eventSeq, $0.subscription) > ($1.eventSeq, $1.subscription) }
        return lines
    }

    /// The subscriptions of deliveries, by their numbers.
    package static func subscriptions(
        of lines: some Sequence<DeliveryStore.Line>, in tx: borrowing Transaction
    ) throws -> [Int64: Subscription] {
        try SubscriptionStore.all(withSeqs: Set(lines.map(\.subscription)), in: tx)
    }

    /// The attempts of one delivery that failed, oldest first, each with its number.
    package static func failures(
        of line: DeliveryStore.Line, in tx: borrowing Transaction
    ) throws -> [(number: Int, attempt: Delivery.Attempt)] {
        try DeliveryStore.failures(
            subscription: line.subscription, eventSeq: line.eventSeq, in: tx)
    }

    // MARK: Replay

    /// What was queued again in one transaction.
    package struct ReplayedPart: Sendable {
        package let count: Int
        /// The last event of this part, when further ones are dead.
        package let end: Int64?
    }

    /// The most deliveries of one part: they hold the only writer meanwhile.
    private static let batch = 5_000

    /// Any client's subscription that is delivered to.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it has ended.
    package static func active(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Subscription {
        entry.entity = "subscription/" + id.prefix(64)
        guard let subscription = try SubscriptionStore.find(id: id, in: tx) else {
            throw Refusal.unknown("subscription")
        }
        guard subscription.status == .active else {
            throw Refusal(
                .conflict, "The subscription has ended: nothing is delivered to it any more.")
        }
        return subscription
    }

    /// Queues one event again, whatever became of its delivery.
    ///
    /// - Throws: `Refusal` 404 `not_found` when it was never queued for the subscription.
    package static func replay(
        _ eventID: String, to subscription: Subscription, from origin: Origin,
        in tx: borrowing Transaction
    ) throws -> ReplayedPart {
        guard let event = try EventStore.find(id: eventID, in: tx),
            try DeliveryStore.find(
                subscription: subscription.seq, eventSeq: event.seq, in: tx) != nil
        else {
            throw Refusal(.notFound, "This event was never queued for this subscription.")
        }
        try DeliveryStore.replay(
            subscription: subscription.seq, eventSeq: event.seq, at: origin.now, in: tx)
        return ReplayedPart(count: 1, end: nil)
    }

    /// Queues the dead letters of a subscription again, oldest first, some thousands after an event; and
    /// the verification at once, where that is awaited.
    package static func replayDead(
        of subscription: Subscription, after eventSeq: Int64, from origin: Origin,
        in tx: borrowing Transaction
    ) throws -> ReplayedPart {
        try SubscriptionStore.verifyNow(subscription, at: origin.now, in: tx)
        let found = try DeliveryStore.exhausted(
            of: subscription.seq, after: eventSeq, limit: batch + 1, in: tx)
        let events = found.prefix(batch)
        for event in events {
            try DeliveryStore.replay(
                subscription: subscription.seq, eventSeq: event, at: origin.now, in: tx)
        }
        return ReplayedPart(
            count: events.count, end: found.count > batch ? events.last : nil)
    }
}
