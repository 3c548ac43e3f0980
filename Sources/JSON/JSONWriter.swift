/// Writes one JSON text into one byte array.
///
/// Closures keep brackets balanced. A member outside an object, an element outside an array or a
/// second root is our own mistake, and stops a debug build.
@usableFromInline package struct JSONWriter: ~Copyable {
    @usableFromInline package enum Scope {
        case root, object, array, string
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
    @inlinable @inline(__always)
    package mutating func object<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startRoot()
        let outer = begin(.object)
        try body(&self)
        end(.object, in: outer)
    }

    /// Writes the root array.
    @inlinable @inline(__always)
    package mutating func array<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startRoot()
        let outer = begin(.array)
        try body(&self)
        end(.array, in: outer)
    }

    /// Writes a member that is an object.
    @inlinable @inline(__always)
    package mutating func member<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startMember(key)
        let outer = begin(.object)
        try body(&self)
        end(.object, in: outer)
    }

    /// Writes a member that is an array.
    @inlinable @inline(__always)
    package mutating func memberArray<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startMember(key)
        let outer = begin(.array)
        try body(&self)
        end(.array, in: outer)
    }

    /// Writes an element that is an object.
    @inlinable @inline(__always)
    package mutating func element<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startElement()
        let outer = begin(.object)
        try body(&self)
        end(.object, in: outer)
    }

    /// Writes an element that is an array.
    @inlinable @inline(__always)
    package mutating func elementArray<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startElement()
        let outer = begin(.array)
        try body(&self)
        end(.array, in: outer)
    }

    /// Writes a member that is an object, unless `body` writes nothing into it.
    @inlinable @inline(__always)
    package mutating func memberUnlessEmpty<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = mark
        startMember(key)
        let outer = begin(.object)
        try body(&self)
        if !end(.object, in: outer) { goBack(to: mark) }
    }

    /// Writes a member that is an array, unless `body` writes nothing into it.
    @inlinable @inline(__always)
    package mutating func memberArrayUnlessEmpty<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = mark
        startMember(key)
        let outer = begin(.array)
        try body(&self)
        if !end(.array, in: outer) { goBack(to: mark) }
    }

    /// Writes an element that is an object, unless `body` writes nothing into it.
    @inlinable @inline(__always)
    package mutating func elementUnlessEmpty<E>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let mark = mark
        startElement()
        let outer = begin(.object)
        try body(&self)
        if !end(.object, in: outer) { goBack(to: mark) }
    }

    /// Writes a member that is a string, whose parts `body` writes by `text`: what is put together only to be
    /// written needs no string of its own.
    @inlinable @inline(__always)
    package mutating func memberString<E>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        startMember(key)
        let outer = begin(.string)
        try body(&self)
        end(.string, in: outer)
    }

    /// A part of the string that is being written.
    package mutating func text(_ part: String) {
        assert(scope == .string, "text belongs in a string")
        appendText(part)
    }

    /// Before a member or element that may turn out to be empty.
    @usableFromInline package struct Mark {
        let count: Int
        let needsComma: Bool
    }

    @usableFromInline package var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

    @usableFromInline package mutating func goBack(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.count)
        needsComma = mark.needsComma
    }

    /// The functions with closures are inlined where they are called, which these keep short: calling a
    /// generic one from another module costs more than what most closures write.
    ///
    /// - Returns: what the container stands in.
    @usableFromInline package mutating func begin(_ kind: Scope) -> Scope {
        let outer = scope
        bytes.append(kind.first)
        scope = kind
        needsComma = false
        return outer
    }

    /// - Returns: whether anything stands in it.
    @discardableResult
    @usableFromInline package mutating func end(_ kind: Scope, in outer: Scope) -> Bool {
        bytes.append(kind.last)
        scope = outer
        defer { needsComma = true }
        return needsComma
    }

    @usableFromInline package mutating func startRoot() {
        assert(scope == .root && !needsComma, "one root value only")
    }

    @usableFromInline package mutating func startMember(_ key: String) {
        assert(scope == .object, "a member belongs in an object")
        appendString(key, after: needsComma ? UInt8(ascii: ",") : nil, before: UInt8(ascii: ":"))
        needsComma = true
    }

    /// Before members that are written already.
    mutating func startMembers() {
        assert(scope == .object, "members belong in an object")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    @usableFromInline package mutating func startElement() {
        assert(scope == .array, "an element belongs in an array")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension JSONWriter.Scope {
    /// The byte before its contents.
    fileprivate var first: UInt8 {
        switch self {
        case .object: UInt8(ascii: "{")
        case .array: UInt8(ascii: "[")
        case .string, .root: UInt8(ascii: "\"")
        }
    }

    /// The one behind them.
    fileprivate var last: UInt8 {
        switch self {
        case .object: UInt8(ascii: "}")
        case .array: UInt8(ascii: "]")
        case .string, .root: UInt8(ascii: "\"")
        }
    }
}
