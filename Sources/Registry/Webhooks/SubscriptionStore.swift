package import Database
package import Values

/// Webhook subscriptions; every query for a caller names its client.
package enum SubscriptionStore {
    /// The most active subscriptions of one client.
    package static let limit = 100

    private static func subscription(_ row: borrowing Row) throws -> Subscription {
        Subscription(
            seq: row.int64(0), id: row.text(1), clientID: row.text(2),
            facilityID: row.textOrNil(3), callbackURL: row.text(4),
            filter: Subscription.Filter(text: row.text(5)), description: row.textOrNil(6),
            status: Subscription.Status(rawValue: row.text(7)) ?? .disabled,
            fromSeq: row.int64(8), createdAt: Timestamp(milliseconds: row.int64(9)),
            sealedSecret: row.blob(10), sealedRetiringSecret: row.blobOrNil(11),
            retiringExpiresAt: row.isNull(12) ? nil : Timestamp(milliseconds: row.int64(12)),
            verificationSeq: row.int64(13),
            verifiedAt: row.int64OrNil(14).map(Timestamp.init(milliseconds:)))
    }

    /// What a caller asks to be told.
    package struct Draft: Sendable {
        package let id: String
        package let callbackURL: String
        package let endpoint: String
        package let filter: Subscription.Filter
        package let description: String?
        package let sealedSecret: [UInt8]

        package init(
            id: String, callbackURL: String, endpoint: String, filter: Subscription.Filter,
            description: String?, sealedSecret: [UInt8]
        ) {
            self.id = id
            self.callbackURL = callbackURL
            self.endpoint = endpoint
            self.filter = filter
            self.description = description
            self.sealedSecret = sealedSecret
        }
    }

    /// Adds it, and queues the event that its receiver must take before any other is sent.
    ///
    /// - Returns: `nil` when the client has an active subscription for this endpoint already.
    package static func insert(
        _ draft: Draft, clientID: String, requestID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Int64? {
        let seq = try tx.first(
            """
            INSERT INTO webhook_subscriptions (id, client_id, callback_url, endpoint, events,
                description, status, secret, from_seq, verification_seq, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7, 0, 0, ?8, ?8)
            ON CONFLICT (client_id, endpoint) WHERE status = 'active' DO NOTHING
            RETURNING seq
            """,
            [
                .text(draft.id), .text(clientID), .text(draft.callbackURL), .text(draft.endpoint),
                .text(draft.filter.words.joined(separator: " ")), .optional(draft.description),
                .blob(draft.sealedSecret), .integer(now.milliseconds),
            ]
        ) { $0.int64(0) }
        guard let seq else { return nil }
        let verification = try EventStore.appendVerification(
            of: draft.id, clientID: clientID, requestID: requestID, at: now, in: tx)
        try tx.run(
            "UPDATE webhook_subscriptions SET from_seq = ?2, verification_seq = ?2 WHERE seq = ?1",
            [.integer(seq), .integer(verification)])
        try DeliveryStore.replay(subscription: seq, eventSeq: verification, at: now, in: tx)
        return seq
    }

    /// The receiver has taken the verification: what waits for it may go.
    package static func setVerified(
        _ seq: Int64, clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE webhook_subscriptions SET verified_at = ?1, updated_at = ?1
            WHERE seq = ?2 AND client_id = ?3 AND verified_at IS NULL
            """, [.integer(now.milliseconds), .integer(seq), .text(clientID)])
    }

    /// Sends the verification at once instead of when it is due, where it is still awaited.
    package static func verifyNow(
        _ subscription: Subscription, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard subscription.verifiedAt == nil else { return }
        try DeliveryStore.replay(
            subscription: subscription.seq, eventSeq: subscription.verificationSeq, at: now, in: tx)
    }

    /// The client's active ones, oldest first.
    package static func active(
        clientID: String, in tx: borrowing Transaction
    ) throws -> [Subscription] {
        try tx.all(
            """
            SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                s.retiring_secret_expires_at, s.verification_seq, s.verified_at
            FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id
            WHERE s.client_id = ? AND s.status = 'active' ORDER BY s.seq LIMIT 1000
            """, [.text(clientID)], subscription)
    }

    /// Whether nobody has an active one.
    package static func isEmpty(in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM webhook_subscriptions WHERE status = 'active' LIMIT 1") { _ in
            false
        } ?? true
    }

    /// Every one of the client's, ended ones included, with its number.
    package static func names(
        clientID: String, in tx: borrowing Transaction
    ) throws -> [(seq: Int64, id: String)] {
        try tx.all(
            """
            SELECT seq, id FROM webhook_subscriptions WHERE client_id = ?
            ORDER BY seq DESC LIMIT 1000
            """, [.text(clientID)]
        ) { (seq: $0.int64(0), id: $0.text(1)) }
    }

    /// The client's active one of this name.
    package static func find(
        _ id: String, clientID: String, in tx: borrowing Transaction
    ) throws -> Subscription? {
        try tx.first(
            """
            SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                s.retiring_secret_expires_at, s.verification_seq, s.verified_at
            FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id
            WHERE s.id = ? AND s.client_id = ? AND s.status = 'active'
            """, [.text(id), .text(clientID)], subscription)
    }

    /// What the worker delivers to: active subscriptions of active clients, whoever they are.
    package static func deliverable(in tx: borrowing Transaction) throws -> [Subscription] {
        try tx.all(
            """
            SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                s.retiring_secret_expires_at, s.verification_seq, s.verified_at
            FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id
            WHERE s.status = 'active' AND c.status = 'active' ORDER BY s.seq
            """, [], subscription)
    }

    /// Everybody's, for administrators: the newest first, older than `seq`; of one client, or all.
    package static func page(
        before seq: Int64, clientID: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [Subscription] {
        try tx.all(
            """
            SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                s.retiring_secret_expires_at, s.verification_seq, s.verified_at
            FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id
            WHERE s.seq < ?1 AND (CAST(?2 AS TEXT) IS NULL OR s.client_id = ?2) ORDER BY s.seq DESC LIMIT ?3
            """, [.integer(seq), .optional(clientID), .int(limit)], subscription)
    }

    /// Anybody's, ended ones included, for administrators.
    package static func find(
        id: String, in tx: borrowing Transaction
    ) throws -> Subscription? {
        try tx.first(
            """
            SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                s.retiring_secret_expires_at, s.verification_seq, s.verified_at
            FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id WHERE s.id = ?
            """, [.text(id)], subscription)
    }

    package static func all(
        withSeqs seqs: Set<Int64>, in tx: borrowing Transaction
    ) throws -> [Int64: Subscription] {
        var found: [Int64: Subscription] = [:]
        for seq in seqs {
            found[seq] = try tx.first(
                """
                SELECT s.seq, s.id, s.client_id, c.facility_id, s.callback_url, s.events,
                    s.description, s.status, s.from_seq, s.created_at, s.secret, s.retiring_secret,
                    s.retiring_secret_expires_at, s.verification_seq, s.verified_at
                FROM webhook_subscriptions s JOIN clients c ON c.id = s.client_id WHERE s.seq = ?
                """, [.integer(seq)], subscription)
        }
        return found
    }

    /// Ends it. Its secrets go at once; what waits for it is withheld.
    ///
    /// - Returns: `false` when the client has no such active subscription.
    package static func delete(
        _ id: String, clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE webhook_subscriptions
            SET status = 'deleted', secret = ?, retiring_secret = NULL,
                retiring_secret_expires_at = NULL, updated_at = ?
            WHERE id = ? AND client_id = ? AND status = 'active'
            """, [.blob([]), .integer(now.milliseconds), .text(id), .text(clientID)]) == 1
    }

    /// The receiver is gone for good.
    package static func disable(
        _ seq: Int64, clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE webhook_subscriptions SET status = 'disabled', updated_at = ?
            WHERE seq = ? AND client_id = ? AND status = 'active'
            """, [.integer(now.milliseconds), .integer(seq), .text(clientID)])
    }

    /// The old secret signs beside the new one until `overlapEnd`.
    package static func rotateSecret(
        of subscription: Subscription, to sealed: [UInt8], overlapEnd: Timestamp,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE webhook_subscriptions
            SET retiring_secret = secret, retiring_secret_expires_at = ?, secret = ?,
                updated_at = ?
            WHERE seq = ? AND client_id = ?
            """,
            [
                .integer(overlapEnd.milliseconds), .blob(sealed), .integer(now.milliseconds),
                .integer(subscription.seq), .text(subscription.clientID),
            ])
    }
}
