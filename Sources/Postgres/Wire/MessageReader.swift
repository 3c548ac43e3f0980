/// What no PostgreSQL server says at that point: the connection is closed, since nothing after it can be
/// believed.
struct ProtocolViolation: Error, Equatable, Sendable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Takes a server's bytes apart into messages, and the message at hand into its fields (PostgreSQL 15,
/// chapter 55.7). Every field is checked against the end of its message.
struct MessageReader {
    private var bytes: [UInt8]
    /// How many of `bytes` have been received.
    private var filled = 0
    /// Of the fields of the message at hand that have not been read.
    private(set) var position = 0
    /// Behind the message at hand.
    private var end = 0
    /// The bytes that a message may have: lower until the server has shown who it is.
    var messageLimit: Int

    private static let usualBytes = 16 * 1024
    /// Memory beyond this is given back.
    private static let keptBytes = 4 << 20
    /// Notices, errors and descriptions of statements.
    private static let smallMessageLimit = 1 << 20

    init(messageLimit: Int) {
        self.messageLimit = messageLimit
        bytes = [UInt8](repeating: 0, count: Self.usualBytes)
    }

    /// What came behind the message at hand.
    var unread: [UInt8] { Array(bytes[end..<filled]) }
    var isEmpty: Bool { end == filled }

    /// Lends free space, and keeps as many bytes of it as `body` returns.
    mutating func fill<R>(_ body: (UnsafeMutableRawBufferPointer) -> (count: Int, result: R)) -> R {
        makeRoom()
        let (start, space) = (filled, bytes.count - filled)
        let (count, result) = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe body(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
        }
        precondition(count >= 0 && count <= space, "more bytes than there is room for")
        filled += count
        return result
    }

    /// Appends bytes, as a socket would.
    mutating func append(_ new: [UInt8]) {
        makeRoom(for: new.count)
        bytes.replaceSubrange(filled..<filled + new.count, with: new)
        filled += new.count
    }

    /// Moves what is unread to the front, and grows for the message that is arriving.
    private mutating func makeRoom(for count: Int = 1) {
        if end > 0 {
            if end < filled {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe buffer.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: buffer[end..<filled]))
                }
            } else if bytes.count > Self.keptBytes {
                bytes = [UInt8](repeating: 0, count: Self.usualBytes)
            }
            filled -= end
            (position, end) = (0, 0)
        }
        let wanted = max(filled + count, min(arrivingBytes, filled + Self.smallMessageLimit))
        guard wanted > bytes.count else { return }
        var larger = [UInt8](repeating: 0, count: max(wanted, bytes.count * 2))
        unsafe larger.withUnsafeMutableBytes { buffer in
            unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        }
        bytes = larger
    }

    /// How long the message is whose beginning lies at the front; 0 until its length has come.
    private var arrivingBytes: Int { filled < 5 ? 0 : 1 + Int(uint32(at: 1)) }

    private func uint32(at index: Int) -> UInt32 {
        UInt32(bytes[index]) << 24 | UInt32(bytes[index + 1]) << 16
            | UInt32(bytes[index + 2]) << 8 | UInt32(bytes[index + 3])
    }

    /// The type of the next message, whose fields are then read; nil while it has not arrived in full.
    mutating func next() throws(ProtocolViolation) -> UInt8? {
        let start = end
        guard filled - start >= 5 else { return nil }
        let type = bytes[start]
        let length = Int(uint32(at: start + 1))
        guard length >= 4, length <= limit(of: type) else {
            throw ProtocolViolation("a message \(Self.name(type)) of \(length) bytes")
        }
        guard filled - start > length else { return nil }
        position = start + 5
        end = start + 1 + length
        return type
    }

    private func limit(of type: UInt8) -> Int {
        switch type {
        case UInt8(ascii: "D"): messageLimit
        case UInt8(ascii: "Z"): 5
        case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "n"),
            UInt8(ascii: "I"):
            4
        default: min(messageLimit, Self.smallMessageLimit)
        }
    }

    static func name(_ type: UInt8) -> String {
        0x21...0x7E ~= type ? "'\(Character(Unicode.Scalar(type)))'" : "\(type)"
    }
}

// MARK: Fields

extension MessageReader {
    var remaining: Int { end - position }

    private mutating func advance(_ count: Int) throws(ProtocolViolation) -> Int {
        guard count >= 0, count <= remaining else {
            throw ProtocolViolation("a message that ends within a field")
        }
        defer { position += count }
        return position
    }

    mutating func uint8() throws(ProtocolViolation) -> UInt8 { bytes[try advance(1)] }

    mutating func uint16() throws(ProtocolViolation) -> Int {
        let at = try advance(2)
        return Int(bytes[at]) << 8 | Int(bytes[at + 1])
    }

    mutating func int32() throws(ProtocolViolation) -> Int32 {
        Int32(bitPattern: uint32(at: try advance(4)))
    }

    mutating func skip(_ count: Int) throws(ProtocolViolation) { _ = try advance(count) }

    /// Everything up to the end of the message.
    mutating func rest() throws(ProtocolViolation) -> [UInt8] {
        let count = remaining
        let start = try advance(count)
        return Array(bytes[start..<start + count])
    }

    /// Text up to its NUL, which is skipped. What is not UTF-8 becomes U+FFFD.
    mutating func string() throws(ProtocolViolation) -> String {
        guard let nul = bytes[position..<end].firstIndex(of: 0) else {
            throw ProtocolViolation("a text without an end")
        }
        defer { position = nul + 1 }
        return String(decoding: bytes[position..<nul], as: UTF8.self)
    }

    /// Lends the bytes from `start`, an earlier `position`, to where reading has come.
    @unsafe func withBytes(from start: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let range = start..<position
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe body(UnsafeRawBufferPointer(rebasing: buffer[range]))
        }
    }

    func requireEnd() throws(ProtocolViolation) {
        guard remaining == 0 else {
            throw ProtocolViolation("a message longer than its fields")
        }
    }
}
