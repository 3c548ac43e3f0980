/// A parsed text: the bytes received plus a flat index of its values.
///
/// Making one checks everything RFC 8259 demands, and UTF-8 and duplicate names besides. No value
/// is copied or decoded until it is asked for.
package struct JSONDocument: Sendable {
    /// What a document and all its values share.
    final class Storage: Sendable {
        let bytes: [UInt8]
        let tape: [JSONEntry]
        let folding: Bool

        init(bytes: [UInt8], tape: [JSONEntry], folding: Bool) {
            self.bytes = bytes
            self.tape = tape
            self.folding = folding
        }
    }

    private let storage: Storage

    /// - Throws: `JSONError` for the first thing wrong with `bytes`.
    package init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = JSONReader(limits: limits)
        do {
            try reader.read(bytes.span)
        } catch {
            throw JSONError(
                error.code, at: error.offset, in: bytes.span,
                path: reader.path(to: error.place, in: bytes.span))
        }
        storage = Storage(
            bytes: bytes, tape: reader.tape, folding: limits.keys == .caseInsensitive)
    }

    package var root: JSONValue { JSONValue(storage, at: 0) }
}
