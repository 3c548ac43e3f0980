package import Database
package import Values

/// SDK tokens, found by their hash, which is made under a secret key: the look-up's time tells nothing
/// about any token.
package enum SDKTokenStore {
    private static func token(_ row: borrowing Row) throws -> SDKToken {
        SDKToken(
            id: row.text(0), clientID: row.text(1), prefix: row.text(2), label: row.text(3),
            // What cannot be read opens nothing.
            kind: SDKToken.Kind(rawValue: row.text(4)) ?? .publishable,
            scopes: SDKScope(granted: row.text(5)),
            origins: row.text(6).split(separator: " ").map(String.init),
            status: SDKToken.Status(rawValue: row.text(7)) ?? .revoked,
            rateLimit: row.intOrNil(8),
            expiresAt: row.isNull(9) ? nil : Timestamp(milliseconds: row.int64(9)),
            lastUsedAt: row.isNull(10) ? nil : Timestamp(milliseconds: row.int64(10)),
            createdAt: Timestamp(milliseconds: row.int64(11)))
    }

    package static func find(hash: [UInt8], in tx: borrowing Transaction) throws -> SDKToken? {
        try tx.first(
            """
            SELECT id, client_id, prefix, label, kind, scopes, origins, status, rate_limit,
                expires_at, last_used_at, created_at
            FROM sdk_tokens WHERE token_hash = ?
            """, [.blob(hash)], token)
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> SDKToken? {
        try tx.first(
            """
            SELECT id, client_id, prefix, label, kind, scopes, origins, status, rate_limit,
                expires_at, last_used_at, created_at
            FROM sdk_tokens WHERE id = ?
            """, [.text(id)], token)
    }

    static func all(in tx: borrowing Transaction) throws -> [SDKToken] {
        try tx.all(
            """
            SELECT id, client_id, prefix, label, kind, scopes, origins, status, rate_limit,
                expires_at, last_used_at, created_at
            FROM sdk_tokens ORDER BY created_at, id
            """, [], token)
    }

    /// The newest first, older than the token `id`; of one client, in one status, or all.
    static func page(
        before id: String?, clientID: String?, status: SDKToken.Status?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [SDKToken] {
        try tx.all(
            """
            SELECT id, client_id, prefix, label, kind, scopes, origins, status, rate_limit,
                expires_at, last_used_at, created_at
            FROM sdk_tokens
            WHERE id < ?1 AND (CAST(?2 AS TEXT) IS NULL OR client_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR status = ?3)
            ORDER BY id DESC LIMIT ?4
            """,
            [.text(id ?? "~"), .optional(clientID), .optional(status?.rawValue), .int(limit)], token
        )
    }

    static func insert(
        _ token: SDKToken, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO sdk_tokens (id, client_id, prefix, label, kind, token_hash, scopes, origins,
                status, rate_limit, expires_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(token.id), .text(token.clientID), .text(token.prefix), .text(token.label),
                .text(token.kind.rawValue), .blob(hash),
                .text(token.scopes.names.joined(separator: " ")),
                .text(token.origins.joined(separator: " ")), .text(token.status.rawValue),
                .optional(token.rateLimit), .optional(token.expiresAt?.milliseconds),
                .integer(token.createdAt.milliseconds), .integer(token.createdAt.milliseconds),
            ])
    }

    /// Changes label, scopes, origins, rate limit and expiry, from the next request on.
    static func update(
        _ token: SDKToken, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE sdk_tokens SET label = ?, scopes = ?, origins = ?, rate_limit = ?,
                expires_at = ?, updated_at = ?
            WHERE id = ? AND status = 'active'
            """,
            [
                .text(token.label), .text(token.scopes.names.joined(separator: " ")),
                .text(token.origins.joined(separator: " ")), .optional(token.rateLimit),
                .optional(token.expiresAt?.milliseconds), .integer(now.milliseconds),
                .text(token.id),
            ])
        try ClientStore.raiseEpoch(in: tx)
    }

    /// - Returns: `false` when there is no such token, or it is revoked.
    static func revoke(
        _ id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            "UPDATE sdk_tokens SET status = 'revoked', updated_at = ? WHERE id = ? AND status = 'active'",
            [.integer(now.milliseconds), .text(id)])
        try ClientStore.raiseEpoch(in: tx)
        return changed == 1
    }

    package static func markUsed(
        _ id: String, at time: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE sdk_tokens SET last_used_at = ? WHERE id = ?",
            [.integer(time.milliseconds), .text(id)])
    }
}
