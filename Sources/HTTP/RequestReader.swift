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
    private var pending: HTTPRequest?
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
    var contentCount: Int { pending?.body.count ?? 0 }

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

    /// Sets the most content accepted for the announced request.
    mutating func accept(limit: Int) throws(HTTPFailure) {
        bodyLimit = min(limit, limits.bodyBytes)
        decoder = ChunkedDecoder()
        if case .length(let length) = pending?.head.framing {
            guard length <= bodyLimit else { throw .contentTooLarge }
            // A claim alone does not make us hold memory; the rest grows as bytes arrive.
            pending?.body.reserveCapacity(min(length, 64 * 1024))
        }
    }

    private mutating func readContent(
        _ bytes: Span<UInt8>, used: inout Int
    ) throws(HTTPFailure) -> Step {
        let isComplete: Bool
        switch pending?.head.framing {
        case .length(let length):
            let have = pending?.body.count ?? 0
            let count = min(length - have, bytes.count)
            reserve(have + count, of: length)
            pending?.body.append(bytes.extracting(0..<count))
            used += count
            isComplete = have + count == length
        case .chunked:
            used += try decodeChunks(bytes)
            isComplete = decoder.isComplete
        case .some(.none), nil:
            isComplete = true
        }
        guard isComplete, let request = pending.take() else { return .partial }
        return .request(request)
    }

    private mutating func decodeChunks(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Int {
        guard var request = pending.take() else { return 0 }
        // Moved out and back, so that appending never copies the content.
        defer { pending = consume request }
        return try decoder.decode(bytes, into: &request.body, limit: bodyLimit)
    }

    /// Doubles the room for content, but never beyond what was announced.
    private mutating func reserve(_ needed: Int, of total: Int) {
        guard let capacity = pending?.body.capacity, needed > capacity else { return }
        pending?.body.reserveCapacity(min(total, max(needed, capacity * 2)))
    }
}
