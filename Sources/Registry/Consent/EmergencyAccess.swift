package import Database
package import Values

/// A record that was opened by a client's word, as an administrator reviews it.
package struct EmergencyAccess: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open, reviewed
    }

    package let id: String
    package let clientID: String
    /// The client's.
    package let facilityID: String?
    package let facilityName: String?
    /// Whom the client named.
    package let healthID: String
    package let kind: String?
    package let reason: String?
    package let grantedAt: Timestamp
    package let expiresAt: Timestamp
    /// When it was revoked before its time.
    package let endedAt: Timestamp?
    package let reviewedAt: Timestamp?
    package let reviewedBy: String?
    package let note: String?
}

extension ConsentStore {
    /// - Parameter limit: how many an hour; 0 is unlimited.
    /// - Throws: `Refusal` 429 when a client opens records in bulk.
    package static func requireEmergencyQuota(
        _ limit: Int, of clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard limit > 0 else { return }
        let recent = try emergencies(of: clientID, since: now.adding(seconds: -3600), in: tx)
        guard recent.count >= limit, let first = recent.first else { return }
        let wait = max(1, first.adding(seconds: 3600).seconds - now.seconds)
        var refusal = Refusal(
            .rateLimitExceeded,
            "This client has opened \(recent.count) records by emergency access within an hour. Ask "
                + "the operator, or try again in \(wait) seconds.")
        refusal.retryAfter = Int(clamping: wait)
        throw refusal
    }

    /// The one that an id names, once the audit row names it and its patient too.
    ///
    /// - Throws: `Refusal` 404.
    package static func emergency(
        named id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> EmergencyAccess {
        entry.entity = "emergency_access/" + id.prefix(64)
        guard let one = try emergency(id, in: tx) else {
            throw Refusal(.notFound, "There is no emergency access with this id.")
        }
        _ = try PatientStore.named(one.healthID, auditing: &entry, in: tx)
        entry.emergencyAccessID = one.id
        return one
    }

    /// When a client broke the glass since a moment, the first one first.
    private static func emergencies(
        of clientID: String, since time: Timestamp, in tx: borrowing Transaction
    ) throws -> [Timestamp] {
        try tx.all(
            """
            SELECT created_at FROM consents
            WHERE client_id = ? AND basis = 'emergency' AND created_at > ? ORDER BY created_at
            """, [.text(clientID), .integer(time.milliseconds)]
        ) { Timestamp(milliseconds: $0.int64(0)) }
    }

    private static func emergency(_ row: borrowing Row) throws -> EmergencyAccess {
        EmergencyAccess(
            id: row.text(0), clientID: row.text(1), facilityID: row.textOrNil(2),
            facilityName: row.textOrNil(3), healthID: row.text(4),
            kind: row.textOrNil(5).map { String($0.dropFirst(10)) }, reason: row.textOrNil(6),
            grantedAt: Timestamp(milliseconds: row.int64(7)),
            expiresAt: Timestamp(milliseconds: row.int64(8)),
            endedAt: row.int64OrNil(9).map { Timestamp(milliseconds: $0) },
            reviewedAt: row.int64OrNil(10).map { Timestamp(milliseconds: $0) },
            reviewedBy: row.textOrNil(11), note: row.textOrNil(12))
    }

    package static func emergency(
        _ id: String, in tx: borrowing Transaction
    ) throws -> EmergencyAccess? {
        try tx.first(
            """
            SELECT c.id, c.client_id, l.facility_id, f.name, p.health_id, c.verification_method, c.purpose,
                c.created_at, c.expires_at, c.ended_at, c.reviewed_at, c.reviewed_by, c.review_note
            FROM consents c JOIN clients l ON l.id = c.client_id JOIN patients p ON p.id = c.named_id
                LEFT JOIN facilities f ON f.id = l.facility_id
            WHERE c.id = ? AND c.basis = 'emergency'
            """, [.text(id)], emergency)
    }

    /// The newest first, older than the one with the id `before`; `nil` leaves a condition out.
    package static func emergencies(
        _ state: EmergencyAccess.State?, of clientID: String?, before id: String?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [EmergencyAccess] {
        try tx.all(
            """
            SELECT c.id, c.client_id, l.facility_id, f.name, p.health_id, c.verification_method, c.purpose,
                c.created_at, c.expires_at, c.ended_at, c.reviewed_at, c.reviewed_by, c.review_note
            FROM consents c JOIN clients l ON l.id = c.client_id JOIN patients p ON p.id = c.named_id
                LEFT JOIN facilities f ON f.id = l.facility_id
            WHERE c.basis = 'emergency' AND (CAST(?1 AS TEXT) IS NULL OR c.id < ?1)
                AND (CAST(?2 AS TEXT) IS NULL OR c.client_id = ?2)
                AND (CAST(?3 AS TEXT) IS NULL OR (c.reviewed_at IS NOT NULL) = (?3 = 'reviewed'))
            ORDER BY c.id DESC LIMIT ?4
            """,
            [.optional(id), .optional(clientID), .optional(state?.rawValue), .int(limit)],
            emergency)
    }

    package static func openEmergencyCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first(
            "SELECT COUNT(*) FROM consents WHERE basis = 'emergency' AND reviewed_at IS NULL"
        ) { $0.int(0) } ?? 0
    }

    /// - Returns: `false` when there is no such one that was not reviewed yet.
    package static func review(
        _ id: String, note: String?, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE consents SET reviewed_at = ?, reviewed_by = ?, review_note = ?
            WHERE id = ? AND basis = 'emergency' AND reviewed_at IS NULL
            """,
            [.integer(now.milliseconds), .text(principal), .optional(note), .text(id)]) == 1
    }
}
