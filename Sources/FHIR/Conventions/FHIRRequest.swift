import API
import Foundation
import HTTP

/// A request to a FHIR endpoint.
struct FHIRRequest: Sendable {
    let http: HTTPRequest
    let format: FHIRFormat
    /// The absolute URL below which everything lies that this caller sees, without a trailing slash.
    let base: String
    /// `Prefer: handling=strict`: what is not known is refused, not passed over.
    var isStrict: Bool { preferences.contains("handling=strict") }
    /// What `Prefer` asks for.
    let preferences: [String]
    /// `Prefer: return=…`: what a write answers with.
    var returned: ReturnedContent? {
        preferences.lazy.compactMap(ReturnedContent.init(preference:)).first
    }

    static let bases = ["/api/fhir/R4", "/fhir/R4"]

    /// - Throws: `Problem` 406 where JSON is not wanted.
    init(_ request: HTTPRequest, _ context: Context) throws {
        http = request
        format = try FHIRFormat(request)
        let path = request.path
        base =
            context.app.issuer(for: request)
            + (FHIRRequest.bases.first { path.hasPrefix($0) } ?? FHIRRequest.bases[0])
        preferences = FHIRRequest.preferences(of: request)
    }

    /// One that nobody waits for, of somebody who saw resources below `base`.
    init(_ request: HTTPRequest, below base: String) {
        http = request
        format = .fhirJSON
        self.base = base
        preferences = []
    }

    /// What `Prefer` asks for (RFC 7240).
    private static func preferences(of request: HTTPRequest) -> [String] {
        (request.field("Prefer") ?? "").utf8.split {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";")
        }
        .prefix(16)
        .map { part in
            String(decoding: part, as: UTF8.self).trimmingCharacters(in: .whitespaces)
                .replacing("\"", with: "").lowercased()
        }
    }

    func url(_ path: String) -> String { base + "/" + path }
}
