import Registry
import Synchronization
package import Values

/// Token buckets, one a principal: a minute's worth may come at once, then it refills evenly.
///
/// A table of this process: a restart forgives what was spent.
package final class RateLimiter: Sendable {
    private struct Bucket {
        /// In thousandths of a request, so that a millisecond's refill is a whole number.
        var level: Int64
        var filledAt: Timestamp
    }

    private let buckets = Mutex<[String: Bucket]>([:])
    private static let entryLimit = 100_000

    package init() {}

    /// Takes one request's worth, or as much as several.
    ///
    /// - Parameters:
    ///   - count: of requests; more than come at once at most count as so many.
    ///   - perMinute: the limit; 0 is unlimited.
    /// - Throws: `Problem` 429 with the wait in whole seconds.
    package func take(
        _ principal: String, _ count: Int = 1, perMinute: Int, at now: Timestamp
    ) throws {
        guard perMinute > 0 else { return }
        let perMinute = min(perMinute, 100_000_000)
        let capacity = Int64(perMinute) * 60_000
        let one: Int64 = 60_000
        // What brings several is a request too, which has taken its own.
        let cost = one * Int64(max(1, min(count, perMinute - 1)))
        let wait: Int64? = buckets.withLock { buckets in
            var bucket = buckets[principal] ?? Bucket(level: capacity, filledAt: now)
            // `perMinute` requests in 60,000 ms are `perMinute` units a millisecond at 60,000 each.
            let elapsed = max(0, now.milliseconds - bucket.filledAt.milliseconds)
            let (refill, overflow) = elapsed.multipliedReportingOverflow(by: Int64(perMinute))
            bucket.level = overflow ? capacity : min(capacity, bucket.level + min(capacity, refill))
            bucket.filledAt = now
            defer {
                if buckets.count > RateLimiter.entryLimit { buckets.removeAll() }
                buckets[principal] = bucket
            }
            guard bucket.level >= cost else {
                return (cost - bucket.level + (count > 1 ? one : 0)) / Int64(perMinute)
            }
            bucket.level -= cost
            return nil
        }
        guard let wait else { return }
        let seconds = String(wait / 1000 + 1)
        var problem = Problem(
            .rateLimitExceeded,
            "More than \(perMinute) requests a minute. Try again in \(seconds) seconds.")
        problem.responseFields = [
            ("Retry-After", seconds), ("RateLimit-Limit", String(perMinute)),
            ("RateLimit-Remaining", "0"), ("RateLimit-Reset", seconds),
        ]
        throw problem
    }
}
