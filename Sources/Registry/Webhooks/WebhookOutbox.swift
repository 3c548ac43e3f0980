package import Database
package import Values

/// Events and deliveries in the database, as the worker that sends them needs them: what is due, and
/// what became of it.
package struct WebhookOutbox: Sendable {
    private let writer: any Writer
    private let reader: any Reader

    package init(writer: any Writer, reader: any Reader) {
        self.writer = writer
        self.reader = reader
    }

    /// Turns the next events into deliveries.
    ///
    /// - Parameter limit: events at once: the transaction waits in line with the requests' own writes.
    /// - Returns: what was planned; `nil` when there were no events.
    package func fanOut(at now: Timestamp, limit: Int) async throws -> FanOutPlan? {
        let plan = try reader.read { tx in try FanOutPlan.next(at: now, limit: limit, in: tx) }
        guard let plan else { return nil }
        try await writer.write { tx in
            // Only one worker moves it; a plan made twice is applied once.
            guard try DeliveryStore.fannedSeq(in: tx) == plan.from else { return }
            for run in plan.runs { try DeliveryStore.insert(run, at: now, in: tx) }
            try DeliveryStore.setFannedSeq(plan.through, in: tx)
        }
        return plan
    }

    /// Subscriptions that get anything at all.
    package func deliverable() throws -> [Subscription] {
        try reader.read { tx in try SubscriptionStore.deliverable(in: tx) }
    }

    // MARK: Loading

    /// What is loaded for one subscription that has run dry.
    package struct Load: Sendable {
        package let subscription: Subscription
        /// Events not to be loaded again.
        package let claimed: Set<Int64>
        /// How many deliveries are wanted.
        package let room: Int
        /// What is due, in its order.
        package fileprivate(set) var items: [DeliveryQueue.Item] = []
        /// Events that the client may not be told of any more.
        package fileprivate(set) var withheld: [Int64] = []
        /// Whether no more is due now.
        package fileprivate(set) var isExhausted = false

        package init(for subscription: Subscription, claimed: Set<Int64>, room: Int) {
            self.subscription = subscription
            self.claimed = claimed
            self.room = room
        }
    }

    /// Loads what is due, all of it from one snapshot.
    ///
    /// - Throws: what keeps a row from being read; what was loaded before it is in `loads`.
    package func fill(_ loads: inout [Load], at now: Timestamp) throws {
        try reader.read { tx in
            for index in loads.indices { try fill(&loads[index], at: now, in: tx) }
        }
    }

    private func fill(_ load: inout Load, at now: Timestamp, in tx: borrowing Transaction) throws {
        let subscription = load.subscription
        let limit = load.claimed.count + load.room
        let due =
            subscription.verifiedAt == nil
            ? try DeliveryStore.dueVerification(of: subscription, at: now, in: tx)
            : try DeliveryStore.due(
                subscription: subscription.seq, at: now, limit: limit, in: tx)
        load.isExhausted = due.count < limit
        let audience = Audience(subscription)
        for eventSeq in due where !load.claimed.contains(eventSeq) {
            guard load.items.count < load.room else { break }
            guard
                let delivery = try DeliveryStore.find(
                    subscription: subscription.seq, eventSeq: eventSeq, in: tx),
                let event = try EventStore.find(seq: eventSeq, in: tx),
                try EventStore.mayNotify(audience, of: event, at: now, in: tx)
            else {
                load.withheld.append(eventSeq)
                continue
            }
            load.items.append(
                DeliveryQueue.Item(event: event, attempts: delivery.attempts, step: delivery.step))
        }
    }

    // MARK: Outcomes

    /// Makes outcomes durable, all of them or none.
    package func record(
        _ finished: [FinishedAttempt], withheld: [(subscription: Int64, eventSeq: Int64)],
        at now: Timestamp
    ) async throws {
        // A body may run twice, and does the same each time.
        let jitters = finished.map { _ in Double.random(in: 0...1) }
        try await writer.write { tx in
            for (result, jitter) in zip(finished, jitters) {
                guard let attempt = result.attempt else { continue }
                try DeliveryStore.record(
                    attempt, jitter: jitter, subscription: result.subscription,
                    eventSeq: result.item.event.seq, startedAtStep: result.item.step,
                    isEndless: result.item.event.isVerification, in: tx)
                if result.isVerified {
                    try SubscriptionStore.setVerified(
                        result.subscription, clientID: result.clientID, at: now, in: tx)
                }
                if attempt.isGone {
                    try SubscriptionStore.disable(
                        result.subscription, clientID: result.clientID, at: now, in: tx)
                }
            }
            for delivery in withheld {
                try DeliveryStore.withhold(
                    subscription: delivery.subscription, eventSeq: delivery.eventSeq, in: tx)
            }
        }
    }
}
