internal import Glibc
package import TLS

/// Where and how a server listens.
package struct ServerConfiguration: Sendable {
    /// An IPv4 or IPv6 address, or "localhost" for both loopback addresses; "::" takes IPv4 too.
    package var host: String
    /// 0 asks the system for a free port.
    package var port: UInt16
    /// Where it listens beside `host` and `port`.
    package var others: [Endpoint] = []
    /// One thread each; by default as many as the process may run on.
    package var loopCount: Int
    package var limits: Limits
    package var tls: TLSConfiguration?

    package init(
        host: String = "127.0.0.1", port: UInt16 = 0, loopCount: Int = Self.coreCount,
        limits: Limits = Limits(), tls: TLSConfiguration? = nil
    ) {
        self.host = host
        self.port = port
        self.loopCount = loopCount
        self.limits = limits
        self.tls = tls
    }

    /// An address of a server's own.
    package struct Endpoint: Sendable, Equatable {
        /// As `ServerConfiguration.host`.
        package let host: String
        package let port: UInt16
        /// Speaks plain HTTP where the server has a certificate, too.
        package let isPlain: Bool

        /// Reads `ADDRESS:PORT`, `[IPv6]:PORT`, or the same after `http://` or `https://`.
        ///
        /// Returns `nil` when it is none, and for `https://` without a certificate.
        package init?(_ text: String, hasCertificate: Bool) {
            var rest = Substring(text)
            var scheme = hasCertificate ? "https" : "http"
            if let mark = text.firstRange(of: "://") {
                scheme = String(text[..<mark.lowerBound])
                rest = text[mark.upperBound...]
            }
            guard let colon = rest.lastIndex(of: ":") else { return nil }
            let digits = rest[rest.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
                let port = UInt16(digits), port > 0,
                scheme == "http" || (scheme == "https" && hasCertificate)
            else { return nil }
            var host = rest[..<colon]
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
            if isBracketed { host = host.dropFirst().dropLast() }
            let family = IPAddress.family(of: String(host))
            guard host == "localhost" || (family != nil && (family == .v6) == isBracketed) else {
                return nil
            }
            self.host = String(host)
            self.port = port
            isPlain = scheme == "http"
        }
    }

    /// Cores available to the process, at least one.
    package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
