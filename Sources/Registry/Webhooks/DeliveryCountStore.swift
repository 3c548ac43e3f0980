package import Database
package import Values

/// How many attempts were made in each quarter of an hour.
package enum DeliveryCountStore {
    package struct Counts: Sendable, Equatable {
        package var delivered: Int64 = 0
        package var failed: Int64 = 0
    }

    package static func add(
        delivered: Int64, failed: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO webhook_counts (quarter, delivered, failed) VALUES (?, ?, ?)
            ON CONFLICT (quarter) DO UPDATE SET
                delivered = webhook_counts.delivered + excluded.delivered,
                failed = webhook_counts.failed + excluded.failed
            """,
            [
                .integer(now.quarterHour), .integer(delivered),
                .integer(failed),
            ])
    }

    /// For each hour of the UTC clock in which any was made, oldest first.
    package static func hourly(
        from: Timestamp, to: Timestamp, in tx: borrowing Transaction
    ) throws -> [(hour: Timestamp, counts: Counts)] {
        try tx.all(
            """
            SELECT quarter / 4, SUM(delivered), SUM(failed) FROM webhook_counts
            WHERE quarter >= ? AND quarter <= ?
            GROUP BY quarter / 4 ORDER BY quarter / 4 LIMIT 10000
            """,
            [
                .integer(from.quarterHour),
                .integer(to.quarterHour),
            ]
        ) { row in
            (
                hour: Timestamp(hours: row.int64(0)),
                counts: Counts(delivered: row.int64(1), failed: row.int64(2))
            )
        }
    }
}
