extension [UInt8] {
    /// A literal's UTF-8, without a string between.
    package mutating func append(_ literal: StaticString) {
        // The literal's bytes live as long as the process.
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}
