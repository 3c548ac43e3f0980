/// Writes one JSON text into one byte array.
///
/// Closures keep brackets balanced. A member outside an object, an element outside an array or a
/// second root is our own mistake, and stops a debug build.
package struct JSONWriter: ~Copyable {
    private enum Scope {
        case root, object, array
    }

    var bytes: [UInt8] = []
    private var scope = Scope.root
    /// Whether a value already stands in the current container.
    private var needsComma = false

    package init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// How long the text is so far.
    package var count: Int { bytes.count }

    /// The text, once the root value is complete.
    package consuming func finish() -> [UInt8] {
        assert(scope == .root && needsComma, "the root value is missing or incomplete")
        return bytes
    }

    /// Writes the root object. Members' objects come from `member(_:_:)`.
    package mutating func object<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startRoot()
        try container(.object, body)
    }

    /// Writes the root array.
    package mutating func array<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startRoot()
        try container(.array, body)
    }

    /// Writes a member that is an object.
    package mutating func member<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startMember(key)
        try container(.object, body)
    }

    /// Writes a member that is an array.
    package mutating func memberArray<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startMember(key)
        try container(.array, body)
    }

    /// Writes an element that is an object.
    package mutating func element<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startElement()
        try container(.object, body)
    }

    /// Writes an element that is an array.
    package mutating func elementArray<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startElement()
        try container(.array, body)
    }

    /// Writes a member that is an object, unless `body` writes nothing into it.
    package mutating func memberUnlessEmpty<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = (count: bytes.count, needsComma: needsComma)
        startMember(key)
        if try !container(.object, body) { goBack(to: mark) }
    }

    /// Writes a member that is an array, unless `body` writes nothing into it.
    package mutating func memberArrayUnlessEmpty<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = (count: bytes.count, needsComma: needsComma)
        startMember(key)
        if try !container(.array, body) { goBack(to: mark) }
    }

    /// Writes an element that is an object, unless `body` writes nothing into it.
    package mutating func elementUnlessEmpty<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = (count: bytes.count, needsComma: needsComma)
        startElement()
        if try !container(.object, body) { goBack(to: mark) }
    }

    private mutating func goBack(to mark: (count: Int, needsComma: Bool)) {
        bytes.removeLast(bytes.count - mark.count)
        needsComma = mark.needsComma
    }

    /// - Returns: whether anything stands in it.
    @discardableResult
    private mutating func container<E>(
        _ kind: Scope, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) -> Bool {
        let outer = scope
        bytes.append(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
        scope = kind
        needsComma = false
        try body(&self)
        bytes.append(kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        scope = outer
        defer { needsComma = true }
        return needsComma
    }

    mutating func startRoot() {
        assert(scope == .root && !needsComma, "one root value only")
    }

    mutating func startMember(_ key: String) {
        assert(scope == .object, "a member belongs in an object")
        appendString(key, after: needsComma ? UInt8(ascii: ",") : nil, before: UInt8(ascii: ":"))
        needsComma = true
    }

    mutating func startElement() {
        assert(scope == .array, "an element belongs in an array")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
