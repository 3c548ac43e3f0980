import API
import HTTP
import JSON
import Registry
import Values

/// A resource as a client sent it, of elements that its type has; it is kept so, and shown again.
struct SentResource: Sendable {
    let type: FHIRResourceType
    let json: JSONValue

    /// - Parameter path: where it lies in what was sent.
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
        var complaints = Complaints()
        for (name, value) in json.members {
            if let fault = SentElements.fault(name, value, of: type) {
                complaints.add(fault, at: "\(type.rawValue).\(name)")
            }
            SentResource.check(value, "\(type.rawValue).\(name)", &complaints)
        }
        guard complaints.isEmpty else { throw Refusal(invalid: complaints) }
    }

    /// What may turn round what is said around it, and what FHIR forbids, at whatever depth: the reader
    /// has a limit for it.
    private static func check(
        _ value: JSONValue, _ path: String, _ complaints: inout Complaints
    ) {
        switch value.kind {
        case .object:
            if value.count == 0 { complaints.add("must not be empty", at: path) }
            for (name, inner) in value.members {
                let place = "\(path).\(name)"
                if name == "modifierExtension" {
                    complaints.add("may change what is meant, so it is not taken", at: place)
                } else {
                    check(inner, place, &complaints)
                }
            }
        case .array:
            if value.count == 0 { complaints.add("must not be empty", at: path) }
            for (index, inner) in value.elements.enumerated() {
                check(inner, "\(path)[\(index)]", &complaints)
            }
        case .null: complaints.add("must not be null", at: path)
        case .string:
            if value.string?.fhirString == nil { complaints.add("must not be empty", at: path) }
        default: break
        }
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
