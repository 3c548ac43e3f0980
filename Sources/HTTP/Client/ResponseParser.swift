/// Reads one response to a GET or POST (RFC 9112 §§ 4–6), without I/O. Any split of the same bytes gives the
/// same result. Everything that two readers could see differently is refused: whoever answers is not
/// trusted, and after a wrong guess the next response on the connection would be another's.
struct ResponseParser {
    /// Of the head, in bytes, informational responses before it included.
    static let headBytes = 16 * 1024
    static let fieldCount = 100

    enum Progress: Equatable {
        /// More has to arrive.
        case partial
        /// All of it is here.
        case complete
    }

    private enum Stage {
        case head
        /// Bytes of content still to come.
        case counted(Int)
        case chunked(ChunkedDecoder)
        /// Content ends with the connection.
        case untilClose
        case complete
    }

    private let keptBytes: Int
    private let contentBytes: Int
    private var stage = Stage.head
    /// What has arrived of the head.
    private(set) var head: [UInt8] = []
    private var informationalBytes = 0
    private var contentCount = 0

    private(set) var status = 0
    /// The first bytes of the content.
    private(set) var kept: [UInt8] = []
    /// Whether another request may follow on the connection.
    private(set) var keepsAlive = false

    /// - Parameters:
    ///   - keptBytes: how much of the content is kept.
    ///   - contentBytes: how much of it is read before the rest is given up with the connection.
    init(keptBytes: Int, contentBytes: Int) {
        self.keptBytes = keptBytes
        self.contentBytes = contentBytes
    }

    /// Whether the status is known: a response that fails later has told what counts.
    var hasHead: Bool { if case .head = stage { false } else { true } }

    /// Whether the last byte has been read.
    var isComplete: Bool { if case .complete = stage { true } else { false } }

    /// Whether all the content that was read is kept.
    var keptAll: Bool { kept.count == contentCount }

    mutating func read(_ bytes: Span<UInt8>) throws(ResponseError) -> Progress {
        var index = 0
        while index < bytes.count {
            switch stage {
            case .head: index += try readHead(bytes.extracting(index..<bytes.count))
            case .counted(let remaining):
                let count = min(remaining, bytes.count - index)
                try keep(bytes.extracting(index..<(index + count)))
                index += count
                stage = remaining == count ? .complete : .counted(remaining - count)
            case .chunked(var decoder):
                var content: [UInt8] = []
                do {
                    index += try decoder.decode(
                        bytes.extracting(index..<bytes.count), into: &content, limit: .max)
                } catch {
                    throw .malformed
                }
                try keep(content.span)
                stage = decoder.isComplete ? .complete : .chunked(decoder)
            case .untilClose:
                try keep(bytes.extracting(index..<bytes.count))
                index = bytes.count
            case .complete:
                // Nobody asked for what follows: the next answer would be this one's rest.
                keepsAlive = false
                return .complete
            }
        }
        if case .complete = stage { return .complete }
        return .partial
    }

    /// The connection has ended; what has arrived is a whole response or it is not.
    mutating func end() throws(ResponseError) {
        keepsAlive = false
        switch stage {
        case .untilClose: stage = .complete
        case .complete: break
        default: throw .truncated
        }
    }

    private mutating func keep(_ content: Span<UInt8>) throws(ResponseError) {
        contentCount += content.count
        let count = min(keptBytes - kept.count, content.count)
        if count > 0 { kept.append(content.extracting(0..<count)) }
        guard contentCount <= contentBytes else { throw .tooLarge }
    }

    // MARK: Head

    /// Takes bytes up to the end of the head; returns how many.
    private mutating func readHead(_ bytes: Span<UInt8>) throws(ResponseError) -> Int {
        var index = 0
        while index < bytes.count {
            let octet = bytes[index]
            index += 1
            head.append(octet)
            guard informationalBytes + head.count <= Self.headBytes else { throw .tooLarge }
            if octet == Octet.lineFeed {
                // A bare line feed is refused, as everywhere (RFC 9112 §2.2).
                guard head.count >= 2, head[head.count - 2] == Octet.carriageReturn else {
                    throw .malformed
                }
                if head.count >= 4, head[head.count - 4] == Octet.carriageReturn,
                    head[head.count - 3] == Octet.lineFeed
                {
                    try parseHead()
                    return index
                }
            } else if head.count == 5, !head.span.matches("HTTP/") {
                throw .malformed
            }
        }
        return index
    }

    private mutating func parseHead() throws(ResponseError) {
        let bytes = head
        let span = bytes.span
        var start = 0
        var isStatusLine = true
        var minorVersion: UInt8 = 0
        var fields = Fields()
        while let lineFeed = span.firstIndex(of: Octet.lineFeed, from: start) {
            let line = start..<(lineFeed - 1)
            guard lineFeed > start, span[lineFeed - 1] == Octet.carriageReturn else {
                throw .malformed
            }
            if isStatusLine {
                minorVersion = try readStatusLine(span, line)
                isStatusLine = false
            } else if !line.isEmpty {
                try fields.read(span, line)
            }
            start = lineFeed + 1
        }
        if status < 200 {
            // Informational: the real one follows (RFC 9110 §15.2). 101 was never asked for.
            guard status != 101 else { throw .malformed }
            status = 0
            informationalBytes += head.count
            head = []
            return
        }
        try frame(fields, minorVersion)
    }

    /// `HTTP/1.x`, a space, three digits, and a space before whatever reason there is.
    private mutating func readStatusLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(ResponseError) -> UInt8 {
        guard line.count >= 12, bytes.extracting(0..<7).matches("HTTP/1."),
            Octet.isDigit(bytes[7]), bytes[8] == Octet.space,
            Octet.isDigit(bytes[9]), Octet.isDigit(bytes[10]), Octet.isDigit(bytes[11]),
            line.count == 12 || bytes[12] == Octet.space
        else { throw .malformed }
        for index in line where !Octet.isFieldValue(bytes[index]) { throw .malformed }
        status = (9...11).reduce(0) { $0 * 10 + Int(bytes[$1] & 0x0F) }
        guard (100...599).contains(status) else { throw .malformed }
        return bytes[7] & 0x0F
    }

    /// What framing and persistence need of the fields.
    private struct Fields {
        var count = 0
        var length: Int?
        var isChunked = false
        var hasCoding = false
        var closes = false
        var keepAliveAsked = false

        mutating func read(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ResponseError) {
            count += 1
            guard count <= ResponseParser.fieldCount else { throw .tooLarge }
            var index = line.lowerBound
            while index < line.upperBound, Octet.isToken(bytes[index]) { index += 1 }
            let name = bytes.extracting(line.lowerBound..<index)
            guard !name.isEmpty, index < line.upperBound, bytes[index] == UInt8(ascii: ":") else {
                throw .malformed
            }
            for position in (index + 1)..<line.upperBound
            where !Octet.isFieldValue(bytes[position]) {
                throw .malformed
            }
            let value = bytes.trimmingBlanks((index + 1)..<line.upperBound)
            switch name.count {
            case 10 where name.matchesIgnoringCase("connection"):
                bytes.forEachListElement(in: value) { option in
                    if option.matchesIgnoringCase("close") { closes = true }
                    if option.matchesIgnoringCase("keep-alive") { keepAliveAsked = true }
                }
            case 14 where name.matchesIgnoringCase("content-length"):
                guard length == nil, (1...18).contains(value.count) else { throw .malformed }
                var number = 0
                for index in value {
                    guard Octet.isDigit(bytes[index]) else { throw .malformed }
                    number = number * 10 + Int(bytes[index] & 0x0F)
                }
                length = number
            case 17 where name.matchesIgnoringCase("transfer-encoding"):
                guard !hasCoding else { throw .malformed }
                hasCoding = true
                isChunked = bytes.extracting(value).matchesIgnoringCase("chunked")
            default: break
            }
        }
    }

    private mutating func frame(_ fields: Fields, _ minorVersion: UInt8) throws(ResponseError) {
        keepsAlive = !fields.closes && (minorVersion > 0 || fields.keepAliveAsked)
        if status == 204 || status == 304 {
            stage = .complete
        } else if fields.hasCoding {
            guard fields.isChunked, fields.length == nil, minorVersion > 0 else {
                throw .malformed
            }
            stage = .chunked(ChunkedDecoder())
        } else if let length = fields.length {
            stage = length == 0 ? .complete : .counted(length)
        } else {
            keepsAlive = false
            stage = .untilClose
        }
    }
}

/// Why bytes are no response.
enum ResponseError: Error, Equatable {
    case malformed, tooLarge, truncated
}
