import Foundation

/// Which of day and month comes first in `03/04/2026`.
package enum DateOrder: String, Sendable, CaseIterable {
    case dayFirst = "dmy"
    case monthFirst = "mdy"
}

/// Dates as people write them, turned into what the server reads: `YYYY-MM-DD`, or RFC 3339 when
/// there is a time.
struct DateText {
    let order: DateOrder
    /// Of times without an offset.
    let zone: TimeZone

    /// Whether the text is `YYYY-MM-DD` already, as most are.
    func isISO(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count == 10 else { return false }
        var numbers = InlineArray<3, Int>(repeating: 0)
        var part = 0
        for (index, byte) in text.enumerated() {
            if index == 4 || index == 7 {
                guard byte == UInt8(ascii: "-") else { return false }
                part += 1
            } else {
                guard 48...57 ~= byte else { return false }
                numbers[part] = numbers[part] * 10 + Int(byte) - 48
            }
        }
        return Day(numbers[0], numbers[1], numbers[2]) != nil
    }

    /// `nil` when the text is no date, or one that could mean two days.
    func iso(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespaces)
        let split = text.firstIndex { $0 == "T" || $0 == "t" || $0 == " " }
        guard let date = date(text[..<(split ?? text.endIndex)]) else { return nil }
        guard let split else { return date.text }
        let rest = text[text.index(after: split)...].drop { $0 == " " }
        guard let time = Time(rest) else { return nil }
        // Excel writes midnight for a date without a time.
        guard let offset = time.offset else {
            guard let seconds = offset(of: date, time) else { return nil }
            return "\(date.text)T\(time.text)" + Self.offsetText(seconds)
        }
        return "\(date.text)T\(time.text)\(offset)"
    }

    private struct Day {
        let year: Int
        let month: Int
        let day: Int

        init?(_ year: Int, _ month: Int, _ day: Int) {
            guard (1800...2200).contains(year), (1...12).contains(month), day >= 1 else {
                return nil
            }
            let isLeap =
                year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            let days =
                switch month {
                case 2: isLeap ? 29 : 28
                case 4, 6, 9, 11: 30
                default: 31
                }
            guard day <= days else { return nil }
            (self.year, self.month, self.day) = (year, month, day)
        }

        var text: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }
    }

    private func date(_ text: Substring) -> Day? {
        if text.utf8.count == 8, let number = Self.number(text) {
            return Day(number / 10_000, number / 100 % 100, number % 100)
        }
        let parts = text.split(omittingEmptySubsequences: false) { "/-.".contains($0) }
        // One separator throughout: 2026-06/01 is a mistake.
        guard parts.count == 3, Set(text.filter { "/-.".contains($0) }).count == 1 else {
            return nil
        }
        let numbers = parts.compactMap(Self.number)
        guard numbers.count == 3, parts[1].utf8.count <= 2 else { return nil }
        if parts[0].utf8.count == 4, parts[2].utf8.count <= 2 {
            return Day(numbers[0], numbers[1], numbers[2])
        }
        guard parts[2].utf8.count == 4, parts[0].utf8.count <= 2 else { return nil }
        return switch order {
        case .dayFirst: Day(numbers[2], numbers[1], numbers[0])
        case .monthFirst: Day(numbers[2], numbers[0], numbers[1])
        }
    }

    private struct Time {
        let hour: Int
        let minute: Int
        let second: Int
        let fraction: String
        /// `Z` or `±HH:MM`; `nil` when none was written.
        let offset: String?

        /// `8:30`, `08h30`, `08:30:00.5`, with or without an offset.
        init?(_ text: Substring) {
            var rest = text
            guard let hour = Self.digits(&rest, upTo: 2), hour < 24,
                let mark = rest.popFirst(), mark == ":" || mark == "h" || mark == "H",
                let minute = Self.digits(&rest, upTo: 2), minute < 60
            else { return nil }
            self.hour = hour
            self.minute = minute
            var second = 0
            var fraction = ""
            if rest.first == ":" {
                rest.removeFirst()
                guard let read = Self.digits(&rest, upTo: 2), read < 60 else { return nil }
                second = read
                if rest.first == "." || rest.first == "," {
                    rest.removeFirst()
                    let digits = rest.prefix { $0.isASCII && $0.isNumber }
                    guard (1...9).contains(digits.count) else { return nil }
                    fraction = "." + digits
                    rest.removeFirst(digits.count)
                }
            }
            self.second = second
            self.fraction = fraction
            rest = rest.drop { $0 == " " }
            guard let sign = rest.popFirst() else {
                offset = nil
                return
            }
            if sign == "Z" || sign == "z" {
                guard rest.isEmpty else { return nil }
                offset = "Z"
                return
            }
            guard sign == "+" || sign == "-", let hours = Self.digits(&rest, exactly: 2), hours < 24
            else { return nil }
            if rest.first == ":" { rest.removeFirst() }
            let minutes = rest.isEmpty ? 0 : Self.digits(&rest, exactly: 2)
            guard let minutes, minutes < 60, rest.isEmpty else { return nil }
            offset = "\(sign)\(padded(hours, 2)):\(padded(minutes, 2))"
        }

        var text: String {
            "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" + fraction
        }

        private static func digits(_ rest: inout Substring, upTo count: Int) -> Int? {
            let digits = rest.prefix(count).prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(digits.count)
            return DateText.number(digits)
        }

        private static func digits(_ rest: inout Substring, exactly count: Int) -> Int? {
            let before = rest.count
            let value = digits(&rest, upTo: count)
            return before - rest.count == count ? value : nil
        }
    }

    /// Seconds east of UTC at that moment in `zone`.
    private func offset(of day: Day, _ time: Time) -> Int? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = DateComponents(
            year: day.year, month: day.month, day: day.day, hour: time.hour, minute: time.minute,
            second: time.second)
        guard let date = calendar.date(from: parts) else { return nil }
        return zone.secondsFromGMT(for: date)
    }

    private static func offsetText(_ seconds: Int) -> String {
        if seconds == 0 { return "Z" }
        let minutes = abs(seconds) / 60
        return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 8, text.utf8.allSatisfy({ 48...57 ~= $0 }) else {
            return nil
        }
        return Int(text)
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
