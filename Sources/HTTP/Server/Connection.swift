internal import CLinux
internal import Glibc
internal import TLS

/// One accepted connection: performs what `ConnectionState` says. It lives on its loop's thread
/// and is touched by no other, which is what makes it `Sendable` to the tasks it starts there.
final class Connection: @unchecked Sendable {
    let loop: EventLoop
    let number: Int32
    /// Tells this connection's events from those of an earlier one with the same descriptor.
    let generation: UInt32
    let peer: PeerAddress
    /// The descriptor; `nil` once closed.
    var socket: FileDescriptor?
    var tls: TLSSession?

    var state: ConnectionState
    var reader: RequestReader
    /// Input not used yet: an unfinished head, or requests behind the one being answered.
    var input: [UInt8] = []
    /// Where the unused part of `input` starts.
    var inputStart = 0
    var queue = OutputQueue()
    /// The request being answered.
    var exchange = Exchange()
    /// The handler, while it is suspended.
    var task: Task<Void, Never>?
    /// What of `reader`'s content is counted in `ServerShared.contentBudget`, and whose it is.
    private var heldContent = 0
    /// What of `queue` is counted in `ServerShared.outputBudget`.
    private var heldOutput = OutputBudget.Share()
    /// Whose answer was queued last.
    var outputHolder: String?
    var contentHolder = ContentHolder("", isKnown: false)
    /// A streamed response waiting for room in the socket.
    var roomWaiter: CheckedContinuation<Void, Never>?
    private(set) var isDriving = false
    private(set) var sawHangUp = false

    init(
        loop: EventLoop, socket: consuming FileDescriptor, generation: UInt32, peer: PeerAddress,
        tls: TLSSession?
    ) {
        self.loop = loop
        self.generation = generation
        self.peer = peer
        self.tls = tls
        number = socket.number
        self.socket = consume socket
        state = ConnectionState(isTLS: tls != nil, now: loop.now)
        reader = RequestReader(
            limits: loop.limits,
            origin: RequestOrigin(peer: peer, isSecure: tls != nil, loop: loop.index))
    }

    var isOpen: Bool { state.phase != .closed }

    /// Bytes that wait to leave; the loop's buffer holds only those of the connection it drives.
    private var outputCount: Int { queue.count + loop.output.count }

    /// What epoll reported; hints only, the calls that follow find out.
    func handle(events: UInt32) {
        let broken = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        if broken, state.phase == .responding || state.phase == .streaming {
            // Nobody is there to read the answer.
            close()
            return
        }
        let readable =
            EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        if events & readable != 0 { state.mayRead = true }
        if events & EPOLLRDHUP.rawValue != 0 { sawHangUp = true }
        if events & EPOLLOUT.rawValue != 0 { state.becameWritable() }
        // TLS may have waited for either direction.
        if tls != nil { state.mayRead = true }
        drive()
    }

    /// Does whatever can be done now, then leaves the deadline for what cannot.
    ///
    /// Called again from within (a handler that answers at once), it returns: the outer call goes
    /// on with the new state.
    func drive() {
        guard !isDriving else { return }
        isDriving = true
        // Others wait too: after a few reads the connection goes to the end of the line.
        var reads = 4
        steps: while true {
            switch state.next(outputCount: outputCount, isDraining: loop.isDraining) {
            case .handshake: handshake()
            case .parse: parseInput()
            case .read, .discard:
                if reads == 0 {
                    loop.revisit(self)
                    break steps
                }
                reads -= 1
                read()
            case .flush: flush()
            case .halfClose: halfClose()
            case .close: close()
            case .wait: break steps
            }
        }
        isDriving = false
        if isOpen {
            // What a full socket left behind; the loop's buffer belongs to the next connection.
            queueOutput()
            countOutput()
        }
        if isOpen {
            let deadline = state.deadline(loop.deadlines, contentCount: reader.contentCount)
            loop.setDeadline(deadline, for: number)
            resumeStream()
        }
    }

    /// Counts the content that waits for its rest.
    ///
    /// - Throws: `contentOverloaded` when the holder, or all connections together, hold too much.
    func countContent() throws(HTTPFailure) {
        let count = isOpen ? reader.contentCount : 0
        guard count != heldContent else { return }
        let change = count - heldContent
        heldContent = count
        let fits = loop.shared.contentBudget.change(by: change, of: contentHolder)
        if change > 0, !fits { throw .contentOverloaded }
    }

    /// Counts the output that waits for its reader, and ends the connection when that is too much.
    private func countOutput() {
        let count = isOpen ? queue.count : 0
        guard count != heldOutput.count else { return }
        let old = heldOutput
        heldOutput = OutputBudget.Share(count: count, holder: outputHolder)
        let fits = loop.shared.outputBudget.replace(old, by: heldOutput, of: peer)
        guard count > old.count, !fits else { return }
        loop.counters.add(to: .refused)
        close()
    }

    /// Hands the thread back to a streamed response once everything before has left.
    private func resumeStream() {
        guard queue.isEmpty, let waiter = roomWaiter.take() else { return }
        waiter.resume()
    }

    private func handshake() {
        state.mayRead = false
        switch tls?.handshake() {
        case .bytes:
            loop.counters.add(to: .handshakes)
            state.handshakeFinished(at: loop.now)
            // Bytes may already sit decrypted in the session, where epoll does not see them.
            state.mayRead = true
        case .blocked: break
        case .ended, .failed, nil:
            loop.counters.add(to: .handshakeFailures)
            close()
        }
    }

    private func halfClose() {
        tls?.end()
        shutdown(number, Int32(SHUT_WR))
        state.halfClosed(at: loop.now)
        state.mayRead = true
    }

    /// Ends the connection; the handler of a request in progress, which is cancelled, may run on, its
    /// answer unheard.
    func close() {
        guard isOpen else { return }
        task?.cancel()
        if state.phase != .lingering { tls?.end() }
        state.closed()
        loop.forget(self)
        socket = nil
        input = []
        inputStart = 0
        queue = OutputQueue()
        // Closed, it holds nothing, and so cannot hold too much.
        try? countContent()
        countOutput()
        loop.output.removeAll()
        roomWaiter.take()?.resume()
    }

    /// A deadline has passed.
    func expire() {
        loop.counters.add(to: .timeouts)
        if let failure = state.timeoutFailure {
            refuse(failure)
            drive()
        } else {
            close()
        }
    }
}
