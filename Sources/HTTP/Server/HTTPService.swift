/// What the service says to content that is announced.
package enum ContentAdmission: Sendable {
    /// Read it, up to `limit` bytes; `Limits.bodyBytes` still caps it.
    case read(limit: Int, of: ContentHolder)
    /// The head alone decides the answer: the request comes to `respond` without its content, and the
    /// connection closes after it.
    case leave
}

/// What the server serves. It is called on an event loop's thread, so it must not block.
package protocol HTTPService: Sendable {
    /// Whether the content that a head announces is worth reading.
    ///
    /// Called before any content is read, and only when content is announced; `head` has an empty
    /// body. A larger Content-Length is answered 413 at once, before any `100 Continue`.
    ///
    /// - Parameter hasContent: all of it came along with the head: refusing it would spare nothing.
    func admit(_ head: HTTPRequest, hasContent: Bool) -> ContentAdmission

    /// Answers one request. It starts on the loop that read the request; that loop is also the
    /// preferred task executor, so a handler that awaits comes back to it.
    func respond(to request: HTTPRequest) async -> HTTPResponse

    /// Draws the response to a request the server refused; the connection closes after it.
    ///
    /// - Parameter request: its head, without content, when that much of it could be read.
    func response(
        to failure: HTTPFailure, request: HTTPRequest?, from peer: PeerAddress
    ) -> HTTPResponse
}
