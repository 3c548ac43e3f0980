internal import CLinux
internal import Glibc
internal import TLS

extension Connection {
    /// Reads once from the socket into the loop's scratch and uses it in place.
    func read() {
        guard let count = receive() else { return }
        guard state.phase != .lingering else { return }
        loop.counters.add(count, to: .bytesIn)
        if hasHeldInput {
            input.removeFirst(inputStart)
            inputStart = 0
            unsafe input.append(contentsOf: loop.scratchBytes(count))
            parseInput()
            return
        }
        let bytes = unsafe loop.scratchBytes(count)
        var used = 0
        let request = unsafe nextRequest(bytes.span, used: &used)
        // Only what is not used yet is copied out of the scratch.
        if used < count, isOpen { unsafe input.append(contentsOf: bytes[used...]) }
        if let request { dispatch(request) }
    }

    /// Uses the input held.
    func parseInput() {
        if let request = nextHeldRequest() { dispatch(request) }
    }

    /// The next request of a pipeline, if its turn has come and all of it is here.
    func nextPipelined() -> HTTPRequest? {
        guard state.phase == .idle, state.hasInput, queue.isEmpty,
            loop.output.count < ConnectionState.batchBytes
        else { return nil }
        return nextHeldRequest()
    }

    private var hasHeldInput: Bool { inputStart < input.count }

    private func nextHeldRequest() -> HTTPRequest? {
        var used = 0
        let held = input
        let request = nextRequest(held.span.extracting(inputStart..<held.count), used: &used)
        inputStart += used
        if inputStart >= input.count {
            // An idle connection owns no buffer.
            input = []
            inputStart = 0
        }
        return request
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

    /// Reads on to the end of the next request and notes how far it came; `nil` when its end has
    /// not arrived, or when it was refused.
    private func nextRequest(_ bytes: Span<UInt8>, used: inout Int) -> HTTPRequest? {
        state.hasInput = false
        do {
            while used < bytes.count {
                let rest = bytes.extracting(used..<bytes.count)
                switch try reader.read(rest, used: &used) {
                case .partial:
                    try countContent()
                    state.inputRead(
                        inHead: reader.isInHead, inContent: reader.isInContent, at: loop.now)
                    return nil
                case .announced(let head):
                    state.inputRead(inHead: false, inContent: true, at: loop.now)
                    let hasContent = reader.isContent(within: bytes.count - used)
                    switch loop.service.admit(head, hasContent: hasContent) {
                    case .read(let limit, let holder):
                        contentHolder = holder
                        try reader.accept(limit: limit)
                    case .leave:
                        used = bytes.count
                        return reader.leaveContent()
                    }
                    // Pointless once content is on its way (RFC 9110 §10.1.1).
                    if head.head.expectsContinue, used == bytes.count {
                        loop.output.append("HTTP/1.1 100 Continue\r\n\r\n")
                    }
                case .request(let request):
                    try countContent()
                    state.hasInput = used < bytes.count
                    return request
                }
            }
        } catch {
            refuse(error)
            used = bytes.count
        }
        return nil
    }
}
