/// Numbers as people, locales and spreadsheets write them.
package struct NumberText: Sendable, Equatable {
    /// Digits without separators, never empty.
    package let whole: String
    /// Digits behind the decimal point, without zeros at the end.
    package let fraction: String

    /// Reads a number that is not negative: `1500`, `1 500,50`, `1,500.50`, `1.234.567`, `1'500`.
    ///
    /// One separator before three digits may part thousands or be the decimal point: `5.000` is
    /// refused, unless only one reading is possible.
    ///
    /// - Parameter decimals: how many the value can have; francs have none.
    package static func read(
        _ sent: String, decimals: Int, unit: String = "number"
    ) -> Reading<NumberText> {
        let text = sent.plainCode
        guard text.utf8.count <= 64 else { return .refused("must be a \(unit) such as 1500") }
        if let fault = Placeholder.spreadsheetFault(text) { return .refused(fault) }
        // A zero is a number.
        if text.utf8.first != 48, Placeholder.isNothing(text) { return .nothing }
        if text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "(") {
            return .refused("must not be negative: write how much it is, from 0 up")
        }
        guard let parts = Parts(text) else { return .refused("must be a \(unit) such as 1500") }
        return parts.number(of: text, decimals: decimals, unit: unit)
    }

    /// Digits between separators.
    private struct Parts {
        var groups: [String] = [""]
        /// Between the groups; blanks and apostrophes are one kind.
        var separators: [UInt8] = []

        init?(_ text: String) {
            var rest = text.utf8[...]
            if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            for byte in rest {
                switch byte {
                case 48...57: groups[groups.count - 1].unicodeScalars.append(Unicode.Scalar(byte))
                case UInt8(ascii: "."), UInt8(ascii: ","):
                    separators.append(byte)
                    groups.append("")
                case 32, UInt8(ascii: "'"), UInt8(ascii: "_"):
                    separators.append(32)
                    groups.append("")
                // The Arabic thousands separator, U+066C, in UTF-8.
                case 0xD9: continue
                case 0xAC:
                    separators.append(32)
                    groups.append("")
                default: return nil
                }
            }
            // 5000,- and .5 and 5.
            if groups.contains(where: \.isEmpty) { return nil }
        }

        func number(
            of text: String, decimals: Int, unit: String
        ) -> Reading<NumberText> {
            guard let last = separators.last else {
                return NumberText.made(groups[0], "", decimals)
            }
            let hasOneKind = Set(separators).count == 1
            let isGrouped =
                groups.dropFirst().allSatisfy { $0.utf8.count == 3 }
                && (1...3).contains(groups[0].utf8.count)
            if hasOneKind, last == 32 {
                return isGrouped
                    ? NumberText.made(groups.joined(), "", decimals)
                    : .refused("must be a \(unit) such as 1500")
            }
            if hasOneKind, separators.count > 1 {
                return isGrouped
                    ? NumberText.made(groups.joined(), "", decimals)
                    : .refused("must be a \(unit) such as 1500")
            }
            let fraction = groups[groups.count - 1]
            if !hasOneKind {
                let heads = Array(groups.dropLast())
                let isGroupedAhead =
                    heads.dropFirst().allSatisfy { $0.utf8.count == 3 }
                    && (1...3).contains(heads[0].utf8.count)
                    && Set(separators.dropLast()).count == 1
                guard isGroupedAhead, last != 32 else {
                    return .refused("must be a \(unit) such as 1500")
                }
                return NumberText.made(heads.joined(), fraction, decimals)
            }
            // One separator, which may be either.
            guard isGrouped, groups[0].utf8.first != 48 else {
                return NumberText.made(groups[0], fraction, decimals)
            }
            // Dinars have three decimals, and programs write a point before them.
            if decimals == 3, last == UInt8(ascii: ".") {
                return NumberText.made(groups[0], fraction, decimals)
            }
            let hasFraction = fraction.utf8.contains { $0 != 48 }
            if decimals == 0, hasFraction, unit != NumberText.wholeUnit {
                return NumberText.made(groups.joined(), "", decimals)
            }
            return .refused(
                "may be \(groups[0])\(hasFraction ? "." + fraction : "") or \(groups.joined()) (\(text)): "
                    + "write it without a separator for thousands")
        }
    }

    /// Quantities may have been fractions: `1.200` boxes is not surely 1200.
    static let wholeUnit = "whole number"

    private static func made(
        _ whole: String, _ fraction: String, _ decimals: Int
    ) -> Reading<NumberText> {
        var fraction = fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        guard fraction.utf8.count <= decimals else {
            return .refused(
                decimals == 0
                    ? "must be a whole number"
                    : "must have at most \(decimals) digits behind the decimal point")
        }
        let digits = whole.utf8.drop { $0 == 48 }
        return .value(
            NumberText(
                whole: digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self),
                fraction: fraction))
    }

    /// A whole number in a range: `120`, `120.0`, `1 200`.
    package static func readWhole(_ sent: String, in range: ClosedRange<Int>) -> Reading<Int> {
        switch read(sent, decimals: 0, unit: wholeUnit) {
        case .nothing: return .nothing
        case .refused(let sentence): return .refused(sentence)
        case .value(let number, let remark):
            guard number.whole.utf8.count <= 18, let value = Int(number.whole),
                range.contains(value)
            else {
                return .refused(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return .value(value, remark: remark)
        }
    }
}
