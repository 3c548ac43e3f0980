// What spreadsheets leave behind where a value was.

extension Placeholder {
    /// What is wrong with what a spreadsheet left behind: one of its errors, or a number cut off to an
    /// exponent; `nil` where it is neither.
    package static func spreadsheetFault(_ text: String) -> String? {
        guard text.utf8.count <= 32 else { return nil }
        if isSpreadsheetError(text) {
            return "is an error of a spreadsheet (\(text)): correct the cell and export it again"
        }
        return cutOffExponent(text) == nil ? nil : cutOff(text)
    }

    private static func cutOff(_ text: String) -> String {
        "is a number that a spreadsheet has cut off (\(text)): format the column as text, enter all "
            + "digits and export it again"
    }

    /// The same of a result. Its exponent may be its own (`1.2E+05` copies): spreadsheets cut off what has
    /// twelve digits. A ratio or an interval may have become a day or a time: `12-mars`, `01:40:00`.
    package static func measurementFault(_ text: String) -> String? {
        guard text.utf8.count <= 32 else { return nil }
        if isDay(text) { return madeUp("day", text) }
        if isTime(text) { return madeUp("time", text) }
        return destroyedFault(text)
    }

    /// The same of a vital sign, which is neither yes nor no.
    package static func vitalFault(_ text: String) -> String? {
        if isYesOrNo(text) { return "must be a measurement, not yes or no" }
        return measurementFault(text)
    }

    /// What to say of a result that is kept: it may be what a spreadsheet has made of a word.
    package static func measurementRemark(_ text: String) -> String? {
        guard isYesOrNo(text) else { return nil }
        return
            "is a yes or no (\(text)): say what was found, such as positive or negative"
    }

    private static func isYesOrNo(_ text: String) -> Bool {
        (4...5).contains(text.utf8.count)
            && ["true", "false", "vrai", "faux"].contains(text.lowercased())
    }

    private static func destroyedFault(_ text: String) -> String? {
        if isDayMadeUp(text) { return madeUp("day", text) }
        if let exponent = cutOffExponent(text) { return exponent < 11 ? nil : cutOff(text) }
        return spreadsheetFault(text)
    }

    /// Whether it is digits and a point only, as nearly every result: nothing has destroyed those.
    package static func isPlainMeasurement(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var points = 0
        for index in bytes.indices where !(48...57).contains(bytes[index]) {
            guard bytes[index] == UInt8(ascii: "."), points == 0 else { return false }
            points += 1
        }
        return true
    }

    /// The same of how much or how often something is taken, which is no day at all: `1-1-1` has become
    /// `01/01/2001`.
    package static func doseFault(_ text: String) -> String? {
        if text.utf8.count <= 10, WrittenDate.isWholeDay(text) { return madeUp("day", text) }
        return text.utf8.count <= 32 ? destroyedFault(text) : nil
    }

    private static func madeUp(_ what: String, _ text: String) -> String {
        "is a \(what) that a spreadsheet has made of it (\(text)): format the column as text, enter the "
            + "value and export it again"
    }

    /// A day of a year, with or without a time; one in digits has marks between them.
    private static func isDay(_ text: String) -> Bool {
        guard text.utf8.count >= 8, text.utf8.contains(where: "-/. ".utf8.contains),
            text.utf8.count(where: { (48...57).contains($0) }) >= 5
        else { return false }
        if WrittenDate.isWholeDay(text) || WrittenDate.isNoDate(text) { return true }
        return [DateOrder.dayFirst, .monthFirst].contains {
            WrittenDate.read(text, order: $0).value?.precision == .day
        }
    }

    /// `00:04:05`, `1:40 AM`; `1:40` is a ratio.
    private static func isTime(_ text: String) -> Bool {
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        let hasHalf = text.utf8.last.map { $0 | 0x20 == UInt8(ascii: "m") } ?? false
        return (colons == 2 || colons == 1 && hasHalf) && ClockTime(text) != nil
    }

    /// A month's name and one or two digits, between them a mark or a space: `12-mars`, `4 mai`, `05.avr`.
    private static func isDayMadeUp(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 32 else { return false }
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        func isMark(_ byte: UInt8) -> Bool { "-./ ,".utf8.contains(byte) }
        let word: Substring.UTF8View
        let before = bytes.prefix(while: isDigit)
        let after = bytes.reversed().prefix(while: isDigit)
        if (1...2).contains(before.count) {
            word = bytes.dropFirst(before.count)
            guard word.first.map(isMark) ?? false else { return false }
        } else if (1...2).contains(after.count) {
            word = bytes.dropLast(after.count)
            guard word.last.map(isMark) ?? false else { return false }
        } else {
            return false
        }
        guard !word.contains(where: isDigit) else { return false }
        return MonthNames.months[String(Substring(word)).foldedWord] != nil
    }

    private static func isSpreadsheetError(_ text: String) -> Bool {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "#") {
            return bytes.count > 1 && bytes.allSatisfy { $0 == UInt8(ascii: "#") }
                || bytes.count > 3
                    && (bytes.last == UInt8(ascii: "!") || bytes.last == UInt8(ascii: "?"))
                || ["#N/A", "#N/D", "#NV", "#N.D", "#GETTING_DATA", "#ERROR", "#ERREUR"].contains(
                    text.uppercased())
        }
        // LibreOffice: Err:502, in French Err :502.
        guard bytes.first == UInt8(ascii: "E") else { return false }
        let plain = text.filter { $0 != " " }.utf8
        return plain.count == 7 && plain.starts(with: "Err:".utf8)
            && plain.dropFirst(4).allSatisfy { (48...57).contains($0) }
    }

    /// Of `1.04829E+11`, `2,37671E+11`, `6E+08`; `2E5` is a code.
    private static func cutOffExponent(_ text: String) -> Int? {
        guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return nil }
        var bytes = text.utf8[...]
        func digits() -> Substring.UTF8View {
            let digits = bytes.prefix { (48...57).contains($0) }
            bytes = bytes.dropFirst(digits.count)
            return digits
        }
        func sign() -> UInt8? {
            guard let sign = bytes.first, "+-".utf8.contains(sign) else { return nil }
            bytes = bytes.dropFirst()
            return sign
        }
        _ = sign()
        guard digits().count == 1 else { return nil }
        var isNumber = false
        if let point = bytes.first, ".,".utf8.contains(point) {
            bytes = bytes.dropFirst()
            guard !digits().isEmpty else { return nil }
            isNumber = true
        }
        guard let mark = bytes.first, mark | 0x20 == UInt8(ascii: "e") else { return nil }
        bytes = bytes.dropFirst()
        let direction = sign()
        let exponent = digits()
        guard isNumber || direction != nil, (1...3).contains(exponent.count), bytes.isEmpty else {
            return nil
        }
        let size = exponent.reduce(0) { $0 * 10 + Int($1) - 48 }
        return direction == UInt8(ascii: "-") ? -size : size
    }
}
