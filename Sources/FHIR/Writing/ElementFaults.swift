import JSON
import Registry
import Values

/// What is wrong in a sent resource at whatever depth, by FHIR R4's definitions of its elements: the JSON
/// reader has a limit for the depth.
struct ElementFaults {
    private(set) var complaints = Complaints()
    /// Names and places from the resource down to what is looked at. A path is made of it for a complaint
    /// alone: names may be long, and many lie below one.
    private var steps: [String]

    /// Of the resource, what lies within it, and where that is referred to.
    private var contained: [(id: String, path: String)] = []
    private var local: [(id: String, path: String)] = []

    private static let maximum = 50

    init(in resource: JSONValue, of type: FHIRResourceType) {
        steps = [type.rawValue]
        check(resource, as: type.rawValue)
        checkContained()
    }

    /// A Bundle without its entries, or an entry without its resource, of which nothing is kept.
    init(ofEnvelope object: JSONValue, _ name: String) {
        steps = [name]
        check(object, as: name)
        if object["extension"] != nil { add("is not kept", at: "extension") }
    }

    /// Looked at on its own.
    private static let enveloped = ["Bundle": "entry", "Bundle.entry": "resource"]

    private mutating func add(_ message: String, at name: String? = nil) {
        guard complaints.named.count < ElementFaults.maximum else { return }
        complaints.add(message, at: path(name))
    }

    private func path(_ name: String? = nil) -> String {
        steps.map { String($0.prefix(64)) }.joined() + (name.map { "." + $0.prefix(64) } ?? "")
    }

    private mutating func within(_ step: String, _ body: (inout ElementFaults) -> Void) {
        steps.append(step)
        body(&self)
        steps.removeLast()
    }

    // MARK: Elements

    /// The elements of an object.
    private mutating func check(_ object: JSONValue, as type: String) {
        guard object.kind == .object else { return add("must be an object, a \(type)") }
        guard object.count > 0 else { return add("must not be empty") }
        let types = ElementTypes.named[type] ?? ElementTypes()
        var chosen: Set<String> = []
        let isResource = ElementTypes.isResource(type) || type == "Bundle"
        for (name, value) in object.members
        where !(isResource && name == "resourceType") && name != ElementFaults.enveloped[type] {
            if let choice = types.elements[name]?.choice, !chosen.insert(choice).inserted {
                add("is said in two of FHIR's types", at: name)
            }
            within("." + name) { $0.check(value, named: name, of: types) }
        }
        // What the resource itself must have is asked for where it is read.
        if steps.count > 1 { require(types.required, in: object) }
        if type == "Reference", let id = object["reference"]?.string, id.hasPrefix("#") {
            local.append((String(id.dropFirst()), path("reference")))
        }
        ElementRules.faults(in: object, as: type).forEach { add($0.message, at: $0.name) }
    }

    private mutating func require(_ names: [String], in object: JSONValue) {
        for name in names where !object.members.contains(where: { $0.key.hasPrefix(name) }) {
            add("is required", at: name)
        }
    }

    private mutating func check(
        _ value: JSONValue, named name: String, of types: ElementTypes
    ) {
        if name == "modifierExtension" || name == "implicitRules" {
            add("may change what is meant, so it is not taken")
        } else if let element = types.elements[name] {
            checkAll(value, of: element)
        } else if name.utf8.first == UInt8(ascii: "_"),
            let element = types.elements[String(name.dropFirst())],
            PrimitiveType(rawValue: element.type) != nil
        {
            checkAll(value, of: ElementType(type: "Element", isList: element.isList))
        } else {
            add("is not taken")
        }
    }

    /// A value, or a list of them. Of FHIR's places left open beside extensions of primitives we show none,
    /// so none is taken.
    private mutating func checkAll(_ value: JSONValue, of element: ElementType) {
        guard value.kind != .null else { return add("must not be null") }
        guard element.isList else { return check(value, as: element) }
        guard value.kind == .array else { return add("must be a list") }
        if value.count == 0 { add("must not be empty") }
        for (index, one) in value.elements.enumerated() {
            within("[\(index)]") { $0.check(one, as: element) }
        }
    }

    /// One value.
    private mutating func check(_ value: JSONValue, as element: ElementType) {
        guard let primitive = PrimitiveType(rawValue: element.type) else {
            return element.type == "Resource" ? checkWithin(value) : check(value, as: element.type)
        }
        if primitive == .xhtml, let fault = value.string.map(NarrativeText.fault) {
            if let fault { add(fault) }
        } else if value.kind == .string, value.string?.fhirString == nil {
            add("must not be empty")
        } else if !primitive.fits(value) {
            add("must be a \(element.type) of FHIR R4")
        } else if !element.codes.isEmpty, !element.codes.contains(value.string ?? "") {
            add("must be \(element.codes.joined(separator: ", "))")
        }
    }

    // MARK: Resources within the resource (invariants dom-2 to dom-5)

    private mutating func checkWithin(_ resource: JSONValue) {
        guard let type = resource["resourceType"]?.string, ElementTypes.contained.contains(type)
        else {
            let names = ElementTypes.contained.sorted().joined(separator: ", ")
            return add("must be \(names): others are sent on their own", at: "resourceType")
        }
        if resource["contained"] != nil { add("must not lie in another", at: "contained") }
        for name in ["versionId", "lastUpdated", "security"] where resource["meta"]?[name] != nil {
            add("must not be said of what lies in another", at: "meta." + name)
        }
        if let id = resource["id"]?.string {
            contained.append((id, path()))
        } else {
            add("is required", at: "id")
        }
        check(resource, as: type)
    }

    private mutating func checkContained() {
        let ids = Set(contained.map(\.id))
        let named = Set(local.map(\.id))
        for (id, path) in local where !id.isEmpty && !ids.contains(id) {
            refuse("names nothing that is contained", path)
        }
        var seen: Set<String> = []
        for (id, path) in contained {
            if !named.contains(id) { refuse("is referred to by nothing (dom-3)", path) }
            if !seen.insert(id).inserted { refuse("has the id of another", path) }
        }
    }

    private mutating func refuse(_ message: String, _ path: String) {
        guard complaints.named.count < ElementFaults.maximum else { return }
        complaints.add(message, at: path)
    }
}
