import JSON
import Registry
import Values

/// What is wrong in a sent resource at whatever depth: the reader has a limit for it.
struct ElementFaults {
    private(set) var complaints = Complaints()
    /// Names and places from the resource down to what is looked at. A path is made of it for a complaint
    /// alone: names may be long, and many lie below one.
    private var steps: [String]

    private static let maximum = 50

    init(_ type: FHIRResourceType) { steps = [type.rawValue] }

    mutating func add(_ message: String, at name: String? = nil) {
        guard complaints.named.count < ElementFaults.maximum else { return }
        var path = steps.map { String($0.prefix(64)) }.joined()
        if let name { path += "." + name.prefix(64) }
        complaints.add(message, at: path)
    }

    /// Finds what may turn round what is said around it, and what FHIR forbids.
    mutating func check(_ value: JSONValue, named name: String) {
        steps.append("." + name)
        defer { steps.removeLast() }
        if name == "modifierExtension" {
            add("may change what is meant, so it is not taken")
        } else {
            check(value)
        }
    }

    private mutating func check(_ value: JSONValue) {
        switch value.kind {
        case .null: add("must not be null")
        case .string:
            if value.string?.fhirString == nil { add("must not be empty") }
        case .object:
            if value.count == 0 { add("must not be empty") }
            for (name, inner) in value.members { check(inner, named: name) }
        case .array:
            if value.count == 0 { add("must not be empty") }
            for (index, inner) in value.elements.enumerated() {
                steps.append("[\(index)]")
                check(inner)
                steps.removeLast()
            }
        default: break
        }
    }
}
