internal import CLinux
internal import Glibc
internal import Synchronization
internal import TLS

/// An HTTP/1.1 server: one event loop per core, every one with its own listening sockets.
package final class Server: Sendable {
    /// Where it listens, like "http://127.0.0.1:8080".
    package let addresses: [String]
    package let port: UInt16
    package let loopCount: Int

    private let loops: [EventLoop]
    private let shared: ServerShared
    private let isStarted = Atomic(false)
    private let isShutDown = Atomic(false)

    /// Binds and listens; clients can connect, but wait until `start`.
    package init(
        _ configuration: ServerConfiguration, service: some HTTPService
    ) throws(ServerError) {
        shared = try ServerShared(configuration)
        loopCount = max(1, configuration.loopCount)
        let isPlain = configuration.tls == nil
        var bound = Bound(loopCount: loopCount)
        port = try bound.add(configuration.host, port: configuration.port, isPlain: isPlain)
        for other in configuration.others {
            _ = try bound.add(other.host, port: other.port, isPlain: isPlain || other.isPlain)
        }
        addresses = bound.addresses
        var loops: [EventLoop] = []
        for index in 0..<loopCount {
            loops.append(
                try EventLoop(
                    index: index, service: service, limits: configuration.limits, shared: shared,
                    listeners: bound.listeners[index]))
        }
        self.loops = loops
    }

    /// Starts the loops' threads and returns at once; a second call is a programmer's error.
    package func start() {
        let wasStarted = isStarted.exchange(true, ordering: .relaxed)
        precondition(!wasStarted, "a server starts once")
        // OpenSSL writes without MSG_NOSIGNAL; a client that leaves must not end the process.
        _ = signal(SIGPIPE, SIG_IGN)
        for loop in loops { loop.start() }
    }

    /// New handshakes use the files as they are now. When they cannot be used the error says why
    /// and the old ones stay.
    package func reloadTLS() throws(ServerError) { try shared.reloadTLS() }

    /// Stops accepting, closes idle connections, lets running requests finish (their responses
    /// say `Connection: close`), and after `grace` closes what is left. The loops' threads end with
    /// their last handler. A second call returns at once. A started server that is never shut
    /// down runs on, whoever holds it.
    package func shutdown(grace: Duration) async {
        guard isStarted.load(ordering: .relaxed),
            !isShutDown.exchange(true, ordering: .relaxed)
        else { return }
        await withTaskGroup(of: Void.self) { group in
            for loop in loops {
                group.addTask(executorPreference: loop) { await loop.drain(grace: grace) }
            }
        }
    }

    /// The sum over all loops, each counter by itself exact, together a snapshot in motion.
    package var statistics: ServerStatistics {
        var sum = ServerStatistics()
        for loop in loops { loop.counters.add(to: &sum) }
        return sum
    }

    // MARK: Binding

    private struct Bound {
        private(set) var addresses: [String] = []
        /// By loop.
        private(set) var listeners: [[Listener]]

        init(loopCount: Int) { listeners = Array(repeating: [], count: loopCount) }

        /// Listens on every address of a host, for every loop; returns the port, which is the system's
        /// choice for 0.
        mutating func add(
            _ host: String, port wanted: UInt16, isPlain: Bool
        ) throws(ServerError) -> UInt16 {
            var port = wanted
            var count = 0
            for address in try ListenAddress.resolve(host) {
                do {
                    if port != 0 {
                        // The kernel lets another process of ours share the port in silence: ask first.
                        _ = try Listener(address, port: port, isPlain: isPlain, sharesPort: false)
                    }
                    for index in listeners.indices {
                        let listener = try Listener(address, port: port, isPlain: isPlain)
                        port = listener.port
                        listeners[index].append(listener)
                    }
                    addresses.append(address.url(scheme: isPlain ? "http" : "https", port: port))
                    count += 1
                } catch .addressNotAvailable where count > 0 {
                    // "localhost" on a machine without IPv6.
                }
            }
            return port
        }
    }
}

/// What the loops of one server share.
final class ServerShared: Sendable {
    /// Lowered to what the descriptor limit leaves.
    let connectionLimit: Int
    private let configuration: TLSConfiguration?
    private let context: Mutex<TLSContext?>
    private let openConnections = Atomic(0)
    let contentBudget: ContentBudget
    let outputBudget: OutputBudget

    init(_ configuration: ServerConfiguration) throws(ServerError) {
        connectionLimit = Self.connectionLimit(configuration.limits.connections)
        contentBudget = ContentBudget(configuration.limits)
        outputBudget = OutputBudget(configuration.limits)
        self.configuration = configuration.tls
        if let tls = configuration.tls {
            context = Mutex(try Self.context(tls))
        } else {
            context = Mutex(nil)
        }
    }

    /// `nil` when the server speaks plain HTTP.
    var tlsContext: TLSContext? {
        configuration == nil ? nil : context.withLock { $0 }
    }

    func reloadTLS() throws(ServerError) {
        guard let configuration else { throw .tlsNotConfigured }
        let fresh = try Self.context(configuration)
        context.withLock { $0 = fresh }
    }

    private static func context(_ configuration: TLSConfiguration) throws(ServerError) -> TLSContext
    {
        do {
            return try TLSContext(configuration, protocolName: "http/1.1")
        } catch {
            throw .tls(error)
        }
    }

    /// Counts a connection; returns how many are open now.
    func connectionOpened() -> Int {
        openConnections.wrappingAdd(1, ordering: .relaxed).newValue
    }

    func connectionClosed() { openConnections.wrappingSubtract(1, ordering: .relaxed) }

    /// Raises the soft descriptor limit as far as needed and allowed, and keeps descriptors back
    /// for files, databases and listeners.
    private static func connectionLimit(_ wanted: Int) -> Int {
        let reserved = 64
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(kind, &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + reserved)
        if limit.rlim_cur < needed, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(needed, limit.rlim_max)
            // Failing leaves the lower limit, which is read back.
            _ = unsafe setrlimit(kind, &limit)
            _ = unsafe getrlimit(kind, &limit)
        }
        let available = Int(clamping: limit.rlim_cur)
        return max(8, min(wanted, available - reserved))
    }
}
