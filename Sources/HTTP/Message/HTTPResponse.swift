/// The content of a response.
package enum HTTPBody: Sendable {
    case bytes([UInt8])
    /// Sent chunked, or until the connection closes to an HTTP/1.0 client. It is pulled one chunk
    /// at a time, so a slow reader holds one chunk in memory. `nil` ends it; a throw cuts the
    /// connection without the last chunk, so that the client sees that something is missing.
    case stream(@Sendable () async throws -> [UInt8]?)
}

/// One response. Fields are serialised as they are set: no allocation per field.
///
/// The server itself writes Date, Connection, Content-Length and Transfer-Encoding; setting one of
/// them is a programmer's error, as is CR, LF or NUL in a value.
package struct HTTPResponse: Sendable {
    package var status: HTTPStatus
    package var body: HTTPBody
    /// Asks for the connection to end after this response.
    package var closesConnection = false
    /// Whose answer it is: what one caller leaves unread is bounded. `nil` for strangers.
    package var holder: String?
    /// "Name: value" lines, each with its CR LF.
    private(set) var fieldLines: [UInt8] = []

    package init(_ status: HTTPStatus, contentType: StaticString? = nil, body: [UInt8] = []) {
        self.status = status
        self.body = .bytes(body)
        if let contentType { append("Content-Type", contentType) }
    }

    /// Sets a field, in place of any of that name.
    package mutating func setField(_ name: StaticString, _ value: String) {
        removeField(name)
        appendField(name, value)
    }

    package mutating func setField(_ name: StaticString, _ value: StaticString) {
        removeField(name)
        append(name, value)
    }

    package mutating func setField(_ name: StaticString, bytes: some Sequence<UInt8>) {
        removeField(name)
        appendLine(name, bytes)
    }

    /// Adds one more line of that name, as `Set-Cookie` and `WWW-Authenticate` allow.
    package mutating func appendField(_ name: StaticString, _ value: String) {
        appendLine(name, value.utf8)
    }

    /// The value of a field, its lines joined by ", "; for tests.
    package func field(_ name: StaticString) -> String? {
        var values: [String] = []
        forEachLine { line, nameEnd in
            if fieldLines.span.extracting(line.lowerBound..<nameEnd).matchesIgnoringCase(name) {
                let value = fieldLines[(nameEnd + 2)..<(line.upperBound - 2)]
                values.append(String(decoding: value, as: UTF8.self))
            }
        }
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    // MARK: Serialising

    private mutating func append(_ name: StaticString, _ value: StaticString) {
        unsafe appendLine(
            name, UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    private mutating func appendLine(_ name: StaticString, _ value: some Sequence<UInt8>) {
        Self.checkName(name)
        if fieldLines.isEmpty { fieldLines.reserveCapacity(120) }
        unsafe fieldLines.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        fieldLines.append(UInt8(ascii: ":"))
        fieldLines.append(Octet.space)
        let start = fieldLines.count
        fieldLines.append(contentsOf: value)
        for index in start..<fieldLines.count {
            let octet = fieldLines[index]
            precondition(
                octet != 0 && octet != Octet.lineFeed && octet != Octet.carriageReturn,
                "CR, LF or NUL in a field value would end the field")
        }
        fieldLines.append(Octet.carriageReturn)
        fieldLines.append(Octet.lineFeed)
    }

    /// The lengths tell the four reserved names apart before any comparison.
    private static func checkName(_ name: StaticString) {
        let text = unsafe UnsafeBufferPointer(
            start: name.utf8Start, count: name.utf8CodeUnitCount
        ).span
        let isReserved: Bool
        switch text.count {
        case 4: isReserved = text.matchesIgnoringCase("date")
        case 10: isReserved = text.matchesIgnoringCase("connection")
        case 14: isReserved = text.matchesIgnoringCase("content-length")
        case 17: isReserved = text.matchesIgnoringCase("transfer-encoding")
        default: isReserved = text.isEmpty
        }
        precondition(!isReserved, "the server writes \(name) itself")
    }

    private mutating func removeField(_ name: StaticString) {
        guard !fieldLines.isEmpty else { return }
        var found: [Range<Int>] = []
        forEachLine { line, nameEnd in
            if fieldLines.span.extracting(line.lowerBound..<nameEnd).matchesIgnoringCase(name) {
                found.append(line)
            }
        }
        for line in found.reversed() { fieldLines.removeSubrange(line) }
    }

    private func forEachLine(_ body: (_ line: Range<Int>, _ nameEnd: Int) -> Void) {
        let bytes = fieldLines.span
        var start = 0
        while let end = bytes.firstIndex(of: Octet.lineFeed, from: start),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: start)
        {
            body(start..<(end + 1), colon)
            start = end + 1
        }
    }
}
