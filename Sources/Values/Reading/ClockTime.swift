/// A time on a clock, with the offset from UTC where one was written.
package struct ClockTime: Sendable, Equatable {
    package let hour: Int
    package let minute: Int
    package let second: Int
    /// The fraction of the second in milliseconds.
    package let millisecond: Int
    /// Seconds east of UTC; `nil` when none was written.
    package let offset: Int?

    /// Milliseconds since midnight.
    package var milliseconds: Int {
        (hour * 3600 + minute * 60 + second) * 1000 + millisecond
    }

    package var isMidnight: Bool { milliseconds == 0 }

    /// `HH:MM:SS`.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8)
        bytes.append(twoDigits: hour)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(twoDigits: minute)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(twoDigits: second)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads `8:30`, `08h30`, `8h`, `08:30:00.000`, `8:30 PM`, `0830`, `083000`, `08:30+01:00`, and the time of a
    /// date and time, such as `1899-12-30T08:30:00`.
    package static func read(_ sent: String) -> Reading<ClockTime> {
        let text = sent.plainCode
        if let fault = Placeholder.spreadsheetFault(text) { return .refused(fault) }
        if text.utf8.count > 1, Placeholder.isNothing(text) { return .nothing }
        if text.isEmpty { return .nothing }
        if isFractionOfDay(text) {
            return .refused(
                "is the number that a spreadsheet keeps for a time (\(text)): format the column as time "
                    + "and export it again")
        }
        guard let time = ClockTime(text) ?? ofDateAndTime(text) else {
            return .refused("must be a time such as 08:30")
        }
        return .value(time)
    }

    private static func ofDateAndTime(_ text: String) -> ClockTime? {
        guard text.utf8.count > 10, let start = WrittenDate.startOfClock(in: Array(text.utf8))
        else {
            return nil
        }
        return ClockTime(String(decoding: Array(text.utf8)[start...], as: UTF8.self))
    }

    /// `0.354166667`.
    private static func isFractionOfDay(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.count > 3 && bytes.first == 48
            && bytes.dropFirst().first.map { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
                ?? false
            && bytes.dropFirst(2).allSatisfy { (48...57).contains($0) }
    }

    init?(_ text: String) {
        var digits = ByteReader(text.utf8)
        guard let first = digits.digits(upTo: 6) else { return nil }
        var hour = first.value
        var minute = 0
        var second = 0
        var millisecond = 0
        if first.count == 4 {
            // 0830, as rosters have it.
            (hour, minute) = (first.value / 100, first.value % 100)
        } else if first.count == 6 {
            // 083000 of HL7.
            (hour, minute, second) = (
                first.value / 10_000, first.value / 100 % 100, first.value % 100
            )
        } else {
            guard first.count <= 2 else { return nil }
            let mark = digits.next
            if mark == UInt8(ascii: ":") {
                digits.skip()
                guard let read = digits.digits(upTo: 2), read.count == 2 else { return nil }
                minute = read.value
            } else if mark.map({ $0 | 0x20 }) == UInt8(ascii: "h") {
                digits.skip()
                if let read = digits.digits(upTo: 2) {
                    guard read.count == 2 else { return nil }
                    minute = read.value
                }
                _ = digits.skipWord("min") || digits.skipWord("mn") || digits.skipWord("m")
            } else if !digits.isBeforeHalfOfDay {
                return nil
            }
            if digits.next == UInt8(ascii: ":") {
                digits.skip()
                guard let read = digits.digits(upTo: 2), read.count == 2 else { return nil }
                second = read.value
                if digits.next == UInt8(ascii: ".") || digits.next == UInt8(ascii: ",") {
                    digits.skip()
                    guard let read = digits.fraction() else { return nil }
                    millisecond = read
                }
            }
        }
        digits.skipSpaces()
        if let isAfternoon = digits.halfOfDay() {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        // A leap second counts as the one before it.
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        digits.skipSpaces()
        var offset: Int?
        if !digits.isAtEnd {
            guard let read = digits.offset() else { return nil }
            offset = read
        }
        guard digits.isAtEnd else { return nil }
        (self.hour, self.minute, self.second) = (hour, minute, min(second, 59))
        (self.millisecond, self.offset) = (millisecond, offset)
    }

    package init?(hour: Int, minute: Int) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        (self.hour, self.minute, second, millisecond, offset) = (hour, minute, 0, 0, nil)
    }
}

/// Reads bytes from the front; never past the end.
struct ByteReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var isAtEnd: Bool { at == bytes.count }
    var next: UInt8? { at < bytes.count ? bytes[at] : nil }
    var rest: ArraySlice<UInt8> { bytes[at...] }

    mutating func skip() { if at < bytes.count { at += 1 } }

    mutating func skipSpaces() { while next == 32 { at += 1 } }

    /// - Returns: the value of one to `limit` digits, and how many there were.
    mutating func digits(upTo limit: Int) -> (value: Int, count: Int)? {
        var value = 0
        var count = 0
        while count < limit, let byte = next, (48...57).contains(byte) {
            value = value * 10 + Int(byte) - 48
            count += 1
            at += 1
        }
        return count > 0 ? (value, count) : nil
    }

    /// Digits after a decimal point, cut to milliseconds.
    mutating func fraction() -> Int? {
        guard let head = digits(upTo: 3) else { return nil }
        var value = head.value
        for _ in head.count..<3 { value *= 10 }
        while let byte = next, (48...57).contains(byte) { at += 1 }
        return value
    }

    /// Skips a word, whatever its case, if it stands here.
    mutating func skipWord(_ word: String) -> Bool {
        let rest = rest
        guard rest.count >= word.utf8.count,
            zip(rest, word.utf8).allSatisfy({ ($0 | 0x20) == $1 || $0 == $1 })
        else { return false }
        at += word.utf8.count
        return true
    }

    var isBeforeHalfOfDay: Bool {
        var copy = self
        copy.skipSpaces()
        return copy.halfOfDay() != nil
    }

    /// AM or PM, in English and Arabic; whether it is the second half.
    mutating func halfOfDay() -> Bool? {
        if skipWord("a.m.") || skipWord("am") || skipWord("ص") { return false }
        if skipWord("p.m.") || skipWord("pm") || skipWord("م") { return true }
        return nil
    }

    /// `Z`, `UTC`, `GMT+0100 (WAT)`, `+01:00`, `+0100`, `+01`; seconds east of UTC.
    mutating func offset() -> Int? {
        let isNamed = skipWord("gmt") || skipWord("utc") || skipWord("z")
        if isNamed, isAtEnd { return 0 }
        let isWest = next == UInt8(ascii: "-")
        guard isWest || next == UInt8(ascii: "+") else { return nil }
        skip()
        guard let hours = digits(upTo: 2), hours.count == 2 else { return nil }
        if next == UInt8(ascii: ":") { skip() }
        let minutes = digits(upTo: 2) ?? (0, 2)
        guard hours.value < 24, minutes.count == 2, minutes.value < 60 else { return nil }
        skipSpaces()
        // The name of the zone, as JavaScript adds it.
        if next == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") { at = bytes.count }
        return (hours.value * 3600 + minutes.value * 60) * (isWest ? -1 : 1)
    }
}
