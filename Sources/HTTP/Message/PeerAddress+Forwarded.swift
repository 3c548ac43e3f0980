extension PeerAddress {
    /// Reads an address as proxies write it into X-Forwarded-For: alone, with a port, or in brackets.
    /// `nil` for a name, `unknown`, and whatever else is no address.
    package init?(forwarded text: String) {
        let octets = text.utf8
        var host = text[...]
        if octets.first == UInt8(ascii: "[") {
            guard let end = octets.firstIndex(of: UInt8(ascii: "]")),
                Self.isPort(octets[octets.index(after: end)...])
            else { return nil }
            host = text[octets.index(after: octets.startIndex)..<end]
        } else if let colon = octets.firstIndex(of: UInt8(ascii: ":")),
            octets.lastIndex(of: UInt8(ascii: ":")) == colon
        {
            // One colon alone: no IPv6 address has so few.
            guard Self.isPort(octets[colon...]) else { return nil }
            host = text[..<colon]
        }
        let address = String(host)
        guard IPAddress.family(of: address) != nil else { return nil }
        self.init(literal: address)
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ octets: some Collection<UInt8>) -> Bool {
        octets.isEmpty
            || octets.first == UInt8(ascii: ":") && (2...6).contains(octets.count)
                && octets.dropFirst().allSatisfy { (48...57).contains($0) }
    }
}
