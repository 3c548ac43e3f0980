internal import CLinux
internal import Glibc
internal import TLS

/// An address to listen on, parsed from configuration.
struct ListenAddress: Equatable {
    let text: String
    let isIPv6: Bool

    /// "localhost" is both loopback addresses; anything else must be an address.
    static func resolve(_ host: String) throws(ServerError) -> [ListenAddress] {
        if host == "localhost" {
            return [
                ListenAddress(text: "127.0.0.1", isIPv6: false),
                ListenAddress(text: "::1", isIPv6: true),
            ]
        }
        guard let family = IPAddress.family(of: host) else { throw .hostNotAnAddress(host) }
        return [ListenAddress(text: host, isIPv6: family == .v6)]
    }

    func url(scheme: String, port: UInt16) -> String {
        isIPv6 ? "\(scheme)://[\(text)]:\(port)" : "\(scheme)://\(text):\(port)"
    }
}

/// One listening socket. Each loop has its own for every address, sharing the port
/// (SO_REUSEPORT), so the kernel spreads connections and no lock is shared.
final class Listener: Sendable {
    let socket: FileDescriptor
    let port: UInt16
    /// Its connections speak plain HTTP, whether the server has a certificate or not.
    let isPlain: Bool

    /// - Parameter sharesPort: `false` only probes: it fails when any socket listens there, which
    ///   SO_REUSEPORT would hide.
    init(
        _ address: ListenAddress, port: UInt16, isPlain: Bool, sharesPort: Bool = true
    ) throws(ServerError) {
        self.isPlain = isPlain
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(family, kind, 0)
        guard number >= 0 else { throw .system(call: "socket", code: errno) }
        socket = FileDescriptor(number)
        Self.set(number, SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { Self.set(number, SOL_SOCKET, SO_REUSEPORT, 1) }
        // Inherited by every accepted socket.
        Self.set(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if address.isIPv6 {
            let onlyIPv6: Int32 = address.text == "::" ? 0 : 1
            Self.set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, onlyIPv6)
        }
        guard Self.bind(number, address, port) == 0 else {
            throw Self.bindError(errno, address, port)
        }
        guard !sharesPort || listen(number, 4096) == 0 else {
            throw Self.bindError(errno, address, port)
        }
        self.port = Self.boundPort(number)
    }

    private static func bindError(
        _ code: Int32, _ address: ListenAddress, _ port: UInt16
    ) -> ServerError {
        switch code {
        case EADDRINUSE: .portInUse(host: address.text, port: port)
        case EACCES: .permissionDenied(port: port)
        case EADDRNOTAVAIL, EAFNOSUPPORT: .addressNotAvailable(address.text)
        default: .system(call: "bind", code: code)
        }
    }

    private static func set(_ number: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        let result = unsafe setsockopt(
            number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        precondition(result == 0, "these options exist on every Linux since 3.9")
    }

    /// Fills in the family's own address structure and binds to it.
    private static func bind(
        _ number: Int32, _ address: ListenAddress, _ port: UInt16
    ) -> Int32 {
        if address.isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            unsafe inet_pton(AF_INET6, address.text, &name.sin6_addr)
            return unsafe withUnsafePointer(to: &name) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.bind(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        unsafe inet_pton(AF_INET, address.text, &name.sin_addr)
        return unsafe withUnsafePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The port stands at the same place in both families.
    private static func boundPort(_ number: Int32) -> UInt16 {
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        precondition(result == 0, "a bound socket has a name")
        return UInt16(bigEndian: name.sin6_port)
    }
}
