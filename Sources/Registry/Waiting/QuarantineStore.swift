import Crypto
package import Database
import Values

/// Refused records, for an administrator to read, replay or discard.
package enum QuarantineStore {
    /// Keeps a refused record. Sent again, it is the same row: the published agent repeats a record
    /// for as long as it is refused.
    static func insert(
        payload: [UInt8], type: String?, error: String, reason: String, reference: String? = nil,
        standsFor settled: [UInt8]? = nil, index: Int,
        batchID: String, agentID: String, facilityID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO quarantined_records (agent_id, facility_id, batch_id, record_index, type,
                payload, bytes, digest, error, reason, reference, stands_for, arrivals, first_at,
                last_at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, 'open')
            ON CONFLICT (facility_id, digest) DO UPDATE SET
                arrivals = quarantined_records.arrivals + 1, last_at = excluded.last_at,
                error = excluded.error, reason = excluded.reason, stands_for = excluded.stands_for
            """,
            [
                .text(agentID), .text(facilityID), .text(batchID), .int(index), .optional(type),
                .utf8(payload), .int(payload.count),
                .blob(Array(SHA256.hash(payload).bytes.prefix(16))),
                .text(error), .text(reason), .optional(reference),
                settled.map { .blob($0) } ?? .null,
                .integer(now.milliseconds), .integer(now.milliseconds),
            ])
    }

    /// It came again, whether or not there is room for further ones.
    ///
    /// - Returns: `false` when it is not in quarantine.
    static func repeated(
        payload: [UInt8], error: String, reason: String, facilityID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE quarantined_records
            SET arrivals = arrivals + 1, last_at = ?, error = ?, reason = ?
            WHERE facility_id = ? AND digest = ?
            """,
            [
                .integer(now.milliseconds), .text(error), .text(reason), .text(facilityID),
                .blob(Array(SHA256.hash(payload).bytes.prefix(16))),
            ]) == 1
    }

    /// What a facility may still have open.
    package struct Room {
        private var count: Int
        private var bytes: Int64

        fileprivate init(besides count: Int, _ bytes: Int64) {
            self.count = QuarantinedRecord.maximumCount - count
            self.bytes = QuarantinedRecord.maximumBytes - bytes
        }

        package var isFull: Bool { count <= 0 || bytes <= 0 }

        package mutating func take(_ record: SyncRecord) {
            count -= 1
            bytes -= Int64(record.payload.count)
        }
    }

    package static func room(of facilityID: String, in tx: borrowing Transaction) throws -> Room {
        try tx.first(
            """
            SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM quarantined_records
            WHERE facility_id = ? AND state = 'open'
            """, [.text(facilityID)]
        ) { Room(besides: $0.int(0), $0.int64(1)) } ?? Room(besides: 0, 0)
    }

    /// Open ones of all facilities, and of how many facilities the quarantine is full.
    package static func openCounts(
        in tx: borrowing Transaction
    ) throws -> (open: Int, full: Int) {
        try tx.all(
            """
            SELECT COUNT(*), SUM(bytes) FROM quarantined_records WHERE state = 'open'
            GROUP BY facility_id
            """, []
        ) { ($0.int(0), $0.int64(1)) }
        .reduce(into: (open: 0, full: 0)) { sum, facility in
            sum.open += facility.0
            if Room(besides: facility.0, facility.1).isFull { sum.full += 1 }
        }
    }

    // MARK: Reading

    private static func record(_ row: borrowing Row) throws -> QuarantinedRecord {
        QuarantinedRecord(
            seq: row.int64(0), agentID: row.text(1), facilityID: row.text(2),
            batchID: row.text(3), index: row.int(4), type: row.textOrNil(5),
            payload: row.utf8(6), error: row.text(7), reason: row.text(8), arrivals: row.int(9),
            firstAt: Timestamp(milliseconds: row.int64(10)),
            lastAt: Timestamp(milliseconds: row.int64(11)),
            state: QuarantinedRecord.State(rawValue: row.text(12)) ?? .open,
            note: row.textOrNil(13),
            resolvedAt: row.int64OrNil(14).map { Timestamp(milliseconds: $0) },
            resolvedBy: row.textOrNil(15))
    }

    /// The newest first, older than `before`; without what was sent.
    static func list(
        _ filter: Quarantine.Filter, before: Int64 = .max, limit: Int, in tx: borrowing Transaction
    ) throws -> [QuarantinedRecord] {
        try tx.all(
            """
            SELECT seq, agent_id, facility_id, batch_id, record_index, type, '', error, reason,
                arrivals, first_at, last_at, state, note, resolved_at, resolved_by
            FROM quarantined_records
            WHERE seq < ?1 AND (CAST(?2 AS TEXT) IS NULL OR agent_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR facility_id = ?3)
                AND (CAST(?4 AS TEXT) IS NULL OR state = ?4)
            ORDER BY seq DESC LIMIT ?5
            """,
            [
                .integer(before), .optional(filter.agentID), .optional(filter.facilityID),
                .optional(filter.state?.rawValue), .int(limit),
            ], record)
    }

    /// The open ones of an agent or a facility, or of both, oldest first from the one after `seq` on.
    static func open(
        agentID: String?, facilityID: String?, after seq: Int64, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT seq FROM quarantined_records
            WHERE state = 'open' AND seq > ?1 AND (CAST(?2 AS TEXT) IS NULL OR agent_id = ?2)
                AND (CAST(?3 AS TEXT) IS NULL OR facility_id = ?3)
            ORDER BY seq LIMIT ?4
            """,
            [.integer(seq), .optional(agentID), .optional(facilityID), .int(limit)]
        ) { $0.int64(0) }
    }

    static func find(
        _ seq: Int64, in tx: borrowing Transaction
    ) throws -> QuarantinedRecord? {
        try tx.first(
            """
            SELECT seq, agent_id, facility_id, batch_id, record_index, type, payload, error, reason,
                arrivals, first_at, last_at, state, note, resolved_at, resolved_by
            FROM quarantined_records WHERE seq = ?
            """, [.integer(seq)], record)
    }

    // MARK: Resolving

    /// Ends an open one.
    ///
    /// - Parameter stored: the digest of what was stored in its place; empty where that has none.
    /// - Returns: `false` when there is no such open record.
    static func resolve(
        _ seq: Int64, as state: QuarantinedRecord.State, storing stored: [UInt8] = [],
        note: String?, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE quarantined_records
            SET state = ?, note = ?, resolved_at = ?, resolved_by = ?, stored_digest = ?
            WHERE seq = ? AND state = 'open'
            """,
            [
                .text(state.rawValue), .optional(note), .integer(now.milliseconds),
                .text(principal), stored.isEmpty ? .null : .blob(stored), .integer(seq),
            ]) == 1
    }

    /// A person has looked at it and nothing shall be stored.
    ///
    /// - Returns: `false` when there is no such open record.
    static func discard(
        _ seq: Int64, note: String?, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        try resolve(seq, as: .discarded, note: note, by: principal, at: now, in: tx)
    }

    /// It is still refused, for this reason.
    static func noteFailure(
        _ seq: Int64, error: String, reason: String, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE quarantined_records SET error = ?, reason = ? WHERE seq = ?",
            [.text(error), .text(reason), .integer(seq)])
    }

    /// Forgets what was closed long ago, at most `limit` rows.
    ///
    /// - Returns: how many rows went.
    static func prune(
        at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let cutoff = now.adding(seconds: -QuarantinedRecord.retentionSeconds)
        return try tx.execute(
            """
            DELETE FROM quarantined_records WHERE seq IN (
                SELECT seq FROM quarantined_records
                WHERE state <> 'open' AND resolved_at < ? ORDER BY resolved_at LIMIT ?)
            """, [.integer(cutoff.milliseconds), .int(limit)])
    }
}
