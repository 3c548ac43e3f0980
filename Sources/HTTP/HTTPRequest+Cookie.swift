extension HTTPRequest {
    /// The value of a cookie (RFC 6265 §4.2); the first, where the name comes twice.
    package func cookie(_ name: StaticString) -> String? {
        guard let field = field("Cookie") else { return nil }
        for pair in field.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name.description else {
                continue
            }
            return String(parts[1])
        }
        return nil
    }
}
