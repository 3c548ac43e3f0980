/// An absolute `http` or `https` URL to send requests to, taken apart (RFC 3986, RFC 9110 §4.2).
package struct HTTPURL: Hashable, Sendable {
    package let isTLS: Bool
    /// A name in lower case, or an address without the brackets of IPv6.
    package let host: String
    package let port: UInt16
    /// Path and query, as written.
    package let target: String

    package static let maximumBytes = 2048

    /// - Throws: why it cannot be used, in words that follow "the URL".
    package init(_ text: String) throws(HTTPURLError) {
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLong }
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { throw .notASCII }
        let lowered = text.lowercased()
        guard lowered.hasPrefix("https://") || lowered.hasPrefix("http://") else {
            throw .notAbsolute
        }
        isTLS = lowered.hasPrefix("https://")
        let rest = text.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !rest.contains("#") else { throw .hasFragment }
        // A backslash is a slash to some readers of URLs, so that two would see two hosts.
        guard !text.contains("\\") else { throw .notAbsolute }
        guard !authority.contains("@") else { throw .hasUserInfo }
        let tail = rest.dropFirst(authority.count)
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail

        let name: Substring
        let digits: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .badHost }
            name = authority[..<end].dropFirst()
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw .badHost }
            digits = after.isEmpty ? nil : after.dropFirst()
            guard name.contains(":"), PeerAddress(literal: String(name)) != nil else {
                throw .badHost
            }
        } else {
            let colon = authority.firstIndex(of: ":")
            name = authority[..<(colon ?? authority.endIndex)]
            digits = colon.map { authority[authority.index(after: $0)...] }
            guard Self.isHostName(name) else { throw .badHost }
        }
        host = name.lowercased()
        guard let digits else {
            port = isTLS ? 443 : 80
            return
        }
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(Octet.isDigit),
            let number = UInt16(digits), number > 0
        else { throw .badPort }
        port = number
    }

    /// The `Host` field: the port only where it is not the scheme's own (RFC 9110 §7.2).
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// One spelling for every URL that leads to the same place.
    package var normalized: String { (isTLS ? "https://" : "http://") + authority + target }

    /// The address that the host is, in any notation that the system's resolver reads as one:
    /// `127.1`, `0x7f000001` and `2130706433` are all 127.0.0.1. `nil` for a name.
    package var literalAddress: PeerAddress? { PeerAddress(literal: host) }

    /// Letters, digits, hyphens and underscores between dots; one dot may end it.
    private static func isHostName(_ name: Substring) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let named = labels.last == "" ? labels.dropLast() : labels[...]
        return !named.isEmpty
            && named.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { octet in
                        Octet.isDigit(octet) || Octet.lowercased(octet) &- 0x61 < 26
                            || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
                    }
            }
    }
}

/// Why a URL cannot be called.
package enum HTTPURLError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong, notASCII, notAbsolute, hasUserInfo, hasFragment, badHost, badPort

    package var description: String {
        switch self {
        case .tooLong: "must be at most \(HTTPURL.maximumBytes) bytes long"
        case .notASCII: "must consist of visible ASCII characters"
        case .notAbsolute: "must be an absolute URL such as https://hospital.example/hook"
        case .hasUserInfo: "must not contain a user name or password"
        case .hasFragment: "must not contain a fragment"
        case .badHost: "must name a host"
        case .badPort: "must have a port from 1 to 65535, or none"
        }
    }
}
