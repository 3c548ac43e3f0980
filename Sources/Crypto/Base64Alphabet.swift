/// The six-bit code of RFC 4648, in either alphabet, with or without padding. Strict: no line
/// breaks, no foreign characters, and each text has one spelling only (§3.5).
struct Base64Alphabet: Sendable {
    private static let padding = UInt8(ascii: "=")
    private static let invalid: UInt8 = 0xFF

    private let symbols: [UInt8]
    /// The value of each byte as a symbol, or `invalid`.
    private let values: [UInt8]
    private let isPadded: Bool

    init(lastSymbols: String, isPadded: Bool) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        symbols = Array((letters + lastSymbols).utf8)
        var values = [UInt8](repeating: Self.invalid, count: 256)
        for (value, symbol) in symbols.enumerated() {
            values[Int(symbol)] = UInt8(truncatingIfNeeded: value)
        }
        self.values = values
        self.isPadded = isPadded
    }

    func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var at = 0
        while at < bytes.count {
            let rest = bytes.count - at
            let first = UInt32(bytes[at]) << 16
            let second = rest > 1 ? UInt32(bytes[at + 1]) << 8 : 0
            let third = rest > 2 ? UInt32(bytes[at + 2]) : 0
            let group = first | second | third
            text.append(symbols[Int(group >> 18)])
            text.append(symbols[Int(group >> 12 & 63)])
            if rest > 1 { text.append(symbols[Int(group >> 6 & 63)]) }
            if rest > 2 { text.append(symbols[Int(group & 63)]) }
            at += 3
        }
        if isPadded {
            while !text.count.isMultiple(of: 4) { text.append(Self.padding) }
        }
        return text
    }

    func decode(_ text: Span<UInt8>) -> [UInt8]? {
        var end = text.count
        if isPadded {
            guard end.isMultiple(of: 4) else { return nil }
            var pads = 0
            while pads < 2 && end > 0 && text[end - 1] == Self.padding {
                end -= 1
                pads += 1
            }
        }
        // One symbol alone holds less than a byte.
        guard end % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        // Whole groups: four symbols are three bytes. `invalid` is above all six-bit values.
        let whole = end / 4 * 4
        var at = 0
        var valid = true
        bytes.append(addingCapacity: whole / 4 * 3) { output in
            while at < whole {
                let first = values[Int(text[at])]
                let second = values[Int(text[at + 1])]
                let third = values[Int(text[at + 2])]
                let fourth = values[Int(text[at + 3])]
                valid = valid && first | second | third | fourth < 64
                output.append(first << 2 | second >> 4)
                output.append(second << 4 | third >> 2)
                output.append(third << 6 | fourth)
                at += 4
            }
        }
        guard valid else { return nil }
        var group: UInt32 = 0
        var bits = 0
        for index in whole..<end {
            let value = values[Int(text[index])]
            guard value != Self.invalid else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                group &= 1 << UInt32(bits) - 1
            }
        }
        // The bits past the last byte must be zero, or two texts would mean the same bytes.
        guard group == 0 else { return nil }
        return bytes
    }
}
