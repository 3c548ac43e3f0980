internal import CLinux
internal import Glibc

/// The Date field of responses (RFC 9110 §6.6.1), remade once a second.
struct DateField {
    /// "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n": it also ends the status line before it.
    private(set) var line: [UInt8] = []
    private var second = Int.min
    /// The end of the year 9999.
    private static let last = 253_402_300_799

    init() { update() }

    /// Reads the coarse clock, a few nanoseconds.
    mutating func update() {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        // A clock may stand before 1970, or after the years that the form can write.
        let now = min(max(time.tv_sec, 0), Self.last)
        if now != second {
            second = now
            line = Self.line(for: second)
        }
    }

    /// IMF-fixdate, by the civil calendar's 400-year cycle counted from 1 March 2000.
    ///
    /// - Parameter second: since 1970, UTC.
    static func line(for second: Int) -> [UInt8] {
        let day = second / 86_400
        let inDay = second % 86_400
        let shifted = day - 11_017  // 2000-03-01
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153  // 0 is March.
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let year = 2000 + era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1970 began on a Thursday.
        let months = [
            "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
        ]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(dayOfMonth)) \(months[month]) \(year)"
        let clock = "\(two(inDay / 3600)):\(two(inDay / 60 % 60)):\(two(inDay % 60))"
        return Array("\r\nDate: \(days[day % 7]), \(date) \(clock) GMT\r\n".utf8)
    }
}
