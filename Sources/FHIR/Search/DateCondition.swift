import Foundation
import Values

/// A date that is asked for: all moments that it may be, and how they are compared (FHIR R4 § 3.1.1.4.7).
struct DateCondition: Sendable {
    enum Prefix: String, Sendable {
        case eq, gt, ge, lt, le
    }

    let prefix: Prefix
    let start: Timestamp
    /// The first moment after it.
    let end: Timestamp

    /// `2024`, `2024-06`, `2024-06-01`, `2024-06-01T10:00Z` and longer, each after a prefix.
    init?(_ text: String) {
        let word = String(text.prefix { $0.isASCII && $0.isLetter }.lowercased())
        let hasPrefix = word.utf8.count == 2 && text.utf8.count > 2
        guard let prefix = hasPrefix ? Prefix(rawValue: word) : .eq else { return nil }
        let rest = hasPrefix ? String(text.dropFirst(2)) : text
        guard let (start, end) = DateCondition.range(of: rest) else { return nil }
        self.prefix = prefix
        self.start = start
        self.end = end
    }

    init(_ prefix: Prefix, from start: Timestamp, until end: Timestamp) {
        self.prefix = prefix
        self.start = start
        self.end = end
    }

    private static func range(of text: String) -> (Timestamp, Timestamp)? {
        if text.utf8.count <= 10 {
            guard let days = days(of: text) else { return nil }
            return (day(days.lowerBound), day(days.upperBound))
        }
        // A space is a + that was not escaped; seconds may be missing.
        let text = text.replacing(" ", with: "+")
        let isToMinute = text.utf8.count > 16 && text.utf8.dropFirst(16).first != UInt8(ascii: ":")
        let full = isToMinute ? text.prefix(16) + ":00" + text.dropFirst(16) : text[...]
        let zoned = full.utf8.count == 19 || full.utf8.count == 16 ? full + "Z" : full
        guard let time = Timestamp(rfc3339: String(zoned)), time.isOfAnEvent else { return nil }
        let hasFraction = zoned.utf8.contains(UInt8(ascii: "."))
        let length: Int64 = isToMinute ? 60_000 : hasFraction ? 1 : 1000
        return (time, Timestamp(milliseconds: time.milliseconds &+ length))
    }

    /// The days of a date, from the first to the one after the last.
    static func days(of text: String) -> Range<Int>? {
        guard let date = BirthDate(text) else { return nil }
        let first = date.date.daysSince1970
        let last =
            switch date.precision {
            case .day: first
            case .month: date.date.lastOfMonth.daysSince1970
            case .year:
                CalendarDate(year: date.year, month: 12, day: 31)?.daysSince1970 ?? first
            }
        return first..<(last + 1)
    }

    private static func day(_ days: Int) -> Timestamp {
        Timestamp(seconds: Int64(days) * 86_400)
    }

    /// - Parameter until: the first moment after it; `nil` of what goes on.
    func fits(_ from: Timestamp, until: Timestamp?) -> Bool {
        switch prefix {
        case .eq: from >= start && (until.map { $0 <= end } ?? false)
        case .gt: until.map { $0 > end } ?? true
        case .ge: until.map { $0 > start } ?? true
        case .lt: from < start
        case .le: from < end
        }
    }
}
