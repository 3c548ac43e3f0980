/// Why the server itself refused a request. After any of these the connection closes: framing is
/// lost, or the caller may not be trusted with it (RFC 9112 §2.2, §6.3).
package enum HTTPFailure: Error, Hashable, Sendable, CaseIterable {
    case malformedRequestLine
    case malformedTarget
    case malformedField
    case malformedHost
    case ambiguousFraming
    case malformedChunk
    case methodUnknown
    case versionUnsupported
    case targetTooLong
    case fieldsTooLarge
    case tooManyFields
    case contentTooLarge
    case transferCodingUnsupported
    case expectationUnsupported
    case headTimeout
    case bodyTimeout
    /// More connections than there may be.
    case overloaded
    /// More unfinished content than its sender, or all together, may have here.
    case contentOverloaded

    /// The status that answers it.
    package var status: HTTPStatus {
        switch self {
        case .malformedRequestLine, .malformedTarget, .malformedField, .malformedHost,
            .ambiguousFraming, .malformedChunk:
            .badRequest
        case .methodUnknown, .transferCodingUnsupported: .notImplemented
        case .versionUnsupported: .httpVersionNotSupported
        case .targetTooLong: .uriTooLong
        case .fieldsTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
        case .contentTooLarge: .contentTooLarge
        case .expectationUnsupported: .expectationFailed
        case .headTimeout, .bodyTimeout: .requestTimeout
        case .overloaded, .contentOverloaded: .serviceUnavailable
        }
    }

    /// One sentence for the caller; it holds none of the caller's own bytes.
    package var message: StaticString {
        switch self {
        case .malformedRequestLine:
            "The request line must be a method, a target and HTTP/1.1, with single spaces."
        case .malformedTarget:
            "The request target must be a path that starts with '/', without spaces or '#'."
        case .malformedField:
            "A header field is malformed: write 'Name: value', end each line with CR LF."
        case .malformedHost: "Send exactly one well-formed Host header field."
        case .ambiguousFraming:
            "Say the length of the content once: one Content-Length in digits, or chunked."
        case .malformedChunk: "The chunked content is malformed."
        case .methodUnknown: "This server does not implement that method."
        case .versionUnsupported: "This server speaks HTTP/1.1."
        case .targetTooLong: "The request target is too long."
        case .fieldsTooLarge: "The header fields are too large."
        case .tooManyFields: "There are too many header fields."
        case .contentTooLarge: "The content is larger than this resource accepts."
        case .transferCodingUnsupported: "The only transfer coding accepted is chunked."
        case .expectationUnsupported: "The only expectation understood is 100-continue."
        case .headTimeout: "The request took too long to arrive."
        case .bodyTimeout: "The content took too long to arrive."
        case .overloaded: "The server has too many connections; try again shortly."
        case .contentOverloaded:
            "The server is busy with other uploads; send this one again shortly."
        }
    }
}
