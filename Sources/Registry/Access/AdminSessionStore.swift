package import Database
package import Values

/// Sessions of administrators, found by the hash of their cookie.
package enum AdminSessionStore {
    private static func session(_ row: borrowing Row) throws -> AdminSession {
        AdminSession(
            id: row.text(0), tokenID: row.text(1),
            lastUsedAt: Timestamp(milliseconds: row.int64(2)),
            createdAt: Timestamp(milliseconds: row.int64(3)))
    }

    package static func find(hash: [UInt8], in tx: borrowing Transaction) throws -> AdminSession? {
        try tx.first(
            """
            SELECT id, token_id, last_used_at, created_at FROM admin_sessions
            WHERE cookie_hash = ?
            """, [.blob(hash)], session)
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> AdminSession? {
        try tx.first(
            "SELECT id, token_id, last_used_at, created_at FROM admin_sessions WHERE id = ?",
            [.text(id)], session)
    }

    /// Starts one, and forgets those that are too old to be used.
    package static func insert(
        _ session: AdminSession, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        let oldest = session.createdAt.adding(seconds: -AdminSession.lifetimeSeconds)
        try tx.run(
            "DELETE FROM admin_sessions WHERE created_at <= ?", [.integer(oldest.milliseconds)])
        try tx.run(
            """
            INSERT INTO admin_sessions (id, token_id, cookie_hash, last_used_at, created_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .text(session.id), .text(session.tokenID), .blob(hash),
                .integer(session.lastUsedAt.milliseconds),
                .integer(session.createdAt.milliseconds),
            ])
    }

    package static func markUsed(
        _ id: String, at time: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE admin_sessions SET last_used_at = ? WHERE id = ?",
            [.integer(time.milliseconds), .text(id)])
    }

    package static func end(_ id: String, in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM admin_sessions WHERE id = ?", [.text(id)])
        try ClientStore.raiseEpoch(in: tx)
    }

    package static func end(ofToken id: String, in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM admin_sessions WHERE token_id = ?", [.text(id)])
    }
}
