/// The byte-level questions that reader, lookup and writer share.
extension Span<UInt8> {
    /// Eight bytes from `index`, the first in the lowest bits.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        // The load checks its bounds, and every bit pattern is a UInt64: "unsafe" in name only.
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        return UInt64(littleEndian: word)
    }

    /// The first index from `index` on whose byte cannot stand for itself in a JSON string, or is
    /// not ASCII: `"`, `\`, below 0x20, above 0x7F. `count` when there is none.
    @inline(__always)
    func plainTextEnd(from index: Int) -> Int {
        var at = index
        while count - at >= 8 {
            let word = word(at: at)
            // Subtracting sets the top bit of every byte that was below the subtrahend. A borrow
            // spoils only the bytes above a true hit, and the lowest hit is the one used.
            let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let control = word &- 0x2020_2020_2020_2020
            let hits = (quote | backslash | control | word) & 0x8080_8080_8080_8080
            if hits != 0 { return at + hits.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < count {
            let byte = self[at]
            if byte < 0x20 || byte > 0x7F || byte == 0x22 || byte == 0x5C { break }
            at += 1
        }
        return at
    }

    /// The length of the well-formed UTF-8 sequence of two to four bytes at `index`: 0 when it is
    /// malformed, −1 when the bytes end inside it (RFC 3629 §4; no surrogates, nothing overlong).
    func scalarLength(at index: Int) -> Int {
        let first = self[index]
        // The second byte alone tells overlong forms, surrogates and values past U+10FFFF.
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { lowest = 0xA0 }
            if first == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { lowest = 0x90 }
            if first == 0xF4 { highest = 0x8F }
        default: return 0
        }
        guard index + 1 < count else { return -1 }
        let second = self[index + 1]
        guard second >= lowest, second <= highest else { return 0 }
        var step = 2
        while step < length {
            guard index + step < count else { return -1 }
            guard self[index + step] & 0xC0 == 0x80 else { return 0 }
            step += 1
        }
        return length
    }

    /// A cheap 32-bit summary of `range`, equal for texts that differ only in ASCII case. It is not
    /// keyed: equal summaries are always followed by a comparison, and never chosen by the dozen.
    @inline(__always)
    func fingerprint(of range: Range<Int>) -> UInt32 {
        let length = range.count
        var head: UInt64 = 0
        var tail: UInt64 = 0
        if length >= 8 {
            head = word(at: range.lowerBound)
            tail = word(at: range.upperBound - 8)
        } else if count - range.lowerBound >= 8 {
            head = word(at: range.lowerBound) & ((1 << UInt64(length * 8)) &- 1)
        } else {
            var shift: UInt64 = 0
            for index in range {
                head |= UInt64(self[index]) << shift
                shift += 8
            }
        }
        head |= 0x2020_2020_2020_2020
        tail |= 0x2020_2020_2020_2020
        var mixed = (head &* 0x9E37_79B9_7F4A_7C15) ^ (tail &* 0xC2B2_AE3D_27D4_EB4F)
        mixed = (mixed &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// Whether `range` holds the same bytes as `other`.
    func equals(_ other: Span<UInt8>, in range: Range<Int>, folding: Bool) -> Bool {
        guard range.count == other.count else { return false }
        var at = 0
        let start = range.lowerBound
        if !folding {
            while other.count - at >= 8 {
                if word(at: start + at) != other.word(at: at) { return false }
                at += 8
            }
        }
        while at < other.count {
            let mine = self[start + at]
            let theirs = other[at]
            if mine != theirs && !(folding && mine.lowercasedASCII == theirs.lowercasedASCII) {
                return false
            }
            at += 1
        }
        return true
    }

    /// The content of a string, escapes replaced. `range` lies between the quotes of a string that
    /// the reader accepted, so escapes are known to be whole and surrogates paired.
    func decodingEscapes(in range: Range<Int>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            let byte = self[at]
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                at += 1
                continue
            }
            let kind = self[at + 1]
            at += 2
            switch kind {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = codeUnit(at: at) ?? 0
                at += 4
                if scalar & 0xFC00 == 0xD800 {
                    let low = codeUnit(at: at + 2) ?? 0
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                    at += 6
                }
                text.append(utf8: scalar)
            default: text.append(kind)
            }
        }
        return text
    }

    /// The four hexadecimal digits at `index` as a UTF-16 code unit; `nil` when they are not.
    func codeUnit(at index: Int) -> UInt32? {
        var unit: UInt32 = 0
        for step in 0..<4 {
            let digit: UInt8
            switch self[index + step] {
            case let byte where byte.isDigit: digit = byte - UInt8(ascii: "0")
            case let byte where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66:
                digit = (byte | 0x20) - 0x61 + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}

extension [UInt8] {
    /// Appends a scalar value (never a surrogate) as UTF-8.
    mutating func append(utf8 scalar: UInt32) {
        let low = UInt8(truncatingIfNeeded: scalar & 0x3F) | 0x80
        switch scalar {
        case 0..<0x80:
            append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800:
            append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
            append(low)
        case 0x800..<0x10000:
            append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
            append(UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F) | 0x80)
            append(low)
        default:
            append(UInt8(truncatingIfNeeded: scalar >> 18) | 0xF0)
            append(UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F) | 0x80)
            append(UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F) | 0x80)
            append(low)
        }
    }
}
