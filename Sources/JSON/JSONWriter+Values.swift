/// How each kind of value is spelt.
extension JSONWriter {
    mutating func append(_ text: String) {
        appendString(text, after: nil, before: nil)
    }

    /// Appends `text` in quotes, between the given bytes. All go in at once when nothing needs an
    /// escape, since making room costs more than copying a short text.
    @inline(__always)
    mutating func appendString(_ text: String, after prefix: UInt8?, before suffix: UInt8?) {
        let utf8 = text.utf8
        let span = utf8.span
        let isPlain = span.needsNoEscape
        bytes.append(addingCapacity: span.count + 4) { output in
            if let prefix { output.append(prefix) }
            output.append(UInt8(ascii: "\""))
            guard isPlain else { return }
            output.append(copying: span)
            output.append(UInt8(ascii: "\""))
            if let suffix { output.append(suffix) }
        }
        if isPlain { return }
        appendEscaping(span)
        bytes.append(UInt8(ascii: "\""))
        if let suffix { bytes.append(suffix) }
    }

    /// Appends `text` without quotes.
    @inline(__always)
    mutating func appendText(_ text: String) {
        let utf8 = text.utf8
        let span = utf8.span
        guard span.needsNoEscape else { return appendEscaping(span) }
        bytes.append(addingCapacity: span.count) { output in output.append(copying: span) }
    }

    mutating func append(utf8 text: ArraySlice<UInt8>) {
        append(utf8: text.span)
    }

    /// Bytes that are not UTF-8 become U+FFFD, so the text stays valid whatever is stored.
    mutating func append(utf8 text: Span<UInt8>) {
        let isPlain = text.plainTextEnd(from: 0) == text.count
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            guard isPlain else { return }
            output.append(copying: text)
            output.append(UInt8(ascii: "\""))
        }
        if isPlain { return }
        appendEscaping(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Escapes what RFC 8259 §7 requires, and nothing else.
    private mutating func appendEscaping(_ text: Span<UInt8>) {
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte >= 0x80 {
                let length = text.scalarLength(at: at)
                if length > 0 {
                    for step in 0..<length { bytes.append(text[at + step]) }
                    at += length
                } else {
                    bytes.append(utf8: 0xFFFD)
                    at += 1
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): appendEscape(byte)
            case 0x08: appendEscape(UInt8(ascii: "b"))
            case 0x09: appendEscape(UInt8(ascii: "t"))
            case 0x0A: appendEscape(UInt8(ascii: "n"))
            case 0x0C: appendEscape(UInt8(ascii: "f"))
            case 0x0D: appendEscape(UInt8(ascii: "r"))
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                let low = byte & 15
                bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
            default: bytes.append(byte)
            }
            at += 1
        }
    }

    private mutating func appendEscape(_ letter: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(letter)
    }

    mutating func append(_ value: Int64) {
        var rest = value.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        bytes.append(addingCapacity: 21) { output in
            if value < 0 { output.append(UInt8(ascii: "-")) }
            for index in first..<20 { output.append(digits[index]) }
        }
    }

    /// The shortest text that reads back as the same number.
    mutating func append(_ value: Double) {
        precondition(value.isFinite, "JSON has no infinities and no NaN (RFC 8259 §6)")
        bytes.append(contentsOf: value.description.utf8)
    }

    mutating func append(_ value: Bool) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func appendNull() {
        bytes.append(contentsOf: "null".utf8)
    }
}

extension Span<UInt8> {
    /// For text known to be UTF-8: whether it has neither quote, backslash nor control character.
    fileprivate var needsNoEscape: Bool {
        if count < 8 {
            // Behind the text stand blanks, which need none.
            var word: UInt64 = 0x2020_2020_2020_2020
            for index in indices { word = word << 8 | UInt64(self[index]) }
            return !word.hasByteToEscape
        }
        var at = 0
        while at < count - 8 {
            if word(at: at).hasByteToEscape { return false }
            at += 8
        }
        // The last eight, some of them for the second time.
        return !word(at: count - 8).hasByteToEscape
    }
}

extension UInt64 {
    /// Whether one of its eight bytes is a quote, a backslash or below 0x20.
    @inline(__always)
    fileprivate var hasByteToEscape: Bool {
        // Subtracting sets the top bit of a byte that was below the subtrahend; where it was set before, the
        // byte stands for itself. A borrow spoils only the bytes above a true hit.
        let quote = (self ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
        let backslash = (self ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        let control = self &- 0x2020_2020_2020_2020
        return (quote | backslash | control) & ~self & 0x8080_8080_8080_8080 != 0
    }
}

extension OutputSpan<UInt8> {
    /// There must be room for them.
    @inline(__always)
    fileprivate mutating func append(copying bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "no room")
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
                unsafe (to + count).initialize(from: from, count: source.count)
                count += source.count
            }
        }
    }
}
