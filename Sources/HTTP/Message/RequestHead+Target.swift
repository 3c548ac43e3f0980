extension RequestHead {
    /// Sorts a target into its form (RFC 9112 §3.2) and notes where its path and query are.
    mutating func setTarget(_ range: Range<Int>, in bytes: Span<UInt8>) throws(HTTPFailure) {
        target = HeadRange(range)
        var start = range.lowerBound
        if bytes[start] == UInt8(ascii: "*") {
            guard range.count == 1, method == .options else { throw .malformedTarget }
            path = target
            return
        }
        if bytes[start] != UInt8(ascii: "/") {
            start = try Self.endOfAuthority(range, in: bytes)
        }
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "?") { end += 1 }
        path = HeadRange(start..<end)
        if end < range.upperBound { query = HeadRange((end + 1)..<range.upperBound) }
    }

    /// Where the path of `http://authority/path` starts. A user name before the host is refused,
    /// for it only ever deceives (RFC 9110 §4.2.4).
    private static func endOfAuthority(
        _ range: Range<Int>, in bytes: Span<UInt8>
    ) throws(HTTPFailure) -> Int {
        let scheme: Int
        let target = bytes.extracting(range)
        if target.count > 7, target.extracting(0..<7).matchesIgnoringCase("http://") {
            scheme = 7
        } else if target.count > 8, target.extracting(0..<8).matchesIgnoringCase("https://") {
            scheme = 8
        } else {
            throw .malformedTarget
        }
        let start = range.lowerBound + scheme
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        guard end > start, HostField.isValid(bytes.extracting(start..<end)) else {
            throw .malformedTarget
        }
        return end
    }
}

/// The grammar of `Host` (RFC 9110 §7.2): a name or address, then maybe a port.
enum HostField {
    /// Empty is valid: it is what a client sends when its target has no authority.
    static func isValid(_ host: Span<UInt8>) -> Bool {
        var index = 0
        if !host.isEmpty, host[0] == UInt8(ascii: "[") {
            index = 1
            while index < host.count, host[index] != UInt8(ascii: "]") {
                let octet = host[index]
                guard
                    Octet.hexadecimal(octet) != nil || octet == UInt8(ascii: ":")
                        || octet == UInt8(ascii: ".")
                else { return false }
                index += 1
            }
            guard index > 1, index < host.count else { return false }
            index += 1
        } else {
            while index < host.count, isName(host[index]) { index += 1 }
        }
        guard index < host.count else { return true }
        guard index > 0, host[index] == UInt8(ascii: ":") else { return false }
        for position in (index + 1)..<host.count where !Octet.isDigit(host[position]) {
            return false
        }
        return host.count - index <= 6
    }

    /// `reg-name` of RFC 3986 §3.2.2: unreserved, sub-delims and percent signs.
    private static func isName(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"): true
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"): true
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "%"): true
        default: false
        }
    }
}
