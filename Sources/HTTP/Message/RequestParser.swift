/// Reads request heads (RFC 9112 §§ 2–3, 5, 6.3), without I/O. A line is looked at once, when its
/// line feed has arrived, so that any split of the same bytes gives the same result.
struct RequestParser {
    private let headBytes: Int
    private let fieldCount: Int
    private let targetBytes: Int

    var head = RequestHead()
    private var atRequestLine = true
    private var skippedEmptyLine = false
    /// Where the line being read starts, and how far the search for its end has come.
    private var lineStart = 0
    private var scanned = 0

    private var hostCount = 0
    private var closes = false
    private var keepAliveAsked = false
    private var lengthField: Int?
    private var codingField: HeadRange?

    init(limits: Limits) {
        headBytes = min(limits.headBytes, Int(UInt16.max))
        fieldCount = limits.fieldCount
        targetBytes = limits.targetBytes
    }

    /// Whether no byte of a head has arrived.
    var isFresh: Bool { scanned == 0 }

    /// Reads one head from the front of `bytes`, which must begin with every byte given before.
    ///
    /// Returns `nil` while the head is still arriving; only offsets survive between calls. After a
    /// head, start again with a fresh parser.
    mutating func readHead(_ bytes: Span<UInt8>) throws(HTTPFailure) -> RequestHead? {
        while true {
            if atRequestLine, lineStart < bytes.count {
                // Refused at its first byte, so a TLS hello does not wait for the deadline.
                let first = bytes[lineStart]
                let mayBeEmpty = first == Octet.carriageReturn && !skippedEmptyLine
                guard Octet.isToken(first) || mayBeEmpty else { throw .malformedRequestLine }
            }
            let lineFeed = bytes.firstIndex(of: Octet.lineFeed, from: scanned)
            guard (lineFeed ?? bytes.count - 1) < headBytes else {
                throw atRequestLine ? .targetTooLong : .fieldsTooLarge
            }
            guard let lineFeed else {
                scanned = bytes.count
                return nil
            }
            // A bare line feed is refused: implementations disagree about it (RFC 9112 §2.2).
            guard lineFeed > lineStart, bytes[lineFeed - 1] == Octet.carriageReturn else {
                throw atRequestLine ? .malformedRequestLine : .malformedField
            }
            let line = lineStart..<(lineFeed - 1)
            lineStart = lineFeed + 1
            scanned = lineStart
            if !line.isEmpty {
                if atRequestLine {
                    try readRequestLine(bytes, line)
                } else {
                    try readField(bytes, line)
                }
            } else if atRequestLine {
                // One empty line before a request is tolerated (RFC 9112 §2.2).
                skippedEmptyLine = true
            } else {
                return try finish(bytes)
            }
        }
    }

    // MARK: Request line

    private mutating func readRequestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(HTTPFailure) {
        var index = line.lowerBound
        while index < line.upperBound, Octet.isToken(bytes[index]) { index += 1 }
        let method = line.lowerBound..<index
        guard index < line.upperBound, bytes[index] == Octet.space else {
            throw .malformedRequestLine
        }
        index += 1
        let targetStart = index
        while index < line.upperBound, Octet.isTarget(bytes[index]) { index += 1 }
        let target = targetStart..<index
        guard index < line.upperBound else { throw .malformedRequestLine }
        guard bytes[index] == Octet.space else { throw .malformedTarget }
        guard !target.isEmpty else { throw .malformedRequestLine }
        try readVersion(bytes, (index + 1)..<line.upperBound)
        guard let known = HTTPMethod(bytes.extracting(method)) else { throw .methodUnknown }
        guard target.count <= targetBytes else { throw .targetTooLong }
        head.method = known
        try head.setTarget(target, in: bytes)
        atRequestLine = false
    }

    /// `HTTP/1.x`, upper case, one digit on each side of the point (RFC 9112 §2.3).
    private mutating func readVersion(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFailure) {
        let start = range.lowerBound
        guard range.count == 8, bytes.extracting(start..<(start + 5)).matches("HTTP/"),
            bytes[start + 6] == UInt8(ascii: "."),
            Octet.isDigit(bytes[start + 5]), Octet.isDigit(bytes[start + 7])
        else { throw .malformedRequestLine }
        guard bytes[start + 5] == UInt8(ascii: "1") else { throw .versionUnsupported }
        head.minorVersion = bytes[start + 7] == UInt8(ascii: "0") ? 0 : 1
    }

    // MARK: Fields

    private mutating func readField(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(HTTPFailure) {
        guard head.fields.count < fieldCount else { throw .tooManyFields }
        // A name must touch its colon, and a line may not continue the one before: both have been
        // used to smuggle (RFC 9112 §5.1, §5.2).
        var index = line.lowerBound
        while index < line.upperBound, Octet.isToken(bytes[index]) { index += 1 }
        let name = line.lowerBound..<index
        guard !name.isEmpty, index < line.upperBound, bytes[index] == UInt8(ascii: ":") else {
            throw .malformedField
        }
        index += 1
        guard Octet.areFieldValue(bytes.extracting(index..<line.upperBound)) else {
            throw .malformedField
        }
        let value = bytes.trimmingBlanks(index..<line.upperBound)
        if head.fields.isEmpty { head.fields.reserveCapacity(12) }
        head.fields.append(FieldEntry(name: HeadRange(name), value: HeadRange(value)))
        try noteField(bytes, bytes.extracting(name), value)
    }

    /// Keeps what framing and persistence need of the few fields that decide them.
    private mutating func noteField(
        _ bytes: Span<UInt8>, _ name: Span<UInt8>, _ value: Range<Int>
    ) throws(HTTPFailure) {
        switch name.count {
        case 4 where name.matchesIgnoringCase("host"):
            hostCount += 1
            guard hostCount == 1, HostField.isValid(bytes.extracting(value)) else {
                throw .malformedHost
            }
        case 6 where name.matchesIgnoringCase("expect"):
            // HTTP/1.0 has no expectations: a field there is ignored (RFC 9110 §10.1.1).
            guard head.minorVersion > 0 else { return }
            guard bytes.extracting(value).matchesIgnoringCase("100-continue") else {
                throw .expectationUnsupported
            }
            head.expectsContinue = true
        case 10 where name.matchesIgnoringCase("connection"):
            bytes.forEachListElement(in: value) { option in
                if option.matchesIgnoringCase("close") { closes = true }
                if option.matchesIgnoringCase("keep-alive") { keepAliveAsked = true }
            }
        case 14 where name.matchesIgnoringCase("content-length"):
            // Even an identical repetition is refused: some other hop may have read one of them.
            guard lengthField == nil, let length = Self.length(bytes, value) else {
                throw .ambiguousFraming
            }
            lengthField = length
        case 17 where name.matchesIgnoringCase("transfer-encoding"):
            guard codingField == nil else { throw .ambiguousFraming }
            codingField = HeadRange(value)
        default:
            break
        }
    }

    /// Digits only, at most eighteen of them, so that the number always fits.
    private static func length(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard (1...18).contains(range.count) else { return nil }
        var length = 0
        for index in range {
            guard Octet.isDigit(bytes[index]) else { return nil }
            length = length * 10 + Int(bytes[index] & 0x0F)
        }
        return length
    }

    // MARK: End of the head

    private mutating func finish(_ bytes: Span<UInt8>) throws(HTTPFailure) -> RequestHead {
        guard hostCount == 1 || head.minorVersion == 0 else { throw .malformedHost }
        if let codingField {
            // Both fields, or a coding from an HTTP/1.0 sender, are how smuggling starts
            // (RFC 9112 §6.1).
            guard lengthField == nil, head.minorVersion > 0 else { throw .ambiguousFraming }
            try Self.checkCoding(bytes, codingField.range)
            head.framing = .chunked
        } else if let lengthField {
            head.framing = lengthField == 0 ? .none : .length(lengthField)
        }
        head.keepsAlive = !closes && (head.minorVersion > 0 || keepAliveAsked)
        head.byteCount = lineStart
        return head
    }

    /// Accepts exactly `chunked`. Codings before a final `chunked` are sound but not implemented;
    /// any other list has no certain end (RFC 9112 §6.1, §6.3).
    private static func checkCoding(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFailure) {
        if bytes.extracting(range).matchesIgnoringCase("chunked") { return }
        var chunkedCount = 0
        var endsInChunked = false
        bytes.forEachListElement(in: range) { coding in
            endsInChunked = coding.matchesIgnoringCase("chunked")
            if endsInChunked { chunkedCount += 1 }
        }
        guard endsInChunked, chunkedCount == 1 else { throw .ambiguousFraming }
        throw .transferCodingUnsupported
    }
}
