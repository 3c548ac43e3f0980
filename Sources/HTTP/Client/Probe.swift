internal import CLinux
internal import COpenSSL
internal import Glibc
internal import TLS

/// One blocking GET that looks at nothing but the status: whether a server answers, asked from a
/// program of its own, such as a container's health check.
package struct Probe: Equatable, Sendable {
    package let isTLS: Bool
    /// A name or an address, without the brackets of IPv6.
    package let host: String
    package let port: UInt16
    /// Path and query.
    package let target: String

    /// - Parameter url: `http://` or `https://`, a host, and optionally a port and a path.
    package init(_ url: String) throws(ProbeError) {
        let scheme = url.hasPrefix("https://") ? "https" : "http"
        guard url.hasPrefix(scheme + "://"), url.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw .notAURL(url)
        }
        let rest = url.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        isTLS = scheme == "https"

        var host = authority
        var port: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[..<end].dropFirst()
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw .notAURL(url) }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        let isNumber = port?.utf8.allSatisfy { 0x30...0x39 ~= $0 } ?? true
        guard !host.isEmpty, !host.contains("@"), isNumber,
            let number = port.map({ UInt16($0) }) ?? (isTLS ? 443 : 80), number > 0
        else { throw .notAURL(url) }
        self.host = String(host)
        self.port = number
    }

    /// A server on this machine: its certificate names the world's name for it, not this address.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// The status of the answer.
    ///
    /// - Parameter seconds: the longest that each of connecting, sending and receiving may take.
    package func status(within seconds: Int = 5) throws(ProbeError) -> Int {
        let socket = try connect(within: seconds)
        let name = host.contains(":") ? "[\(host)]" : host
        let request = Array(
            "GET \(target) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n\r\n".utf8)
        // "HTTP/1.1 200" is all that counts.
        var answer = [UInt8](repeating: 0, count: 12)
        let count =
            isTLS
            ? try exchangeOverTLS(socket, request, &answer)
            : exchange(socket, request, &answer)
        guard count == answer.count, answer.starts(with: Array("HTTP/1.".utf8)),
            answer[8] == UInt8(ascii: " "), answer[9...].allSatisfy({ 0x30...0x39 ~= $0 })
        else { throw .noAnswer(host: host, port: port) }
        return answer[9...].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// A blocking socket to the first of the host's addresses that takes the connection.
    private func connect(within seconds: Int) throws(ProbeError) -> FileDescriptor {
        // OpenSSL writes without MSG_NOSIGNAL.
        signal(SIGPIPE, SIG_IGN)
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else {
            throw .unreachable(
                host: host, port: port, reason: unsafe String(cString: gai_strerror(result)))
        }
        defer { unsafe freeaddrinfo(list) }
        var reason = ENOENT
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            let number = unsafe Glibc.socket(entry.pointee.ai_family, kind, 0)
            guard number >= 0 else {
                reason = errno
                continue
            }
            let socket = FileDescriptor(number)
            var wait = timeval(tv_sec: seconds, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            // On Linux the sending timeout bounds connect too (socket(7)).
            unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &wait, size)
            unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &wait, size)
            let length = unsafe entry.pointee.ai_addrlen
            if unsafe Glibc.connect(number, entry.pointee.ai_addr, length) == 0 { return socket }
            reason = errno == EINPROGRESS ? ETIMEDOUT : errno
        }
        throw .unreachable(host: host, port: port, reason: SystemCall.message(reason))
    }

    private func exchange(
        _ socket: borrowing FileDescriptor, _ request: [UInt8], _ answer: inout [UInt8]
    ) -> Int {
        let number = socket.number
        let sent = SystemCall.retrying {
            unsafe send(number, request, request.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.count else { return 0 }
        return SystemCall.retrying {
            unsafe recv(number, &answer, answer.count, Int32(MSG_WAITALL))
        }
    }

    /// The certificate must be trusted and name the host, unless that is this machine.
    private func exchangeOverTLS(
        _ socket: borrowing FileDescriptor, _ request: [UInt8], _ answer: inout [UInt8]
    ) throws(ProbeError) -> Int {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw .tls(host: host, port: port, reason: "out of memory")
        }
        defer { unsafe SSL_CTX_free(context) }
        guard let session = unsafe SSL_new(context) else {
            throw .tls(host: host, port: port, reason: "out of memory")
        }
        defer { unsafe SSL_free(session) }
        if !isLoopback {
            _ = unsafe SSL_CTX_set_default_verify_paths(context)
            unsafe SSL_set_verify(session, SSL_VERIFY_PEER, nil)
            // SSL_set_tlsext_host_name of ssl.h, a macro that Swift cannot import.
            _ = unsafe host.withCString { name in
                unsafe SSL_ctrl(
                    session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: name))
            }
            unsafe SSL_set1_host(session, host)
        }
        ERR_clear_error()
        guard unsafe SSL_set_fd(session, socket.number) == 1, unsafe SSL_connect(session) == 1
        else {
            let code = unsafe SSL_get_verify_result(session)
            let reason =
                code == X509_V_OK
                ? "the handshake failed"
                : unsafe String(cString: X509_verify_cert_error_string(code))
            throw .tls(host: host, port: port, reason: reason)
        }
        guard unsafe SSL_write(session, request, Int32(request.count)) == request.count else {
            return 0
        }
        var count = 0
        while count < answer.count {
            let got = unsafe answer.withUnsafeMutableBytes { buffer in
                unsafe SSL_read(
                    session, buffer.baseAddress.map { unsafe $0 + count },
                    Int32(buffer.count - count))
            }
            guard got > 0 else { break }
            count += Int(got)
        }
        return count
    }
}

/// Why a probe got no status.
package enum ProbeError: Error, Equatable, Sendable, CustomStringConvertible {
    case notAURL(String)
    case unreachable(host: String, port: UInt16, reason: String)
    case tls(host: String, port: UInt16, reason: String)
    case noAnswer(host: String, port: UInt16)

    package var description: String {
        switch self {
        case .notAURL(let text):
            "\"\(text)\" is not a URL such as http://127.0.0.1:8080/health"
        case .unreachable(let host, let port, let reason):
            "cannot connect to \(host) port \(port): \(reason)"
        case .tls(let host, let port, let reason):
            "no TLS connection with \(host) port \(port): \(reason)"
        case .noAnswer(let host, let port):
            "no HTTP answer from \(host) port \(port)"
        }
    }
}
