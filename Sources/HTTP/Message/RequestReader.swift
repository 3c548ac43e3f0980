/// Turns the bytes of one connection into requests: heads by `RequestParser`, then content. It
/// does no I/O and keeps no input; content is moved out of it as it arrives.
struct RequestReader {
    enum Step {
        /// The bytes are used up as far as they can be; more must arrive.
        case partial
        /// A head that announces content: decide with `accept(limit:)`, then read on.
        case announced(HTTPRequest)
        case request(HTTPRequest)
    }

    private let limits: Limits
    private let origin: RequestOrigin
    private var parser: RequestParser
    private var decoder = ChunkedDecoder()
    /// A head whose content is arriving.
    private(set) var pending: HTTPRequest?
    private var content: [UInt8] = []
    private var bodyLimit = 0

    init(limits: Limits, origin: RequestOrigin) {
        self.limits = limits
        self.origin = origin
        parser = RequestParser(limits: limits)
    }

    /// Whether a head has begun but not ended.
    var isInHead: Bool { pending == nil && !parser.isFresh }

    /// Whether content is still to come.
    var isInContent: Bool { pending != nil }

    /// Content bytes received so far.
    var contentCount: Int { content.count }

    /// What is known of the method when a head cannot be read to its end.
    var isHeadMethod: Bool { (pending?.method ?? parser.head.method) == .head }

    /// Reads on from `bytes`; adds to `used` what will not be needed again. The bytes of an
    /// unfinished head are needed again.
    mutating func read(
        _ bytes: Span<UInt8>, used: inout Int
    ) throws(HTTPFailure) -> Step {
        if pending != nil { return try readContent(bytes, used: &used) }
        guard let head = try parser.readHead(bytes) else { return .partial }
        parser = RequestParser(limits: limits)
        used += head.byteCount
        let framing = head.framing
        let request = HTTPRequest(head, in: bytes, from: origin)
        if framing == .none { return .request(request) }
        pending = request
        return .announced(request)
    }

    /// Whether `count` bytes behind the announced head are all of its content.
    func isContent(within count: Int) -> Bool {
        guard case .length(let length) = pending?.head.framing else { return false }
        return length <= count
    }

    /// The announced request, without its content; nothing can be read after it.
    mutating func leaveContent() -> HTTPRequest? {
        var request = pending.take()
        request?.isContentUnread = true
        return request
    }

    /// Forgets what of the content is here; nothing can be read after it.
    mutating func dropContent() { content = [] }

    /// Sets the most content accepted for the announced request.
    mutating func accept(limit: Int) throws(HTTPFailure) {
        bodyLimit = min(limit, limits.bodyBytes)
        decoder = ChunkedDecoder()
        if case .length(let length) = pending?.head.framing {
            guard length <= bodyLimit else { throw .contentTooLarge }
            // A claim alone does not make us hold memory; the rest grows as bytes arrive.
            content.reserveCapacity(min(length, 64 * 1024))
        }
    }

    private mutating func readContent(
        _ bytes: Span<UInt8>, used: inout Int
    ) throws(HTTPFailure) -> Step {
        let isComplete: Bool
        switch pending?.head.framing {
        case .length(let length):
            let count = min(length - content.count, bytes.count)
            reserve(content.count + count, of: length)
            content.append(bytes.extracting(0..<count))
            used += count
            isComplete = content.count == length
        case .chunked:
            used += try decoder.decode(bytes, into: &content, limit: bodyLimit)
            isComplete = decoder.isComplete
        case .some(.none), nil:
            isComplete = true
        }
        guard isComplete, var request = pending.take() else { return .partial }
        swap(&request.body, &content)
        return .request(request)
    }

    /// Doubles the room for content, but never beyond what was announced.
    private mutating func reserve(_ needed: Int, of total: Int) {
        guard needed > content.capacity else { return }
        content.reserveCapacity(min(total, max(needed, content.capacity * 2)))
    }
}
