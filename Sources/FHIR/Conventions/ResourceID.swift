import Values

/// Ids of resources: ours, with the `_` that FHIR forbids as `-`.
enum ResourceID {
    static func text(_ id: String) -> String { replacing("_", with: "-", in: id) }

    /// Byte for byte: Foundation's and the library's own searches compare by characters.
    private static func replacing(
        _ mark: Unicode.Scalar, with other: Unicode.Scalar, in id: String
    ) -> String {
        let (old, new) = (UInt8(ascii: mark), UInt8(ascii: other))
        var bytes = Array(id.utf8)
        for index in bytes.indices where bytes[index] == old { bytes[index] = new }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id that a resource's stands for; whether there is one nobody has looked up.
    static func own(_ text: String) -> String? {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            })
        else { return nil }
        return replacing("-", with: "_", in: text)
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
