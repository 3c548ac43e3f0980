/// A number of an accepted text, taken apart: ± digits × 10^exponent.
struct JSONNumber {
    private(set) var isNegative = false
    /// The significant digits, when no more than 19 are needed.
    private(set) var digits: UInt64 = 0
    private(set) var exponent = 0
    /// Set when `digits` cannot hold them all.
    private(set) var isTooLong = false

    /// Larger exponents all mean the same, zero or out of range.
    private static let exponentBound = 1 << 40

    /// Reads the number that fills `range`.
    init(_ text: Span<UInt8>, in range: Range<Int>) {
        // Zeros are held back until a digit follows them, so `1.000` and `1e2` stay short.
        var heldZeros = 0
        var isFraction = false
        var at = range.lowerBound
        while at < range.upperBound {
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                readExponent(text, in: at..<range.upperBound)
                at = range.upperBound
            case UInt8(ascii: "0"):
                if digits != 0 { heldZeros += 1 }
                if isFraction { exponent -= 1 }
            default:
                for _ in 0..<min(heldZeros, 20) { push(0) }
                heldZeros = 0
                push(byte - UInt8(ascii: "0"))
                if isFraction { exponent -= 1 }
            }
        }
        exponent += heldZeros
    }

    private mutating func push(_ digit: UInt8) {
        let (product, tooLarge) = digits.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = product.addingReportingOverflow(UInt64(digit))
        if tooLarge || overflow {
            isTooLong = true
        } else {
            digits = sum
        }
    }

    private mutating func readExponent(_ text: Span<UInt8>, in range: Range<Int>) {
        var isNegative = false
        var value = 0
        for index in range {
            switch text[index] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default:
                let digit = Int(text[index] - UInt8(ascii: "0"))
                value = min(value * 10 + digit, Self.exponentBound)
            }
        }
        exponent += isNegative ? -value : value
    }

    /// The value, when it is a whole number that fits: `1.0` and `1e2` are, `1.5` is not.
    var int: Int64? {
        if digits == 0 { return 0 }
        guard !isTooLong, exponent >= 0, exponent < 20 else { return nil }
        var magnitude = digits
        for _ in 0..<exponent {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            magnitude = product
        }
        if isNegative {
            return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// The nearest `Double`, when both digits and power of ten are exact as `Double`s, so that one
    /// rounding decides (Clinger 1990). `nil` asks for the slow way.
    var exactDouble: Double? {
        guard !isTooLong, digits <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let whole = Double(digits)
        let power = Self.powers[abs(exponent)]
        let magnitude = exponent < 0 ? whole / power : whole * power
        return isNegative ? -magnitude : magnitude
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}

extension JSONValue {
    /// A number that is whole and fits: `1.0` and `1e2` count; `1.5` and overflow are `nil`.
    package var int: Int64? {
        guard entry.tag == .number else { return nil }
        return storage.number(entry).int
    }

    /// A number, rounded to the nearest `Double`; `nil` past the largest one.
    package var double: Double? {
        guard entry.tag == .number else { return nil }
        if let value = storage.number(entry).exactDouble {
            return value
        }
        let text = String(decoding: storage.bytes[entry.range], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}

extension JSONDocument.Storage {
    fileprivate func number(_ entry: JSONEntry) -> JSONNumber {
        let bytes = bytes
        return JSONNumber(bytes.span, in: entry.range)
    }
}
