extension [UInt8] {
    /// A literal's UTF-8, without a string between.
    package mutating func append(_ literal: StaticString) {
        // The literal's bytes live as long as the process.
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}

extension StaticString {
    /// Whether the literal is these bytes, the letters `A`–`Z` equal to `a`–`z`.
    package func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        let other = bytes.span
        // The literal's bytes live as long as the process.
        return withUTF8Buffer { literal in
            unsafe literal.span.equals(other, in: 0..<literal.count, folding: true)
        }
    }
}
