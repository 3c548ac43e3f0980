import Database

/// Requests: which rows belong together, under which key.
extension QueueStore {
    /// The oldest batches, without their rows.
    static func batches(limit: Int, in tx: borrowing Transaction) throws -> [Batch] {
        try tx.all(
            """
            SELECT id, idempotency_key, first_row, last_row, prefix, suffix FROM batches
            ORDER BY id LIMIT ?
            """, [.int(limit)]
        ) { row in
            Batch(
                id: row.int64(0), idempotencyKey: row.text(1), firstRow: row.int64(2),
                lastRow: row.int64(3), prefix: row.utf8(4), suffix: row.utf8(5), rows: [])
        }
    }

    static func rows(from first: Int64, to last: Int64, in tx: borrowing Transaction) throws
        -> [Batch.Row]
    {
        try tx.all(
            """
            SELECT id, file_id, row_number, body FROM rows WHERE id >= ? AND id <= ? ORDER BY id
            """, [.integer(first), .integer(last)]
        ) { row in
            Batch.Row(id: row.int64(0), fileID: row.int64(1), number: row.int(2), body: row.utf8(3))
        }
    }

    /// Makes one batch of the oldest rows that are in none.
    ///
    /// - Parameter bytes: of the records at most, but for a single one.
    /// - Returns: `nil` when every row is in a batch.
    static func makeBatch(
        key: String, limit: Int, bytes: Int, prefix: [UInt8], suffix: [UInt8], at now: Int64,
        in tx: borrowing Transaction
    ) throws -> Batch? {
        // Batches are made from the front, so all rows behind the last one are free.
        let last =
            try tx.first("SELECT coalesce(max(last_row), 0) FROM batches") { $0.int64(0) } ?? 0
        var rows: [Batch.Row] = []
        var total = 0
        for row in try tx.all(
            """
            SELECT id, file_id, row_number, body FROM rows WHERE id > ? ORDER BY id LIMIT ?
            """, [.integer(last), .int(limit)],
            { row in
                Batch.Row(
                    id: row.int64(0), fileID: row.int64(1), number: row.int(2), body: row.utf8(3))
            })
        {
            total += row.body.count + 1
            if total > bytes, !rows.isEmpty { break }
            rows.append(row)
        }
        guard let first = rows.first, let end = rows.last else { return nil }
        return try addBatch(
            key: key, first: first.id, last: end.id, prefix: prefix, suffix: suffix, rows: rows,
            at: now, in: tx)
    }

    static func addBatch(
        key: String, first: Int64, last: Int64, prefix: [UInt8], suffix: [UInt8],
        rows: [Batch.Row], at now: Int64, in tx: borrowing Transaction
    ) throws -> Batch {
        let id =
            try tx.first(
                """
                INSERT INTO batches (idempotency_key, first_row, last_row, prefix, suffix, created_at)
                VALUES (?, ?, ?, ?, ?, ?) RETURNING id
                """,
                [
                    .text(key), .integer(first), .integer(last), .utf8(prefix), .utf8(suffix),
                    .integer(now),
                ]
            ) { $0.int64(0) } ?? 0
        return Batch(
            id: id, idempotencyKey: key, firstRow: first, lastRow: last, prefix: prefix,
            suffix: suffix, rows: rows)
    }

    /// Batches that stand in another envelope; those taken over have none.
    static func batchIDs(
        withOtherPrefix prefix: [UInt8], in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            "SELECT id FROM batches WHERE prefix <> '' AND prefix <> ?", [.utf8(prefix)]
        ) { $0.int64(0) }
    }

    static func readdress(
        _ id: Int64, key: String, prefix: [UInt8], suffix: [UInt8], in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE batches SET idempotency_key = ?, prefix = ?, suffix = ? WHERE id = ?",
            [.text(key), .utf8(prefix), .utf8(suffix), .integer(id)])
    }

    /// Whether a batch with that key waits already.
    static func hasBatch(key: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM batches WHERE idempotency_key = ?", [.text(key)]) { $0.int(0) }
            != nil
    }

    static func removeBatch(_ id: Int64, in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM batches WHERE id = ?", [.integer(id)])
    }

    static func removeRows(_ ids: ClosedRange<Int64>, in tx: borrowing Transaction) throws {
        try tx.run(
            "DELETE FROM rows WHERE id BETWEEN ? AND ?",
            [.integer(ids.lowerBound), .integer(ids.upperBound)])
    }
}
