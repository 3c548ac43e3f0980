package import Database
package import Values

/// What administrators do with SDK tokens, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the token by then.
package enum SDKTokens {
    /// The oldest first.
    package static func all(in tx: borrowing Transaction) throws -> [SDKToken] {
        try SDKTokenStore.all(in: tx)
    }

    /// The newest first, older than the token `id`; of one client, in one status, or all.
    package static func page(
        before id: String?, clientID: String?, status: SDKToken.Status?, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [SDKToken] {
        entry.entity = "sdk_tokens"
        return try SDKTokenStore.page(
            before: id, clientID: clientID, status: status, limit: limit, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> SDKToken {
        entry.entity = "sdk_token/" + id.prefix(64)
        guard let token = try SDKTokenStore.find(id, in: tx) else {
            throw Refusal.unknown("SDK token")
        }
        return token
    }

    /// When a token made now ends, unless somebody says otherwise: in a year, in a sandbox never.
    package static func defaultEnd(
        in environment: Deployment.Environment, at now: Timestamp
    ) -> Timestamp? {
        environment == .sandbox ? nil : now.adding(seconds: 365 * 86_400)
    }

    /// What its secret begins with.
    package static func secretKind(
        of kind: SDKToken.Kind, in environment: Deployment.Environment
    ) -> SecretHash.Kind {
        switch kind {
        case .publishable: .sdkPublishableToken
        case .secret: environment == .sandbox ? .sdkTestToken : .sdkLiveToken
        }
    }

    /// What a new token is to be.
    package struct Draft: Sendable {
        package let clientID: String
        package let label: String
        package let kind: SDKToken.Kind
        package let scopes: SDKScope
        package let origins: [String]
        package let rateLimit: Int?
        package let expiresAt: Timestamp?

        package init(
            clientID: String, label: String, kind: SDKToken.Kind, scopes: SDKScope,
            origins: [String], rateLimit: Int?, expiresAt: Timestamp?
        ) {
            self.clientID = clientID
            self.label = label
            self.kind = kind
            self.scopes = scopes
            self.origins = origins
            self.rateLimit = rateLimit
            self.expiresAt = expiresAt
        }
    }

    /// - Throws: `Refusal` 404 `not_found` for the client, 409 `conflict` when it is revoked, 422 for
    ///   origins that are not its client's.
    package static func create(
        _ draft: Draft, secret: SecretHash.Issued, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> SDKToken {
        let client = try Clients.find(draft.clientID, auditing: &entry, in: tx)
        guard client.status != .revoked else { throw Refusal.revoked("client") }
        try requireRegistered(draft.origins, of: client.id, in: tx)
        let token = SDKToken(
            id: Identifier.make("stk_", at: origin.now), clientID: client.id,
            prefix: secret.prefix, label: draft.label, kind: draft.kind,
            scopes: draft.kind == .publishable ? [] : draft.scopes, origins: draft.origins,
            rateLimit: draft.rateLimit, expiresAt: draft.expiresAt, createdAt: origin.now)
        entry.entity = "sdk_token/" + token.id
        try SDKTokenStore.insert(token, hash: secret.hash, in: tx)
        return token
    }

    /// Where a page's token works, its client's pages may stand.
    private static func requireRegistered(
        _ origins: [String], of clientID: String, in tx: borrowing Transaction
    ) throws {
        let registered = Set(try ClientOriginStore.all(of: clientID, in: tx))
        guard let stranger = origins.first(where: { !registered.contains($0) }) else { return }
        throw Refusal(
            .originNotAllowed,
            "\(stranger.prefix(128)) is no origin of this client. Register it first: "
                + "\"opescare client origins\".")
    }

    /// Changes what is given, from the next request on.
    ///
    /// - Parameters:
    ///   - rateLimit: an inner `nil` is its client's.
    ///   - expiresAt: an inner `nil` is never.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked, 422 for what is not of its kind.
    package static func update(
        _ id: String, label: String?, scopes: SDKScope?, origins: [String]?, rateLimit: Int??,
        expiresAt: Timestamp??, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> SDKToken {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.status == .active else { throw Refusal.revoked("SDK token") }
        try requireOfKind(old.kind, scopes: scopes, origins: origins)
        if let origins { try requireRegistered(origins, of: old.clientID, in: tx) }
        let token = SDKToken(
            id: id, clientID: old.clientID, prefix: old.prefix, label: label ?? old.label,
            kind: old.kind, scopes: scopes ?? old.scopes, origins: origins ?? old.origins,
            rateLimit: rateLimit ?? old.rateLimit,
            expiresAt: expiresAt ?? old.expiresAt, lastUsedAt: old.lastUsedAt,
            createdAt: old.createdAt)
        try SDKTokenStore.update(token, at: origin.now, in: tx)
        return token
    }

    /// What may stand in a page has origins and no scopes; what may not has scopes and no origins.
    private static func requireOfKind(
        _ kind: SDKToken.Kind, scopes: SDKScope?, origins: [String]?
    ) throws {
        switch kind {
        // A token that is sent back as it was shown has the other kind's list too, and nothing in it.
        case .publishable where scopes?.isEmpty == false:
            throw Refusal.validation(
                "scopes", "are of a secret token; a publishable one opens widget sessions alone")
        case .secret where scopes?.isEmpty == true:
            throw Refusal.validation("scopes", "are what it may do; to end it, revoke it")
        case .publishable where origins?.isEmpty == true:
            throw Refusal.validation("origins", "are where it works; to end it, revoke it")
        case .secret where origins?.isEmpty == false:
            throw Refusal.validation(
                "origins", "are of a publishable token; a secret one stays on a server")
        case .publishable, .secret: break
        }
    }

    /// Makes a token like this one; the old one ends by itself.
    ///
    /// - Returns: the new token, and when the old one ends: at `graceEnd`, or earlier by its own expiry.
    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it has ended already.
    package static func rotate(
        _ id: String, to secret: SecretHash.Issued, graceEnd: Timestamp, expiresAt: Timestamp?,
        from origin: Origin, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (token: SDKToken, previousEnd: Timestamp) {
        let old = try find(id, auditing: &entry, in: tx)
        guard old.isUsable(at: origin.now) else {
            throw Refusal(.conflict, "This SDK token was revoked or has expired. Make a new one.")
        }
        let token = SDKToken(
            id: Identifier.make("stk_", at: origin.now), clientID: old.clientID,
            prefix: secret.prefix, label: old.label, kind: old.kind, scopes: old.scopes,
            origins: old.origins, rateLimit: old.rateLimit, expiresAt: expiresAt,
            createdAt: origin.now)
        try SDKTokenStore.insert(token, hash: secret.hash, in: tx)
        let end = min(graceEnd, old.expiresAt ?? graceEnd)
        if end <= origin.now {
            // Who gives no grace ends it: a stolen token comes back by no later change.
            _ = try SDKTokenStore.revoke(id, at: origin.now, in: tx)
        } else {
            _ = try update(
                id, label: nil, scopes: nil, origins: nil, rateLimit: nil,
                expiresAt: .some(end), from: origin, auditing: &entry, in: tx)
        }
        entry.entity = "sdk_token/" + token.id
        return (token, end)
    }

    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is revoked.
    package static func revoke(
        _ id: String, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> SDKToken {
        _ = try find(id, auditing: &entry, in: tx)
        guard try SDKTokenStore.revoke(id, at: origin.now, in: tx) else {
            throw Refusal.revoked("SDK token")
        }
        return try find(id, auditing: &entry, in: tx)
    }
}
