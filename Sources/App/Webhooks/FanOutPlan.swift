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
}
