import Crypto
package import JSON
package import Values

/// What a record says, whatever the order and spelling of its members, the form of the request around
/// it and the file that it was exported to (contract § 6).
package enum RecordDigest {
    /// Members that say where a record lay or how it was sent.
    private static let unrelated = byLength([
        "source_file", "source_file_name", "source_filename", "source_path", "source_row",
        "source_line", "file", "file_name", "filename", "row", "row_number", "line_number",
        "record_type", "agent_id", "facility_id", "facility_reference", "sync_type", "checksum",
        "idempotency_key", "upload_id", "error_id",
    ])

    /// A name is compared with those of its length only.
    private static func byLength(_ names: [String]) -> [[[UInt8]]] {
        var lists = [[[UInt8]]](repeating: [], count: 32)
        for name in names { lists[name.utf8.count].append(Array(name.utf8)) }
        return lists
    }

    /// Where a wrapped record's own members lie.
    package static func inner(of record: JSONValue) -> JSONValue? {
        if let data = record["data"], data.kind == .object { return data }
        if let payload = record["payload"], payload.kind == .object { return payload }
        return nil
    }

    /// 16 bytes: the day, the facility and type, and a hash of the last two and the content. The first
    /// six only keep records of one time and place together.
    ///
    /// - Parameters:
    ///   - fields: what was read of the record.
    ///   - day: what the record is about.
    package static func make(
        _ fields: CanonicalFields, type: SyncType, in reading: SyncReading, day: Timestamp?
    ) -> [UInt8] {
        let days = UInt32(clamping: (day?.seconds ?? 0) / 86_400)
        var digest: [UInt8] = []
        digest.reserveCapacity(16)
        digest.append(UInt8(truncatingIfNeeded: days >> 16))
        digest.append(UInt8(truncatingIfNeeded: days >> 8))
        digest.append(UInt8(truncatingIfNeeded: days))
        digest.append(contentsOf: reading.facilityMark)
        digest.append(type.word.utf8.reduce(0) { $0 &* 31 &+ $1 })
        var hash = SHA256()
        hash.update(reading.facility.id)
        hash.update(type.word)
        fields.finish(apartFrom: isUnrelated, into: &hash)
        digest.append(contentsOf: hash.finalize().bytes.prefix(10))
        return digest
    }

    /// Eight bytes of what a line of stock says, to know it again within its upload.
    package static func line(_ fields: CanonicalFields) -> [UInt8] {
        var hash = SHA256()
        fields.finish(apartFrom: isUnrelated, into: &hash)
        return Array(hash.finalize().bytes.prefix(8))
    }

    /// What a record says of its subject, name by name, as it was written.
    package static func content(of record: JSONValue) -> [(String, [UInt8])] {
        let source = ["source_system", "type"]
        return (inner(of: record) ?? record).members.compactMap { name, value in
            isUnrelated(Array(name.utf8)[...]) || source.contains(name)
                ? nil : (name, Array(value.raw))
        }
    }

    private static func isUnrelated(_ key: ArraySlice<UInt8>) -> Bool {
        key.count < unrelated.count
            && unrelated[key.count].contains { $0.elementsEqual(key) }
    }
}
