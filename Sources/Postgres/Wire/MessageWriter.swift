/// Where messages to the server are written until the socket takes them.
struct MessageWriter {
    private var bytes: [UInt8] = []
    /// How many of them have been sent.
    private var sent = 0
    /// Where the length of the message at hand goes.
    private var lengthIndex = 0

    private static let keptBytes = 256 * 1024

    var isEmpty: Bool { sent == bytes.count }
    /// Bytes that wait to be sent.
    var count: Int { bytes.count - sent }
    var unsent: [UInt8] { Array(bytes[sent...]) }

    /// Lends what waits; returns how many bytes `body` could send.
    mutating func send<R>(_ body: (UnsafeRawBufferPointer) -> (count: Int, result: R)) -> R {
        let (count, result) = unsafe bytes.withUnsafeBytes { buffer in
            unsafe body(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
        }
        sent += count
        if isEmpty { removeAll() }
        return result
    }

    /// Forgets everything, and memory beyond what is usual.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
        sent = 0
    }

    /// - Parameter type: nil for the messages before authentication, which have none.
    mutating func begin(_ type: Unicode.Scalar?) {
        if let type { bytes.append(UInt8(ascii: type)) }
        lengthIndex = bytes.count
        int32(0)
    }

    /// Writes the length of the message that `begin` began.
    mutating func end() {
        let length = UInt32(truncatingIfNeeded: bytes.count - lengthIndex)
        for index in 0..<4 {
            bytes[lengthIndex + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index))
        }
    }

    /// The bytes of the message at hand so far.
    var messageBytes: Int { bytes.count - lengthIndex }

    /// Takes the message at hand back.
    mutating func cancel() { bytes.removeSubrange(max(lengthIndex - 1, 0)...) }

    mutating func uint8(_ value: UInt8) { bytes.append(value) }

    mutating func int16(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func int32(_ value: Int) {
        int16(value >> 16)
        int16(value)
    }

    mutating func int64(_ value: Int64) {
        int32(Int(truncatingIfNeeded: value >> 32))
        int32(Int(truncatingIfNeeded: value))
    }

    mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }
    mutating func raw(_ value: ArraySlice<UInt8>) { bytes.append(contentsOf: value) }
    mutating func raw(_ value: String.UTF8View) { bytes.append(contentsOf: value) }

    /// Text and its NUL. One within the text would end it early, and what follows would be read as something
    /// else: callers have refused it.
    mutating func string(_ text: String) {
        precondition(!text.utf8.contains(0), "no NUL in a C string")
        raw(text.utf8)
        uint8(0)
    }
}
