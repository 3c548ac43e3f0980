import Database
import Values

/// Widget sessions, found by the hash of their token.
enum WidgetSessionStore {
    private static func session(_ row: borrowing Row) throws -> WidgetSession {
        WidgetSession(
            id: row.text(0), clientID: row.text(1), generation: row.int64(2),
            sdkTokenID: row.textOrNil(3), accessTokenID: row.textOrNil(22),
            facilityID: row.textOrNil(4),
            registeredOrigins: words(row.text(5)), sandboxOrigins: words(row.text(6)),
            terms: WidgetSession.Terms(
                // What cannot be read shows nothing.
                kind: WidgetSession.Kind(rawValue: row.text(7)) ?? .healthIDVerify,
                coverage: Consent.Coverage(reading: row.text(8)) ?? .init(types: []),
                allowsConsent: row.int(12) == 1, language: row.textOrNil(15),
                theme: WidgetSession.Theme(rawValue: row.text(16)) ?? .auto,
                actor: row.textOrNil(17), expiresAt: Timestamp(milliseconds: row.int64(20))),
            isNamed: row.int(9) == 1, patientID: row.int64OrNil(10), healthID: row.textOrNil(11),
            consentID: row.textOrNil(13), declinedAt: time(row.int64OrNil(14)),
            failures: row.int(18), createdAt: Timestamp(milliseconds: row.int64(19)),
            endedAt: time(row.int64OrNil(21)))
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    private static func time(_ milliseconds: Int64?) -> Timestamp? {
        milliseconds.map { Timestamp(milliseconds: $0) }
    }

    static func find(hash: [UInt8], in tx: borrowing Transaction) throws -> WidgetSession? {
        try tx.first(
            """
            SELECT id, client_id, generation, sdk_token_id, facility_id, origins, sandbox_origins,
                widget_type, coverage, is_named, patient_id, health_id, allow_consent, consent_id,
                declined_at, language, theme, actor, failures, created_at, expires_at, ended_at,
                access_token_id
            FROM widget_sessions WHERE token_hash = ?
            """, [.blob(hash)], session)
    }

    static func find(_ id: String, in tx: borrowing Transaction) throws -> WidgetSession? {
        try tx.first(
            """
            SELECT id, client_id, generation, sdk_token_id, facility_id, origins, sandbox_origins,
                widget_type, coverage, is_named, patient_id, health_id, allow_consent, consent_id,
                declined_at, language, theme, actor, failures, created_at, expires_at, ended_at,
                access_token_id
            FROM widget_sessions WHERE id = ?
            """, [.text(id)], session)
    }

    /// Those of a client whose time is not over and that nobody has ended.
    static func unended(
        of clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [WidgetSession] {
        try tx.all(
            """
            SELECT id, client_id, generation, sdk_token_id, facility_id, origins, sandbox_origins,
                widget_type, coverage, is_named, patient_id, health_id, allow_consent, consent_id,
                declined_at, language, theme, actor, failures, created_at, expires_at, ended_at,
                access_token_id
            FROM widget_sessions WHERE expires_at > ? AND client_id = ? AND ended_at IS NULL
            """, [.integer(now.milliseconds), .text(clientID)], session)
    }

    static func insert(
        _ session: WidgetSession, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        let terms = session.terms
        try tx.run(
            """
            INSERT INTO widget_sessions (id, token_hash, client_id, generation, sdk_token_id,
                facility_id, origins, sandbox_origins, widget_type, coverage, is_named, patient_id,
                health_id, allow_consent, language, theme, actor, failures, created_at, expires_at,
                access_token_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
            """,
            [
                .text(session.id), .blob(hash), .text(session.clientID),
                .integer(session.generation), .optional(session.sdkTokenID),
                .optional(session.facilityID),
                .text(session.registeredOrigins.joined(separator: " ")),
                .text(session.sandboxOrigins.joined(separator: " ")), .text(terms.kind.rawValue),
                .text(terms.coverage.text), .int(session.isNamed ? 1 : 0),
                .optional(session.patientID), .optional(session.healthID),
                .int(terms.allowsConsent ? 1 : 0), .optional(terms.language),
                .text(terms.theme.rawValue), .optional(terms.actor),
                .integer(session.createdAt.milliseconds), .integer(terms.expiresAt.milliseconds),
                .optional(session.accessTokenID),
            ])
    }

    /// Stores what a session came to know: its patient, answers, failures and end.
    static func update(_ session: WidgetSession, in tx: borrowing Transaction) throws {
        try tx.run(
            """
            UPDATE widget_sessions SET patient_id = ?, health_id = ?, consent_id = ?,
                declined_at = ?, failures = ?, ended_at = ?
            WHERE id = ?
            """,
            [
                .optional(session.patientID), .optional(session.healthID),
                .optional(session.consentID), .optional(session.declinedAt?.milliseconds),
                .int(session.failures),
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
            try tx.run("DELETE FROM widget_codes WHERE session_id = ?", [.text(id)])
            try tx.run("DELETE FROM widget_sessions WHERE id = ?", [.text(id)])
        }
        return old.count
    }
}
