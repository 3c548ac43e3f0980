import Synchronization

/// How many attempts ended which way, for the metrics.
package final class WebhookCounters: Sendable {
    private let successes = Atomic<Int64>(0)
    private let failures = Atomic<Int64>(0)

    package init() {}

    func count(isSuccess: Bool) {
        if isSuccess {
            successes.wrappingAdd(1, ordering: .relaxed)
        } else {
            failures.wrappingAdd(1, ordering: .relaxed)
        }
    }

    package var succeeded: Int64 { successes.load(ordering: .relaxed) }
    package var failed: Int64 { failures.load(ordering: .relaxed) }
}
