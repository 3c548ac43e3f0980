/// Hexadecimal, written in lower case and read in either.
package enum Hex {
    package static func encode(_ bytes: Span<UInt8>) -> String {
        String(decoding: encodeUTF8(bytes), as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }
    package static func encode(_ bytes: ArraySlice<UInt8>) -> String { encode(bytes.span) }

    package static func encodeUTF8(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for index in bytes.indices {
            text.append(digit(bytes[index] >> 4))
            text.append(digit(bytes[index] & 15))
        }
        return text
    }

    /// `nil` unless every pair of characters is two hexadecimal digits.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var at = 0
        while at < text.count {
            guard let high = value(text[at]), let low = value(text[at + 1]) else { return nil }
            bytes.append(high << 4 | low)
            at += 2
        }
        return bytes
    }

    package static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { decode(text.span) }
    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8.span) }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
