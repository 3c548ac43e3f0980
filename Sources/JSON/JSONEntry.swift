/// One value, or one member's name, in the index of a parsed text.
///
/// Entries lie in text order. An object's entry is followed by name, value, name, value …; an
/// array's by its elements; each value that is a container by its own contents.
struct JSONEntry: Sendable {
    enum Tag: UInt32 {
        case null, `false`, `true`, number, string, escapedString, array, object
    }

    /// The first byte of the value's text; a string's is its opening quote.
    let start: UInt32
    /// One past the last byte.
    let end: UInt32
    /// The index of the entry after this value and everything in it. A name, whose value always
    /// follows it, keeps its fingerprint here; a container still open, its parent's index.
    let next: UInt32
    /// The tag in the low four bits, the number of elements or members in the rest.
    private let info: UInt32

    init(_ tag: Tag, start: Int, end: Int, next: UInt32, count: Int = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = next
        info = tag.rawValue | UInt32(truncatingIfNeeded: count) << 4
    }

    var tag: Tag {
        // Every entry was made from a tag, so the fallback is never taken.
        Tag(rawValue: info & 15) ?? .null
    }

    var isObject: Bool { info & 15 == Tag.object.rawValue }
    var hasEscapes: Bool { info & 15 == Tag.escapedString.rawValue }
    var count: Int { Int(info >> 4) }
    /// The whole text of the value.
    var range: Range<Int> { Int(start)..<Int(end) }
    /// A string's text between its quotes.
    var content: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}
