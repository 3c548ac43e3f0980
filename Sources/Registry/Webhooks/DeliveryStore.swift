package import Database
package import Values

/// Deliveries: the queue that the worker empties, and the log that clients read.
package enum DeliveryStore {
    // MARK: Fan-out

    /// Events up to this one have their deliveries.
    package static func fannedSeq(in tx: borrowing Transaction) throws -> Int64 {
        try tx.first("SELECT fanned_seq FROM webhook_progress WHERE id = 1") { $0.int64(0) } ?? 0
    }

    package static func setFannedSeq(_ seq: Int64, in tx: borrowing Transaction) throws {
        try tx.run(
            "UPDATE webhook_progress SET fanned_seq = ? WHERE id = 1", [.integer(seq)])
    }

    /// Queues events for a subscription, each once. One statement for the run: what waits for a
    /// receiver that is dead should cost those beside it as little as can be.
    package static func insert(
        _ run: FanOutPlan.Run, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO webhook_deliveries (subscription, event_seq, state, attempts, step,
                next_attempt_at, created_at)
            SELECT ?1, seq, 'pending', 0, 0, ?4, ?4 FROM events WHERE seq >= ?2 AND seq <= ?3
            ON CONFLICT (subscription, event_seq) DO NOTHING
            """,
            [
                .integer(run.subscription), .integer(run.first), .integer(run.last),
                .integer(now.milliseconds),
            ])
    }

    /// Queues an event again from the first attempt on, or for the first time.
    package static func replay(
        subscription: Int64, eventSeq: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO webhook_deliveries (subscription, event_seq, state, attempts, step,
                next_attempt_at, created_at)
            VALUES (?1, ?2, 'pending', 0, 0, ?3, ?3)
            ON CONFLICT (subscription, event_seq) DO UPDATE SET
                state = 'pending', step = 0, next_attempt_at = excluded.next_attempt_at
            """, [.integer(subscription), .integer(eventSeq), .integer(now.milliseconds)])
    }

    // MARK: The queue

    /// The events due for a subscription, the longest due first.
    package static func due(
        subscription: Int64, at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT event_seq FROM webhook_deliveries
            WHERE subscription = ? AND state = 'pending' AND next_attempt_at <= ?
            ORDER BY next_attempt_at, event_seq LIMIT ?
            """, [.integer(subscription), .integer(now.milliseconds), .int(limit)]
        ) { $0.int64(0) }
    }

    /// The same while the receiver is not verified: its verification alone.
    package static func dueVerification(
        of subscription: Subscription, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT event_seq FROM webhook_deliveries
            WHERE subscription = ? AND event_seq = ? AND state = 'pending' AND next_attempt_at <= ?
            """,
            [
                .integer(subscription.seq), .integer(subscription.verificationSeq),
                .integer(now.milliseconds),
            ]
        ) { $0.int64(0) }
    }

    package static func find(
        subscription: Int64, eventSeq: Int64, in tx: borrowing Transaction
    ) throws -> Delivery? {
        try tx.first(
            """
            SELECT state, next_attempt_at, attempts, step FROM webhook_deliveries
            WHERE subscription = ? AND event_seq = ?
            """, [.integer(subscription), .integer(eventSeq)]
        ) { row in
            Delivery(
                state: state(row.text(0), dueAt: row.int64OrNil(1)), attempts: row.int(2),
                step: row.int(3))
        }
    }

    private static func state(_ word: String, dueAt: Int64?) -> Delivery.State {
        switch word {
        case "pending": .pending(dueAt: Timestamp(milliseconds: dueAt ?? 0))
        case "delivered": .delivered
        case "exhausted": .exhausted
        default: .withheld
        }
    }

    /// What came of an attempt. It counts on top of what the row says now: a replay asked for while
    /// the attempt ran is not lost.
    ///
    /// - Returns: the delivery as it stands now; `nil` when it is gone.
    @discardableResult
    package static func record(
        _ attempt: Delivery.Attempt, jitter: Double, subscription: Int64, eventSeq: Int64,
        startedAtStep step: Int, isEndless: Bool = false, in tx: borrowing Transaction
    ) throws -> Delivery? {
        guard
            var delivery = try find(subscription: subscription, eventSeq: eventSeq, in: tx)
        else { return nil }
        let number = delivery.attempts + 1
        if delivery.step == step {
            delivery.finish(attempt, jitter: jitter, isEndless: isEndless)
        } else {
            // Replayed meanwhile: that starts over and owes nothing to this attempt.
            delivery = Delivery(state: delivery.state, attempts: number, step: delivery.step)
        }
        try store(delivery, attempt, subscription: subscription, eventSeq: eventSeq, in: tx)
        if !attempt.isSuccess {
            try tx.run(
                """
                INSERT INTO webhook_failures (subscription, event_seq, attempt, attempted_at,
                    status, error, response, duration_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (subscription, event_seq, attempt) DO NOTHING
                """,
                [
                    .integer(subscription), .integer(eventSeq), .int(number),
                    .integer(attempt.at.milliseconds), .optional(attempt.status),
                    .text(attempt.error ?? "answered \(attempt.status ?? 0)"),
                    .optional(attempt.response), .int(attempt.durationMilliseconds),
                ])
        }
        return delivery
    }

    private static func store(
        _ delivery: Delivery, _ attempt: Delivery.Attempt, subscription: Int64, eventSeq: Int64,
        in tx: borrowing Transaction
    ) throws {
        var dueAt: Int64?
        if case .pending(let time) = delivery.state { dueAt = time.milliseconds }
        try tx.run(
            """
            UPDATE webhook_deliveries SET state = ?, attempts = ?, step = ?, next_attempt_at = ?,
                last_attempt_at = ?, last_status = ?, last_error = ?, last_response = ?,
                last_duration_ms = ?
            WHERE subscription = ? AND event_seq = ?
            """,
            [
                .text(delivery.state.word), .int(delivery.attempts), .int(delivery.step),
                .optional(dueAt), .integer(attempt.at.milliseconds), .optional(attempt.status),
                .optional(attempt.error), .optional(attempt.response),
                .int(attempt.durationMilliseconds), .integer(subscription), .integer(eventSeq),
            ])
    }

    /// The client may not see the event any more.
    package static func withhold(
        subscription: Int64, eventSeq: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE webhook_deliveries SET state = 'withheld', next_attempt_at = NULL
            WHERE subscription = ? AND event_seq = ? AND state = 'pending'
            """, [.integer(subscription), .integer(eventSeq)])
    }

    /// Ends what still waits for subscriptions that have ended, so many at a time.
    ///
    /// - Returns: how many it ended.
    package static func withholdEnded(
        limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let ended = try tx.all(
            """
            SELECT d.subscription, d.event_seq
            FROM webhook_subscriptions s JOIN webhook_deliveries d ON d.subscription = s.seq
            WHERE s.status <> 'active' AND d.state = 'pending' LIMIT ?
            """, [.int(limit)]
        ) { (subscription: $0.int64(0), eventSeq: $0.int64(1)) }
        for row in ended {
            try withhold(subscription: row.subscription, eventSeq: row.eventSeq, in: tx)
        }
        return ended.count
    }

    /// Gives up events that have waited for so long for a receiver that was never verified; they can
    /// be replayed like all that was given up.
    ///
    /// - Returns: how many.
    package static func exhaustUnverified(
        through eventSeq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let old = try tx.all(
            """
            SELECT d.subscription, d.event_seq
            FROM webhook_subscriptions s JOIN webhook_deliveries d ON d.subscription = s.seq
            WHERE s.verified_at IS NULL AND d.event_seq <= ?1 AND d.state = 'pending'
                AND d.event_seq <> s.verification_seq
            LIMIT ?2
            """, [.integer(eventSeq), .int(limit)]
        ) { [SQLValue.integer($0.int64(0)), .integer($0.int64(1))] }
        for key in old {
            try tx.run(
                """
                UPDATE webhook_deliveries SET state = 'exhausted', next_attempt_at = NULL
                WHERE subscription = ? AND event_seq = ?
                """, key)
        }
        return old.count
    }

    // MARK: The log

    /// One line of the log.
    package struct Line: Sendable {
        package let subscription: Int64
        package let eventSeq: Int64
        package let eventID: String
        package let eventType: String
        package let delivery: Delivery
        package let createdAt: Timestamp
        package let last: Delivery.Attempt?
    }

    package static func line(_ row: borrowing Row) throws -> Line {
        var last: Delivery.Attempt?
        if let at = row.int64OrNil(8) {
            last = Delivery.Attempt(
                at: Timestamp(milliseconds: at), durationMilliseconds: row.intOrNil(12) ?? 0,
                status: row.intOrNil(9), error: row.textOrNil(10), response: row.textOrNil(11))
        }
        let seq = row.int64(1)
        let eventID = row.int64OrNil(2).map { time in
            Identifier.make(
                StoredEvent.idPrefix, at: Timestamp(milliseconds: time), nonce: row.int64(13),
                row: seq)
        }
        return Line(
            subscription: row.int64(0), eventSeq: seq, eventID: eventID ?? "",
            eventType: row.textOrNil(3) ?? "",
            delivery: Delivery(
                state: state(row.text(4), dueAt: row.int64OrNil(5)), attempts: row.int(6),
                step: 0),
            createdAt: Timestamp(milliseconds: row.int64(7)), last: last)
    }

    /// One subscription's, newest event first. The caller has made sure whose it is.
    package static func log(
        of subscription: Int64, state: String?, before eventSeq: Int64, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [Line] {
        try tx.all(
            """
            SELECT d.subscription, d.event_seq, e.created_at, e.type, d.state, d.next_attempt_at,
                d.attempts, d.created_at, d.last_attempt_at, d.last_status, d.last_error,
                d.last_response, d.last_duration_ms, e.nonce
            FROM webhook_deliveries d LEFT JOIN events e ON e.seq = d.event_seq
            WHERE d.subscription = ?1 AND d.event_seq < ?2 AND (CAST(?3 AS TEXT) IS NULL OR d.state = ?3)
            ORDER BY d.event_seq DESC LIMIT ?4
            """, [.integer(subscription), .integer(eventSeq), .optional(state), .int(limit)], line)
    }

    /// The attempts of one delivery that failed, oldest first, each with its number.
    package static func failures(
        subscription: Int64, eventSeq: Int64, in tx: borrowing Transaction
    ) throws -> [(number: Int, attempt: Delivery.Attempt)] {
        try tx.all(
            """
            SELECT attempt, attempted_at, duration_ms, status, error, response
            FROM webhook_failures WHERE subscription = ? AND event_seq = ?
            ORDER BY attempt LIMIT 100
            """, [.integer(subscription), .integer(eventSeq)]
        ) { row in
            (
                number: row.int(0),
                attempt: Delivery.Attempt(
                    at: Timestamp(milliseconds: row.int64(1)), durationMilliseconds: row.int(2),
                    status: row.intOrNil(3), error: row.text(4), response: row.textOrNil(5))
            )
        }
    }

    // MARK: Retention

    /// Forgets deliveries that have ended, of events up to a number.
    ///
    /// - Returns: how many.
    package static func prune(
        through eventSeq: Int64, exhaustedThrough exhaustedSeq: Int64, limit: Int,
        in tx: borrowing Transaction
    ) throws -> Int {
        // By subscription, as the key is ordered.
        let old = try tx.all(
            """
            SELECT d.subscription, d.event_seq
            FROM webhook_subscriptions s JOIN webhook_deliveries d ON d.subscription = s.seq
            WHERE d.event_seq <= ?1
                AND (d.state IN ('delivered', 'withheld')
                    OR d.state = 'exhausted' AND d.event_seq <= ?2)
            LIMIT ?3
            """, [.integer(eventSeq), .integer(exhaustedSeq), .int(limit)]
        ) { [SQLValue.integer($0.int64(0)), .integer($0.int64(1))] }
        for key in old {
            try tx.run(
                "DELETE FROM webhook_failures WHERE subscription = ? AND event_seq = ?", key)
            try tx.run(
                "DELETE FROM webhook_deliveries WHERE subscription = ? AND event_seq = ?", key)
        }
        return old.count
    }

    /// Forgets events up to a number, except those of deliveries that are still there. The newest
    /// always stays: a number once given is never given again.
    ///
    /// - Returns: how many.
    package static func pruneEvents(
        through eventSeq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM events WHERE seq IN (
                SELECT seq FROM events
                WHERE seq <= ?1 AND seq < (SELECT MAX(seq) FROM events) AND seq NOT IN (
                    SELECT d.event_seq
                    FROM webhook_subscriptions s
                        JOIN webhook_deliveries d ON d.subscription = s.seq
                    WHERE d.event_seq <= ?1)
                ORDER BY seq LIMIT ?2)
            """, [.integer(eventSeq), .int(limit)])
    }
}
