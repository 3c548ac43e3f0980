import HTTP
import JSON
import Registry

extension HTTPResponse {
    /// What became of some of the records that a call is about.
    ///
    /// - Parameters:
    ///   - list: what the cursor of the next part begins with.
    ///   - wanted: what was to become of them.
    static func resolved(
        _ part: ResolvedPart, of list: String, as wanted: ResolvedPart.Status
    ) throws -> HTTPResponse {
        let word = wanted.rawValue
        let done = part.results.count { $0.status == wanted }
        return try .object { json in
            json.member(word, done)
            json.member("remaining", part.results.count - done)
            json.memberArray("results") { json in
                for result in part.results {
                    json.element { json in
                        json.member("id", String(result.id))
                        json.member("status", result.status.rawValue)
                        json.member("outcome", result.outcome?.rawValue)
                        json.member("error", result.refusal?.code.rawValue)
                        json.member("message", result.refusal?.message)
                    }
                }
            }
            json.member(
                "next_cursor", part.end.map { ListCursor.text("\(list)_\(word)", after: $0) })
        }
    }
}
