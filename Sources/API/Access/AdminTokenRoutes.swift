package import HTTP
import JSON
import Registry
import Values

/// Administrators' own tokens (contract § 9). The first is made by command line.
package enum AdminTokenRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/tokens", "listAdminTokens", scope: .admin,
            query: ["limit", "cursor"], listAdminTokens),
        Route(.post, "/api/v1/admin/tokens", "createAdminToken", scope: .admin, createAdminToken),
        Route(
            .post, "/api/v1/admin/tokens/{id}/revoke", "revokeAdminToken", scope: .admin,
            revokeAdminToken),
    ]

    @Sendable package static func listAdminTokens(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "tokens")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try AdminTokens.page(
                before: cursor, limit: limit + 1, auditing: &entry, in: tx)
            return try .page("tokens", found, limit: limit, after: \.id) { json, token in
                json.describe(token, at: context.now)
                json.member("is_own", token.id == context.client.id)
            }
        }
    }

    @Sendable package static func createAdminToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let name = body.name()
        if !name.isEmpty, !AdminToken.isValid(name: name) {
            body.refuse("name", "takes up to 64 letters, digits, spaces and . - _ @")
        }
        let expiry = body.expiry(at: context.now) ?? context.now.adding(hours: 365 * 24)
        try body.finish()
        let secret = context.app.secrets.issue(.adminToken)
        return try await context.write(auditing: .create) { tx, entry in
            let token = try AdminTokens.create(
                name: name, expiresAt: expiry, secret: secret, from: context.origin,
                auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.describe(token, at: context.now)
                json.member("token", secret.text)
            }.showingSecret
        }
    }

    /// Ends a token and its sessions; the last one that is of use only on purpose.
    @Sendable package static func revokeAdminToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let isForced = body.flag("force") ?? false
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let token = try AdminTokens.revoke(
                id, isForced: isForced, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(token, at: context.now) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ token: AdminToken, at now: Timestamp) {
        member("id", token.id)
        member("prefix", token.prefix)
        member("name", token.name)
        let isExpired = token.status == .active && !token.isUsable(at: now)
        member("status", isExpired ? "expired" : token.status.rawValue)
        member("expires_at", token.expiresAt?.rfc3339)
        member("last_used_at", token.lastUsedAt?.rfc3339)
        member("created_at", token.createdAt.rfc3339)
    }
}
