import API
import HTTP
import JSON
import Registry
import Values

/// A resource as a client sent it, of elements that its type has; it is kept so, and shown again.
struct SentResource: Sendable {
    let type: FHIRResourceType
    let json: JSONValue

    /// Of every resource, and ours: the sender's id is of its own copy.
    static let unkept: Set<String> = ["resourceType", "id"]

    /// - Throws: `Refusal` 413, or 422 with an expression for each element that cannot be taken.
    init(_ json: JSONValue, _ type: FHIRResourceType) throws {
        self.json = json
        self.type = type
        guard json.raw.count <= RecordDraft.maximumBytes else {
            throw Refusal(.payloadTooLarge, "A resource \(RecordDraft.tooLarge).")
        }
        guard json.kind == .object, json["resourceType"]?.string == type.rawValue else {
            throw Refusal.validation("resourceType", "must be \(type.rawValue) here")
        }
        let faults = ElementFaults(in: json, of: type)
        guard faults.complaints.isEmpty else { throw Refusal(invalid: faults.complaints) }
    }

    subscript(_ name: String) -> JSONValue? { json[name] }

    func path(_ name: String) -> String { type.rawValue + "." + name }
}

extension SentResource {
    /// - Throws: `Problem` 415, 400 or 422 when the content is not one JSON object.
    static func content(of request: FHIRRequest) throws -> JSONValue {
        let fhir = "application/fhir+json"
        let expected = request.http.mediaType == fhir ? fhir : "application/json"
        try ObjectReader.requireMediaType(expected, of: request.http)
        return try ObjectReader(json: request.http.body).object
    }
}
