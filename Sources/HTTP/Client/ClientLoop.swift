internal import CLinux
internal import Glibc
internal import Synchronization
internal import TLS

/// The client's thread: one epoll, its connections, their deadlines.
///
/// Everything but the inbox belongs to that thread.
@safe final class ClientLoop: @unchecked Sendable {
    typealias Completion = @Sendable (Result<ClientResponse, ClientFailure>) -> Void

    let policy: AddressPolicy
    let limits: ClientLimits
    private let tls: ClientTLS
    private let resolver: Resolver

    // MARK: Owned by the thread

    /// Milliseconds of the monotonic clock, read once per batch of events.
    private(set) var now = ClientLoop.clock()
    let scratch: UnsafeMutableRawBufferPointer
    private let epoll: FileDescriptor
    private let wakeUp: FileDescriptor
    /// By descriptor.
    private var connections: [ClientConnection?] = []
    /// Removed from `connections` during this turn: a connection outlives its own method.
    private var ended: [ClientConnection] = []
    private var lastGeneration: UInt32 = 0
    private var idle: [ClientConnection.Origin: [ClientConnection]] = [:]
    private var idleCount = 0
    /// Exchanges that wait for their host's addresses.
    private var resolving: [String: [ClientExchange]] = [:]
    private var names: [String: (addresses: [SocketAddress], expiresAt: UInt64)] = [:]
    private var nextSweep: UInt64 = 0

    // MARK: Shared with other threads

    private enum Message {
        case request(ClientRequest, Completion)
        case resolved(String, Resolver.Answer)
    }

    private struct Inbox {
        var messages: [Message] = []
        var isClosed = false
        var thread: pthread_t?
    }

    private let inbox = Mutex(Inbox())
    /// Exchanges not finished yet.
    private let running = Atomic(0)

    init(policy: AddressPolicy, limits: ClientLimits, tls: ClientTLS) throws(ServerError) {
        self.policy = policy
        self.limits = limits
        self.tls = tls
        resolver = Resolver(limit: limits.lookups)
        let epollNumber = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epollNumber >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        epoll = FileDescriptor(epollNumber)
        let flags = Int32(EFD_NONBLOCK | EFD_CLOEXEC)
        let wakeNumber = eventfd(0, flags)
        guard wakeNumber >= 0 else { throw .system(call: "eventfd", code: errno) }
        wakeUp = FileDescriptor(wakeNumber)
        unsafe scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 64 * 1024, alignment: 16)
        // Edge-triggered, so it never needs to be read.
        guard watch(wakeNumber, EPOLLIN.rawValue | EPOLLET.rawValue, generation: 0) else {
            throw .system(call: "epoll_ctl", code: errno)
        }
    }

    deinit { unsafe scratch.deallocate() }

    private func watch(_ number: Int32, _ events: UInt32, generation: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(number))
        return unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, number, &event) == 0
    }

    // MARK: From other threads

    func submit(_ request: ClientRequest, _ completion: @escaping Completion) {
        let count = running.wrappingAdd(1, ordering: .relaxed).newValue
        let counted: Completion = { [self] result in
            running.wrappingSubtract(1, ordering: .relaxed)
            completion(result)
        }
        guard count <= limits.exchanges else { return counted(.failure(.overloaded)) }
        if !post(.request(request, counted)) { counted(.failure(.closed)) }
    }

    /// `false` once the loop has closed.
    private func post(_ message: Message) -> Bool {
        let (isOpen, isFirst) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, false) }
            inbox.messages.append(message)
            return (true, inbox.messages.count == 1)
        }
        // One wake-up serves every message that joins before the loop looks.
        if isFirst { _ = eventfd_write(wakeUp.number, 1) }
        return isOpen
    }

    func close() {
        let thread = inbox.withLock { inbox in
            inbox.isClosed = true
            return inbox.thread.take()
        }
        guard let thread else { return }
        _ = eventfd_write(wakeUp.number, 1)
        // A completion may let the last reference go: a thread does not wait for itself.
        if pthread_equal(thread, pthread_self()) == 0 { pthread_join(thread, nil) }
    }

    // MARK: The thread

    /// Starts the thread; it keeps the loop alive until `close`.
    func start() {
        var identifier = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &identifier, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let loop = unsafe Unmanaged<ClientLoop>.fromOpaque(context).takeRetainedValue()
                loop.run()
                return nil
            }, context)
        precondition(result == 0, "pthread_create: \(SystemCall.message(result))")
        let thread = identifier
        inbox.withLock { $0.thread = thread }
    }

    private func run() {
        let capacity = 256
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { unsafe events.deallocate() }
        while takeMessages() {
            let wait =
                nextSweep == .max ? -1 : Int32(clamping: nextSweep > now ? nextSweep - now : 0)
            let count = unsafe epoll_wait(epoll.number, events, Int32(capacity), wait)
            now = Self.clock()
            for index in 0..<max(0, Int(count)) {
                let data = unsafe events[index].data.u64
                let number = Int(UInt32(truncatingIfNeeded: data))
                guard data >> 32 != 0, number < connections.count,
                    let connection = connections[number],
                    connection.generation == UInt32(data >> 32)
                else { continue }
                connection.drive()
            }
            if now >= nextSweep { sweep() }
            ended = []
        }
        for connection in connections { connection?.abort() }
        ended = []
        for exchange in resolving.values.joined() { exchange.finish(.failure(.closed)) }
        resolving = [:]
    }

    private static func clock() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Whether to go on. What was submitted before the close is told of it.
    private func takeMessages() -> Bool {
        let (messages, isClosed) = inbox.withLock { inbox in
            let messages = inbox.messages
            inbox.messages = []
            return (messages, inbox.isClosed)
        }
        for message in messages {
            switch message {
            case .request(let request, let completion):
                let exchange = ClientExchange(
                    request,
                    deadline: now + Deadlines.milliseconds(request.timeout ?? limits.total),
                    completion: completion)
                if isClosed {
                    exchange.finish(.failure(.closed))
                } else {
                    begin(exchange)
                }
            case .resolved(let host, let answer): resolved(host, answer)
            }
        }
        return !isClosed
    }

    // MARK: Exchanges

    /// On a kept connection if there is one, else on a new one once the host's addresses are known.
    func begin(_ exchange: ClientExchange) {
        let origin = ClientConnection.Origin(exchange.request.url)
        while !exchange.needsFreshConnection, let connection = idle[origin]?.popLast() {
            idleCount -= 1
            if idle[origin]?.isEmpty == true { idle[origin] = nil }
            note(exchange.deadline)
            if connection.begin(exchange) { return }
        }
        if let name = names[origin.host], name.expiresAt > now {
            start(exchange, name.addresses)
            return
        }
        note(exchange.deadline)
        if resolving[origin.host] != nil {
            resolving[origin.host]?.append(exchange)
            return
        }
        resolving[origin.host] = [exchange]
        resolver.resolve(origin.host) { [self] answer in
            // Once the loop has closed nobody waits for it.
            _ = post(.resolved(origin.host, answer))
        }
    }

    private func resolved(_ host: String, _ answer: Resolver.Answer) {
        let waiting = resolving.removeValue(forKey: host) ?? []
        switch answer {
        case .failure(let failure):
            for exchange in waiting { exchange.finish(.failure(failure)) }
        case .success(let addresses):
            if names.count >= 4096 { names = names.filter { $0.value.expiresAt > now } }
            // Names are believed for a while, but never without a bound on how many.
            if names.count < 4096 {
                names[host] = (addresses, now + Deadlines.milliseconds(limits.nameAge))
            }
            for exchange in waiting where !exchange.isFinished { start(exchange, addresses) }
        }
    }

    private func start(_ exchange: ClientExchange, _ addresses: [SocketAddress]) {
        let allowed = addresses.filter { policy.allows($0.address) }
        exchange.addresses = allowed[...]
        connect(exchange, after: .addressRefused)
    }

    /// Tries the next address.
    ///
    /// - Parameter failure: what is told when there is none.
    func connect(_ exchange: ClientExchange, after failure: ClientFailure) {
        var failure = failure
        while now < exchange.deadline, let next = exchange.addresses.popFirst() {
            do throws(ClientFailure) {
                try open(next, for: exchange)
                return
            } catch {
                failure = error
            }
        }
        if now >= exchange.deadline { failure = .timedOut }
        exchange.finish(.failure(failure))
    }

    private func open(
        _ target: SocketAddress, for exchange: ClientExchange
    ) throws(ClientFailure) {
        let origin = ClientConnection.Origin(exchange.request.url)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(target.family, kind, 0)
        guard number >= 0 else { throw .unreachable(SystemCall.message(errno)) }
        let socket = FileDescriptor(number)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Only speed depends on it.
        _ = unsafe setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        var address = target.with(port: origin.port)
        let length = address.length
        let result = unsafe withUnsafePointer(to: &address.storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(number, $0, length)
            }
        }
        guard result == 0 || errno == EINPROGRESS else {
            throw .unreachable(SystemCall.message(errno))
        }
        var session: TLSSession?
        if origin.isTLS {
            session = tls.session(on: number, host: origin.host)
            guard session != nil else { throw .tls("out of memory") }
        }
        lastGeneration = lastGeneration == .max ? 1 : lastGeneration + 1
        let deadline = min(exchange.deadline, now + Deadlines.milliseconds(limits.connect))
        let connection = ClientConnection(
            loop: self, origin: origin, socket: socket, tls: session, generation: lastGeneration,
            exchange: exchange, deadline: deadline)
        while connections.count <= Int(number) { connections.append(nil) }
        connections[Int(number)] = connection
        note(deadline)
        let events =
            EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        guard watch(number, events, generation: lastGeneration) else {
            let reason = SystemCall.message(errno)
            forget(connection)
            throw .unreachable(reason)
        }
    }

    // MARK: Connections

    /// Keeps a connection for the next request; `false` when there are enough.
    func keep(_ connection: ClientConnection) -> Bool {
        guard idleCount < limits.idleConnections,
            idle[connection.origin]?.count ?? 0 < limits.idlePerOrigin
        else { return false }
        idle[connection.origin, default: []].append(connection)
        idleCount += 1
        note(connection.deadline)
        return true
    }

    /// Takes an idle connection off the shelf.
    func forgetIdle(_ connection: ClientConnection) {
        guard let index = idle[connection.origin]?.firstIndex(where: { $0 === connection }) else {
            return
        }
        idle[connection.origin]?.remove(at: index)
        if idle[connection.origin]?.isEmpty == true { idle[connection.origin] = nil }
        idleCount -= 1
    }

    /// Its descriptor closes at the end of this turn.
    func forget(_ connection: ClientConnection) {
        ended.append(connection)
        connections[Int(connection.number)] = nil
    }

    // MARK: Deadlines

    private func note(_ deadline: UInt64) {
        if deadline < nextSweep { nextSweep = max(deadline, now + 1) }
    }

    /// Ends what is overdue: one pass over all, at most every 20 ms.
    private func sweep() {
        nextSweep = .max
        var earliest = UInt64.max
        for connection in connections {
            guard let connection else { continue }
            if connection.deadline <= now {
                connection.expire()
            } else {
                earliest = min(earliest, connection.deadline)
            }
        }
        for (host, exchanges) in resolving {
            for exchange in exchanges where exchange.deadline <= now {
                exchange.finish(.failure(.timedOut))
            }
            let rest = exchanges.filter { !$0.isFinished }
            // The key stays: the host is still being looked up.
            resolving[host] = rest
            for exchange in rest { earliest = min(earliest, exchange.deadline) }
        }
        // `expire` may have noted earlier ones meanwhile.
        nextSweep = min(nextSweep, earliest == .max ? .max : max(earliest, now + 20))
    }
}
