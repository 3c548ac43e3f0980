package import JSON

/// What every FHIR R4 resource is, whatever its type: scripts/checks/fhir holds them to their definitions.
package enum FHIRShape {
    static func fault(in answer: Answer) -> String? {
        let type = answer.field("Content-Type") ?? "none"
        // A file of an export comes in pieces.
        if type == "application/fhir+ndjson" { return nil }
        // A caller that prefers so gets no more of a write than where it is.
        if answer.body.isEmpty {
            return [202, 304].contains(answer.status) || answer.field("Location") != nil
                ? nil : "no content"
        }
        guard type == "application/fhir+json; charset=utf-8" || type == "application/json" else {
            return "Content-Type \(type)"
        }
        guard let root = answer.root else { return "the content is not JSON" }
        // To those who accept plain JSON only, a failure is in the common shape too.
        if answer.status >= 400, type == "application/json" { return nil }
        // The manifest of an export is no resource, and has empty lists.
        if type == "application/json", root["transactionTime"] != nil { return nil }
        return fault(in: root, at: "")
    }

    /// No empty element, no `null`, and a type and an id where a resource begins.
    package static func fault(in value: JSONValue, at path: String) -> String? {
        switch value.kind {
        case .null: return "\(path) is null"
        case .string:
            let text = value.string ?? ""
            return text.utf8.allSatisfy { $0 <= 32 } ? "\(path) is blank" : nil
        case .array:
            if value.count == 0 { return "\(path) is an empty array" }
            for (index, element) in value.elements.enumerated() {
                if let fault = fault(in: element, at: "\(path)[\(index)]") { return fault }
            }
            return nil
        case .object:
            if value.count == 0 { return "\(path) is an empty object" }
            if let id = value["id"]?.string, value["resourceType"] != nil, !isID(id) {
                return "\(path).id is \(id)"
            }
            for (name, member) in value.members {
                if let fault = fault(in: member, at: path.isEmpty ? name : path + "." + name) {
                    return fault
                }
            }
            return nil
        case .bool, .number: return nil
        }
    }

    private static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || $0 == 45 || $0 == 46
            }
    }
}
