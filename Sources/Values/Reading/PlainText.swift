import Foundation

extension String {
    /// Without the spaces around it, and without marks that nobody sees: zero-width characters, marks
    /// of direction, byte order marks, soft hyphens. Every space is a plain one.
    package var withoutInvisibleMarks: String { cleaned(keepingJoiners: false) }

    /// The same for what people read: U+200C and U+200D stay where they are spelling, between letters of
    /// scripts that join them (Persian, Kurdish, Indic ones) and after a virama. No comparison heeds them.
    package var withoutStrayMarks: String { cleaned(keepingJoiners: true) }

    private func cleaned(keepingJoiners: Bool) -> String {
        if isPlainASCII { return self }
        var scalars = UnicodeScalarView()
        // One that follows a letter waits for the next.
        var joiner: Unicode.Scalar?
        for scalar in unicodeScalars {
            if keepingJoiners, (0x200C...0x200D).contains(scalar.value), let last = scalars.last,
                last.isJoining
            {
                if last.properties.canonicalCombiningClass == .virama {
                    scalars.append(scalar)
                } else {
                    joiner = joiner ?? scalar
                }
            }
            guard !Self.isInvisible(scalar) else { continue }
            if let joiner, scalar.isJoining { scalars.append(joiner) }
            joiner = nil
            scalars.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
        }
        return String(scalars).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A code, number or date as it was meant: besides, digits, hyphens and apostrophes in ASCII, and without what spreadsheets put around a text (`'0671`, `="0671"`).
    package var plainCode: String {
        var text = self
        if !isPlainASCII {
            var scalars = UnicodeScalarView()
            for scalar in withoutInvisibleMarks.unicodeScalars {
                scalars.append(Self.plain(scalar))
            }
            text = String(scalars)
        }
        return text.withoutSpreadsheetQuotes
    }

    private var withoutSpreadsheetQuotes: String {
        let bytes = utf8
        if bytes.first == UInt8(ascii: "'") {
            return String(decoding: bytes.dropFirst(), as: UTF8.self).withoutInvisibleMarks
        }
        guard bytes.first == UInt8(ascii: "="), bytes.count > 3, bytes.starts(with: "=\"".utf8),
            bytes.last == UInt8(ascii: "\"")
        else { return self }
        return String(decoding: bytes.dropFirst(2).dropLast(), as: UTF8.self).withoutInvisibleMarks
    }

    /// Visible ASCII that needs no trimming, as nearly every text is.
    private var isPlainASCII: Bool {
        let bytes = utf8.span
        guard !bytes.isEmpty else { return true }
        return bytes[0] != 32 && bytes[bytes.count - 1] != 32 && isVisibleASCII
    }

    /// Whether all of it is ASCII, without control characters.
    package var isVisibleASCII: Bool {
        let bytes = utf8.span
        for index in bytes.indices where !(32...126).contains(bytes[index]) { return false }
        return true
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x660...0x669: Unicode.Scalar(UInt8(scalar.value - 0x660 + 48))
        case 0x6F0...0x6F9: Unicode.Scalar(UInt8(scalar.value - 0x6F0 + 48))
        case 0x2010...0x2015, 0x2043, 0x2212, 0xFE58, 0xFE63, 0x2E3A, 0x2E3B: "-"
        case 0x2018, 0x2019, 0x201B, 0x2032, 0x02BC: "'"
        case 0x2044, 0x2215: "/"
        case 0x066B: ","
        default: scalar
        }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F,
            0xFE00...0xFE0F,
            0xFEFF, 0xFFF9...0xFFFB:
            true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is a letter or a sign of a script in which joiners are spelling: Arabic and Syriac to
    /// Mandaic, the Indic ones, Burmese, Khmer and Mongolian.
    fileprivate var isJoining: Bool {
        switch value {
        case 0x600...0xDFF, 0x1000...0x109F, 0x1780...0x18AF, 0xFB50...0xFDFF, 0xFE70...0xFEFC:
            switch properties.generalCategory {
            case .otherLetter, .nonspacingMark, .spacingMark: true
            default: false
            }
        default: false
        }
    }
}

/// What reading a text gives.
package enum Reading<Value: Sendable>: Sendable {
    /// - Parameter remark: what the sender should know of how it was read.
    case value(Value, remark: String? = nil)
    /// The text stands for nothing: an empty field.
    case nothing
    /// A predicate for people: "must be …", "may be 5 or 5000: …".
    case refused(String)

    package var value: Value? {
        if case .value(let value, _) = self { value } else { nil }
    }

    package var refusal: String? {
        if case .refused(let sentence) = self { sentence } else { nil }
    }
}
