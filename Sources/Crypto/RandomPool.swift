internal import Synchronization

/// Random bits for ids, which are many and no secrets: one system call serves dozens.
///
/// Keys and secrets come from `SecureRandom` itself. Nothing here survives in a copy of the process:
/// the server never forks.
package final class RandomPool: Sendable {
    private let words = Mutex<[UInt64]>([])
    private static let refillCount = 128

    package init() {}

    /// 128 bits that nobody gets twice.
    package func uint128() -> (high: UInt64, low: UInt64) {
        words.withLock { words in
            while true {
                if let high = words.popLast(), let low = words.popLast() { return (high, low) }
                words = SecureRandom.words(RandomPool.refillCount)
            }
        }
    }
}
