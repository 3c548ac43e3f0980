package import Database
package import Values

/// Which subscriptions are to be told of the next events.
package struct FanOutPlan: Sendable {
    /// Events in a row that one subscription takes, every one of them.
    package struct Run: Sendable, Equatable {
        package let subscription: Int64
        package let first: Int64
        package fileprivate(set) var last: Int64
    }

    /// The event before the first one looked at.
    package let from: Int64
    /// The last one looked at.
    package private(set) var through: Int64
    package private(set) var runs: [Run] = []
    /// Where each subscription's last run is in `runs`.
    private var latest: [Int64: Int] = [:]

    package init(from: Int64) {
        self.from = from
        through = from
    }

    /// Goes on to the next event, which these subscriptions take: each of them once.
    package mutating func advance(to eventSeq: Int64, for subscriptions: some Sequence<Int64>) {
        for subscription in subscriptions {
            // Where it took the event before too, its run goes on.
            if let index = latest[subscription], runs[index].last == through {
                runs[index].last = eventSeq
            } else {
                latest[subscription] = runs.count
                runs.append(Run(subscription: subscription, first: eventSeq, last: eventSeq))
            }
        }
        through = eventSeq
    }

    /// What the next events lead to; `nil` when there are none.
    package static func next(
        at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> FanOutPlan? {
        let from = try DeliveryStore.fannedSeq(in: tx)
        let newest = try EventStore.newest(in: tx)
        guard newest > from else { return nil }
        var plan = FanOutPlan(from: from)
        let subscriptions = try SubscriptionStore.deliverable(in: tx)
        guard !subscriptions.isEmpty else {
            plan.advance(to: newest, for: [])
            return plan
        }
        let byClient = Dictionary(grouping: subscriptions, by: \.clientID)
        let byFacility = Dictionary(grouping: subscriptions) { $0.facilityID ?? "" }
        for event in try EventStore.all(after: from, limit: limit, in: tx) {
            var candidates = event.facilityID.flatMap { byFacility[$0] } ?? []
            var clients =
                try event.patientID.map { patientID in
                    try ConsentStore.readers(of: patientID, at: now, in: tx)
                } ?? []
            if let clientID = event.clientID { clients.insert(clientID) }
            for clientID in clients { candidates += byClient[clientID] ?? [] }
            var taken: Set<Int64> = []
            for subscription in candidates
            where event.seq > subscription.fromSeq && subscription.filter.takes(event.type)
                && !taken.contains(subscription.seq)
            {
                let audience = Audience(subscription)
                if try EventStore.mayNotify(audience, of: event, at: now, in: tx) {
                    taken.insert(subscription.seq)
                }
            }
            plan.advance(to: event.seq, for: taken)
        }
        return plan
    }
}
