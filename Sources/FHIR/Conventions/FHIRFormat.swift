import Registry
import API
import Foundation
import HTTP

/// Which of the two names for the same JSON an answer bears.
enum FHIRFormat: Sendable {
    case fhirJSON
    /// To callers that accept nothing else. Failures have the members of the common shape besides: the
    /// published SDKs read those.
    case plainJSON

    var contentType: StaticString {
        switch self {
        case .fhirJSON: "application/fhir+json; charset=utf-8"
        case .plainJSON: "application/json"
        }
    }

    /// `_format` beats `Accept` (FHIR § 3.1.0.1.11).
    ///
    /// - Throws: `Problem` 406 where JSON is not wanted.
    init(_ request: HTTPRequest) throws {
        let asked = request.query("_format").flatMap { $0.isEmpty ? nil : $0 }
        let format = asked.map { FHIRFormat.named($0) } ?? FHIRFormat.accepted(by: request)
        guard let format else {
            throw Problem(
                .notAcceptable,
                "Only JSON is served: accept application/fhir+json, or leave Accept out.")
        }
        self = format
    }

    private static func named(_ format: String) -> FHIRFormat? {
        // A + in a query is a space to those who decode forms.
        switch format.lowercased().replacing(" ", with: "+").split(separator: ";").first {
        case "json", "application/fhir+json", "fhir+json", "application/json+fhir", "*/*": .fhirJSON
        case "application/json", "text/json": .plainJSON
        default: nil
        }
    }

    private static func accepted(by request: HTTPRequest) -> FHIRFormat? {
        guard let accept = request.field("Accept"), !accept.isEmpty else { return .fhirJSON }
        var found: FHIRFormat?
        for range in accept.lowercased().utf8.split(separator: UInt8(ascii: ",")).prefix(32) {
            let parts = range.split(separator: UInt8(ascii: ";")).map {
                String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces)
            }
            guard let type = parts.first, !parts.dropFirst().contains(where: isRefusal) else {
                continue
            }
            switch type {
            case "application/fhir+json", "application/json+fhir", "*/*", "application/*",
                // The files of an export, which are all that answers so.
                "application/fhir+ndjson", "application/ndjson", "application/x-ndjson":
                return .fhirJSON
            case "application/json", "text/json": found = .plainJSON
            default: continue
            }
        }
        return found
    }

    /// A quality of 0 (RFC 9110 §12.4.2).
    private static func isRefusal(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=0")
            && parameter.utf8.dropFirst(2).allSatisfy { $0 == 48 || $0 == 46 }
    }
}
