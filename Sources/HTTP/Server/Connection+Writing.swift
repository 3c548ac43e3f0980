internal import CLinux
internal import Glibc
internal import TLS

extension Connection {
    /// Moves what the loop's buffer holds for this connection to its own queue.
    func queueOutput() {
        guard loop.output.count > 0 else { return }
        queue.append(unsafe Array(loop.output.bytes))
        loop.output.removeAll()
    }

    /// Writes until everything has left or the socket is full.
    func flush() {
        if queue.isEmpty { flushBuffer() }
        guard isOpen else { return }
        // The buffer belongs to the next connection now.
        queueOutput()
        while !queue.isEmpty, !state.isBlocked, isOpen { flushQueue() }
        if isOpen, queue.isEmpty { state.outputDrained() }
    }

    /// The usual case: one write, straight from the loop's buffer.
    private func flushBuffer() {
        let bytes = unsafe loop.output.bytes
        guard let taken = unsafe send(bytes) else { return }
        if taken == bytes.count {
            loop.output.removeAll()
        } else {
            queue.append(unsafe Array(bytes[taken...]))
            loop.output.removeAll()
        }
    }

    private func flushQueue() {
        let taken = tls == nil ? sendQueue() : sendFirst()
        if let taken { queue.remove(taken) }
    }

    private func sendFirst() -> Int? {
        let offset = queue.offset
        return unsafe queue.chunks[0].withUnsafeBytes {
            unsafe send(.init(rebasing: $0[offset...]))
        }
    }

    /// Up to three arrays in one call: a head, its content, and what follows.
    private func sendQueue() -> Int? {
        let chunks = queue.chunks
        guard chunks.count > 1 else { return sendFirst() }
        return unsafe chunks[0].withUnsafeBytes { first in
            unsafe chunks[1].withUnsafeBytes { second in
                // sendmsg only reads through these pointers.
                var vectors = unsafe [
                    iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress)
                            .map { unsafe $0 + queue.offset },
                        iov_len: first.count - queue.offset),
                    iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress),
                        iov_len: second.count),
                ]
                return unsafe vectors.withUnsafeMutableBufferPointer { buffer in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = buffer.baseAddress
                    unsafe message.msg_iovlen = buffer.count
                    return note(
                        SystemCall.retrying {
                            unsafe sendmsg(number, &message, Int32(MSG_NOSIGNAL))
                        })
                }
            }
        }
    }

    /// How many bytes were taken; `nil` when the connection broke and is now closed.
    private func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let tls else {
            return note(
                SystemCall.retrying {
                    unsafe Glibc.send(
                        number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                })
        }
        switch unsafe tls.write(bytes) {
        case .bytes(let count): return note(count)
        case .blocked:
            state.outputBlocked(at: loop.now)
            return 0
        case .ended, .failed:
            close()
            return nil
        }
    }

    private func note(_ result: Int) -> Int? {
        if result >= 0 {
            loop.counters.add(result, to: .bytesOut)
            state.outputTaken(result)
            return result
        }
        guard errno == EAGAIN else {
            close()
            return nil
        }
        state.outputBlocked(at: loop.now)
        return 0
    }
}
