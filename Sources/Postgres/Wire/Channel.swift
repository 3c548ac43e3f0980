internal import CLinux
internal import Glibc
internal import TLS

/// A non-blocking socket to the server, with TLS on it once that is agreed. Used by one thread at a time.
final class Channel {
    enum Result {
        case bytes(Int)
        case blocked
        /// The other side has ended it, properly or not.
        case ended
    }

    /// Nil once closed.
    private var socket: FileDescriptor?
    private(set) var tls: TLSSession?

    init(_ socket: consuming FileDescriptor) { self.socket = consume socket }

    private var number: Int32 { socket?.number ?? -1 }

    /// Closes the socket; harmless when it is closed.
    func close() {
        tls?.end()
        tls = nil
        socket = nil
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Result {
        if let tls {
            return switch unsafe tls.read(into: buffer) {
            case .bytes(let count): .bytes(count)
            case .blocked: .blocked
            case .ended, .failed: .ended
            }
        }
        let number = number
        let count = SystemCall.retrying {
            unsafe recv(number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        }
        if count > 0 { return .bytes(count) }
        return count < 0 && errno == EAGAIN ? .blocked : .ended
    }

    func send(_ buffer: UnsafeRawBufferPointer) -> Result {
        if let tls {
            return switch unsafe tls.write(buffer) {
            case .bytes(let count): .bytes(count)
            case .blocked: .blocked
            case .ended, .failed: .ended
            }
        }
        let number = number
        let count = SystemCall.retrying {
            unsafe Glibc.send(
                number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN ? .blocked : .ended
    }

    enum Exchange {
        case moved
        case timedOut
        case ended
    }

    /// Sends what the socket takes now.
    func flush(_ output: inout MessageWriter) {
        while !output.isEmpty {
            let result = unsafe output.send { buffer -> (Int, Result) in
                let result = unsafe send(buffer)
                if case .bytes(let count) = result { return (count, result) }
                return (0, result)
            }
            switch result {
            case .bytes: continue
            case .blocked: return
            // Before the other side left it may have said why: that is still to be read.
            case .ended: output.removeAll()
            }
        }
    }

    /// Receives what has come, without waiting.
    func receive(_ input: inout MessageReader) -> Result {
        unsafe input.fill { buffer in
            let result = unsafe receive(into: buffer)
            if case .bytes(let count) = result { return (count, result) }
            return (0, result)
        }
    }

    /// Sends what the socket takes, waits until something can move, and receives once: neither side waits
    /// for the other to read.
    func exchange(
        _ input: inout MessageReader, _ output: inout MessageWriter, until deadline: Deadline
    ) -> Exchange {
        flush(&output)
        guard wait(orToWrite: !output.isEmpty, until: deadline) else { return .timedOut }
        if case .ended = receive(&input) { return .ended }
        return .moved
    }

    /// Waits until there is something to read, or room to write if that is asked for too.
    ///
    /// - Returns: false when the deadline has passed.
    func wait(orToWrite writes: Bool, until deadline: Deadline) -> Bool {
        if tls?.hasPending == true { return !deadline.hasPassed }
        return Self.wait(for: number, writes ? POLLIN | POLLOUT : POLLIN, until: deadline)
    }

    static func wait(for number: Int32, _ events: Int32, until deadline: Deadline) -> Bool {
        var entry = pollfd(fd: number, events: Int16(events), revents: 0)
        while true {
            // Also when there is always something: whoever never stops talking is not waited for.
            let left = deadline.remainingMilliseconds
            guard left > 0 else { return false }
            let count = unsafe poll(&entry, 1, left)
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// Shakes hands as a client of `host`.
    ///
    /// - Returns: why it failed; nil when all is well.
    func secure(
        by context: ClientTLS, host: String, checksName: Bool, until deadline: Deadline
    ) -> String? {
        guard let session = context.session(on: number, host: host, checksName: checksName) else {
            return "out of memory"
        }
        while true {
            switch session.handshake() {
            case .bytes:
                tls = session
                return nil
            case .blocked:
                guard Self.wait(for: number, POLLIN, until: deadline) else { return "timed out" }
            case .ended, .failed: return session.failureReason
            }
        }
    }
}
