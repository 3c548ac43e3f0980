internal import CLinux
internal import Glibc
internal import TLS

/// One request on its way, until `finish`.
final class ClientExchange {
    let request: ClientRequest
    /// Milliseconds of the loop's clock.
    let deadline: UInt64
    /// Addresses not tried yet.
    var addresses: ArraySlice<SocketAddress> = []
    /// Whether a kept-alive connection has failed it; then only a fresh one will do.
    var needsFreshConnection = false
    private var completion: ((Result<ClientResponse, ClientFailure>) -> Void)?

    init(
        _ request: ClientRequest, deadline: UInt64,
        completion: @escaping @Sendable (Result<ClientResponse, ClientFailure>) -> Void
    ) {
        self.request = request
        self.deadline = deadline
        self.completion = completion
    }

    var isFinished: Bool { completion == nil }

    func finish(_ result: Result<ClientResponse, ClientFailure>) {
        completion.take()?(result)
    }
}

/// A connection to a receiver: connects, shakes hands, then one exchange after the other. Belongs to
/// the thread of its loop.
@safe final class ClientConnection {
    /// Whom it leads to; connections are kept for it.
    struct Origin: Hashable {
        let isTLS: Bool
        let host: String
        let port: UInt16

        init(_ url: HTTPURL) {
            isTLS = url.isTLS
            host = url.host
            port = url.port
        }
    }

    private enum Phase {
        /// Goes to `handshaking`, `sending`.
        case connecting
        /// Goes to `sending`.
        case handshaking
        /// Goes to `receiving`.
        case sending
        /// Goes to `idle`.
        case receiving
        /// Goes to `sending`.
        case idle
        case closed
    }

    unowned let loop: ClientLoop
    let origin: Origin
    let generation: UInt32
    private let socket: FileDescriptor
    private let tls: TLSSession?
    private var phase = Phase.connecting
    private var exchange: ClientExchange?
    private var output: [UInt8] = []
    private var written = 0
    private var parser = ResponseParser(keptBytes: 0, contentBytes: 0)
    private var hasReceived = false
    private var isReused = false
    /// When it ends unless something happens, in milliseconds of the loop's clock.
    private(set) var deadline: UInt64

    var number: Int32 { socket.number }
    var isIdle: Bool { if case .idle = phase { true } else { false } }

    /// Takes a socket that is connecting.
    init(
        loop: ClientLoop, origin: Origin, socket: consuming FileDescriptor, tls: TLSSession?,
        generation: UInt32, exchange: ClientExchange, deadline: UInt64
    ) {
        self.loop = loop
        self.origin = origin
        self.socket = socket
        self.tls = tls
        self.generation = generation
        self.exchange = exchange
        self.deadline = deadline
    }

    /// Sends another request on a kept connection; `false` when it is no good any more, because it
    /// has ended or because bytes lie in it that nobody asked for.
    func begin(_ exchange: ClientExchange) -> Bool {
        guard case .blocked = receive() else {
            close()
            return false
        }
        self.exchange = exchange
        isReused = true
        prepare(exchange)
        drive()
        return true
    }

    private func prepare(_ exchange: ClientExchange) {
        output = exchange.request.bytes
        written = 0
        hasReceived = false
        parser = ResponseParser(
            keptBytes: loop.limits.keptBytes, contentBytes: loop.limits.contentBytes)
        deadline = exchange.deadline
        phase = .sending
    }

    /// Does whatever can be done now.
    func drive() {
        while true {
            switch phase {
            case .connecting:
                guard finishConnecting() else { return }
            case .handshaking:
                guard let tls else { preconditionFailure("a handshake without TLS") }
                switch tls.handshake() {
                case .bytes: startSending()
                case .blocked: return
                case .ended, .failed: return failConnecting(.tls(tls.failureReason))
                }
            case .sending:
                guard write() else { return }
            case .receiving:
                guard read() else { return }
            case .idle:
                // Nothing was asked: bytes would be an answer to nobody, and the end is the end.
                return drainIdle()
            case .closed:
                return
            }
        }
    }

    // MARK: Connecting

    private func finishConnecting() -> Bool {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length)
        guard result == 0, code == 0 else {
            failConnecting(.unreachable(SystemCall.message(result == 0 ? code : errno)))
            return false
        }
        var peer = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isConnected = unsafe withUnsafeMutablePointer(to: &peer) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(number, $0, &size) == 0
            }
        }
        guard isConnected else { return false }
        if tls != nil { phase = .handshaking } else { startSending() }
        return true
    }

    private func startSending() {
        guard let exchange else { preconditionFailure("a connection is made for an exchange") }
        prepare(exchange)
    }

    /// Another address may do better.
    private func failConnecting(_ failure: ClientFailure) {
        let exchange = exchange.take()
        close()
        if let exchange { loop.connect(exchange, after: failure) }
    }

    // MARK: Sending

    /// Whether to go on.
    private func write() -> Bool {
        while written < output.count {
            let count: Int
            if let tls {
                let result = unsafe output.withUnsafeBytes { buffer in
                    unsafe tls.write(UnsafeRawBufferPointer(rebasing: buffer[written...]))
                }
                switch result {
                case .bytes(let sent): count = sent
                case .blocked: return false
                case .ended, .failed: return stopSending()
                }
            } else {
                count = unsafe output.withUnsafeBytes { buffer in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                    return SystemCall.retrying {
                        unsafe send(number, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                    }
                }
                if count < 0 {
                    if errno == EAGAIN { return false }
                    return stopSending()
                }
            }
            written += count
        }
        output = []
        written = 0
        phase = .receiving
        return true
    }

    /// The other side takes no more; it may have said why before it left.
    private func stopSending() -> Bool {
        phase = .receiving
        return true
    }

    // MARK: Receiving

    private enum Input {
        case bytes(Int)
        case blocked
        case ended
        case failed
    }

    private func receive() -> Input {
        let buffer = unsafe loop.scratch
        if let tls {
            switch unsafe tls.read(into: buffer) {
            case .bytes(let count): return .bytes(count)
            case .blocked: return .blocked
            case .ended: return .ended
            case .failed: return .failed
            }
        }
        let count = SystemCall.retrying { unsafe recv(number, buffer.baseAddress, buffer.count, 0) }
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN ? .blocked : .failed
    }

    /// Whether to go on.
    private func read() -> Bool {
        switch receive() {
        case .blocked: return false
        case .bytes(let count):
            hasReceived = true
            do {
                let bytes = unsafe UnsafeBufferPointer(
                    start: loop.scratch.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    count: count)
                guard try unsafe parser.read(bytes.span) == .complete else { return true }
                finish()
            } catch {
                give(up: error == .tooLarge && parser.hasHead ? nil : .malformedResponse)
            }
            return false
        case .ended:
            do {
                try parser.end()
                finish()
            } catch {
                give(up: .connectionLost)
            }
            return false
        case .failed:
            give(up: .connectionLost)
            return false
        }
    }

    private var response: ClientResponse {
        ClientResponse(
            status: parser.status, head: parser.head, content: parser.kept,
            isComplete: parser.isComplete && parser.keptAll)
    }

    /// The answer is whole.
    private func finish() {
        let exchange = exchange.take()
        let response = response
        if parser.keepsAlive, output.isEmpty {
            phase = .idle
            deadline = loop.now + Deadlines.milliseconds(loop.limits.idle)
            if !loop.keep(self) { close() }
        } else {
            close()
        }
        exchange?.finish(.success(response))
    }

    /// There will be no whole answer. Once the head of one has come the verdict is known, and what is
    /// missing of its content changes nothing.
    private func give(up failure: ClientFailure?) {
        let exchange = exchange.take()
        let response = response
        let hasHead = parser.hasHead
        close()
        guard let exchange else { return }
        if isReused, !hasReceived, failure == .connectionLost {
            // It may have been closed before the request arrived.
            exchange.needsFreshConnection = true
            loop.begin(exchange)
        } else if hasHead {
            exchange.finish(.success(response))
        } else {
            exchange.finish(.failure(failure ?? .malformedResponse))
        }
    }

    // MARK: Ending

    private func drainIdle() {
        switch receive() {
        case .blocked: break
        case .bytes, .ended, .failed:
            loop.forgetIdle(self)
            close()
        }
    }

    /// Its time is up.
    func expire() {
        switch phase {
        case .connecting, .handshaking:
            // The exchange may have time left for another address.
            failConnecting(.timedOut)
        case .idle:
            loop.forgetIdle(self)
            close()
        default:
            give(up: .timedOut)
        }
    }

    /// Ends it and whatever it was doing.
    func abort() {
        let exchange = exchange.take()
        close()
        exchange?.finish(.failure(.closed))
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        tls?.end()
        loop.forget(self)
    }
}
