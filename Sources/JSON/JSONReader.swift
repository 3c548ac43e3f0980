/// Checks a text and builds its index in one pass, without recursion.
///
/// The chain of open containers lives in the index itself: each open entry holds its parent, so
/// nesting costs no memory beyond the entries that are needed anyway.
struct JSONReader {
    /// A refusal, before its line, column and path are worked out.
    struct Fault: Error {
        enum Place {
            /// In the last element or member begun.
            case value
            /// In the innermost container, between its members.
            case container
            /// At the name with this index.
            case name(Int)
        }
        let code: JSONError.Code
        let offset: Int
        let place: Place

        init(_ code: JSONError.Code, at offset: Int, in place: Place = .value) {
            self.code = code
            self.offset = offset
            self.place = place
        }
    }

    static let none = UInt32.max

    let limits: JSONLimits
    var tape: [JSONEntry] = []
    /// The innermost open container, and how many of its elements or members have begun.
    var open = none
    var count = 0
    private var isInObject = false
    private var depth = 0
    private var values = 0
    /// Scratch for objects with many members, kept between them.
    var table: [UInt32] = []

    init(limits: JSONLimits) {
        self.limits = limits
    }

    mutating func read(_ bytes: Span<UInt8>) throws(Fault) {
        guard bytes.count <= limits.bytes else { throw Fault(.tooLarge, at: limits.bytes) }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw Fault(.byteOrderMark, at: 0)
        }
        // More than records need, and all that a text of 16 MiB may use; pages never touched cost
        // nothing. A short dense text makes the index grow once or twice.
        tape.reserveCapacity(bytes.count / 8 + 8)
        var at = Self.skipSpace(bytes, from: 0)
        guard at < bytes.count else { throw Fault(.empty, at: 0) }
        while true {
            at = try readValue(bytes, at: at)
            if let next = try endValues(bytes, at: &at) {
                at = next
                continue
            }
            if open == Self.none { break }
        }
        at = Self.skipSpace(bytes, from: at)
        guard at == bytes.count else { throw Fault(.trailingBytes, at: at) }
    }

    /// Reads a scalar, or a container's opening up to its first value or its closing bracket.
    @inline(__always)
    private mutating func readValue(_ bytes: Span<UInt8>, at start: Int) throws(Fault) -> Int {
        var at = start
        while true {
            guard at < bytes.count else { throw Fault(.unexpectedEnd, at: at) }
            values += 1
            guard values <= limits.values else { throw Fault(.tooManyValues, at: at) }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                let (end, tag) = try Self.readString(bytes, at: at)
                append(tag, from: at, to: end)
                return end
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let end = try Self.readNumber(bytes, at: at)
                append(.number, from: at, to: end)
                return end
            case UInt8(ascii: "{"):
                try openContainer(.object, at: at)
                at = Self.skipSpace(bytes, from: at + 1)
                guard at < bytes.count else { throw Fault(.unexpectedEnd, at: at, in: .container) }
                if bytes[at] == UInt8(ascii: "}") { return at }
                at = try readName(bytes, at: at)
                count = 1
            case UInt8(ascii: "["):
                try openContainer(.array, at: at)
                at = Self.skipSpace(bytes, from: at + 1)
                guard at < bytes.count else { throw Fault(.unexpectedEnd, at: at, in: .container) }
                if bytes[at] == UInt8(ascii: "]") { return at }
                count = 1
            case UInt8(ascii: "t"):
                return try readLiteral("true", .true, bytes, at: at)
            case UInt8(ascii: "f"):
                return try readLiteral("false", .false, bytes, at: at)
            case UInt8(ascii: "n"):
                return try readLiteral("null", .null, bytes, at: at)
            default:
                throw Fault(.syntax, at: at)
            }
        }
    }

    /// After a value: closes the containers that end here. Returns where the next value begins, or
    /// `nil` after the last one.
    @inline(__always)
    private mutating func endValues(
        _ bytes: Span<UInt8>, at position: inout Int
    ) throws(Fault) -> Int? {
        while open != Self.none {
            var at = Self.skipSpace(bytes, from: position)
            guard at < bytes.count else { throw Fault(.unexpectedEnd, at: at, in: .container) }
            let byte = bytes[at]
            if byte == UInt8(ascii: ",") {
                at = Self.skipSpace(bytes, from: at + 1)
                if isInObject { at = try readName(bytes, at: at) }
                count += 1
                return at
            }
            guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw Fault(.syntax, at: at, in: .container)
            }
            position = at + 1
            try closeContainer(bytes, end: position)
        }
        return nil
    }

    @inline(__always)
    private mutating func append(_ tag: JSONEntry.Tag, from start: Int, to end: Int) {
        let next = UInt32(truncatingIfNeeded: tape.count + 1)
        tape.append(JSONEntry(tag, start: start, end: end, next: next))
    }

    private mutating func openContainer(_ tag: JSONEntry.Tag, at start: Int) throws(Fault) {
        depth += 1
        guard depth <= limits.depth else { throw Fault(.tooDeep, at: start) }
        if open != Self.none {
            let parent = tape[Int(open)]
            tape[Int(open)] = JSONEntry(
                isInObject ? .object : .array, start: Int(parent.start), end: 0,
                next: parent.next, count: count)
        }
        let index = UInt32(truncatingIfNeeded: tape.count)
        tape.append(JSONEntry(tag, start: start, end: 0, next: open))
        open = index
        isInObject = tag == .object
        count = 0
    }

    private mutating func closeContainer(_ bytes: Span<UInt8>, end: Int) throws(Fault) {
        if isInObject && count > 1 { try checkNames(bytes) }
        let entry = tape[Int(open)]
        tape[Int(open)] = JSONEntry(
            isInObject ? .object : .array, start: Int(entry.start), end: end,
            next: UInt32(truncatingIfNeeded: tape.count), count: count)
        depth -= 1
        open = entry.next
        if open != Self.none {
            let parent = tape[Int(open)]
            isInObject = parent.isObject
            count = parent.count
        }
    }

    /// Reads `"name":` and the space around it. Returns where the member's value begins.
    @inline(__always)
    private mutating func readName(_ bytes: Span<UInt8>, at start: Int) throws(Fault) -> Int {
        guard start < bytes.count else { throw Fault(.unexpectedEnd, at: start, in: .container) }
        guard bytes[start] == UInt8(ascii: "\"") else {
            throw Fault(.syntax, at: start, in: .container)
        }
        let (end, tag) = try Self.readString(bytes, at: start, in: .container)
        let fingerprint =
            tag == .string
            ? bytes.fingerprint(of: start + 1..<end - 1)
            : Self.decodedFingerprint(bytes, in: start + 1..<end - 1)
        tape.append(JSONEntry(tag, start: start, end: end, next: fingerprint))
        let colon = Self.skipSpace(bytes, from: end)
        guard colon < bytes.count else { throw Fault(.unexpectedEnd, at: colon, in: .container) }
        guard bytes[colon] == UInt8(ascii: ":") else {
            throw Fault(.syntax, at: colon, in: .container)
        }
        return Self.skipSpace(bytes, from: colon + 1)
    }

    private mutating func readLiteral(
        _ word: String, _ tag: JSONEntry.Tag, _ bytes: Span<UInt8>, at start: Int
    ) throws(Fault) -> Int {
        var at = start
        for letter in word.utf8 {
            guard at < bytes.count else { throw Fault(.unexpectedEnd, at: at) }
            guard bytes[at] == letter else { throw Fault(.syntax, at: at) }
            at += 1
        }
        append(tag, from: start, to: at)
        return at
    }
}
