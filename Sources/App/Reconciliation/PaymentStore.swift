package import SQLite
package import Values

/// Payments of one facility, from both sides.
package enum PaymentStore {
    /// Stores one side's account; the same reference again replaces it, and what was said before is
    /// kept.
    ///
    /// - Returns: whether it says other than before, and whether the payment is completed now and was
    ///   not before.
    package static func store(
        _ payment: Payment, facilityID: String, clientID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> (isAmended: Bool, isCompleted: Bool) {
        let before = try tx.first(
            "SELECT status FROM payments WHERE facility_id = ? AND side = ? AND reference = ?",
            [.text(facilityID), .text(payment.side.rawValue), .text(payment.reference)]
        ) { $0.text(0) }
        let isAmended =
            try before != nil && !holds(payment, facilityID: facilityID, in: tx)
        if isAmended {
            try tx.execute(
                """
                INSERT INTO payment_versions (facility_id, side, reference, amount_minor, currency,
                    method, status, paid_at, received_at, client_id, replaced_at)
                SELECT facility_id, side, reference, amount_minor, currency, method, status, paid_at,
                    received_at, client_id, ?
                FROM payments WHERE facility_id = ? AND side = ? AND reference = ?
                """,
                [
                    .integer(now.milliseconds), .text(facilityID), .text(payment.side.rawValue),
                    .text(payment.reference),
                ])
        }
        try tx.execute(
            """
            INSERT INTO payments (facility_id, side, reference, amount_minor, currency, method,
                status, paid_at, received_at, client_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (facility_id, side, reference) DO UPDATE SET
                amount_minor = excluded.amount_minor, currency = excluded.currency,
                method = excluded.method, status = excluded.status, paid_at = excluded.paid_at,
                received_at = excluded.received_at, client_id = excluded.client_id
            """,
            [
                .text(facilityID), .text(payment.side.rawValue), .text(payment.reference),
                .integer(payment.amount.minor), .text(payment.amount.currency),
                .optional(payment.method), .text(payment.status.rawValue),
                .integer(payment.paidAt.milliseconds), .integer(now.milliseconds),
                .text(clientID),
            ])
        return (isAmended, payment.isCompleted && before != "completed")
    }

    /// Whether this side has said the same before.
    package static func holds(
        _ payment: Payment, facilityID: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            """
            SELECT 1 FROM payments
            WHERE facility_id = ? AND side = ? AND reference = ? AND amount_minor = ?
                AND currency = ? AND method IS NOT DISTINCT FROM ? AND status = ? AND paid_at = ?
            """,
            [
                .text(facilityID), .text(payment.side.rawValue), .text(payment.reference),
                .integer(payment.amount.minor), .text(payment.amount.currency),
                .optional(payment.method), .text(payment.status.rawValue),
                .integer(payment.paidAt.milliseconds),
            ]
        ) { $0.int(0) } != nil
    }

    /// Which completed payments: those that either side dates into the range.
    package struct Range: Sendable {
        package let facilityID: String
        package let from: Timestamp
        package let to: Timestamp

        package init(facilityID: String, from: Timestamp, to: Timestamp) {
            self.facilityID = facilityID
            self.from = from
            self.to = to
        }

        fileprivate var bindings: [SQLValue] {
            [.text(facilityID), .integer(from.milliseconds), .integer(to.milliseconds)]
        }
    }

    /// How many references of a range are in which state.
    package static func counts(
        _ range: Range, in tx: borrowing Transaction
    ) throws -> [ReconciledPayment.Status: Int] {
        let counts = try tx.all(
            """
            SELECT CASE
                    WHEN sides = 2 AND is_same THEN 'matched'
                    WHEN sides = 2 THEN 'amount_mismatch'
                    WHEN side = 'provider' THEN 'missing_at_facility'
                    ELSE 'missing_at_provider' END AS state, COUNT(*)
            FROM (
                SELECT COUNT(*) AS sides, MIN(side) AS side,
                    MIN(amount_minor) = MAX(amount_minor) AND MIN(currency) = MAX(currency)
                        AS is_same
                FROM payments
                WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                    SELECT reference FROM payments WHERE facility_id = ?1
                        AND status = 'completed' AND paid_at >= ?2 AND paid_at < ?3)
                GROUP BY reference)
            GROUP BY state
            """, range.bindings
        ) { (ReconciledPayment.Status(rawValue: $0.text(0)), $0.int(1)) }
        return Dictionary(
            counts.compactMap { status, count in status.map { ($0, count) } },
            uniquingKeysWith: +)
    }

    /// What each side has of each currency in a range.
    package static func totals(
        _ range: Range, in tx: borrowing Transaction
    ) throws -> [PaymentTotal] {
        // In two halves: SQLite's sums are of 64 bits, and end in an error beyond.
        let sums = try tx.all(
            """
            SELECT currency, side, SUM(amount_minor / 1000000000), SUM(amount_minor % 1000000000)
            FROM payments
            WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                SELECT reference FROM payments WHERE facility_id = ?1
                    AND status = 'completed' AND paid_at >= ?2 AND paid_at < ?3)
            GROUP BY currency, side ORDER BY currency
            """, range.bindings
        ) { row in
            (
                currency: row.text(0), side: row.text(1),
                sum: Int128(row.int64(2)) * 1_000_000_000 + Int128(row.int64(3))
            )
        }
        var totals: [PaymentTotal] = []
        for (currency, side, sum) in sums {
            if totals.last?.currency != currency {
                totals.append(PaymentTotal(currency: currency))
            }
            if side == Payment.Side.facility.rawValue {
                totals[totals.count - 1].facility = sum
            } else {
                totals[totals.count - 1].provider = sum
            }
        }
        return totals
    }

    /// A range's references in order, from the one after `reference` on, with both sides of each.
    package static func reconciled(
        _ range: Range, after reference: String, limit: Int, in tx: borrowing Transaction
    ) throws -> [ReconciledPayment] {
        let payments = try tx.all(
            """
            SELECT side, reference, amount_minor, currency, method, status, paid_at FROM payments
            WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                SELECT DISTINCT reference FROM payments
                WHERE facility_id = ?1 AND status = 'completed' AND paid_at >= ?2
                    AND paid_at < ?3 AND reference > ?4
                ORDER BY reference LIMIT ?5)
            ORDER BY reference, side
            """, range.bindings + [.text(reference), .int(limit)]
        ) { row in
            Payment(
                side: Payment.Side(rawValue: row.text(0)) ?? .facility, reference: row.text(1),
                amount: Money(minor: row.int64(2), currency: row.text(3)),
                method: row.textOrNil(4),
                status: PaymentStatus(rawValue: row.text(5)) ?? .pending,
                paidAt: Timestamp(milliseconds: row.int64(6)))
        }
        var reconciled: [ReconciledPayment] = []
        var index = 0
        while index < payments.count {
            let reference = payments[index].reference
            // There are two sides.
            let both = payments[index...].prefix(2).filter { $0.reference == reference }
            reconciled.append(
                ReconciledPayment(
                    reference: reference, facility: both.first { $0.side == .facility },
                    provider: both.first { $0.side == .provider }))
            index += both.count
        }
        return reconciled
    }
}
