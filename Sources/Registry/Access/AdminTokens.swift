package import Database
package import Values

/// What administrators do with their own tokens, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the token by then.
package enum AdminTokens {
    /// The oldest first.
    package static func all(in tx: borrowing Transaction) throws -> [AdminToken] {
        try AdminTokenStore.all(in: tx)
    }

    /// The newest first, older than the token `id`.
    package static func page(
        before id: String?, limit: Int, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> [AdminToken] {
        entry.entity = "admin_tokens"
        return try AdminTokenStore.page(before: id, limit: limit, in: tx)
    }

    /// - Parameter name: one that `AdminToken.isValid` takes.
    /// - Throws: `Refusal` 409 `conflict` while another token has the name.
    package static func create(
        name: String, expiresAt: Timestamp?, secret: SecretHash.Issued,
        from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> AdminToken {
        let token = AdminToken(
            id: Identifier.make("adm_", at: origin.now), prefix: secret.prefix, name: name,
            expiresAt: expiresAt, createdAt: origin.now)
        entry.entity = "admin_token/" + token.id
        try AdminTokenStore.insert(token, hash: secret.hash, in: tx)
        return token
    }

    /// Ends a token and its sessions.
    ///
    /// - Parameter isForced: even the last one that anybody can sign in with.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked, or the last one.
    package static func revoke(
        _ id: String, isForced: Bool, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> AdminToken {
        entry.entity = "admin_token/" + id.prefix(64)
        guard try AdminTokenStore.find(id, in: tx) != nil else {
            throw Refusal.unknown("admin token")
        }
        let isLast = try AdminTokenStore.isLast(id, at: origin.now, in: tx)
        guard isForced || !isLast else {
            throw Refusal(
                .conflict,
                "This is the last token that anybody can sign in with. Make another first, or "
                    + "revoke it with \"force\".")
        }
        let isDone = try AdminTokenStore.revoke(id, at: origin.now, in: tx)
        guard isDone, let token = try AdminTokenStore.find(id, in: tx) else {
            throw Refusal.revoked("admin token")
        }
        return token
    }
}
