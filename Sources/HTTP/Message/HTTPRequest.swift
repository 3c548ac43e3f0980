/// One request, head and content complete. It owns one copy of its bytes; fields are offsets into
/// them, so a lookup costs no allocation until it makes a `String`.
package struct HTTPRequest: Sendable {
    /// All that was sent, shared by all copies: a request is passed through many frames. Changed by the one who holds
    /// the only copy, before there are others.
    private final class Content: @unchecked Sendable {
        let bytes: [UInt8]
        let head: RequestHead
        let origin: RequestOrigin
        var body: [UInt8] = []
        var isUnread = false

        init(_ head: consuming RequestHead, in bytes: Span<UInt8>, from origin: RequestOrigin) {
            self.bytes = Array(bytes.extracting(0..<head.byteCount))
            self.head = head
            self.origin = origin
        }

        init(copying other: Content) {
            (bytes, head, origin) = (other.bytes, other.head, other.origin)
            (body, isUnread) = (other.body, other.isUnread)
        }
    }

    private var content: Content

    package internal(set) var body: [UInt8] {
        get { content.body }
        set { change { $0.body = newValue } }
    }

    /// The service did not want the content that the head announces: `body` is not what was sent.
    package internal(set) var isContentUnread: Bool {
        get { content.isUnread }
        set { change { $0.isUnread = newValue } }
    }

    /// The path parameters of the matched route; the caller of `Router.match` sets them.
    package var parameters = PathParameters()

    private mutating func change(_ body: (Content) -> Void) {
        if !isKnownUniquelyReferenced(&content) { content = Content(copying: content) }
        body(content)
    }

    /// - Parameter bytes: begins with the head that `head` describes.
    init(_ head: consuming RequestHead, in bytes: Span<UInt8>, from origin: RequestOrigin) {
        content = Content(head, in: bytes, from: origin)
    }

    /// The head as received, up to and including the final empty line.
    var bytes: [UInt8] { content.bytes }

    var head: RequestHead { content.head }

    /// The address the request came from.
    package var peer: PeerAddress { content.origin.peer }

    /// `peer` as text, made once for each connection.
    package var peerText: String { content.origin.peerText }

    /// Whether it came over TLS.
    package var isSecure: Bool { content.origin.isSecure }

    /// The index of the event loop that runs it, in `0 ..< Server.loopCount`.
    package var loop: Int { content.origin.loop }

    package var method: HTTPMethod { head.method }

    /// The target as received.
    package var target: String { string(head.target.range) }

    /// The path, percent-encoded as received; that of an absolute-form target without its origin.
    package var path: String { head.path.isEmpty ? "/" : string(head.path.range) }

    /// What follows the path's question mark, as received.
    package var queryBytes: ArraySlice<UInt8> { bytes[head.query.range] }

    /// The value of a field, whatever the case of its name; several lines are one list
    /// (RFC 9110 §5.3). Octets that are not UTF-8 become U+FFFD.
    package func field(_ name: StaticString) -> String? {
        var joined: String?
        for entry in head.fields where isNamed(entry, name) {
            let value = string(entry.value.range)
            joined = if let joined { joined + ", " + value } else { value }
        }
        return joined
    }

    /// The octets of the first field of that name; neither copied nor checked as UTF-8.
    package func fieldBytes(_ name: StaticString) -> ArraySlice<UInt8>? {
        for entry in head.fields where isNamed(entry, name) { return bytes[entry.value.range] }
        return nil
    }

    /// How many field lines bear that name.
    package func fieldCount(_ name: StaticString) -> Int {
        var count = 0
        for entry in head.fields where isNamed(entry, name) { count += 1 }
        return count
    }

    private func isNamed(_ entry: FieldEntry, _ name: StaticString) -> Bool {
        guard entry.name.count == name.utf8CodeUnitCount else { return false }
        return bytes.span.extracting(entry.name.range).matchesIgnoringCase(name)
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}

/// What a connection knows about all its requests.
struct RequestOrigin: Sendable {
    let peer: PeerAddress
    let peerText: String
    let isSecure: Bool
    let loop: Int

    init(peer: PeerAddress, isSecure: Bool, loop: Int) {
        self.peer = peer
        peerText = peer.description
        self.isSecure = isSecure
        self.loop = loop
    }
}

extension Array<UInt8> {
    /// A copy of `bytes`, in one allocation.
    init(_ bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
