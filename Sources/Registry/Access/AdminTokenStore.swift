package import Database
package import Values

/// Administrators' tokens, found by their hash like API keys.
package enum AdminTokenStore {
    private static func token(_ row: borrowing Row) throws -> AdminToken {
        AdminToken(
            id: row.text(0), prefix: row.text(1), name: row.text(2),
            status: APIKey.Status(rawValue: row.text(3)) ?? .revoked,
            expiresAt: row.isNull(4) ? nil : Timestamp(milliseconds: row.int64(4)),
            lastUsedAt: row.isNull(5) ? nil : Timestamp(milliseconds: row.int64(5)),
            createdAt: Timestamp(milliseconds: row.int64(6)))
    }

    package static func find(hash: [UInt8], in tx: borrowing Transaction) throws -> AdminToken? {
        try tx.first(
            """
            SELECT id, prefix, name, status, expires_at, last_used_at, created_at
            FROM admin_tokens WHERE token_hash = ?
            """, [.blob(hash)], token)
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> AdminToken? {
        try tx.first(
            """
            SELECT id, prefix, name, status, expires_at, last_used_at, created_at
            FROM admin_tokens WHERE id = ?
            """, [.text(id)], token)
    }

    package static func all(in tx: borrowing Transaction) throws -> [AdminToken] {
        try tx.all(
            """
            SELECT id, prefix, name, status, expires_at, last_used_at, created_at
            FROM admin_tokens ORDER BY created_at, id
            """, [], token)
    }

    /// The newest first, older than the token `id`.
    static func page(
        before id: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [AdminToken] {
        try tx.all(
            """
            SELECT id, prefix, name, status, expires_at, last_used_at, created_at
            FROM admin_tokens WHERE id < ? ORDER BY id DESC LIMIT ?
            """, [.text(id ?? "~"), .int(limit)], token)
    }

    /// Whether this is the only token that anybody can still sign in with.
    static func isLast(
        _ id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let usable = try tx.all(
            """
            SELECT id FROM admin_tokens
            WHERE status = 'active' AND (expires_at IS NULL OR expires_at > ?) LIMIT 2
            """, [.integer(now.milliseconds)]
        ) { $0.text(0) }
        return usable == [id]
    }

    /// A name is one usable token's, so that the audit log says which; one that has expired gives it up.
    ///
    /// - Throws: `Refusal` 409 `conflict` while another token has the name.
    static func insert(
        _ token: AdminToken, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        let namesake = try tx.first(
            """
            SELECT id, prefix, name, status, expires_at, last_used_at, created_at
            FROM admin_tokens WHERE lower(name) = lower(?) AND status = 'active'
            """, [.text(token.name)], self.token)
        if let namesake {
            guard !namesake.isUsable(at: token.createdAt) else {
                throw Refusal(
                    .conflict,
                    "The token \(namesake.id) has this name already. Take another name, or revoke "
                        + "it first.")
            }
            _ = try revoke(namesake.id, at: token.createdAt, in: tx)
        }
        try tx.run(
            """
            INSERT INTO admin_tokens (id, prefix, name, token_hash, status, expires_at, created_at,
                updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(token.id), .text(token.prefix), .text(token.name), .blob(hash),
                .text(token.status.rawValue), .optional(token.expiresAt?.milliseconds),
                .integer(token.createdAt.milliseconds), .integer(token.createdAt.milliseconds),
            ])
    }

    /// Ends it with all its sessions.
    ///
    /// - Returns: `false` when there is no such token, or it is revoked.
    static func revoke(
        _ id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            """
            UPDATE admin_tokens SET status = 'revoked', updated_at = ?
            WHERE id = ? AND status = 'active'
            """, [.integer(now.milliseconds), .text(id)])
        try AdminSessionStore.end(ofToken: id, in: tx)
        try ClientStore.raiseEpoch(in: tx)
        return changed == 1
    }

    package static func markUsed(
        _ id: String, at time: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE admin_tokens SET last_used_at = ? WHERE id = ?",
            [.integer(time.milliseconds), .text(id)])
    }
}
