/// The origin of a web page (RFC 6454 §4, §6.2): scheme, host and port, spelt as browsers spell it in the
/// field `Origin`. Two origins are the same when their texts are the same bytes.
package struct WebOrigin: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether it is `localhost` or a loopback address, where nobody else's pages are.
    package let isLoopback: Bool
    package let isSecure: Bool

    package static let maximumBytes = 255

    /// Reads what a browser sends or a person writes: a slash at the end is forgiven, a path is not.
    /// `nil` for `null`, other schemes, user information, wildcards, and names that are not ASCII
    /// (a browser sends those as `xn--`).
    package init?(_ text: String) {
        guard text.utf8.count <= WebOrigin.maximumBytes,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        let lowered = text.lowercased()
        guard let scheme = ["https", "http"].first(where: { lowered.hasPrefix($0 + "://") }) else {
            return nil
        }
        var rest = lowered.dropFirst(scheme.utf8.count + 3)
        if rest.utf8.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        guard let (host, port) = WebOrigin.split(rest) else { return nil }
        isSecure = scheme == "https"
        isLoopback =
            host == "localhost" || host == "127.0.0.1" || host == "[::1]"
            || host.hasSuffix(".localhost")
        let isDefault = port == nil || port == (isSecure ? 443 : 80)
        description = scheme + "://" + host + (isDefault ? "" : ":\(port ?? 0)")
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Int?)? {
        var host = authority
        var port: Int?
        let end =
            authority.utf8.first == UInt8(ascii: "[")
            ? authority.utf8.firstIndex(of: UInt8(ascii: "]")).map {
                authority.utf8.index(after: $0)
            }
            : authority.utf8.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        guard let end else { return nil }
        if end < authority.endIndex {
            guard authority.utf8[end] == UInt8(ascii: ":") else { return nil }
            let digits = authority[authority.utf8.index(after: end)...]
            guard (1...5).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            port = number
            host = authority[..<end]
        }
        return isHost(host) ? (host, port) : nil
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.utf8.first == UInt8(ascii: "[") {
            let inner = host.utf8.dropFirst().dropLast()
            return (2...45).contains(inner.count)
                && inner.allSatisfy { byte in
                    (48...58).contains(byte) || (97...102).contains(byte)
                        || byte == UInt8(ascii: ".")
                }
        }
        let labels = host.utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // What ends in a number is an address, and a browser spells that with four (URL Standard §3.5).
        if let last = labels.last, isNumber(last), labels.count != 4 || !labels.allSatisfy(isOctet)
        {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy { byte in
                    (97...122).contains(byte) || (48...57).contains(byte)
                        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
    }

    private static func isNumber(_ label: Substring.UTF8View) -> Bool {
        label.allSatisfy { (48...57).contains($0) }
            || label.starts(with: "0x".utf8)
                && label.dropFirst(2).allSatisfy {
                    (48...57).contains($0) || (97...102).contains($0)
                }
    }

    /// Without leading zeros, which a browser reads as octal.
    private static func isOctet(_ label: Substring.UTF8View) -> Bool {
        guard (1...3).contains(label.count), isNumber(label), let value = Int(Substring(label))
        else {
            return false
        }
        return value <= 255 && (label.count == 1 || label.first != UInt8(ascii: "0"))
    }
}
