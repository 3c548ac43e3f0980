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

    /// Completed payments that either side dates into the range, with both sides of each.
    package static func reconciled(
        facilityID: String, from: Timestamp, to: Timestamp, in tx: borrowing Transaction
    ) throws -> [ReconciledPayment] {
        let payments = try tx.all(
            """
            SELECT side, reference, amount_minor, currency, method, status, paid_at FROM payments
            WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                SELECT reference FROM payments
                WHERE facility_id = ?1 AND status = 'completed' AND paid_at >= ?2 AND paid_at < ?3)
            ORDER BY reference, side LIMIT 100000
            """, [.text(facilityID), .integer(from.milliseconds), .integer(to.milliseconds)]
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
            let both = payments[index...].prefix { $0.reference == reference }
            reconciled.append(
                ReconciledPayment(
                    reference: reference, facility: both.first { $0.side == .facility },
                    provider: both.first { $0.side == .provider }))
            index += both.count
        }
        return reconciled
    }
}
