import Database

/// Deliveries of all clients, for administrators.
extension DeliveryStore {
    /// Dead letters of everybody, newest event first.
    static func exhausted(
        beforeEvent eventSeq: Int64, subscription: Int64, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [Line] {
        try tx.all(
            """
            SELECT d.subscription, d.event_seq, e.created_at, e.type, d.state, d.next_attempt_at,
                d.attempts, d.created_at, d.last_attempt_at, d.last_status, d.last_error,
                d.last_response, d.last_duration_ms, e.nonce
            FROM webhook_deliveries d LEFT JOIN events e ON e.seq = d.event_seq
            WHERE d.state = 'exhausted'
                AND (d.event_seq < ?1 OR d.event_seq = ?1 AND d.subscription < ?2)
            ORDER BY d.event_seq DESC, d.subscription DESC LIMIT ?3
            """, [.integer(eventSeq), .integer(subscription), .int(limit)], line)
    }

    /// The dead letters of one subscription, oldest first, after an event.
    static func exhausted(
        of subscription: Int64, after eventSeq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT event_seq FROM webhook_deliveries
            WHERE subscription = ? AND state = 'exhausted' AND event_seq > ?
            ORDER BY event_seq LIMIT ?
            """, [.integer(subscription), .integer(eventSeq), .int(limit)]
        ) { $0.int64(0) }
    }

    /// How many wait and how many are dead, of every subscription that has any.
    static func openCounts(
        in tx: borrowing Transaction
    ) throws -> [Int64: (pending: Int, exhausted: Int)] {
        var counts: [Int64: (pending: Int, exhausted: Int)] = [:]
        try tx.forEach(
            """
            SELECT subscription, COUNT(*) FROM webhook_deliveries WHERE state = 'pending'
            GROUP BY subscription
            """
        ) { row in counts[row.int64(0), default: (0, 0)].pending = row.int(1) }
        try tx.forEach(
            """
            SELECT subscription, COUNT(*) FROM webhook_deliveries WHERE state = 'exhausted'
            GROUP BY subscription
            """
        ) { row in counts[row.int64(0), default: (0, 0)].exhausted = row.int(1) }
        return counts
    }
}
