import Synchronization

/// How many attempts ended which way: since the start for the metrics, and since the last `take` for
/// the administrators' charts.
package final class WebhookCounters: Sendable {
    private let successes = Atomic<Int64>(0)
    private let failures = Atomic<Int64>(0)
    private let taken = Mutex((succeeded: Int64(0), failed: Int64(0)))

    package init() {}

    package func count(isSuccess: Bool) {
        if isSuccess {
            successes.wrappingAdd(1, ordering: .relaxed)
        } else {
            failures.wrappingAdd(1, ordering: .relaxed)
        }
    }

    package var succeeded: Int64 { successes.load(ordering: .relaxed) }
    package var failed: Int64 { failures.load(ordering: .relaxed) }

    /// What came since it was last asked.
    package func take() -> (succeeded: Int64, failed: Int64) {
        taken.withLock { taken in
            let now = (succeeded: succeeded, failed: failed)
            defer { taken = now }
            return (now.succeeded - taken.succeeded, now.failed - taken.failed)
        }
    }
}
