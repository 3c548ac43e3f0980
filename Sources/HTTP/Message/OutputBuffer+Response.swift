/// What the framing of a response depends on besides the response.
struct Exchange {
    var isHead = false
    var minorVersion: UInt8 = 1
    /// What the request asked for.
    var keepsAlive = false
    /// The client may still be sending content that nobody reads.
    var leavesContent = false
}

extension OutputBuffer {
    /// Status line and fields of `response` (RFC 9112 §4, §6).
    ///
    /// - Parameters:
    ///   - length: of the content; `nil` for a stream.
    ///   - keepsAlive: whether the connection outlives the response.
    mutating func appendHead(
        _ response: borrowing HTTPResponse, length: Int?, date: [UInt8], exchange: Exchange,
        keepsAlive: Bool
    ) {
        append("HTTP/1.1 ")
        append(decimal: Int(response.status.code))
        append(UInt8(ascii: " "))
        append(response.status.reasonPhrase)
        append(date)
        append(response.fieldLines)
        if response.status.forbidsContent {
            // Neither length nor coding (RFC 9110 §8.6, RFC 9112 §6.1).
        } else if let length {
            append("Content-Length: ")
            append(decimal: length)
            append("\r\n")
        } else if exchange.minorVersion > 0 {
            append("Transfer-Encoding: chunked\r\n")
        }
        if !keepsAlive {
            append("Connection: close\r\n")
        } else if exchange.minorVersion == 0 {
            append("Connection: keep-alive\r\n")
        }
        append("\r\n")
    }
}
