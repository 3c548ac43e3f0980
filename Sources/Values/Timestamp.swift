/// A moment in UTC, to the millisecond.
///
/// The whole server counts in these: the database stores the number, answers show RFC 3339 with `Z`.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Whole seconds since 1970, as JWT's NumericDate counts (RFC 7519 §2).
    package var seconds: Int64 { milliseconds.flooredDivision(by: 1000) }

    /// Quarters of an hour since 1970: every time zone's day begins with one.
    package var quarterHour: Int64 { seconds.flooredDivision(by: 900) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The first and the last moment that RFC 3339 can write.
    private static let first: Int64 = -62_135_596_800_000
    private static let last: Int64 = 253_402_300_799_999

    /// A moment counted in seconds; one that no calendar shows is the nearest that it does.
    package init(seconds: Int64) {
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        milliseconds = overflows ? (seconds < 0 ? Self.first : Self.last) : product
    }

    /// The same of whole hours.
    package init(hours: Int64) {
        let (product, overflows) = hours.multipliedReportingOverflow(by: 3600)
        self.init(seconds: overflows ? (hours < 0 ? .min : .max) : product)
    }

    /// Whether its day in UTC is one of `CalendarDate.events`, but for the first, which is what SQL
    /// Server and spreadsheets make of no date.
    package var isOfAnEvent: Bool {
        milliseconds >= -2_208_902_400_000 && milliseconds < 7_289_654_400_000
    }

    /// The same moment, or the nearest that a calendar shows.
    package var shown: Timestamp {
        Timestamp(milliseconds: min(max(milliseconds, Self.first), Self.last))
    }

    package func adding(seconds: Int64) -> Timestamp {
        let (product, isFar) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflows) = milliseconds.addingReportingOverflow(product)
        guard !isFar, !overflows else {
            return Timestamp(milliseconds: seconds < 0 ? Self.first : Self.last)
        }
        return Timestamp(milliseconds: sum)
    }

    /// RFC 3339 in UTC with whole seconds: `2026-06-01T09:30:00Z`.
    package var rfc3339: String {
        let text = rfc3339UTF8
        return String(ascii: text.span)
    }

    /// The same as bytes, for what is written at once.
    package var rfc3339UTF8: InlineArray<20, UInt8> {
        // What the database gives back may be anything.
        let seconds = shown.milliseconds.flooredDivision(by: 1000)
        let days = seconds.flooredDivision(by: 86_400)
        let second = Int(seconds - days * 86_400)
        let date = CalendarDate(daysSince1970: Int(days))
        // Every record shows three of these.
        var text = InlineArray<20, UInt8>(repeating: 0)
        var output = text.mutableSpan
        output.write(date)
        output[10] = UInt8(ascii: "T")
        output.write(second / 3600, at: 11)
        output[13] = UInt8(ascii: ":")
        output.write(second / 60 % 60, at: 14)
        output[16] = UInt8(ascii: ":")
        output.write(second % 60, at: 17)
        output[19] = UInt8(ascii: "Z")
        return text
    }

    /// Reads RFC 3339 with any offset, with or without a fraction; a leap second counts as the
    /// second before it. `nil` when the text is anything else, names a time that does not exist, or,
    /// once its offset is applied, one outside the years 1 to 9999.
    package init?(rfc3339 text: String) {
        self.init(rfc3339: text.utf8)
    }

    /// The same of text that is UTF-8. A generic initialiser would not be specialised in other modules.
    package init?(rfc3339 text: ArraySlice<UInt8>) {
        self.init(reading: text)
    }

    package init?(rfc3339 text: String.UTF8View) {
        self.init(reading: text)
    }

    package init?(rfc3339 text: [UInt8]) {
        self.init(reading: text[...])
    }

    private init?(reading text: some Collection<UInt8>) {
        var digits = DigitReader(text)
        guard let date = CalendarDate(reading: &digits),
            digits.skip(UInt8(ascii: "T")) || digits.skip(UInt8(ascii: "t"))
                || digits.skip(UInt8(ascii: " ")),
            let hour = digits.number(2), hour < 24, digits.skip(UInt8(ascii: ":")),
            let minute = digits.number(2), minute < 60, digits.skip(UInt8(ascii: ":")),
            let second = digits.number(2), second <= 60
        else { return nil }
        var fraction = 0
        if digits.skip(UInt8(ascii: ".")) {
            guard let read = digits.milliseconds() else { return nil }
            fraction = read
        }
        guard let offset = digits.offset(), digits.isAtEnd else { return nil }
        let clock = hour * 3600 + minute * 60 + min(second, 59)
        let total = date.daysSince1970 * 86_400 + clock - offset
        let milliseconds = Int64(total) * 1000 + Int64(fraction)
        guard (Self.first...Self.last).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }
}

/// A day in the Gregorian calendar, without a time or a zone.
package struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    package var lastOfMonth: CalendarDate {
        CalendarDate(year: year, month: month, day: CalendarDate.days(inMonth: month, of: year))
            ?? self
    }

    /// `nil` when there is no such day (2026-02-30).
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...CalendarDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads exactly `YYYY-MM-DD`.
    package init?(_ text: String) {
        var digits = DigitReader(text.utf8)
        guard let date = CalendarDate(reading: &digits), digits.isAtEnd else { return nil }
        self = date
    }

    fileprivate init?(reading digits: inout DigitReader<some Collection<UInt8>>) {
        guard let year = digits.number(4), digits.skip(UInt8(ascii: "-")),
            let month = digits.number(2), digits.skip(UInt8(ascii: "-")),
            let day = digits.number(2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The days that somebody may be born on, and those of anything else (contract § 1).
    package static let births = CalendarDate(daysSince1970: -62_091)...last
    package static let events = CalendarDate(daysSince1970: -25_567)...last
    private static let last = CalendarDate(daysSince1970: 84_370)

    /// What is said of a day that lies outside.
    package static func refusal(of range: ClosedRange<CalendarDate>) -> String {
        "must be a day from \(range.lowerBound) to \(range.upperBound)"
    }

    /// The day that lies `days` after 1970-01-01 (Hinnant's civil_from_days); before the year 1 or
    /// after 9999, the nearest.
    package init(daysSince1970 days: Int) {
        let shifted = min(max(days, -719_162), 2_932_896) + 719_468
        let era = Int(Int64(shifted).flooredDivision(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    package var description: String {
        var text = InlineArray<10, UInt8>(repeating: 0)
        var output = text.mutableSpan
        output.write(self)
        return String(ascii: text.span)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Reads fixed-width digits by hand: `Int("+5")` would succeed.
private struct DigitReader<Text: Collection<UInt8>> {
    private let text: Text
    private var at: Text.Index

    init(_ text: Text) {
        self.text = text
        at = text.startIndex
    }

    var isAtEnd: Bool { at == text.endIndex }

    private var next: UInt8? { isAtEnd ? nil : text[at] }

    mutating func number(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = next, (48...57).contains(digit) else { return nil }
            value = value * 10 + Int(digit) - 48
            text.formIndex(after: &at)
        }
        return value
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        text.formIndex(after: &at)
        return true
    }

    /// One to nine digits after the decimal point, cut to milliseconds.
    mutating func milliseconds() -> Int? {
        var value = 0
        var count = 0
        while let byte = next, (48...57).contains(byte), count < 9 {
            if count < 3 { value = value * 10 + Int(byte) - 48 }
            text.formIndex(after: &at)
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<max(count, 3) { value *= 10 }
        return value
    }

    /// `Z` or `±HH:MM`, in seconds east of UTC.
    mutating func offset() -> Int? {
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let isWest = skip(UInt8(ascii: "-"))
        guard isWest || skip(UInt8(ascii: "+")), let hours = number(2), hours < 24,
            skip(UInt8(ascii: ":")), let minutes = number(2), minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}

extension [UInt8] {
    /// The last two decimal digits of a value that is not negative.
    mutating func append(twoDigits value: Int) {
        let pair = UInt8(truncatingIfNeeded: value % 100)
        append(UInt8(ascii: "0") + pair / 10)
        append(UInt8(ascii: "0") + pair % 10)
    }
}

extension MutableSpan<UInt8> {
    /// `YYYY-MM-DD` in the first ten bytes.
    fileprivate mutating func write(_ date: CalendarDate) {
        write(date.year / 100, at: 0)
        write(date.year % 100, at: 2)
        self[4] = UInt8(ascii: "-")
        write(date.month, at: 5)
        self[7] = UInt8(ascii: "-")
        write(date.day, at: 8)
    }

    /// The last two decimal digits of a value that is not negative.
    fileprivate mutating func write(_ value: Int, at index: Int) {
        let pair = UInt8(truncatingIfNeeded: value % 100)
        self[index] = UInt8(ascii: "0") + pair / 10
        self[index + 1] = UInt8(ascii: "0") + pair % 10
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self + 1) / divisor - 1
    }
}
