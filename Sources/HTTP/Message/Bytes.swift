internal import CLinux

/// Classes of octets, as RFC 9110 §5.6.2 and RFC 9112 §3 draw them.
enum Octet {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    /// `tchar`: letters, digits and !#$%&'*+-.^_`|~. One bit per octet below 128.
    static func isToken(_ octet: UInt8) -> Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        let word = octet < 64 ? low : high
        return octet < 128 && word >> UInt64(octet & 63) & 1 == 1
    }

    /// What a field value may hold: visible octets, obs-text, space and tab (RFC 9110 §5.5).
    static func isFieldValue(_ octet: UInt8) -> Bool {
        (octet >= 0x20 && octet != 0x7F) || octet == tab
    }

    /// The same of all `octets`. It looks at each without branches, so that the compiler uses vector instructions: an access
    /// token has a thousand of them.
    static func areFieldValue(_ octets: Span<UInt8>) -> Bool {
        unsafe octets.withUnsafeBufferPointer { buffer in
            var wrong: UInt8 = 0
            for index in buffer.indices {
                let octet = unsafe buffer[index]
                let isControl: UInt8 = octet < 0x20 ? 1 : 0
                let isNoTab: UInt8 = octet != tab ? 1 : 0
                let isDelete: UInt8 = octet == 0x7F ? 1 : 0
                wrong |= isControl & isNoTab | isDelete
            }
            return wrong == 0
        }
    }

    /// What a target may hold: visible ASCII except the fragment mark. Stricter characters are the
    /// router's affair; spaces and controls here are smuggling.
    static func isTarget(_ octet: UInt8) -> Bool {
        octet > 0x20 && octet < 0x7F && octet != UInt8(ascii: "#")
    }

    static func isBlank(_ octet: UInt8) -> Bool { octet == space || octet == tab }

    static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    /// The value of one hexadecimal digit, either case.
    static func hexadecimal(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x41 + 10
        case 0x61...0x66: octet - 0x61 + 10
        default: nil
        }
    }

    static func lowercased(_ octet: UInt8) -> UInt8 {
        octet &- 0x41 < 26 ? octet | 0x20 : octet
    }
}

extension Span<UInt8> {
    /// The index of the first `octet` at or after `start`.
    func firstIndex(of octet: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return unsafe withUnsafeBufferPointer { buffer in
            // `start < count` makes the base address exist, and memchr stays inside the buffer.
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, Int32(octet), buffer.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Whether these are exactly the octets of `text`.
    func matches(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return true }
            return unsafe memcmp(base, text.utf8Start, buffer.count) == 0
        }
    }

    /// Whether these are the octets of `text`, ASCII case aside.
    func matchesIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let other = unsafe text.utf8Start
        for index in 0..<count {
            let theirs = unsafe other[index]
            if Octet.lowercased(self[index]) != Octet.lowercased(theirs) { return false }
        }
        return true
    }

    /// `range` without the optional white space at its ends (RFC 9110 §5.6.3).
    func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, Octet.isBlank(self[start]) { start += 1 }
        while end > start, Octet.isBlank(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Calls `body` with each non-empty element of a comma-separated list, blanks trimmed.
    func forEachListElement(in range: Range<Int>, _ body: (Span<UInt8>) -> Void) {
        var start = range.lowerBound
        while start <= range.upperBound {
            var end = start
            while end < range.upperBound, self[end] != UInt8(ascii: ",") { end += 1 }
            let element = trimmingBlanks(start..<end)
            if !element.isEmpty { body(extracting(element)) }
            start = end + 1
        }
    }
}
