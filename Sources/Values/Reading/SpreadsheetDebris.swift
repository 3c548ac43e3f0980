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
    /// twelve digits. A ratio or an interval may have become a day: `12-mars`, `Jan-80`.
    package static func measurementFault(_ text: String) -> String? {
        guard text.utf8.count <= 32 else { return nil }
        if isDayMadeUp(text) { return madeUpDay(text) }
        if let exponent = cutOffExponent(text) { return exponent < 11 ? nil : cutOff(text) }
        return spreadsheetFault(text)
    }

    /// Whether it is digits and points only, as nearly every result: nothing has destroyed those.
    package static func isPlainMeasurement(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices
        where !(48...57).contains(bytes[index]) && bytes[index] != UInt8(ascii: ".") {
            return false
        }
        return true
    }

    /// The same of how much or how often something is taken, which is no day at all: `1-1-1` has become
    /// `01/01/2001`.
    package static func doseFault(_ text: String) -> String? {
        if text.utf8.count <= 10, WrittenDate.isWholeDay(text) { return madeUpDay(text) }
        return measurementFault(text)
    }

    private static func madeUpDay(_ text: String) -> String {
        "is a day that a spreadsheet has made of it (\(text)): format the column as text, enter the value "
            + "and export it again"
    }

    /// A month's name and one or two digits, between them a hyphen.
    private static func isDayMadeUp(_ text: String) -> Bool {
        guard text.utf8.count <= 32, text.utf8.contains(UInt8(ascii: "-")) else { return false }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return [(parts[0], parts[1]), (parts[1], parts[0])].contains { number, month in
            (1...2).contains(number.utf8.count) && number.utf8.allSatisfy { (48...57).contains($0) }
                && MonthNames.months[String(month).foldedWord] != nil
        }
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
