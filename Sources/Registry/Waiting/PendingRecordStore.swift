package import Database
package import Values

/// Records for Health IDs that nobody has yet.
package enum PendingRecordStore {
    /// Keeps a record, unless it is known.
    ///
    /// - Parameter externalID: the facility's own id, by which only a change of what came last for this
    ///   Health ID is kept.
    /// - Returns: what became of the same record when it came before; `nil` when it is new.
    static func insert(
        _ record: SyncRecord, type: SyncType, for reference: PatientReference,
        externalID: String?, item: String = "", from source: RecordStore.Source, requestID: String,
        in tx: borrowing Transaction
    ) throws -> PendingRecord.State? {
        if let externalID {
            let last = try tx.first(
                """
                SELECT digest, state FROM pending_records
                WHERE facility_id = ? AND type = ? AND external_id = ? AND item = ?
                    AND health_id = ?
                ORDER BY seq DESC LIMIT 1
                """,
                [
                    .text(source.facilityID), .text(type.word), .text(externalID),
                    .text(item), .text(reference.text),
                ]
            ) { (digest: $0.blob(0), state: PendingRecord.State(rawValue: $0.text(1))) }
            if let last, last.digest == record.digest { return last.state ?? .waiting }
        } else {
            let last = try tx.first(
                "SELECT state FROM pending_records WHERE digest = ? ORDER BY seq DESC LIMIT 1",
                [.blob(record.digest)]
            ) { PendingRecord.State(rawValue: $0.text(0)) }
            if let state = last ?? nil { return state }
            guard try RecordDigestStore.insert(record.digest, in: tx) else { return .waiting }
        }
        try tx.run(
            """
            INSERT INTO pending_records (health_id, facility_id, client_id, type, external_id,
                item, digest, payload, request_id, received_at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
            """,
            [
                .text(reference.text), .text(source.facilityID), .text(source.clientID),
                .text(type.word), .optional(externalID), .text(item), .blob(record.digest),
                .utf8Slice(record.payload), .text(requestID), .integer(source.now.milliseconds),
            ])
        return nil
    }

    // MARK: Reading

    private static func record(_ row: borrowing Row) throws -> PendingRecord {
        PendingRecord(
            seq: row.int64(0), healthID: row.text(1), facilityID: row.text(2),
            clientID: row.text(3), type: row.text(4), externalID: row.textOrNil(5),
            digest: row.blob(6), payload: row.utf8(7), requestID: row.text(8),
            receivedAt: Timestamp(milliseconds: row.int64(9)),
            state: PendingRecord.State(rawValue: row.text(10)) ?? .waiting,
            newHealthID: row.textOrNil(11), note: row.textOrNil(12),
            resolvedAt: row.int64OrNil(13).map { Timestamp(milliseconds: $0) },
            resolvedBy: row.textOrNil(14))
    }

    /// The newest first, older than `before`; without what was sent.
    static func list(
        _ filter: PendingRecords.Filter, before: Int64 = .max, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [PendingRecord] {
        try tx.all(
            """
            SELECT seq, health_id, facility_id, client_id, type, external_id, digest, '',
                request_id, received_at, state, new_health_id, note, resolved_at, resolved_by
            FROM pending_records
            WHERE seq < ?1 AND (CAST(?2 AS TEXT) IS NULL OR health_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR client_id = ?3)
                AND (CAST(?4 AS TEXT) IS NULL OR facility_id = ?4) AND (CAST(?5 AS BIGINT) IS NULL OR received_at < ?5)
                AND (CAST(?6 AS TEXT) IS NULL OR state = ?6)
            ORDER BY seq DESC LIMIT ?7
            """,
            [
                .integer(before), .optional(filter.healthID),
                .optional(filter.agentID.map { "agent:" + $0 }), .optional(filter.facilityID),
                .optional(filter.receivedBefore?.milliseconds),
                .optional(filter.state?.rawValue), .int(limit),
            ], record)
    }

    /// Those of a filter that wait, oldest first from the one after `seq` on.
    package static func waiting(
        _ filter: PendingRecords.Filter, after seq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT seq FROM pending_records
            WHERE state = 'waiting' AND seq > ?1 AND (CAST(?2 AS TEXT) IS NULL OR health_id = ?2)
                AND (CAST(?3 AS TEXT) IS NULL OR client_id = ?3) AND (CAST(?4 AS TEXT) IS NULL OR facility_id = ?4)
                AND (CAST(?5 AS BIGINT) IS NULL OR received_at < ?5)
            ORDER BY seq LIMIT ?6
            """,
            [
                .integer(seq), .optional(filter.healthID),
                .optional(filter.agentID.map { "agent:" + $0 }), .optional(filter.facilityID),
                .optional(filter.receivedBefore?.milliseconds), .int(limit),
            ]
        ) { $0.int64(0) }
    }

    /// How many wait, and since when the first of them.
    package static func waiting(
        in tx: borrowing Transaction
    ) throws -> (count: Int, oldest: Timestamp?) {
        try tx.first(
            "SELECT COUNT(*), MIN(received_at) FROM pending_records WHERE state = 'waiting'"
        ) { ($0.int(0), $0.int64OrNil(1).map { Timestamp(milliseconds: $0) }) } ?? (0, nil)
    }

    static func find(
        _ seq: Int64, in tx: borrowing Transaction
    ) throws -> PendingRecord? {
        try tx.first(
            """
            SELECT seq, health_id, facility_id, client_id, type, external_id, digest, payload,
                request_id, received_at, state, new_health_id, note, resolved_at, resolved_by
            FROM pending_records WHERE seq = ?
            """, [.integer(seq)], record)
    }

    // MARK: Resolving

    /// What waits for an id, in the order of its arrival; it waits no longer.
    static func take(
        for healthID: String, in tx: borrowing Transaction
    ) throws -> [PendingRecord] {
        // What was redirected here arrived when its agent sent it.
        let pending = try tx.all(
            """
            SELECT seq, health_id, facility_id, client_id, type, external_id, digest, payload,
                request_id, received_at, state, new_health_id, note, resolved_at, resolved_by
            FROM pending_records WHERE health_id = ? AND state = 'waiting'
            ORDER BY received_at, seq
            """, [.text(healthID)], record)
        guard !pending.isEmpty else { return [] }
        try tx.run(
            "DELETE FROM pending_records WHERE health_id = ? AND state = 'waiting'",
            [.text(healthID)])
        return pending
    }

    /// Ends one that waits.
    ///
    /// - Parameter newHealthID: whom it was given to, when it was redirected.
    /// - Returns: `false` when there is no such waiting record.
    static func resolve(
        _ seq: Int64, as state: PendingRecord.State, newHealthID: String? = nil, note: String?,
        by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE pending_records SET state = ?, new_health_id = ?, note = ?, resolved_at = ?,
                resolved_by = ?
            WHERE seq = ? AND state = 'waiting'
            """,
            [
                .text(state.rawValue), .optional(newHealthID), .optional(note),
                .integer(now.milliseconds), .text(principal), .integer(seq),
            ]) == 1
    }

    /// A person has looked at it, and it shall not be stored when its id appears.
    ///
    /// The row stays. Sent again it is known by that row, for as long as nobody has the id; once
    /// somebody has, whoever sends it says so of a living patient, and it is stored.
    ///
    /// - Returns: `false` when there is no such waiting record.
    static func discard(
        _ seq: Int64, note: String?, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        guard let record = try find(seq, in: tx), record.state == .waiting else { return false }
        if record.externalID == nil { try RecordDigestStore.remove(record.digest, in: tx) }
        return try resolve(seq, as: .discarded, note: note, by: principal, at: now, in: tx)
    }
}
