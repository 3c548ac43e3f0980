extension HTTPRequest {
    /// The values that the request's cookies of this name have, in their order (RFC 6265 §5.4): a
    /// browser sends one for each path and domain that it was set for.
    package func cookies(_ name: StaticString) -> [String] {
        guard let field = field("Cookie") else { return [] }
        // No value has a comma (§4.1.1): it stands between two fields.
        let pairs = field.utf8.split { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") }
        return pairs.compactMap { pair in
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2,
                parts[0].drop(while: { $0 == UInt8(ascii: " ") })
                    .elementsEqual(name.description.utf8)
            else { return nil }
            return String(parts[1])
        }
    }
}
