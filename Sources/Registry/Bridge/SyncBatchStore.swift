package import Database
package import Values

/// Batches as they came, and their sums for charts.
package enum SyncBatchStore {
    package static func insert(_ batch: SyncBatch, in tx: borrowing Transaction) throws {
        let parts = batch.duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        try tx.run(
            """
            INSERT INTO bridge_batches (id, agent_id, facility_id, request_id, status, record_count,
                accepted, rejected, duplicates, pending, received_at, duration_us)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(batch.id), .text(batch.agentID), .text(batch.facilityID),
                .text(batch.requestID), .text(batch.status), .int(batch.recordCount),
                .int(batch.accepted), .int(batch.rejected), .int(batch.duplicates),
                .int(batch.pending), .integer(batch.receivedAt.milliseconds),
                .integer(microseconds),
            ])
        try tx.run(
            """
            INSERT INTO bridge_counts (agent_id, quarter, facility_id, batches, stored, duplicates,
                rejected)
            VALUES (?, ?, ?, 1, ?, ?, ?)
            ON CONFLICT (agent_id, quarter) DO UPDATE SET
                batches = bridge_counts.batches + 1,
                stored = bridge_counts.stored + excluded.stored,
                duplicates = bridge_counts.duplicates + excluded.duplicates,
                rejected = bridge_counts.rejected + excluded.rejected
            """,
            [
                .text(batch.agentID),
                .integer(batch.receivedAt.quarterHour),
                .text(batch.facilityID), .int(batch.stored), .int(batch.duplicates),
                .int(batch.rejected),
            ])
    }

    // MARK: Reading

    /// One agent's batches, or everybody's, the newest first, older than `before`.
    package static func list(
        agentID: String?, before: Int64 = .max, limit: Int, in tx: borrowing Transaction
    ) throws -> [(seq: Int64, batch: SyncBatch)] {
        try tx.all(
            """
            SELECT seq, id, agent_id, facility_id, request_id, status, record_count, accepted,
                rejected, duplicates, pending, received_at, duration_us
            FROM bridge_batches
            WHERE seq < ?1 AND (CAST(?2 AS TEXT) IS NULL OR agent_id = ?2) ORDER BY seq DESC LIMIT ?3
            """, [.integer(before), .optional(agentID), .int(limit)]
        ) { row in
            (
                seq: row.int64(0),
                batch: SyncBatch(
                    id: row.text(1), agentID: row.text(2), facilityID: row.text(3),
                    requestID: row.text(4), status: row.text(5), recordCount: row.int(6),
                    accepted: row.int(7), rejected: row.int(8), duplicates: row.int(9),
                    pending: row.int(10), receivedAt: Timestamp(milliseconds: row.int64(11)),
                    duration: .microseconds(row.int64(12)))
            )
        }
    }

    /// The sums from one moment to another, both cut to the quarter of an hour they lie in; of one
    /// agent, or of everybody.
    package static func counts(
        agentID: String?, from: Timestamp, to: Timestamp, in tx: borrowing Transaction
    ) throws -> SyncCounts {
        try tx.first(
            """
            SELECT COALESCE(SUM(batches), 0), COALESCE(SUM(stored), 0),
                COALESCE(SUM(duplicates), 0), COALESCE(SUM(rejected), 0)
            FROM bridge_counts
            WHERE (CAST(?1 AS TEXT) IS NULL OR agent_id = ?1) AND quarter >= ?2 AND quarter <= ?3
            """,
            [
                .optional(agentID), .integer(from.quarterHour),
                .integer(to.quarterHour),
            ]
        ) { row in
            var counts = SyncCounts()
            counts.batches = row.int(0)
            counts.stored = row.int(1)
            counts.duplicates = row.int(2)
            counts.rejected = row.int(3)
            return counts
        } ?? SyncCounts()
    }

    /// The sums from a moment on, of each agent from the id `first` to `last`; those without any are
    /// left out.
    package static func counts(
        agentsFrom first: String, through last: String, since: Timestamp,
        in tx: borrowing Transaction
    ) throws -> [String: SyncCounts] {
        let rows = try tx.all(
            """
            SELECT agent_id, SUM(batches), SUM(stored), SUM(duplicates), SUM(rejected)
            FROM bridge_counts WHERE agent_id >= ? AND agent_id <= ? AND quarter >= ?
            GROUP BY agent_id
            """,
            [
                .text(first), .text(last), .integer(since.quarterHour),
            ]
        ) { row in
            var counts = SyncCounts()
            counts.batches = row.int(1)
            counts.stored = row.int(2)
            counts.duplicates = row.int(3)
            counts.rejected = row.int(4)
            return (row.text(0), counts)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Sums for each hour in which anything came, oldest first, for charts; hours of the UTC clock.
    package static func hourly(
        agentID: String?, from: Timestamp, to: Timestamp, in tx: borrowing Transaction
    ) throws -> [(hour: Timestamp, counts: SyncCounts)] {
        try tx.all(
            """
            SELECT quarter / 4, SUM(batches), SUM(stored), SUM(duplicates), SUM(rejected)
            FROM bridge_counts
            WHERE (CAST(?1 AS TEXT) IS NULL OR agent_id = ?1) AND quarter >= ?2 AND quarter <= ?3
            GROUP BY quarter / 4 ORDER BY quarter / 4 LIMIT 10000
            """,
            [
                .optional(agentID), .integer(from.quarterHour),
                .integer(to.quarterHour),
            ]
        ) { row in
            var counts = SyncCounts()
            counts.batches = row.int(1)
            counts.stored = row.int(2)
            counts.duplicates = row.int(3)
            counts.rejected = row.int(4)
            return (hour: Timestamp(hours: row.int64(0)), counts: counts)
        }
    }

    /// Forgets old batches; their sums stay.
    ///
    /// - Returns: how many went.
    package static func prune(
        at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let cutoff = now.adding(seconds: -SyncBatch.retentionSeconds)
        return try tx.execute(
            """
            DELETE FROM bridge_batches WHERE seq IN (
                SELECT seq FROM bridge_batches WHERE received_at < ? ORDER BY received_at LIMIT ?)
            """, [.integer(cutoff.milliseconds), .int(limit)])
    }
}
