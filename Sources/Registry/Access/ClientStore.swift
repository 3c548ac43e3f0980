package import Database
package import Values

/// Clients and what ends their tokens early.
package enum ClientStore {
    private static func client(_ row: borrowing Row) throws -> Client {
        Client(
            id: row.text(0), name: row.text(1), scopes: row.text(2),
            facilityID: row.textOrNil(3),
            status: Client.Status(rawValue: row.text(4)) ?? .revoked,
            rateLimit: row.intOrNil(5), createdAt: Timestamp(milliseconds: row.int64(6)),
            tokenGeneration: row.int64(7))
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> Client? {
        try tx.first(
            """
            SELECT id, name, scopes, facility_id, status, rate_limit, created_at,
                token_generation
            FROM clients WHERE id = ?
            """, [.text(id)], client)
    }

    static func all(in tx: borrowing Transaction) throws -> [Client] {
        try tx.all(
            """
            SELECT id, name, scopes, facility_id, status, rate_limit, created_at,
                token_generation
            FROM clients ORDER BY id
            """, [], client)
    }

    /// By id, from the one after `id` on.
    static func page(
        after id: String?, status: Client.Status?, limit: Int, in tx: borrowing Transaction
    ) throws -> [Client] {
        try tx.all(
            """
            SELECT id, name, scopes, facility_id, status, rate_limit, created_at,
                token_generation
            FROM clients WHERE id > ?1 AND (CAST(?2 AS TEXT) IS NULL OR status = ?2) ORDER BY id LIMIT ?3
            """, [.text(id ?? ""), .optional(status?.rawValue), .int(limit)], client)
    }

    static func isEmpty(in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM clients LIMIT 1") { $0.int(0) } == nil
    }

    /// A client with its secret. An unknown id takes the same time as a known one: the row that would
    /// come before it is read in its place.
    package static func credentials(
        of id: String, in tx: borrowing Transaction
    ) throws -> (client: Client, secret: ClientSecret)? {
        let read = { (row: borrowing Row) in
            (
                client: try client(row),
                secret: ClientSecret(
                    hash: row.blob(8), retiringHash: row.blobOrNil(9),
                    retiringExpiresAt: row.int64OrNil(10).map { Timestamp(milliseconds: $0) })
            )
        }
        let found =
            try tx.first(
                """
                SELECT id, name, scopes, facility_id, status, rate_limit, created_at,
                    token_generation, secret_hash, retiring_secret_hash,
                    retiring_secret_expires_at
                FROM clients WHERE id <= ? ORDER BY id DESC LIMIT 1
                """, [.text(id)], read)
            ?? tx.first(
                """
                SELECT id, name, scopes, facility_id, status, rate_limit, created_at,
                    token_generation, secret_hash, retiring_secret_hash,
                    retiring_secret_expires_at
                FROM clients ORDER BY id LIMIT 1
                """, [], read)
        // Byte by byte: `==` of texts would take one spelling of a letter for another.
        return found?.client.id.utf8.elementsEqual(id.utf8) == true ? found : nil
    }

    static func secret(of id: String, in tx: borrowing Transaction) throws -> ClientSecret? {
        try tx.first(
            """
            SELECT secret_hash, retiring_secret_hash, retiring_secret_expires_at
            FROM clients WHERE id = ?
            """, [.text(id)]
        ) { row in
            ClientSecret(
                hash: row.blob(0), retiringHash: row.blobOrNil(1),
                retiringExpiresAt: row.isNull(2) ? nil : Timestamp(milliseconds: row.int64(2)))
        }
    }

    /// - Throws: `Refusal` when there is such an id, `DatabaseError.constraint` when the facility is
    ///   unknown.
    static func insert(
        _ client: Client, secretHash: [UInt8], in tx: borrowing Transaction
    ) throws {
        try LookAlike.refuse(
            client.id, "client_id", of: "a client", among: "SELECT id FROM clients", in: tx)
        try tx.run(
            """
            INSERT INTO clients (id, name, secret_hash, scopes, facility_id, status, rate_limit,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(client.id), .text(client.name), .blob(secretHash), .text(client.scopes),
                .optional(client.facilityID), .text(client.status.rawValue),
                .optional(client.rateLimit), .integer(client.createdAt.milliseconds),
                .integer(client.createdAt.milliseconds),
            ])
    }

    /// The old secret keeps working until `overlapEnd`, so that a partner can change it unhurried.
    /// Without an overlap it was stolen: what was got with it ends too.
    ///
    /// - Returns: `false` when there is no such client.
    static func rotateSecret(
        of id: String, to hash: [UInt8], overlapEnd: Timestamp, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            """
            UPDATE clients
            SET retiring_secret_hash = secret_hash, retiring_secret_expires_at = ?1,
                secret_hash = ?2, updated_at = ?3,
                token_generation = token_generation + CASE WHEN CAST(?1 AS BIGINT) <= ?3 THEN 1 ELSE 0 END
            WHERE id = ?4 AND status <> 'revoked'
            """,
            [
                .integer(overlapEnd.milliseconds), .blob(hash), .integer(now.milliseconds),
                .text(id),
            ])
        try raiseEpoch(in: tx)
        return changed == 1
    }

    /// Ends every access token and widget session of the client from the next request on, for good: who
    /// is let in again gets new ones. Its SDK tokens, like its secret, work again. A revoked client stays
    /// revoked.
    ///
    /// - Returns: `false` when there is no such client, or it is revoked.
    static func setStatus(
        _ status: Client.Status, of id: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let changed = try tx.execute(
            """
            UPDATE clients SET status = ?1, updated_at = ?2,
                token_generation = token_generation + CASE WHEN ?1 <> 'active' THEN 1 ELSE 0 END
            WHERE id = ?3 AND status <> 'revoked'
            """,
            [.text(status.rawValue), .integer(now.milliseconds), .text(id)])
        try raiseEpoch(in: tx)
        return changed == 1
    }

    /// Changes name, scopes and rate limit, from the next request on.
    static func update(
        _ client: Client, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE clients SET name = ?, scopes = ?, rate_limit = ?, updated_at = ?
            WHERE id = ? AND status <> 'revoked'
            """,
            [
                .text(client.name), .text(client.scopes), .optional(client.rateLimit),
                .integer(now.milliseconds), .text(client.id),
            ])
        try raiseEpoch(in: tx)
    }

    // MARK: Tokens

    package static func revokeToken(
        jti: String, clientID: String, expiresAt: Timestamp, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO revoked_tokens (jti, client_id, expires_at, revoked_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (jti) DO NOTHING
            """,
            [
                .text(jti), .text(clientID), .integer(expiresAt.milliseconds),
                .integer(now.milliseconds),
            ])
        try tx.run(
            "DELETE FROM revoked_tokens WHERE expires_at < ?", [.integer(now.milliseconds)])
        try raiseEpoch(in: tx)
    }

    static func isRevoked(jti: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM revoked_tokens WHERE jti = ?", [.text(jti)]) { _ in true }
            ?? false
    }

    /// Rises with every change to clients, revocations and signing keys.
    package static func epoch(in tx: borrowing Transaction) throws -> Int64 {
        let memory = tx.memory
        if let known = memory.authorizationEpoch { return known }
        let epoch =
            try tx.first("SELECT value FROM authorization_epoch WHERE id = 1") { $0.int64(0) } ?? 0
        memory.authorizationEpoch = epoch
        return epoch
    }

    package static func raiseEpoch(in tx: borrowing Transaction) throws {
        // Whoever comes behind in this transaction is asked again.
        tx.memory.authorizationEpoch = nil
        try tx.run("UPDATE authorization_epoch SET value = value + 1 WHERE id = 1")
    }

    /// Makes the engine write and leaves everything as it is.
    ///
    /// SQLite writes nothing for an update that changes nothing: there, and back again.
    static func probe(in tx: borrowing Transaction) throws {
        try raiseEpoch(in: tx)
        try tx.run("UPDATE authorization_epoch SET value = value - 1 WHERE id = 1")
        tx.memory.authorizationEpoch = nil
    }
}
