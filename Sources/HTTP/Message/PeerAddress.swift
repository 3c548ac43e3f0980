internal import CLinux
internal import Glibc

/// The address of the other end, without its port. IPv4 clients of a dual-stack socket appear
/// as plain IPv4.
package struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in network order, IPv4 in its IPv4-mapped form (RFC 4291 §2.5.5.2).
    let high: UInt64
    let low: UInt64

    private static let mappedPrefix: UInt64 = 0x0000_FFFF_0000_0000

    /// 127.0.0.1, the peer of requests made in the process.
    package static let loopback = PeerAddress(ipv4: 0x7F00_0001)

    /// - Parameter ipv4: the address in host order.
    init(ipv4: UInt32) {
        high = 0
        low = Self.mappedPrefix | UInt64(ipv4)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads what accept4 filled in; a family it does not know becomes 0.0.0.0.
    init(_ bytes: sockaddr_storage) {
        switch Int32(bytes.ss_family) {
        case AF_INET:
            let raw = unsafe withUnsafeBytes(of: bytes) { unsafe $0.load(as: sockaddr_in.self) }
            self.init(ipv4: UInt32(bigEndian: raw.sin_addr.s_addr))
        case AF_INET6:
            let offset = 8  // sin6_addr follows family, port and flow information.
            self = unsafe withUnsafeBytes(of: bytes) { raw in
                let high = unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let low = unsafe raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
                return PeerAddress(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
            }
        default:
            self.init(ipv4: 0)
        }
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == Self.mappedPrefix >> 32 }

    /// "192.0.2.1" or, by RFC 5952, "2001:db8::1".
    package var description: String {
        var address = (high.bigEndian, low.bigEndian)
        let skipped = isIPv4 ? 12 : 0
        let family = isIPv4 ? AF_INET : AF_INET6
        // 46 bytes hold the longest text form and its NUL (INET6_ADDRSTRLEN).
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { text in
            unsafe withUnsafeBytes(of: &address) { raw in
                guard let source = raw.baseAddress, let start = text.baseAddress,
                    unsafe inet_ntop(family, source + skipped, start, 46) != nil
                else { return "?" }
                return unsafe String(cString: start)
            }
        }
    }
}
