import Values

/// An element of a type of FHIR R4: what it holds.
struct ElementType: Sendable {
    /// A primitive type's name, or the name of a type with elements.
    var type: String
    /// Of a required value set.
    var codes: [String] = []
    var isList = false
    /// `value[x]`, of which an object has one.
    var choice: String?
}

/// A type of FHIR R4 that has elements.
struct ElementTypes: Sendable {
    private(set) var elements: [String: ElementType] = [
        "id": ElementType(type: "string"),
        "extension": ElementType(type: "Extension", isList: true),
    ]
    /// Names, or names before their `[x]`.
    private(set) var required: [String] = []

    static let named: [String: ElementTypes] = {
        var types: [String: ElementTypes] = [:]
        var name = ""
        for word in ElementTable.text.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: ":")
            if parts.count == 2 {
                types[name]?.add(String(parts[0]), String(parts[1]))
            } else {
                name = String(word)
                types[name] = isResource(name) ? resource : Self()
            }
        }
        return types
    }()

    /// Resources that may lie within others: what they say is nobody's record.
    static let contained: Set<String> = [
        "Device", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole",
        "Specimen",
    ]

    static func isResource(_ name: String) -> Bool {
        FHIRResourceType(rawValue: name) != nil || contained.contains(name)
    }

    /// With what every resource has.
    private static let resource: ElementTypes = {
        var types = ElementTypes()
        types.elements["id"] = ElementType(type: "id")
        types.elements["language"] = ElementType(type: "code")
        types.elements["meta"] = ElementType(type: "Meta")
        types.elements["text"] = ElementType(type: "Narrative")
        types.elements["contained"] = ElementType(type: "Resource", isList: true)
        return types
    }()

    /// - Parameters:
    ///   - mark: the name and its signs.
    ///   - types: by comma, or codes in parentheses.
    private mutating func add(_ mark: String, _ types: String) {
        let isList = mark.contains("*")
        let name = String(mark.prefix { !"*![".contains($0) })
        if mark.contains("!") { required.append(name) }
        if types.hasPrefix("(") {
            let codes = types.dropFirst().dropLast().split(separator: "|").map(String.init)
            elements[name] = ElementType(type: "code", codes: codes, isList: isList)
        } else if mark.contains("[x]") {
            for type in types.split(separator: ",") {
                elements[name + type.prefix(1).uppercased() + type.dropFirst()] =
                    ElementType(type: String(type), choice: name)
            }
        } else {
            elements[name] = ElementType(type: types, isList: isList)
        }
    }
}
