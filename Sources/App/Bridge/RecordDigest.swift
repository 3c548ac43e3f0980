import Crypto
import JSON

/// What a record says, whatever the order of its members, the white space between them, the form of
/// the request around it and the file that it was exported to (contract § 6).
enum RecordDigest {
    /// Members that say where a record lay or how it was sent.
    private static let unrelated = byLength([
        "source_file", "source_file_name", "source_filename", "source_path", "source_row",
        "source_line", "file", "file_name", "filename", "row", "row_number", "line_number",
        "record_type", "agent_id", "facility_id", "facility_reference", "sync_type", "checksum",
        "idempotency_key",
    ])

    /// A name is compared with those of its length only.
    private static func byLength(_ names: [String]) -> [[[UInt8]]] {
        var lists = [[[UInt8]]](repeating: [], count: 32)
        for name in names { lists[name.utf8.count].append(Array(name.utf8)) }
        return lists
    }

    /// Where a wrapped record's own members lie.
    static func inner(of record: JSONValue) -> JSONValue? {
        innerName(of: record).flatMap { record[$0] }
    }

    private static func innerName(of record: JSONValue) -> String? {
        ["data", "payload"].first { record[$0]?.kind == .object }
    }

    /// 16 bytes: the day, the facility and type, the content.
    ///
    /// - Parameter day: what the record is about, so that records of one time lie together.
    static func make(
        _ record: JSONValue, type: SyncType, facilityID: String, day: Timestamp?
    ) -> [UInt8] {
        let days = UInt32(clamping: (day?.seconds ?? 0) / 86_400)
        var digest = [
            UInt8(truncatingIfNeeded: days >> 16), UInt8(truncatingIfNeeded: days >> 8),
            UInt8(truncatingIfNeeded: days),
        ]
        digest.reserveCapacity(16)
        digest.append(contentsOf: SHA256.hash(facilityID + " " + type.word).bytes.prefix(3))
        digest.append(contentsOf: content(of: record).bytes.prefix(10))
        return digest
    }

    /// Of the content alone.
    static func content(of record: JSONValue) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(record.raw.count + 64)
        let innerName = innerName(of: record)
        let inner = innerName.flatMap { record[$0] }
        var members: [(key: ArraySlice<UInt8>, value: JSONValue)] = []
        members.reserveCapacity(record.count + (inner?.count ?? 0))
        for member in record.membersUTF8 where !isUnrelated(member.key) {
            // Its own type's word beside `data`; without, it may be a vital sign's name.
            if let innerName,
                member.key.elementsEqual(innerName.utf8) || member.key.elementsEqual(typeName)
            {
                continue
            }
            members.append(member)
        }
        if let inner {
            for member in inner.membersUTF8 where !isUnrelated(member.key) {
                // What lies inside counts before what is around it, as where it is read.
                members.removeAll { $0.key.elementsEqual(member.key) }
                members.append(member)
            }
        }
        append(members: &members, to: &bytes)
        return SHA256.hash(bytes)
    }

    /// Whether two records, each as it was sent, say the same.
    static func agrees(_ payload: ArraySlice<UInt8>, with other: [UInt8]) throws -> Bool {
        let (left, right) = (try JSONDocument(Array(payload)), try JSONDocument(other))
        return content(of: left.root) == content(of: right.root)
    }

    /// Whether a record says what a stored one did when it was sent.
    static func agrees(_ payload: ArraySlice<UInt8>, withContent content: [UInt8]) throws -> Bool {
        guard let known = try JSONDocument(content).root["payload"] else { return false }
        return try agrees(payload, with: Array(known.raw))
    }

    private static let typeName = Array("type".utf8)

    private static func isUnrelated(_ key: ArraySlice<UInt8>) -> Bool {
        key.count < unrelated.count
            && unrelated[key.count].contains { $0.elementsEqual(key) }
    }

    /// One text for all spellings of a value. `null` counts as absent.
    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value.kind {
        case .object:
            var members = Array(value.membersUTF8)
            append(members: &members, to: &bytes)
        case .array:
            bytes.append(UInt8(ascii: "["))
            for element in value.elements { append(element, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .string:
            bytes.append(UInt8(ascii: "\""))
            append(counted: value.utf8 ?? [], to: &bytes)
        default:
            append(counted: value.raw, to: &bytes)
        }
    }

    private static func append(
        members: inout [(key: ArraySlice<UInt8>, value: JSONValue)], to bytes: inout [UInt8]
    ) {
        members.sort { $0.key.lexicographicallyPrecedes($1.key) }
        bytes.append(UInt8(ascii: "{"))
        for (key, value) in members where !value.isNull {
            append(counted: key, to: &bytes)
            append(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Length first: no two sequences of texts share an encoding.
    private static func append(counted text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let count = UInt32(text.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        bytes.append(contentsOf: text)
    }
}
