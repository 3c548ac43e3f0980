package import Database
package import Values

/// API keys, found by their hash: it is made under a secret key, so that the look-up's time tells
/// nothing about any key.
package enum APIKeyStore {
    private static func key(_ row: borrowing Row) throws -> APIKey {
        APIKey(
            id: row.text(0), prefix: row.text(1), name: row.text(2), facilityID: row.text(3),
            status: APIKey.Status(rawValue: row.text(4)) ?? .revoked, rateLimit: row.intOrNil(5),
            expiresAt: row.isNull(6) ? nil : Timestamp(milliseconds: row.int64(6)),
            lastUsedAt: row.isNull(7) ? nil : Timestamp(milliseconds: row.int64(7)),
            createdAt: Timestamp(milliseconds: row.int64(8)))
    }

    package static func find(hash: [UInt8], in tx: borrowing Transaction) throws -> APIKey? {
        try tx.first(
            """
            SELECT id, prefix, name, facility_id, status, rate_limit, expires_at, last_used_at,
                created_at
            FROM api_keys WHERE key_hash = ?
            """, [.blob(hash)], key)
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> APIKey? {
        try tx.first(
            """
            SELECT id, prefix, name, facility_id, status, rate_limit, expires_at, last_used_at,
                created_at
            FROM api_keys WHERE id = ?
            """, [.text(id)], key)
    }

    static func all(in tx: borrowing Transaction) throws -> [APIKey] {
        try tx.all(
            """
            SELECT id, prefix, name, facility_id, status, rate_limit, expires_at, last_used_at,
                created_at
            FROM api_keys ORDER BY created_at, id
            """, [], key)
    }

    /// The newest first, older than the key `id`; of one facility, in one status, or all.
    static func page(
        before id: String?, facilityID: String?, status: APIKey.Status?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [APIKey] {
        try tx.all(
            """
            SELECT id, prefix, name, facility_id, status, rate_limit, expires_at, last_used_at,
                created_at
            FROM api_keys
            WHERE id < ?1 AND (CAST(?2 AS TEXT) IS NULL OR facility_id = ?2) AND (CAST(?3 AS TEXT) IS NULL OR status = ?3)
            ORDER BY id DESC LIMIT ?4
            """,
            [
                .text(id ?? "~"), .optional(facilityID), .optional(status?.rawValue), .int(limit),
            ], key)
    }

    /// Changes name, rate limit and expiry, from the next request on.
    static func update(
        _ key: APIKey, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE api_keys SET name = ?, rate_limit = ?, expires_at = ?, updated_at = ?
            WHERE id = ? AND status = 'active'
            """,
            [
                .text(key.name), .optional(key.rateLimit), .optional(key.expiresAt?.milliseconds),
                .integer(now.milliseconds), .text(key.id),
            ])
        try ClientStore.raiseEpoch(in: tx)
    }

    /// - Throws: `DatabaseError.constraint` when the facility is unknown.
    static func insert(
        _ key: APIKey, hash: [UInt8], in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO api_keys (id, prefix, name, facility_id, key_hash, status, rate_limit,
                expires_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(key.id), .text(key.prefix), .text(key.name), .text(key.facilityID),
                .blob(hash), .text(key.status.rawValue), .optional(key.rateLimit),
                .optional(key.expiresAt?.milliseconds), .integer(key.createdAt.milliseconds),
                .integer(key.createdAt.milliseconds),
            ])
    }

    /// - Returns: `false` when there is no such key, or it is revoked.
    static func revoke(
        _ id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            "UPDATE api_keys SET status = 'revoked', updated_at = ? WHERE id = ? AND status = 'active'",
            [.integer(now.milliseconds), .text(id)])
        try ClientStore.raiseEpoch(in: tx)
        return changed == 1
    }

    /// Makes a key like an old one; the old one ends by itself, once its users have changed over.
    ///
    /// - Returns: the new key; `nil` when there is no such key, or it is revoked.
    static func rotate(
        _ id: String, to hash: [UInt8], newID: String, prefix: String, overlapEnd: Timestamp,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> APIKey? {
        guard let old = try find(id, in: tx), old.status == .active else { return nil }
        let new = APIKey(
            id: newID, prefix: prefix, name: old.name, facilityID: old.facilityID,
            rateLimit: old.rateLimit, expiresAt: old.expiresAt, createdAt: now)
        try insert(new, hash: hash, in: tx)
        let end = min(overlapEnd, old.expiresAt ?? overlapEnd)
        try tx.run(
            "UPDATE api_keys SET expires_at = ?, updated_at = ? WHERE id = ?",
            [.integer(end.milliseconds), .integer(now.milliseconds), .text(id)])
        try ClientStore.raiseEpoch(in: tx)
        return new
    }

    package static func markUsed(
        _ id: String, at time: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE api_keys SET last_used_at = ? WHERE id = ?",
            [.integer(time.milliseconds), .text(id)])
    }
}
