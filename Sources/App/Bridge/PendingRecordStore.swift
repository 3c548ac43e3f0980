package import SQLite

/// Records for Health IDs that nobody has yet.
package enum PendingRecordStore {
    package struct Pending: Sendable {
        package let type: String
        package let facilityID: String
        package let clientID: String
        /// JSON, as sent.
        package let payload: [UInt8]
        package let requestID: String
        package let receivedAt: Timestamp
    }

    /// - Parameter externalID: the facility's own id, by which only a change of what came last is kept.
    /// - Returns: `false` when it waits already.
    package static func insert(
        _ record: SyncRecord, type: SyncType, for reference: PatientReference,
        externalID: String?, from source: RecordStore.Source, requestID: String,
        in tx: borrowing Transaction
    ) throws -> Bool {
        if let externalID {
            let last = try tx.first(
                """
                SELECT digest FROM pending_records
                WHERE facility_id = ? AND type = ? AND external_id = ? ORDER BY seq DESC LIMIT 1
                """, [.text(source.facilityID), .text(type.word), .text(externalID)]
            ) { $0.blob(0) }
            guard last != record.digest else { return false }
        } else {
            guard try RecordDigestStore.insert(record.digest, in: tx) else { return false }
        }
        try tx.execute(
            """
            INSERT INTO pending_records (health_id, facility_id, client_id, type, external_id,
                digest, payload, request_id, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(reference.text), .text(source.facilityID), .text(source.clientID),
                .text(type.word), .optional(externalID), .blob(record.digest),
                .utf8Slice(record.payload), .text(requestID), .integer(source.now.milliseconds),
            ])
        return true
    }

    /// What waits for an id, in the order of its arrival; it waits no longer.
    package static func take(
        for healthID: String, in tx: borrowing Transaction
    ) throws -> [Pending] {
        let pending = try tx.all(
            """
            SELECT type, facility_id, client_id, payload, request_id, received_at
            FROM pending_records WHERE health_id = ? ORDER BY seq
            """, [.text(healthID)]
        ) { row in
            Pending(
                type: row.text(0), facilityID: row.text(1), clientID: row.text(2),
                payload: row.utf8(3), requestID: row.text(4),
                receivedAt: Timestamp(milliseconds: row.int64(5)))
        }
        guard !pending.isEmpty else { return [] }
        try tx.execute("DELETE FROM pending_records WHERE health_id = ?", [.text(healthID)])
        return pending
    }
}
