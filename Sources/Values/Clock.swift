import Foundation

/// The time; tests set it.
package struct Clock: Sendable {
    package let now: @Sendable () -> Timestamp

    /// A clock that stands before 1970 or after 2200 shows the nearest of these: ids hold 48 bits of
    /// time, and everything adds to it.
    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = { min(max(now(), Timestamp(milliseconds: 0)), Self.last) }
    }

    private static let last = Timestamp(
        seconds: Int64(CalendarDate.events.upperBound.daysSince1970) * 86_400)

    package static let system = Clock {
        Timestamp(
            milliseconds: Int64(exactly: (Date().timeIntervalSince1970 * 1000).rounded(.down)) ?? 0)
    }
}
