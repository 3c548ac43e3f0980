internal import CLinux
internal import Glibc
internal import Synchronization

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
        let hosts = try ListenAddress.resolve(configuration.host)
        shared = try ServerShared(configuration)
        loopCount = max(1, configuration.loopCount)
        let bound = try Self.bind(hosts, port: configuration.port, loopCount: loopCount)
        let port = bound.port
        self.port = port
        let scheme = configuration.tls == nil ? "http" : "https"
        addresses = bound.addresses.map { $0.url(scheme: scheme, port: port) }
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
        var port: UInt16
        var addresses: [ListenAddress] = []
        /// By loop.
        var listeners: [[Listener]]
    }

    private static func bind(
        _ hosts: [ListenAddress], port: UInt16, loopCount: Int
    ) throws(ServerError) -> Bound {
        var bound = Bound(port: port, listeners: Array(repeating: [], count: loopCount))
        for host in hosts {
            do {
                if bound.port != 0 {
                    // The kernel lets another process of ours share the port in silence: ask first.
                    _ = try Listener(host, port: bound.port, sharesPort: false)
                }
                for index in 0..<loopCount {
                    let listener = try Listener(host, port: bound.port)
                    bound.port = listener.port
                    bound.listeners[index].append(listener)
                }
                bound.addresses.append(host)
            } catch .addressNotAvailable where !bound.addresses.isEmpty {
                // "localhost" on a machine without IPv6.
            }
        }
        return bound
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
            context = Mutex(try TLSContext(tls))
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
        let fresh = try TLSContext(configuration)
        context.withLock { $0 = fresh }
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
