/// A range of offsets into a head, which is never longer than 65,535 bytes.
struct HeadRange: Sendable {
    var start: UInt16 = 0
    var end: UInt16 = 0

    init() {}

    init(_ range: Range<Int>) {
        start = UInt16(range.lowerBound)
        end = UInt16(range.upperBound)
    }

    var range: Range<Int> { Int(start)..<Int(end) }
    var count: Int { Int(end) - Int(start) }
    var isEmpty: Bool { start == end }
}

/// One field line: its name and its value without surrounding white space.
struct FieldEntry: Sendable {
    var name: HeadRange
    var value: HeadRange
}

/// How the end of the content is found (RFC 9112 §6.3).
enum ContentFraming: Equatable, Sendable {
    case none
    case length(Int)
    case chunked
}

/// One parsed head: offsets from the first byte given to the parser, and what they decide.
struct RequestHead: Sendable {
    var method = HTTPMethod.get
    /// 0 for HTTP/1.0; 1 for HTTP/1.1 and any later minor version.
    var minorVersion: UInt8 = 1
    var target = HeadRange()
    /// Empty when an absolute-form target has no path; it then means "/".
    var path = HeadRange()
    /// What follows the question mark; empty when there is none.
    var query = HeadRange()
    var fields: [FieldEntry] = []
    var framing = ContentFraming.none
    var keepsAlive = true
    var expectsContinue = false
    /// Bytes of the head, a leading empty line and the final one included.
    var byteCount = 0
}
