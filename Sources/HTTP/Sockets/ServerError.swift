package import TLS

/// Why a server cannot start, or cannot take new certificates; each in words for its operator.
package enum ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    case hostNotAnAddress(String)
    case portInUse(host: String, port: UInt16)
    case permissionDenied(port: UInt16)
    case addressNotAvailable(String)
    case system(call: String, code: Int32)
    case tls(TLSError)
    case tlsNotConfigured

    package var description: String {
        switch self {
        case .hostNotAnAddress(let host):
            "cannot listen on \"\(host)\": give an IPv4 or IPv6 address, or localhost"
        case .portInUse(let host, let port):
            "port \(port) on \(host) is in use: stop the other program or choose another port"
        case .permissionDenied(let port):
            "may not listen on port \(port): ports below 1024 need CAP_NET_BIND_SERVICE"
        case .addressNotAvailable(let host):
            "cannot listen on \(host): no network interface of this machine has that address"
        case .system(let call, let code): "\(call) failed: \(SystemCall.message(code))"
        case .tls(let error): error.description
        case .tlsNotConfigured: "there are no TLS files to reload: the server was started without"
        }
    }
}
