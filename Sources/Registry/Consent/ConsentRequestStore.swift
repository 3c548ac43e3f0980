import Database
import Values

/// Requests for consent, with the names that people know.
enum ConsentRequestStore {
    private static func request(_ row: borrowing Row) throws -> ConsentRequest {
        ConsentRequest(
            id: row.text(0), clientID: row.text(1), clientName: row.text(2),
            facilityID: row.textOrNil(3), facilityName: row.textOrNil(4), namedID: row.int64(5),
            healthID: row.text(6), coverage: row.text(7),
            state: Consent.State(rawValue: row.text(8)) ?? .revoked, purpose: row.textOrNil(9),
            askedAt: Timestamp(milliseconds: row.int64(10)),
            grantedAt: row.int64OrNil(11).map { Timestamp(milliseconds: $0) },
            endedAt: row.int64OrNil(12).map { Timestamp(milliseconds: $0) },
            expiresAt: Timestamp(milliseconds: row.int64(13)), verificationMethod: row.textOrNil(14)
        )
    }

    static func find(_ id: String, in tx: borrowing Transaction) throws -> ConsentRequest? {
        try tx.first(
            """
            SELECT c.id, c.client_id, l.name, l.facility_id, f.name, c.named_id, p.health_id,
                c.coverage, c.state, c.purpose, c.created_at, c.granted_at, c.ended_at,
                c.expires_at, c.verification_method
            FROM consents c JOIN clients l ON l.id = c.client_id
                JOIN patients p ON p.id = c.named_id
                LEFT JOIN facilities f ON f.id = l.facility_id
            WHERE c.id = ? AND c.basis = 'patient'
            """, [.text(id)], request)
    }

    /// What waits for an answer, the newest first, older than the one with the id `before`; `nil` leaves
    /// a condition out.
    static func pending(
        facilityID: String?, clientID: String?, before id: String?, limit: Int, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> [ConsentRequest] {
        try tx.all(
            """
            SELECT c.id, c.client_id, l.name, l.facility_id, f.name, c.named_id, p.health_id,
                c.coverage, c.state, c.purpose, c.created_at, c.granted_at, c.ended_at,
                c.expires_at, c.verification_method
            FROM consents c JOIN clients l ON l.id = c.client_id
                JOIN patients p ON p.id = c.named_id
                LEFT JOIN facilities f ON f.id = l.facility_id
            WHERE c.state = 'pending' AND c.expires_at > ?1 AND (CAST(?2 AS TEXT) IS NULL OR c.id < ?2)
                AND (CAST(?3 AS TEXT) IS NULL OR l.facility_id = ?3) AND (CAST(?4 AS TEXT) IS NULL OR c.client_id = ?4)
            ORDER BY c.id DESC LIMIT ?5
            """,
            [
                .integer(now.milliseconds), .optional(id), .optional(facilityID),
                .optional(clientID), .int(limit),
            ], request)
    }

    /// Ids of what nobody answered in time; of one client and patient, or all.
    static func overdue(
        clientID: String?, patientID: Int64?, limit: Int, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> [String] {
        try tx.all(
            """
            SELECT id FROM consents
            WHERE state = 'pending' AND expires_at <= ?1 AND (CAST(?2 AS TEXT) IS NULL OR client_id = ?2)
                AND (CAST(?3 AS BIGINT) IS NULL OR patient_id = ?3)
            ORDER BY expires_at LIMIT ?4
            """,
            [.integer(now.milliseconds), .optional(clientID), .optional(patientID), .int(limit)]
        ) { $0.text(0) }
    }

    /// It counts from now on, for as long as was asked and for `seconds` at most.
    ///
    /// - Returns: `false` when it waits no more.
    static func grant(
        _ id: String, verifiedBy method: String, atMost seconds: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE consents SET state = 'active', granted_at = ?1, verification_method = ?2,
                expires_at = ?1 + CASE WHEN expires_at - created_at < ?4
                    THEN expires_at - created_at ELSE ?4 END
            WHERE id = ?3 AND state = 'pending' AND expires_at + 0 > ?1
            """,
            [.integer(now.milliseconds), .text(method), .text(id), .integer(seconds * 1000)]) == 1
    }

    /// - Returns: `false` when it waits no more.
    static func end(
        _ id: String, as state: Consent.State, by method: String?, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE consents SET state = ?1, ended_at = ?2, verification_method = ?3
            WHERE id = ?4 AND state = 'pending'
            """,
            [.text(state.rawValue), .integer(now.milliseconds), .optional(method), .text(id)]) == 1
    }
}
