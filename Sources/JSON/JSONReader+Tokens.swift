/// Strings, numbers and the space between tokens.
extension JSONReader {
    @inline(__always)
    static func skipSpace(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            // Space, tab, line feed and carriage return, and no other (RFC 8259 §2).
            if byte > 0x20 || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) {
                break
            }
            at += 1
        }
        return at
    }

    /// Checks the string whose opening quote is at `start`. Returns the offset after its closing
    /// quote, and whether it has escapes.
    @inline(__always)
    static func readString(
        _ bytes: Span<UInt8>, at start: Int, in place: Fault.Place = .value
    ) throws(Fault) -> (end: Int, tag: JSONEntry.Tag) {
        let at = bytes.plainTextEnd(from: start + 1)
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") { return (at + 1, .string) }
        return try readRestOfString(bytes, at: at, in: place)
    }

    /// The rarer strings: those with escapes, text beyond ASCII, or mistakes.
    private static func readRestOfString(
        _ bytes: Span<UInt8>, at start: Int, in place: Fault.Place
    ) throws(Fault) -> (end: Int, tag: JSONEntry.Tag) {
        var at = start
        var tag = JSONEntry.Tag.string
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { return (at + 1, tag) }
            if byte >= 0x80 {
                // Text beyond ASCII comes in runs.
                repeat {
                    let length = bytes.scalarLength(at: at)
                    guard length != 0 else { throw Fault(.invalidUTF8, at: at, in: place) }
                    guard length > 0 else {
                        throw Fault(.unexpectedEnd, at: bytes.count, in: place)
                    }
                    at += length
                } while at < bytes.count && bytes[at] >= 0x80
            } else if byte == UInt8(ascii: "\\") {
                tag = .escapedString
                at = try readEscape(bytes, at: at, in: place)
            } else {
                throw Fault(.controlCharacter, at: at, in: place)
            }
            at = bytes.plainTextEnd(from: at)
        }
        throw Fault(.unexpectedEnd, at: at, in: place)
    }

    /// Checks the escape whose backslash is at `start`; a surrogate must come as a pair.
    private static func readEscape(
        _ bytes: Span<UInt8>, at start: Int, in place: Fault.Place
    ) throws(Fault) -> Int {
        guard start + 1 < bytes.count else {
            throw Fault(.unexpectedEnd, at: bytes.count, in: place)
        }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try readCodeUnit(bytes, at: start, in: place)
            guard unit & 0xF800 == 0xD800 else { return start + 6 }
            guard unit & 0xFC00 == 0xD800 else { throw Fault(.invalidEscape, at: start, in: place) }
            // The other half must follow at once.
            let second = start + 6
            for (step, byte) in [UInt8(ascii: "\\"), UInt8(ascii: "u")].enumerated() {
                guard second + step < bytes.count else {
                    throw Fault(.unexpectedEnd, at: bytes.count, in: place)
                }
                guard bytes[second + step] == byte else {
                    throw Fault(.invalidEscape, at: start, in: place)
                }
            }
            let low = try readCodeUnit(bytes, at: second, in: place)
            guard low & 0xFC00 == 0xDC00 else { throw Fault(.invalidEscape, at: start, in: place) }
            return second + 6
        default:
            throw Fault(.invalidEscape, at: start, in: place)
        }
    }

    /// The code unit of the `\uXXXX` at `start`.
    private static func readCodeUnit(
        _ bytes: Span<UInt8>, at start: Int, in place: Fault.Place
    ) throws(Fault) -> UInt32 {
        if start + 6 <= bytes.count {
            guard let unit = bytes.codeUnit(at: start + 2) else {
                throw Fault(.invalidEscape, at: start, in: place)
            }
            return unit
        }
        // Cut off: the mistake is the end, unless a digit before it was wrong already.
        for index in start + 2..<bytes.count {
            let byte = bytes[index]
            guard byte.isDigit || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) else {
                throw Fault(.invalidEscape, at: start, in: place)
            }
        }
        throw Fault(.unexpectedEnd, at: bytes.count, in: place)
    }

    /// Checks the number at `start` (RFC 8259 §6) and returns the offset after it.
    @inline(__always)
    static func readNumber(_ bytes: Span<UInt8>, at start: Int) throws(Fault) -> Int {
        var at = start
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let integer = at
        at = try skipDigits(bytes, at: at)
        // A leading zero stands alone.
        if bytes[integer] == UInt8(ascii: "0") && at > integer + 1 {
            throw Fault(.invalidNumber, at: integer)
        }
        if at < bytes.count && bytes[at] == UInt8(ascii: ".") {
            at = try skipDigits(bytes, at: at + 1)
        }
        if at < bytes.count && bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count {
                let sign = bytes[at]
                if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
            }
            at = try skipDigits(bytes, at: at)
        }
        return at
    }

    /// Passes one digit or more.
    @inline(__always)
    private static func skipDigits(_ bytes: Span<UInt8>, at start: Int) throws(Fault) -> Int {
        guard start < bytes.count else { throw Fault(.unexpectedEnd, at: start) }
        var at = start
        while at < bytes.count && bytes[at].isDigit { at += 1 }
        guard at > start else { throw Fault(.invalidNumber, at: at) }
        return at
    }
}
