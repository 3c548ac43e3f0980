internal import CLinux
internal import Glibc

/// Who can be reached at an address; decides where a server lets others send it (SSRF).
extension PeerAddress {
    package enum Reach: Sendable, Hashable {
        /// Anybody's host on the Internet.
        case global
        /// This machine.
        case loopback
        /// A network of somebody's own: RFC 1918, RFC 6598 (carriers), RFC 4193.
        case privateNetwork
        /// Link-local, where clouds keep their metadata and credentials; multicast, unspecified,
        /// documentation, benchmarking, and whatever else is nobody's host.
        case special
    }

    /// By the IANA special-purpose registries. An IPv6 address that carries an IPv4 one, as NAT64,
    /// 6to4 and the compatible form do, reaches no further than that one does.
    package var reach: Reach {
        if isIPv4 { return Self.reach(ipv4: UInt32(truncatingIfNeeded: low)) }
        switch high {
        case 0:
            if low == 1 { return .loopback }
            // ::a.b.c.d, long deprecated (RFC 4291 §2.5.5.1); :: itself is 0.0.0.0 there.
            return low >> 32 == 0 ? narrowed(UInt32(truncatingIfNeeded: low)) : .special
        case 0x0064_FF9B_0000_0000 where low >> 32 == 0:
            return narrowed(UInt32(truncatingIfNeeded: low))
        default: break
        }
        // 64:ff9b:1::/48: NAT64 of a network's own, to wherever that network likes (RFC 8215).
        if high >> 16 == 0x0064_FF9B_0001 { return .privateNetwork }
        if high >> 57 == 0xFC >> 1 { return .privateNetwork }
        // 2000::/3 is all that was ever given out.
        guard high >> 61 == 0b001 else { return .special }
        if high >> 48 == 0x2002 { return narrowed(UInt32(truncatingIfNeeded: high >> 16)) }
        // 2001::/23 is for protocols (Teredo among them), 2001:db8::/32 and 3fff::/20 for books.
        if high >> 41 == 0x2001_0000 >> 9 || high >> 32 == 0x2001_0DB8 || high >> 44 == 0x3FFF0 {
            return .special
        }
        return .global
    }

    /// An embedded address is never a shorter way to the inside, nor to what is nobody's.
    private func narrowed(_ ipv4: UInt32) -> Reach { Self.reach(ipv4: ipv4) }

    private static func reach(ipv4 address: UInt32) -> Reach {
        func lies(_ network: UInt32, _ bits: UInt32) -> Bool {
            (address ^ network) >> (32 - bits) == 0
        }
        if lies(0x7F00_0000, 8) { return .loopback }
        if lies(0x0A00_0000, 8) || lies(0xAC10_0000, 12) || lies(0xC0A8_0000, 16)
            || lies(0x6440_0000, 10)
        {
            return .privateNetwork
        }
        let special: [(UInt32, UInt32)] = [
            (0x0000_0000, 8),  // this network
            (0xA9FE_0000, 16),  // link-local, metadata
            (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24),  // protocols, TEST-NET-1, 6to4
            (0xC612_0000, 15),  // benchmarks
            (0xC633_6400, 24), (0xCB00_7100, 24),  // TEST-NET-2 and -3
            (0xE000_0000, 3),  // multicast, reserved, broadcast
        ]
        return special.contains { lies($0.0, $0.1) } ? .special : .global
    }

    /// Reads an address in the notations that the system's resolver takes for one, so that what is
    /// judged here is what would be connected to: for IPv4 those of inet_aton(3), octal,
    /// hexadecimal and shortened ones included. `nil` for a name.
    package init?(literal text: String) {
        if text.contains(":") {
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            var storage = sockaddr_storage()
            storage.ss_family = sa_family_t(AF_INET6)
            unsafe withUnsafeMutableBytes(of: &storage) { raw in
                // sin6_addr follows family, port and flow information.
                unsafe withUnsafeBytes(of: address) { bytes in
                    for index in 0..<16 { unsafe raw[8 + index] = bytes[index] }
                }
            }
            self.init(storage)
            return
        }
        guard text.utf8.allSatisfy({ octet in Octet.isToken(octet) }) else { return nil }
        var address = in_addr()
        guard unsafe inet_aton(text, &address) == 1 else { return nil }
        self.init(ipv4: UInt32(bigEndian: address.s_addr))
    }
}

/// Which addresses requests may be sent to.
package enum AddressPolicy: Sendable {
    case globalOnly
    /// Loopback and private networks too: for a developer's machine.
    case globalAndPrivate
    /// Wherever the URL leads: for a URL that the machine's own operator has set.
    case anywhere

    package func allows(_ address: PeerAddress) -> Bool {
        switch address.reach {
        case .global: true
        case .loopback, .privateNetwork: self != .globalOnly
        case .special: self == .anywhere
        }
    }
}
