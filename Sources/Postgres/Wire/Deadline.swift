internal import Glibc

/// A moment by which something must have happened, on a clock that nobody sets.
struct Deadline: Sendable {
    private let nanoseconds: Int64

    init(after duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let bounded = min(max(seconds, 0), 1_000_000)
        nanoseconds = Self.now + bounded * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000
    }

    private static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// How long ago it was; 0 before.
    var nanosecondsAgo: UInt64 { UInt64(clamping: Self.now - nanoseconds) }

    func earlier(of other: Deadline) -> Deadline {
        nanoseconds < other.nanoseconds ? self : other
    }

    var hasPassed: Bool { remainingMilliseconds == 0 }

    /// For poll(2), rounded up; 0 once it has passed.
    var remainingMilliseconds: Int32 {
        Int32(clamping: max(0, nanoseconds - Self.now + 999_999) / 1_000_000)
    }
}
