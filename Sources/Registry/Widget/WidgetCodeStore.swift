import Database
import Values

/// One-time codes of widget sessions.
enum WidgetCodeStore {
    struct Code {
        let id: Int64
        let hash: [UInt8]
        let tries: Int
    }

    /// The newest one of a session for a patient, as long as it can be used.
    static func current(
        of sessionID: String, for patientID: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Code? {
        try tx.first(
            """
            SELECT id, code_hash, tries FROM widget_codes
            WHERE session_id = ?1 AND patient_id = ?2 AND expires_at > ?3
            ORDER BY id DESC LIMIT 1
            """, [.text(sessionID), .integer(patientID), .integer(now.milliseconds)]
        ) { Code(id: $0.int64(0), hash: $0.blob(1), tries: $0.int(2)) }
    }

    /// A code on its way.
    struct Sending {
        let sessionID: String
        let patientID: Int64
        let phoneHash: [UInt8]
        let codeHash: [UInt8]
        let at: Timestamp
        let until: Timestamp
    }

    /// - Returns: its id.
    static func insert(_ code: Sending, in tx: borrowing Transaction) throws -> Int64 {
        try tx.first(
            """
            INSERT INTO widget_codes (session_id, patient_id, phone_hash, code_hash, tries, created_at,
                expires_at)
            VALUES (?, ?, ?, ?, 0, ?, ?)
            RETURNING id
            """,
            [
                .text(code.sessionID), .integer(code.patientID), .blob(code.phoneHash),
                .blob(code.codeHash), .integer(code.at.milliseconds),
                .integer(code.until.milliseconds),
            ]
        ) { $0.int64(0) } ?? 0
    }

    static func markUnsent(
        _ id: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE widget_codes SET failed_at = ? WHERE id = ?",
            [.integer(now.milliseconds), .integer(id)])
    }

    static func addTry(_ id: Int64, in tx: borrowing Transaction) throws {
        try tx.run("UPDATE widget_codes SET tries = tries + 1 WHERE id = ?", [.integer(id)])
    }

    /// A code is good once, and so are those before it.
    static func endAll(
        of sessionID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE widget_codes SET expires_at = ? WHERE session_id = ?",
            [.integer(now.milliseconds), .text(sessionID)])
    }

    /// How many were sent to a patient since a moment, or are on their way.
    static func count(
        for patientID: Int64, since time: Timestamp, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            """
            SELECT COUNT(*) FROM widget_codes
            WHERE patient_id = ? AND created_at > ? AND failed_at IS NULL
            """, [.integer(patientID), .integer(time.milliseconds)]
        ) { $0.int(0) } ?? 0
    }

    /// How many were sent to a phone, whomever they were about.
    static func count(
        to phoneHash: [UInt8], since time: Timestamp, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            """
            SELECT COUNT(*) FROM widget_codes
            WHERE phone_hash = ? AND created_at > ? AND failed_at IS NULL
            """, [.blob(phoneHash), .integer(time.milliseconds)]
        ) { $0.int(0) } ?? 0
    }

    /// How many of those for a phone were not taken.
    static func unsentCount(
        to phoneHash: [UInt8], since time: Timestamp, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            """
            SELECT COUNT(*) FROM widget_codes
            WHERE phone_hash = ? AND created_at > ? AND failed_at IS NOT NULL
            """, [.blob(phoneHash), .integer(time.milliseconds)]
        ) { $0.int(0) } ?? 0
    }
}
