package import Foundation
package import HTTP
package import Registry

extension ObjectReader {
    /// Names of one field that say two things are refused.
    ///
    /// - Parameter zone: where times without an offset are local.
    /// - Throws: `Problem` 415, 400 or 422 when the content is not one JSON object.
    package init(_ request: HTTPRequest, zone: TimeZone? = nil) throws {
        try ObjectReader.requireMediaType("application/json", of: request)
        try self.init(json: request.body, zone: zone)
        refusesContradictions = true
    }

    /// For endpoints whose fields are all optional: no content is an empty object.
    package init(optional request: HTTPRequest) throws {
        if request.body.isEmpty {
            try self.init(json: Array("{}".utf8))
        } else {
            try self.init(request)
        }
    }

    /// No `Content-Type` at all counts as JSON: no example sends content without one, and nothing
    /// else is meant.
    package static func requireMediaType(_ expected: String, of request: HTTPRequest) throws {
        if let coding = request.field("Content-Encoding"), coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, "Content-Encoding \(coding.prefix(32)) is not supported.")
        }
        guard let type = request.mediaType, type != expected else { return }
        throw Problem(
            .unsupportedMediaType, "Content-Type must be \(expected), not \(type.prefix(64)).")
    }
}

extension HTTPRequest {
    /// The media type in lower case, without parameters.
    package var mediaType: String? {
        let field = field("Content-Type")
        // What nearly every caller sends.
        if field == "application/json" { return field }
        return field?.utf8.split(separator: UInt8(ascii: ";")).first.flatMap(String.init).map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
    }
}
