package import Database
package import Values

/// Payments of one facility, from both sides.
package enum PaymentStore {
    /// What became of one side's account of a payment.
    package struct Stored: Sendable {
        package enum Outcome: Sendable { case created, amended, unchanged }

        package let outcome: Outcome
        /// Whether it is completed now and was not before.
        package let isCompleted: Bool
    }

    /// Stores one side's account; the same reference and transaction again replaces it, and what was
    /// said before is kept. What was told without the provider's number gets it by the first that
    /// agrees.
    ///
    /// - Throws: `Refusal` 422 when the upload has said otherwise of it.
    package static func store(
        _ payment: Payment, facilityID: String, clientID: String, uploadID: String,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Stored {
        let known = try tx.all(
            """
            SELECT seq, transaction_id, status, upload_id, amount_minor = ?4 AND currency = ?5,
                method IS NOT DISTINCT FROM ?6 AND status = ?7 AND paid_at = ?8
            FROM payments WHERE facility_id = ?1 AND side = ?2 AND reference = ?3
            ORDER BY transaction_id LIMIT 1001
            """,
            [
                .text(facilityID), .text(payment.side.rawValue), .text(payment.reference),
                .integer(payment.amount.minor), .text(payment.amount.currency),
                .optional(payment.method), .text(payment.status.rawValue),
                .integer(payment.paidAt.milliseconds),
            ], Known.init)
        guard known.count <= 1000 else {
            throw Refusal.validation("reference", "has a thousand payments already")
        }
        let number = payment.transactionID
        func isNumbered(_ one: Known, _ number: String) -> Bool {
            one.transactionID.utf8.elementsEqual(number.utf8)
        }
        let exact = known.first { isNumbered($0, number) }
        // One side's word without a number, and the same amount with it, are one payment.
        let agreeing = known.filter(\.hasAmount)
        let alike =
            number.isEmpty
            ? agreeing.count == 1 && known.count == 1 ? agreeing.first : nil
            : agreeing.first { isNumbered($0, "") }
        guard let before = exact ?? alike else {
            // Two different amounts under one reference and no number to tell them apart.
            if number.isEmpty, known.contains(where: { isUpload($0, uploadID) }) {
                throw contradiction
            }
            try insert(payment, facilityID, clientID, uploadID, now, in: tx)
            return Stored(outcome: .created, isCompleted: payment.isCompleted)
        }
        let isRenumbered = !number.isEmpty && !isNumbered(before, number)
        if before.hasAmount, before.saysSame, !isRenumbered {
            return Stored(outcome: .unchanged, isCompleted: false)
        }
        if !before.hasAmount, isUpload(before, uploadID) { throw contradiction }
        try tx.run(
            """
            INSERT INTO payment_versions (facility_id, side, reference, transaction_id, amount_minor,
                currency, method, status, paid_at, received_at, client_id, replaced_at)
            SELECT facility_id, side, reference, transaction_id, amount_minor, currency, method, status,
                paid_at, received_at, client_id, ?
            FROM payments WHERE seq = ?
            """, [.integer(now.milliseconds), .integer(before.row)])
        try tx.run(
            """
            UPDATE payments SET transaction_id = ?, amount_minor = ?, currency = ?, method = ?,
                status = ?, paid_at = ?, received_at = ?, client_id = ?, upload_id = ?
            WHERE seq = ?
            """,
            [
                .text(number.isEmpty ? before.transactionID : number),
                .integer(payment.amount.minor), .text(payment.amount.currency),
                .optional(payment.method), .text(payment.status.rawValue),
                .integer(payment.paidAt.milliseconds), .integer(now.milliseconds),
                .text(clientID), .text(uploadID), .integer(before.row),
            ])
        return Stored(
            outcome: .amended, isCompleted: payment.isCompleted && before.status != "completed")
    }

    private struct Known {
        let row: Int64
        let transactionID: String
        let status: String
        let uploadID: String
        let hasAmount: Bool
        /// But for the amount.
        let saysSame: Bool

        init(_ row: borrowing Row) throws {
            self.row = row.int64(0)
            transactionID = row.text(1)
            status = row.text(2)
            uploadID = row.text(3)
            hasAmount = row.int(4) == 1
            saysSame = row.int(5) == 1
        }
    }

    private static func isUpload(_ known: Known, _ uploadID: String) -> Bool {
        known.uploadID.utf8.elementsEqual(uploadID.utf8)
    }

    private static var contradiction: Refusal {
        Refusal.validation(
            "amount",
            "is another one than this upload says of the same reference elsewhere: send the right one "
                + "alone, or the provider's transaction_id with each")
    }

    private static func insert(
        _ payment: Payment, _ facilityID: String, _ clientID: String, _ uploadID: String,
        _ now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO payments (facility_id, side, reference, transaction_id, amount_minor, currency,
                method, status, paid_at, received_at, client_id, upload_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(facilityID), .text(payment.side.rawValue), .text(payment.reference),
                .text(payment.transactionID), .integer(payment.amount.minor),
                .text(payment.amount.currency), .optional(payment.method),
                .text(payment.status.rawValue), .integer(payment.paidAt.milliseconds),
                .integer(now.milliseconds), .text(clientID), .text(uploadID),
            ])
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
    ///
    /// In two halves, as in `totals`.
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
                SELECT sides, side, has_one_currency AND low % 1000000000 = 0
                    AND high + low / 1000000000 = 0 AS is_same
                FROM (
                SELECT COUNT(DISTINCT side) AS sides, MIN(side) AS side,
                    MIN(currency) = MAX(currency) AS has_one_currency,
                    SUM(CASE side WHEN 'facility' THEN 1 ELSE -1 END
                        * (amount_minor / 1000000000)) AS high,
                    SUM(CASE side WHEN 'facility' THEN 1 ELSE -1 END
                        * (amount_minor % 1000000000)) AS low
                FROM payments
                WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                    SELECT reference FROM payments WHERE facility_id = ?1
                        AND status = 'completed' AND paid_at >= ?2 AND paid_at < ?3)
                GROUP BY reference) AS summed) AS compared
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

    /// A range's references in order, from the one after `reference` on, with both sides of each: what
    /// a side has in several movements is added up, and counts from the first.
    package static func reconciled(
        _ range: Range, after reference: String, limit: Int, in tx: borrowing Transaction
    ) throws -> [ReconciledPayment] {
        let payments = try tx.all(
            """
            SELECT side, reference, SUM(amount_minor / 1000000000), MIN(currency), MIN(method),
                MIN(paid_at), SUM(amount_minor % 1000000000)
            FROM payments
            WHERE facility_id = ?1 AND status = 'completed' AND reference IN (
                SELECT DISTINCT reference FROM payments
                WHERE facility_id = ?1 AND status = 'completed' AND paid_at >= ?2
                    AND paid_at < ?3 AND reference > ?4
                ORDER BY reference LIMIT ?5)
            GROUP BY reference, side ORDER BY reference, side
            """, range.bindings + [.text(reference), .int(limit)]
        ) { row in
            Payment(
                side: Payment.Side(rawValue: row.text(0)) ?? .facility, reference: row.text(1),
                transactionID: "",
                amount: Money(
                    minor: Int64(
                        clamping: Int128(row.int64(2)) * 1_000_000_000 + Int128(row.int64(6))),
                    currency: row.text(3)),
                method: row.textOrNil(4), status: .completed,
                paidAt: Timestamp(milliseconds: row.int64(5)))
        }
        var reconciled: [ReconciledPayment] = []
        var index = 0
        while index < payments.count {
            let reference = payments[index].reference
            // There are two sides.
            let both = payments[index...].prefix(2).filter {
                $0.reference.utf8.elementsEqual(reference.utf8)
            }
            reconciled.append(
                ReconciledPayment(
                    reference: reference, facility: both.first { $0.side == .facility },
                    provider: both.first { $0.side == .provider }))
            index += both.count
        }
        return reconciled
    }
}
