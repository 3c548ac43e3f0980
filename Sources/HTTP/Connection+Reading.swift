internal import CLinux
internal import Glibc

extension Connection {
    /// Reads once from the socket into the loop's scratch and uses it in place.
    func read() {
        guard let count = receive() else { return }
        guard state.phase != .lingering else { return }
        loop.counters.add(count, to: .bytesIn)
        if input.isEmpty {
            let bytes = unsafe loop.scratchBytes(count)
            let used = unsafe consume(bytes.span)
            // Only what is unfinished is copied out of the scratch.
            if used < count, isOpen { unsafe input.append(contentsOf: bytes[used...]) }
        } else {
            unsafe input.append(contentsOf: loop.scratchBytes(count))
            parseInput()
        }
    }

    /// Uses the input held.
    func parseInput() {
        let held = input
        input = []
        let used = consume(held.span)
        guard isOpen, used < held.count else { return }
        if used == 0 {
            input = held
        } else {
            input = Array(held[used...])
        }
    }

    /// The number of bytes now in the scratch; `nil` when there are none.
    private func receive() -> Int? {
        let buffer = unsafe loop.scratch
        if let tls {
            switch unsafe tls.read(into: buffer) {
            case .bytes(let count): return count
            case .blocked: state.mayRead = false
            case .ended:
                state.mayRead = false
                state.peerFinished = true
            case .failed: close()
            }
            return nil
        }
        let count = SystemCall.retrying { unsafe recv(number, buffer.baseAddress, buffer.count, 0) }
        if count > 0 {
            // A short read has emptied the socket, but an end that came with it is still unread.
            state.mayRead = count == buffer.count || sawHangUp
            return count
        }
        state.mayRead = false
        if count == 0 {
            state.peerFinished = true
        } else if errno != EAGAIN {
            close()
        }
        return nil
    }

    /// Starts every request it can; returns how many bytes will not be needed again.
    private func consume(_ bytes: Span<UInt8>) -> Int {
        var used = 0
        state.hasInput = false
        do {
            while used < bytes.count {
                let rest = bytes.extracting(used..<bytes.count)
                switch try reader.read(rest, used: &used) {
                case .partial:
                    state.inputRead(
                        inHead: reader.isInHead, inContent: reader.isInContent, at: loop.now)
                    return used
                case .announced(let head):
                    state.inputRead(inHead: false, inContent: true, at: loop.now)
                    try reader.accept(limit: loop.service.bodyLimit(for: head))
                    // Pointless once content is on its way (RFC 9110 §10.1.1).
                    if head.head.expectsContinue, used == bytes.count {
                        loop.output.append("HTTP/1.1 100 Continue\r\n\r\n")
                    }
                case .request(let request):
                    dispatch(request)
                    guard state.phase == .idle, loop.output.count < ConnectionState.batchBytes,
                        queue.isEmpty
                    else {
                        state.hasInput = used < bytes.count
                        return used
                    }
                }
            }
        } catch {
            refuse(error)
            return bytes.count
        }
        return used
    }
}
