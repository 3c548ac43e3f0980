package import Database
package import Values

/// What administrators do with clients, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the client by then.
package enum Clients {
    /// By id.
    package static func all(in tx: borrowing Transaction) throws -> [Client] {
        try ClientStore.all(in: tx)
    }

    /// By id, from the one after `id` on.
    package static func page(
        after id: String?, status: Client.Status?, limit: Int, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> [Client] {
        entry.entity = "clients"
        return try ClientStore.page(after: id, status: status, limit: limit, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Client {
        entry.entity = "client/" + id.prefix(64)
        guard let client = try ClientStore.find(id, in: tx) else {
            throw Refusal.unknown("client")
        }
        return client
    }

    /// The client behind a token that is in force.
    ///
    /// - Returns: `nil` when the client, the token, its generation or its key was ended.
    package static func holder(
        of token: AccessToken, keys: SigningKeys, in tx: borrowing Transaction
    ) throws -> Client? {
        guard let client = try ClientStore.find(token.clientID, in: tx),
            client.status == .active, client.tokenGeneration == token.generation,
            try !ClientStore.isRevoked(jti: token.jti, in: tx), keys.key(withID: token.kid) != nil
        else { return nil }
        return client
    }

    /// Until when the secret before the last rotation still works, if it does.
    package static func previousSecretEnd(
        of client: Client, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Timestamp? {
        try ClientStore.secret(of: client.id, in: tx)?.retiringExpiresAt
            .flatMap { now < $0 ? $0 : nil }
    }

    /// - Parameter facilityName: the id or reference of the facility that it belongs to.
    /// - Throws: `Refusal` 404 `facility_not_found`, 409 `conflict` when the id is taken.
    package static func create(
        _ id: String, name: String, scopes: String, facilityName: String?, rateLimit: Int?,
        secret: SecretHash.Issued, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Client {
        let facility = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx)
        }
        entry.entity = "client/" + id
        let client = Client(
            id: id, name: name, scopes: scopes, facilityID: facility?.id, status: .active,
            rateLimit: rateLimit, createdAt: origin.now)
        try ClientStore.insert(client, secretHash: secret.hash, in: tx)
        return client
    }

    /// Changes what is given, from the next request on.
    ///
    /// - Parameter rateLimit: an inner `nil` is the server's default.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func update(
        _ id: String, name: String? = nil, scopes: String? = nil, rateLimit: Int?? = nil,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> Client {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.status != .revoked else { throw Refusal.revoked("client") }
        let client = Client(
            id: id, name: name ?? old.name, scopes: scopes ?? old.scopes,
            facilityID: old.facilityID, status: old.status,
            rateLimit: rateLimit ?? old.rateLimit, createdAt: old.createdAt)
        try ClientStore.update(client, at: origin.now, in: tx)
        return client
    }

    /// Gives it a new secret; the old one works until `overlapEnd`. Without an overlap its tokens end.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func rotate(
        _ id: String, to secret: SecretHash.Issued, overlapEnd: Timestamp,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> Client {
        let client = try find(id, auditing: &entry, in: tx)
        let isDone = try ClientStore.rotateSecret(
            of: id, to: secret.hash, overlapEnd: overlapEnd, at: origin.now, in: tx)
        guard isDone else { throw Refusal.revoked("client") }
        return client
    }

    /// Suspends, resumes or revokes it; its tokens end with it.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func setStatus(
        _ status: Client.Status, of id: String, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Client {
        _ = try find(id, auditing: &entry, in: tx)
        guard try ClientStore.setStatus(status, of: id, at: origin.now, in: tx) else {
            throw Refusal.revoked("client")
        }
        return try find(id, auditing: &entry, in: tx)
    }
}
