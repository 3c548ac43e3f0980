package import Database
package import Values

/// Forgets old events and deliveries, a bounded number a transaction.
package struct WebhookRetention: Sendable {
    /// Events, and deliveries that have ended.
    package static let seconds: Int64 = 30 * 86_400
    /// Exhausted deliveries can be replayed for longer; their events stay with them.
    package static let exhaustedSeconds: Int64 = 90 * 86_400
    private static let batch = 1_000

    private let writer: any Writer

    package init(writer: any Writer) {
        self.writer = writer
    }

    /// Ends what waits for ended subscriptions, then forgets what is old.
    package func run(at now: Timestamp) async throws {
        let cutoff = now.adding(seconds: -Self.seconds)
        let exhaustedCutoff = now.adding(seconds: -Self.exhaustedSeconds)
        var count = 1
        while count > 0 {
            count = try await writer.write { tx in
                try DeliveryStore.withholdEnded(limit: Self.batch, in: tx)
            }
        }
        count = 1
        while count > 0 {
            count = try await writer.write { tx in
                try DeliveryStore.exhaustUnverified(
                    through: try EventStore.last(before: cutoff, in: tx), limit: Self.batch, in: tx)
            }
        }
        count = 1
        while count > 0 {
            count = try await writer.write { tx in
                let old = try EventStore.last(before: cutoff, in: tx)
                let older = try EventStore.last(before: exhaustedCutoff, in: tx)
                return try DeliveryStore.prune(
                    through: old, exhaustedThrough: older, limit: Self.batch, in: tx)
            }
        }
        count = 1
        while count > 0 {
            count = try await writer.write { tx in
                let fanned = try DeliveryStore.fannedSeq(in: tx)
                let old = min(fanned, try EventStore.last(before: cutoff, in: tx))
                return try DeliveryStore.pruneEvents(through: old, limit: Self.batch, in: tx)
            }
        }
    }
}
