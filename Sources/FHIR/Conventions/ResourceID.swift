import Values

/// Ids of resources: ours, with the `_` that FHIR forbids as `-`.
enum ResourceID {
    static func text(_ id: String) -> String { id.replacing("_", with: "-") }

    /// The id that a resource's stands for; whether there is one nobody has looked up.
    static func own(_ text: String) -> String? {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            })
        else { return nil }
        return text.replacing("-", with: "_")
    }

    /// The id in `X`, `Type/X` or a URL that ends so.
    static func id(in reference: String, of type: FHIRResourceType) -> String {
        let bytes = reference.utf8
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return reference }
        let head = bytes[..<slash]
        let name = type.rawValue.utf8
        guard
            head.elementsEqual(name)
                || head.reversed().starts(with: name.reversed() + [UInt8(ascii: "/")])
        else { return reference }
        return String(reference[bytes.index(after: slash)...])
    }
}
