/// The request methods this server understands (RFC 9110 §9.3, RFC 5789). Any other well-formed
/// token is answered 501; TRACE and QUERY are understood so that they can be refused with 405.
package enum HTTPMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case trace = "TRACE"
    case query = "QUERY"

    /// Methods are case-sensitive (RFC 9110 §9.1).
    init?(_ bytes: Span<UInt8>) {
        switch bytes.count {
        case 3 where bytes.matches("GET"): self = .get
        case 3 where bytes.matches("PUT"): self = .put
        case 4 where bytes.matches("POST"): self = .post
        case 4 where bytes.matches("HEAD"): self = .head
        case 5 where bytes.matches("PATCH"): self = .patch
        case 5 where bytes.matches("TRACE"): self = .trace
        case 5 where bytes.matches("QUERY"): self = .query
        case 6 where bytes.matches("DELETE"): self = .delete
        case 7 where bytes.matches("OPTIONS"): self = .options
        default: return nil
        }
    }
}
