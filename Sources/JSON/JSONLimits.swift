/// What a text may ask of the reader before it is refused.
package struct JSONLimits: Sendable {
    /// How member names are compared, when looked up and when duplicates are sought.
    package enum KeyComparison: Sendable {
        case exact
        /// `A`–`Z` equal `a`–`z`; no other letter is folded.
        case caseInsensitive
    }

    /// The longest text. At most 4 GiB − 1, because the index holds 32-bit offsets.
    package var bytes: Int
    /// How many arrays and objects may be open at once.
    package var depth: Int
    /// How many values, containers included and member names not. At most 2²⁸ − 1.
    package var values: Int
    package var keys: KeyComparison

    package init(
        bytes: Int = 16 * 1024 * 1024,
        depth: Int = 64,
        values: Int = 1_000_000,
        keys: KeyComparison = .exact
    ) {
        precondition(bytes >= 0 && bytes <= Int(UInt32.max), "bytes must fit in 32 bits")
        precondition(values >= 0 && values < 1 << 28, "values must fit in 28 bits")
        self.bytes = bytes
        self.depth = depth
        self.values = values
        self.keys = keys
    }

    /// For what was accepted once and is kept within something of ours: it can always be read again.
    package static let stored = JSONLimits(bytes: 64 * 1024 * 1024, depth: 128, values: 4_000_000)
}
