internal import Glibc

/// Where and how a server listens.
package struct ServerConfiguration: Sendable {
    /// An IPv4 or IPv6 address, or "localhost" for both loopback addresses; "::" takes IPv4 too.
    package var host: String
    /// 0 asks the system for a free port.
    package var port: UInt16
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

    /// Cores available to the process, at least one.
    package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
