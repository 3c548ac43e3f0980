import Assets
import Crypto
import Foundation
package import HTTP

/// A file that every build serves as it is: compressed, where it is kept so, to those who take that, and
/// once only to those who keep it (RFC 9110 §8.8.3, §12.5.3).
package struct PublishedFile: Sendable {
    private let content: Assets.Published
    private let contentType: StaticString
    /// Weak: it names the document, in either coding.
    private let tag: String

    init(_ content: Assets.Published, _ contentType: StaticString) {
        self.content = content
        self.contentType = contentType
        tag = "W/\"" + Hex.encode(Array(SHA256.hash(content.plain).bytes.prefix(12))) + "\""
    }

    package var bytes: [UInt8] { content.plain }

    package func response(to request: HTTPRequest) -> HTTPResponse {
        var response: HTTPResponse
        if isHeld(by: request) {
            response = HTTPResponse(.notModified)
        } else if let gzip = content.gzip, Self.takesGzip(request) {
            response = HTTPResponse(.ok, contentType: contentType, body: gzip)
            response.setField("Content-Encoding", "gzip" as StaticString)
        } else {
            response = HTTPResponse(.ok, contentType: contentType, body: content.plain)
        }
        response.setField("ETag", tag)
        response.setField("Vary", "Accept-Encoding" as StaticString)
        response.setField("Cache-Control", "no-cache" as StaticString)
        return response
    }

    private func isHeld(by request: HTTPRequest) -> Bool {
        request.holds(tag)
    }

    /// `q=0` refuses a coding; every other weight takes it.
    private static func takesGzip(_ request: HTTPRequest) -> Bool {
        words(of: request.field("Accept-Encoding")?.lowercased()).contains { word in
            let parts = word.split(separator: ";").map { $0.filter { $0 != " " } }
            guard parts.first == "gzip" || parts.first == "x-gzip" else { return false }
            return !parts.dropFirst().contains { part in
                part.hasPrefix("q=") && part.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
            }
        }
    }
}

extension HTTPRequest {
    /// Whether the caller has what bears a weak tag (RFC 9110 §13.1.2).
    package func holds(_ tag: String) -> Bool {
        words(of: field("If-None-Match")).contains { word in
            word == "*" || word == tag || word == String(tag.dropFirst(2))
        }
    }
}

/// The members of a list in a field (RFC 9110 §5.6.1).
private func words(of field: String?) -> [String] {
    (field ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
}
