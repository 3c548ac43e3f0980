package import Database
import Values

/// Widget sessions, found by the hash of their token.
package enum WidgetSessionStore {
    private static func session(_ row: borrowing Row) throws -> WidgetSession {
        WidgetSession(
            id: row.text(0), clientID: row.text(1), sdkTokenID: row.textOrNil(2),
            facilityID: row.textOrNil(3),
            origins: row.text(4).split(separator: " ").map(String.init),
            terms: WidgetSession.Terms(
                // What cannot be read shows nothing.
                kind: WidgetSession.Kind(rawValue: row.text(5)) ?? .healthIDVerify,
                coverage: Consent.Coverage(reading: row.text(6)) ?? .init(types: []),
                allowsConsent: row.int(10) == 1, language: row.text(12),
                theme: WidgetSession.Theme(rawValue: row.text(13)) ?? .auto,
                actor: row.textOrNil(14), expiresAt: Timestamp(milliseconds: row.int64(17))),
            isNamed: row.int(7) == 1, patientID: row.int64OrNil(8), healthID: row.textOrNil(9),
            consentID: row.textOrNil(11), failures: row.int(15),
            createdAt: Timestamp(milliseconds: row.int64(16)),
            endedAt: row.int64OrNil(18).map { Timestamp(milliseconds: $0) })
    }

    package static func find(
        hash: [UInt8], in tx: borrowing Transaction
    ) throws -> WidgetSession? {
        try tx.first(
            """
            SELECT id, client_id, sdk_token_id, facility_id, origins, widget_type, coverage, is_named,
                patient_id, health_id, allow_consent, consent_id, language, theme, actor, failures,
                created_at, expires_at, ended_at
            FROM widget_sessions WHERE token_hash = ?
            """, [.blob(hash)], session)
    }

    package static func find(
        _ id: String, in tx: borrowing Transaction
    ) throws -> WidgetSession? {
        try tx.first(
            """
            SELECT id, client_id, sdk_token_id, facility_id, origins, widget_type, coverage, is_named,
                patient_id, health_id, allow_consent, consent_id, language, theme, actor, failures,
                created_at, expires_at, ended_at
            FROM widget_sessions WHERE id = ?
            """, [.text(id)], session)
    }

    static func insert(
        _ session: WidgetSession, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        let terms = session.terms
        try tx.execute(
            """
            INSERT INTO widget_sessions (id, token_hash, client_id, sdk_token_id, facility_id, origins,
                widget_type, coverage, is_named, patient_id, health_id, allow_consent, language,
                theme, actor, failures, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
            """,
            [
                .text(session.id), .blob(hash), .text(session.clientID),
                .optional(session.sdkTokenID), .optional(session.facilityID),
                .text(session.origins.joined(separator: " ")), .text(terms.kind.rawValue),
                .text(terms.coverage.text), .int(session.isNamed ? 1 : 0),
                .optional(session.patientID), .optional(session.healthID),
                .int(terms.allowsConsent ? 1 : 0), .text(terms.language),
                .text(terms.theme.rawValue), .optional(terms.actor),
                .integer(session.createdAt.milliseconds), .integer(terms.expiresAt.milliseconds),
            ])
    }

    /// Stores what a session came to know: its patient, consent, failures and end.
    static func update(_ session: WidgetSession, in tx: borrowing Transaction) throws {
        try tx.execute(
            """
            UPDATE widget_sessions SET patient_id = ?, health_id = ?, consent_id = ?, failures = ?,
                ended_at = ?
            WHERE id = ?
            """,
            [
                .optional(session.patientID), .optional(session.healthID),
                .optional(session.consentID), .int(session.failures),
                .optional(session.endedAt?.milliseconds), .text(session.id),
            ])
    }

    /// Forgets sessions and codes that ended before a moment, a bounded number.
    ///
    /// - Returns: how many sessions.
    static func prune(
        endedBefore time: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let old = try tx.all(
            "SELECT id FROM widget_sessions WHERE expires_at < ? ORDER BY expires_at LIMIT ?",
            [.integer(time.milliseconds), .int(limit)]
        ) { $0.text(0) }
        for id in old {
            try tx.execute("DELETE FROM widget_codes WHERE session_id = ?", [.text(id)])
            try tx.execute("DELETE FROM widget_sessions WHERE id = ?", [.text(id)])
        }
        try tx.execute(
            "DELETE FROM widget_guesses WHERE since < ?", [.integer(time.milliseconds)])
        return old.count
    }

    // MARK: Guesses

    /// How many wrong birth dates a patient's Health ID got since a moment.
    static func guesses(
        of patientID: Int64, since time: Timestamp, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            "SELECT count FROM widget_guesses WHERE patient_id = ? AND since >= ?",
            [.integer(patientID), .integer(time.milliseconds)]
        ) { $0.int(0) } ?? 0
    }

    /// Counts one more; what was counted before `time` is forgotten.
    static func addGuess(
        of patientID: Int64, at now: Timestamp, since time: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO widget_guesses (patient_id, count, since) VALUES (?1, 1, ?2)
            ON CONFLICT (patient_id) DO UPDATE SET
                count = CASE WHEN widget_guesses.since < ?3 THEN 1
                    ELSE widget_guesses.count + 1 END,
                since = CASE WHEN widget_guesses.since < ?3 THEN ?2 ELSE widget_guesses.since END
            """,
            [.integer(patientID), .integer(now.milliseconds), .integer(time.milliseconds)])
    }
}
