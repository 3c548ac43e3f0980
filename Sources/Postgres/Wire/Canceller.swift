internal import Glibc
internal import Synchronization

/// Cancels the statement that a connection waits for, from any thread.
///
/// Never a COMMIT: one that waits for a standby would end as if it had been confirmed. A connection that
/// was cancelled commits nothing more and is then closed, since a cancellation may arrive late.
package final class Canceller: Sendable {
    private enum Phase {
        /// → committing, cancelled, closed.
        case open
        /// → open, closed.
        case committing
        /// → closed.
        case cancelled
        case closed
    }

    private let phase = Mutex(Phase.open)
    private let address: SocketAddress?
    private let key: (process: Int32, secret: Int32)?
    private let timeout: Duration

    init(
        address: SocketAddress?, key: (process: Int32, secret: Int32)?, timeout: Duration
    ) {
        self.address = address
        self.key = key
        self.timeout = timeout
    }

    /// Asks the server to stop what the connection is doing, and returns when the server has been told.
    ///
    /// - Returns: false while a COMMIT is under way or when the connection is closed: nothing was done.
    @discardableResult
    package func cancel() -> Bool {
        let mayCancel = phase.withLock { phase in
            guard case .open = phase else { return false }
            phase = .cancelled
            return true
        }
        if mayCancel { send() }
        return mayCancel
    }

    /// The server answers by closing; whether it found the session it does not say.
    private func send() {
        let deadline = Deadline(after: timeout)
        guard let address, let key, let channel = address.connect(until: deadline).channel else {
            return
        }
        var input = MessageReader(messageLimit: 64)
        var output = MessageWriter()
        output.begin(nil)
        output.int32(Startup.cancelRequestCode)
        output.int32(Int(key.process))
        output.int32(Int(key.secret))
        output.end()
        while input.isEmpty, case .moved = channel.exchange(&input, &output, until: deadline) {}
    }

    var isCancelled: Bool { phase.withLock { if case .cancelled = $0 { true } else { false } } }

    /// False when the connection has been cancelled: it must not commit.
    func beginCommit() -> Bool {
        phase.withLock { phase in
            guard case .open = phase else { return false }
            phase = .committing
            return true
        }
    }

    func endCommit() {
        phase.withLock { phase in if case .committing = phase { phase = .open } }
    }

    func close() { phase.withLock { $0 = .closed } }
}
