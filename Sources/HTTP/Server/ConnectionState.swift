/// The protocol of one connection as a pure state machine: it is told what happened and says what
/// to do next; `Connection` does it.
struct ConnectionState {
    enum Phase: UInt8 {
        /// TLS is being set up. Goes to `idle`, `closed`.
        case handshaking
        /// Between requests. Goes to `head`, `responding`, `closed`.
        case idle
        /// Part of a head has arrived. Goes to `content`, `responding`, `closing`, `closed`.
        case head
        /// Part of the content has arrived. Goes to `responding`, `closing`, `closed`.
        case content
        /// The service is at work. Goes to `idle`, `streaming`, `closing`, `closed`.
        case responding
        /// The head of a streamed response has been written. Goes to `idle`, `closing`, `closed`.
        case streaming
        /// The last answer is leaving. Goes to `lingering`, `closed`.
        case closing
        /// Our side is shut; the client's last bytes are dropped. Goes to `closed`.
        case lingering
        case closed
    }

    enum Action: Equatable {
        case handshake
        /// Parse input already held.
        case parse
        case read
        case flush
        /// Shut our side, keep dropping what arrives.
        case halfClose
        case discard
        case close
        /// Nothing until an event, an answer or a deadline.
        case wait
    }

    private(set) var phase: Phase
    /// When the phase began, in milliseconds of the loop's clock.
    private(set) var since: UInt64
    /// The socket may hold bytes we have not seen: events come once per arrival.
    var mayRead = false
    /// The socket took no more output; the client must read first. Since when, and the queue then.
    private(set) var isBlocked = false
    private(set) var blockedSince: UInt64 = 0
    private var takenSinceBlocked = 0
    /// Input is held that nobody has tried to parse.
    var hasInput = false
    /// The client has shut its side.
    var peerFinished = false
    /// After the last answer the client may still be sending.
    private(set) var lingers = false

    init(isTLS: Bool, now: UInt64) {
        phase = isTLS ? .handshaking : .idle
        since = now
    }

    /// - outputCount: bytes waiting to leave.
    /// - isDraining: whether the server is shutting down.
    func next(outputCount: Int, isDraining: Bool) -> Action {
        switch phase {
        case .closed: return .wait
        case .handshaking: return mayRead ? .handshake : .wait
        case .idle, .head, .content:
            if isBlocked { return .wait }
            // Answers to pipelined requests leave together, up to a batch.
            if hasInput, outputCount < Self.batchBytes { return .parse }
            if outputCount > 0 { return .flush }
            if mayRead { return .read }
            if peerFinished || (isDraining && phase == .idle) { return .close }
            return .wait
        case .responding, .streaming:
            return outputCount > 0 && !isBlocked ? .flush : .wait
        case .closing:
            if isBlocked { return .wait }
            if outputCount > 0 { return .flush }
            return lingers && !peerFinished ? .halfClose : .close
        case .lingering:
            if peerFinished { return .close }
            return mayRead ? .discard : .wait
        }
    }

    static let batchBytes = 64 * 1024

    // MARK: What happened

    mutating func handshakeFinished(at now: UInt64) { enter(.idle, now) }

    /// Where the reader stands after the input it was given.
    mutating func inputRead(inHead: Bool, inContent: Bool, at now: UInt64) {
        let reached: Phase = inContent ? .content : inHead ? .head : .idle
        switch phase {
        case .idle, .head, .content: if reached != phase { enter(reached, now) }
        default: break
        }
    }

    mutating func requestCompleted(at now: UInt64) { enter(.responding, now) }

    mutating func streamBegan(at now: UInt64) { enter(.streaming, now) }

    /// - unreadInput: the client has sent, or may be sending, more than we shall read.
    mutating func answered(closes: Bool, unreadInput: Bool, at now: UInt64) {
        guard phase != .closed else { return }
        lingers = closes && unreadInput
        enter(closes ? .closing : .idle, now)
    }

    mutating func halfClosed(at now: UInt64) { enter(.lingering, now) }

    mutating func closed() { phase = .closed }

    mutating func outputBlocked(at now: UInt64) {
        guard !isBlocked else { return }
        isBlocked = true
        // A reader that takes a byte at a time does not move its deadline.
        if blockedSince == 0 || takenSinceBlocked >= Self.progressBytes {
            blockedSince = now
            takenSinceBlocked = 0
        }
    }

    mutating func outputTaken(_ count: Int) { takenSinceBlocked += count }

    mutating func outputDrained() {
        isBlocked = false
        blockedSince = 0
        takenSinceBlocked = 0
    }

    mutating func becameWritable() { isBlocked = false }

    static let progressBytes = 16 * 1024

    private mutating func enter(_ phase: Phase, _ now: UInt64) {
        self.phase = phase
        since = now
    }

    // MARK: Deadlines

    /// When the connection must be ended unless something happens first, in milliseconds.
    func deadline(_ times: Deadlines, contentCount: Int) -> UInt64 {
        if blockedSince != 0, phase != .lingering { return blockedSince + times.write }
        switch phase {
        case .handshaking, .head: return since + times.head
        case .idle: return since + times.idle
        case .content:
            let earned = UInt64(contentCount) * 1000 / times.bodyBytesPerSecond
            return since + min(times.body, times.bodyGrace + earned)
        case .closing, .lingering: return since + times.linger
        case .responding, .streaming, .closed: return .max
        }
    }

    /// What the client is told when that deadline passes; `nil` closes without a word.
    var timeoutFailure: HTTPFailure? {
        switch phase {
        case .head where !isBlocked: .headTimeout
        case .content where !isBlocked: .bodyTimeout
        default: nil
        }
    }
}
