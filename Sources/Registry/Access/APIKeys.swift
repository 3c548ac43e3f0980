package import Database
package import Values

/// What administrators do with API keys, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the key by then.
package enum APIKeys {
    /// The oldest first.
    package static func all(in tx: borrowing Transaction) throws -> [APIKey] {
        try APIKeyStore.all(in: tx)
    }

    /// The newest first, older than the key `id`; of one facility, by id or reference, in one status,
    /// or all.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func page(
        before id: String?, facilityName: String?, status: APIKey.Status?, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [APIKey] {
        let facility = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx)
        }
        entry.entity = "api_keys"
        return try APIKeyStore.page(
            before: id, facilityID: facility?.id, status: status, limit: limit, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> APIKey {
        entry.entity = "api_key/" + id.prefix(64)
        guard let key = try APIKeyStore.find(id, in: tx) else { throw Refusal.unknown("API key") }
        return key
    }

    /// - Parameter facilityName: the id or reference of the facility whose system uses it.
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func create(
        name: String, facilityName: String, rateLimit: Int?, expiresAt: Timestamp?,
        secret: SecretHash.Issued, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> APIKey {
        let facility = try FacilityStore.named(facilityName, auditing: &entry, in: tx)
        let key = APIKey(
            id: Identifier.make("key_", at: origin.now), prefix: secret.prefix, name: name,
            facilityID: facility.id, rateLimit: rateLimit, expiresAt: expiresAt,
            createdAt: origin.now)
        entry.entity = "api_key/" + key.id
        try APIKeyStore.insert(key, hash: secret.hash, in: tx)
        return key
    }

    /// Changes what is given, from the next request on.
    ///
    /// - Parameters:
    ///   - rateLimit: an inner `nil` is the server's default.
    ///   - expiresAt: an inner `nil` is never.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func update(
        _ id: String, name: String?, rateLimit: Int??, expiresAt: Timestamp??,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> APIKey {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.status == .active else { throw Refusal.revoked("API key") }
        let key = APIKey(
            id: id, prefix: old.prefix, name: name ?? old.name, facilityID: old.facilityID,
            rateLimit: rateLimit ?? old.rateLimit, expiresAt: expiresAt ?? old.expiresAt,
            lastUsedAt: old.lastUsedAt, createdAt: old.createdAt)
        try APIKeyStore.update(key, at: origin.now, in: tx)
        return key
    }

    /// Makes a key like this one; the old one ends by itself.
    ///
    /// - Returns: the new key, and when the old one ends: at `overlapEnd`, or earlier by its own expiry.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it has ended already.
    package static func rotate(
        _ id: String, to secret: SecretHash.Issued, overlapEnd: Timestamp,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> (key: APIKey, previousEnd: Timestamp?) {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.isUsable(at: origin.now),
            let key = try APIKeyStore.rotate(
                id, to: secret.hash, newID: Identifier.make("key_", at: origin.now),
                prefix: secret.prefix, overlapEnd: overlapEnd, at: origin.now, in: tx)
        else {
            throw Refusal(.conflict, "This API key was revoked or has expired. Make a new one.")
        }
        return (key, try APIKeyStore.find(id, in: tx)?.expiresAt)
    }

    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func revoke(
        _ id: String, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> APIKey {
        _ = try find(id, auditing: &entry, in: tx)
        guard try APIKeyStore.revoke(id, at: origin.now, in: tx) else {
            throw Refusal.revoked("API key")
        }
        return try find(id, auditing: &entry, in: tx)
    }
}
