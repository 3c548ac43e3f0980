/// What waits and runs for one subscription, in memory and without I/O. It decides what may start next:
///
/// - events about one patient one after the other, and so those about none; unrelated ones side by side;
/// - few at once until the receiver has proven itself. A success widens the window by one, a failure
///   closes it to one: a dead or hanging receiver holds one place among those of all.
package struct DeliveryQueue: Sendable {
    package struct Item: Sendable {
        package let event: StoredEvent
        /// Attempts made before.
        package let attempts: Int
        /// Those since the last replay.
        package let step: Int

        package init(event: StoredEvent, attempts: Int, step: Int) {
            self.event = event
            self.attempts = attempts
            self.step = step
        }

        /// Items with the same key keep their order.
        fileprivate var key: Int64 { event.patientID ?? -1 }
    }

    package static let maximumWindow = 8
    /// How far past blocked items the next is looked for.
    private static let scanLimit = 64

    private var waiting: [Item] = []
    private var keysInFlight: Set<Int64> = []
    /// Events that wait, run, or whose outcome is not durable yet: not to be loaded again.
    package private(set) var claimed: Set<Int64> = []
    package private(set) var window = 1
    /// Whether the last attempt that ended was a success.
    package private(set) var isProven = false

    package init() {}

    package var waitingCount: Int { waiting.count }

    package mutating func enqueue(_ item: Item) {
        guard claimed.insert(item.event.seq).inserted else { return }
        waiting.append(item)
    }

    /// The next that may start now; it has then started.
    package mutating func next() -> Item? {
        guard keysInFlight.count < window else { return nil }
        for index in waiting.indices.prefix(Self.scanLimit)
        where !keysInFlight.contains(waiting[index].key) {
            let item = waiting.remove(at: index)
            keysInFlight.insert(item.key)
            return item
        }
        return nil
    }

    /// An attempt has ended, well or not; `nil` when it was given up without an outcome.
    package mutating func finish(_ item: Item, isSuccess: Bool?) {
        keysInFlight.remove(item.key)
        guard let isSuccess else {
            claimed.remove(item.event.seq)
            return
        }
        isProven = isSuccess
        window = isSuccess ? min(window + 1, Self.maximumWindow) : 1
    }

    /// Its outcome is durable: if there is a next attempt, the database will say when.
    package mutating func release(_ eventSeq: Int64) { claimed.remove(eventSeq) }
}
