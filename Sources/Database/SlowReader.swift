import Dispatch

/// A reading connection with a thread of its own, for what would keep an event loop from its other
/// requests. One piece of work at a time: a search waits for the one before, and nothing else does.
package final class SlowReader: Sendable {
    private let reader: any Reader
    private let queue = DispatchQueue(label: "slow reader")

    package init(_ reader: any Reader) { self.reader = reader }

    package func run<Value: Sendable>(
        _ body: @escaping @Sendable (any Reader) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { [reader] in continuation.resume(returning: body(reader)) }
        }
    }
}
