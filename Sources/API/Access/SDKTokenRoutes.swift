import HTTP
import JSON
import Registry
import Values

/// SDK tokens of clients' apps, for administrators (contract, SDK § 1).
enum SDKTokenRoutes {
    static let all = [
        Route(
            .get, "/api/v1/admin/sdk-tokens", "listSDKTokens", scope: .admin,
            query: ["status", "client_id", "limit", "cursor"], listSDKTokens),
        Route(
            .post, "/api/v1/admin/sdk-tokens", "createSDKToken", scope: .admin, createSDKToken),
        Route(
            .get, "/api/v1/admin/sdk-tokens/{id}", "showSDKToken", scope: .admin, showSDKToken),
        Route(
            .patch, "/api/v1/admin/sdk-tokens/{id}", "updateSDKToken", scope: .admin,
            updateSDKToken),
        Route(
            .post, "/api/v1/admin/sdk-tokens/{id}/rotate", "rotateSDKToken", scope: .admin,
            rotateSDKToken),
        Route(
            .post, "/api/v1/admin/sdk-tokens/{id}/revoke", "revokeSDKToken", scope: .admin,
            revokeSDKToken),
    ]

    @Sendable static func listSDKTokens(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "sdk_tokens")
        let status = query.choice("status", as: SDKToken.Status.self)
        let clientID = query.text("client_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try SDKTokens.page(
                before: cursor, clientID: clientID, status: status, limit: limit + 1,
                auditing: &entry, in: tx)
            return try .page("sdk_tokens", found, limit: limit, after: \.id) { json, token in
                json.describe(token, at: context.now)
            }
        }
    }

    @Sendable static func createSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let clientID = body.requiredText(["client_id"])
        let label = body.requiredText(["label", "name"])
        let kind = body.choice("kind", as: SDKToken.Kind.self) ?? .secret
        let scopes = body.sdkScopes()
        if kind == .secret, scopes?.isEmpty ?? true { body.require("scopes") }
        let origins = body.origins(of: context) ?? []
        if kind == .publishable, origins.isEmpty { body.require("origins") }
        if kind == .secret, !origins.isEmpty {
            body.refuse("origins", "are of a publishable token; a secret one stays on a server")
        }
        let rateLimit = body.rateLimit() ?? nil
        let expiry = body.expiry(at: context.now) ?? context.sdkTokenEnd
        try body.finish()
        let draft = SDKTokens.Draft(
            clientID: clientID, label: label, kind: kind, scopes: scopes ?? [], origins: origins,
            rateLimit: rateLimit, expiresAt: expiry)
        let secret = context.issueSDKToken(kind)
        return try await context.write(auditing: .create) { tx, entry in
            let token = try SDKTokens.create(
                draft, secret: secret, from: context.origin, auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.describe(token, at: context.now)
                json.member("token", secret.text)
            }.showingSecret
        }
    }

    @Sendable static func showSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let token = try SDKTokens.find(id, auditing: &entry, in: tx)
            return try .object { $0.describe(token, at: context.now) }
        }
    }

    @Sendable static func updateSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        body.refuseEmpty("label", "name", "rate_limit", "expires_at")
        let label = body.text("label", "name")
        let scopes = body.sdkScopes()
        let origins = body.origins(of: context)
        let rateLimit = body.rateLimit()
        let expiry = body.expiry(at: context.now)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            // What an expired token has ended, a later expiry revives no more.
            let old = try SDKTokens.find(id, auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: old.clientID, at: context.now, in: tx)
            let token = try SDKTokens.update(
                id, label: label, scopes: scopes, origins: origins, rateLimit: rateLimit,
                expiresAt: expiry, from: context.origin, auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: token.clientID, at: context.now, in: tx)
            return try .object { $0.describe(token, at: context.now) }
        }
    }

    /// Makes a token like this one; the old one ends by itself.
    @Sendable static func rotateSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let hours = body.integer("grace_hours", "overlap_hours", in: 0...168) ?? 24
        try body.finish()
        let now = context.now
        // Which kind it is, the transaction knows: a secret of either is ready for it.
        let secrets = [SDKToken.Kind.secret, .publishable].map(context.issueSDKToken)
        return try await context.write(auditing: .update) { tx, entry in
            let old = try SDKTokens.find(id, auditing: &entry, in: tx)
            let secret = secrets[old.kind == .secret ? 0 : 1]
            let (token, end) = try SDKTokens.rotate(
                id, to: secret, graceEnd: now.adding(hours: Int64(hours)),
                expiresAt: context.sdkTokenEnd, from: context.origin, auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.describe(token, at: now)
                json.member("token", secret.text)
                json.member("previous_id", id)
                json.member("previous_token_expires_at", end.rfc3339)
            }.showingSecret
        }
    }

    @Sendable static func revokeSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let token = try SDKTokens.revoke(id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(token, at: context.now) }
        }
    }
}

extension Context {
    /// When a token made now ends, unless somebody says otherwise.
    fileprivate var sdkTokenEnd: Timestamp? {
        SDKTokens.defaultEnd(in: app.configuration.environment, at: now)
    }

    fileprivate func issueSDKToken(_ kind: SDKToken.Kind) -> SecretHash.Issued {
        app.secrets.issue(SDKTokens.secretKind(of: kind, in: app.configuration.environment))
    }
}

extension ObjectReader {
    /// `nil` when the field is not sent; an empty one is an empty set, which is not the same.
    fileprivate mutating func sdkScopes() -> SDKScope? {
        guard let words = words("scopes", "scope") else {
            return has("scopes") || has("scope") ? [] : nil
        }
        if let unknown = words.first(where: { SDKScope(named: $0) == nil }) {
            refuse(
                "scopes",
                "must be * or some of: " + SDKScope.all.names.joined(separator: ", ")
                    + "; \(unknown.prefix(64)) is not known here")
        }
        return SDKScope(granted: words.joined(separator: " "))
    }

    /// Origins as they are registered: https, or of this machine in a sandbox; `nil` when the field is not
    /// sent, and none when it is empty.
    mutating func origins(of context: Context) -> [String]? {
        guard let words = words("origins", "allowed_origins") else {
            return has("origins") || has("allowed_origins") ? [] : nil
        }
        if words.count > ClientOrigins.maximumCount {
            refuse("origins", "may be \(ClientOrigins.maximumCount) at most")
            return []
        }
        return words.compactMap { word in
            let origin = ClientOrigins.read(word, in: context.app.configuration.environment)
            if origin == nil {
                refuse("origins", "has \(word.prefix(128)): " + ClientOrigins.rule)
            }
            return origin
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ token: SDKToken, at now: Timestamp) {
        member("id", token.id)
        member("client_id", token.clientID)
        member("label", token.label)
        member("prefix", token.prefix)
        member("kind", token.kind.rawValue)
        member("scopes", token.scopes.names)
        member("origins", token.origins)
        let isExpired = token.status == .active && !token.isUsable(at: now)
        member("status", isExpired ? "expired" : token.status.rawValue)
        member("rate_limit", token.rateLimit)
        member("expires_at", token.expiresAt?.rfc3339)
        member("last_used_at", token.lastUsedAt?.rfc3339)
        member("created_at", token.createdAt.rfc3339)
    }
}
