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
        words.withLock { words in (RandomPool.next(of: &words), RandomPool.next(of: &words)) }
    }

    /// 64 bits that nobody is given a second time.
    package func uint64() -> UInt64 {
        words.withLock { words in RandomPool.next(of: &words) }
    }

    private static func next(of words: inout [UInt64]) -> UInt64 {
        while true {
            if let word = words.popLast() { return word }
            words = SecureRandom.words(refillCount)
        }
    }
}
