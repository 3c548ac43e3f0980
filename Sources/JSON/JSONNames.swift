/// Which names objects may have, in 64 bits: enough to say at once that most of those asked for are
/// not there.
package struct JSONNames: Sendable {
    private var bits: UInt64 = 0

    package init() {}

    /// Adds the names of an object's members; none when this is not an object.
    package mutating func insert(of object: JSONValue) {
        let entry = object.entry
        guard entry.isObject else { return }
        var name = object.index + 1
        for _ in 0..<entry.count {
            bits |= JSONNames.bit(object.storage.tape[name].next)
            name = Int(object.storage.tape[name + 1].next)
        }
    }

    /// `false` only when none of the objects has a member of this name.
    package func mayContain(_ name: StaticString) -> Bool {
        // The literal's bytes live as long as the process.
        let mark = name.withUTF8Buffer { bytes in
            unsafe bytes.span.fingerprint(of: 0..<bytes.count)
        }
        return bits & JSONNames.bit(mark) != 0
    }

    private static func bit(_ fingerprint: UInt32) -> UInt64 { 1 << UInt64(fingerprint & 63) }
}
