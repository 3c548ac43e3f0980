/// IMF-fixdate (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    /// The end of the year 9999.
    static let last = 253_402_300_799

    /// By the civil calendar's 400-year cycle counted from 1 March 2000.
    ///
    /// - Parameter second: since 1970, UTC.
    package static func text(_ second: Int) -> String {
        let second = min(max(second, 0), last)
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
        return "\(days[day % 7]), \(date) \(clock) GMT"
    }
}
