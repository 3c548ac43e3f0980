internal import CLinux
internal import Glibc
internal import TLS

/// What a loop accepts from.
struct Acceptor: ~Copyable {
    var listeners: [Listener]
    /// Given up for a moment when descriptors run out, so that the waiting client can be turned
    /// away instead of waking the loop for ever.
    var reserve: FileDescriptor?
    /// When to watch the listeners again; `max` while they are watched.
    var pausedUntil = UInt64.max

    init(listeners: [Listener]) {
        self.listeners = listeners
        reserve = Self.makeReserve()
    }

    static func makeReserve() -> FileDescriptor? {
        let number = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        return number < 0 ? nil : FileDescriptor(number)
    }
}

extension EventLoop {
    /// Accepts what waits on a listener, a bounded number at a time.
    func accept(on listener: Int32) {
        let isPlain = acceptor.listeners.contains { $0.socket.number == listener && $0.isPlain }
        for _ in 0..<128 {
            var address = sockaddr_storage()
            let number = Self.accept4(listener, &address)
            if number >= 0 {
                admit(FileDescriptor(number), from: PeerAddress(address), isPlain: isPlain)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                turnAway(listener)
                return
            default: return
            }
        }
    }

    private static func accept4(_ listener: Int32, _ address: inout sockaddr_storage) -> Int32 {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe CLinux.accept4(listener, $0, &length, flags)
            }
        }
    }

    /// Makes a connection of an accepted socket, or tells it that there are too many.
    private func admit(
        _ socket: consuming FileDescriptor, from peer: PeerAddress, isPlain: Bool
    ) {
        counters.add(to: .accepted)
        let count = shared.connectionOpened()
        // A few more are held for the moment it takes to say 503; beyond those it is just closed.
        let spare = 64
        guard count <= shared.connectionLimit + spare else {
            counters.add(to: .refused)
            shared.connectionClosed()
            return
        }
        var tls: TLSSession?
        if !isPlain, let context = shared.tlsContext {
            tls = context.session(on: socket.number)
            guard tls != nil else {
                shared.connectionClosed()
                return
            }
        }
        lastGeneration = lastGeneration == .max ? 1 : lastGeneration + 1
        let number = Int(socket.number)
        let connection = Connection(
            loop: self, socket: socket, generation: lastGeneration, peer: peer, tls: tls)
        while connections.count <= number {
            connections.append(nil)
            deadlineTimes.append(.max)
        }
        connections[number] = connection
        openCount += 1
        counters.add(to: .open)
        let isWatching = watch(
            Int32(number),
            EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue,
            generation: lastGeneration)
        guard isWatching else {
            counters.add(to: .refused)
            connection.close()
            return
        }
        if count > shared.connectionLimit {
            // Before a handshake there is no way to say it.
            if tls == nil { connection.refuse(.overloaded) } else { connection.close() }
        }
        // A request may have come with it, and a draining loop closes connections without one.
        connection.state.mayRead = isDraining
        connection.drive()
    }

    /// Takes a connection off the tables; its descriptor is closed next.
    func forget(_ connection: Connection) {
        let number = Int(connection.number)
        connections[number] = nil
        deadlineTimes[number] = .max
        openCount -= 1
        counters.add(-1, to: .open)
        shared.connectionClosed()
    }

    /// Out of descriptors: spends the reserve on refusing one client, then pauses.
    private func turnAway(_ listener: Int32) {
        counters.add(to: .refused)
        acceptor.reserve = nil
        let number = CLinux.accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if number >= 0 { _ = Glibc.close(number) }
        acceptor.reserve = Acceptor.makeReserve()
        for listener in acceptor.listeners {
            setListening(listener.socket.number, isOn: false)
        }
        acceptor.pausedUntil = now + 50
    }

    /// Watches the listeners again after a pause.
    func resumeAccepting() {
        if acceptor.reserve == nil { acceptor.reserve = Acceptor.makeReserve() }
        for listener in acceptor.listeners { setListening(listener.socket.number, isOn: true) }
    }

    private func setListening(_ number: Int32, isOn: Bool) {
        var event = unsafe epoll_event()
        unsafe event.events = isOn ? EPOLLIN.rawValue : 0
        unsafe event.data.u64 = UInt64(UInt32(number))
        let result = unsafe epoll_ctl(epoll.number, EPOLL_CTL_MOD, number, &event)
        precondition(result == 0, "epoll_ctl: \(SystemCall.message(errno))")
    }
}
