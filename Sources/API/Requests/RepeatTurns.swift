import Registry
import Synchronization

/// Works on one of several requests under one Idempotency-Key at a time, where that goes on after the
/// transaction: until then the answer to give again is not known (contract § 1).
final class RepeatTurns: Sendable {
    /// Keys that are worked on, with those who wait for the answer.
    private let waiting = Mutex<
        [IdempotencyKey: ArraySlice<CheckedContinuation<Void, Never>>]
    >([:])

    var waitingCount: Int {
        waiting.withLock { $0.values.reduce(0) { $0 + $1.count } }
    }

    func enter(_ key: IdempotencyKey) async {
        await withCheckedContinuation { continuation in
            let isFirst = waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if isFirst { continuation.resume() }
        }
    }

    func leave(_ key: IdempotencyKey) {
        let next = waiting.withLock { waiting in
            let next = waiting[key]?.popFirst()
            if next == nil { waiting[key] = nil }
            return next
        }
        next?.resume()
    }
}
