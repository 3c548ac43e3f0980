import JSON

/// What a sent resource names at whatever depth: other resources, and numbers of whatever they belong to.
struct SentNames {
    struct Name {
        /// Where it stands, without places in lists.
        let path: String
        /// Of a reference, the type; of a number, its system.
        let kind: String
        /// Of a reference, the id.
        let value: String
    }

    private(set) var references: [Name] = []
    private(set) var numbers: [Name] = []

    init(in resource: SentResource) {
        for (name, value) in resource.json.members {
            collect(value, named: name, at: resource.path(name))
        }
    }

    /// Content is at most a record's, and its depth the reader's.
    private mutating func collect(_ value: JSONValue, named name: String, at path: String) {
        switch value.kind {
        case .array:
            for element in value.elements { collect(element, named: name, at: path) }
        case .object:
            if name == "identifier", let system = value["system"]?.string {
                numbers.append(
                    Name(path: path, kind: system, value: value["value"]?.string ?? ""))
            }
            for (inner, value) in value.members {
                collect(value, named: inner, at: path + "." + inner.prefix(64))
            }
        case .string where name == "reference": take(value.string ?? "", at: path)
        default: break
        }
    }

    /// The last two parts, whatever stands before them or names a version.
    private mutating func take(_ reference: String, at path: String) {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        let end =
            parts.count > 3 && parts[parts.count - 2] == "_history" ? parts.count - 2 : parts.count
        guard end > 1 else { return }
        references.append(
            Name(path: path, kind: String(parts[end - 2]), value: String(parts[end - 1])))
    }
}
