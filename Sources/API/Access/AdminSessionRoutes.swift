import Crypto
package import HTTP
import JSON
import Registry
import Values

/// The panel at /admin, signing in to it and out (contract § 9).
package enum AdminSessionRoutes {
    package static let all = [
        Route(.get, "/admin", "getAdminPanel", scope: .open, getAdminPanel),
        Route(
            .post, "/api/v1/admin/session", "createAdminSession", scope: .open, readsData: true,
            createAdminSession),
        Route(
            .get, "/api/v1/admin/session", "showAdminSession", scope: .admin, showAdminSession),
        Route(
            .delete, "/api/v1/admin/session", "deleteAdminSession", scope: .admin,
            deleteAdminSession),
    ]

    /// One self-contained page; it holds no data.
    @Sendable static func getAdminPanel(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.admin.response()
    }

    @Sendable package static func createAdminSession(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let app = context.app
        try AdminCookie.requireOwnPage(request, issuer: app.configuration.issuer)
        guard AdminCookie.mayBeSent(over: request, in: app.configuration.environment) else {
            throw Problem(
                .csrfRefused, "Sign in over https: a token must not cross a network in clear.")
        }
        var body = try ObjectReader(request)
        let text = body.requiredText(["token"])
        try body.finish()
        let hash = app.secrets.hash(text)
        guard let found = try context.adminToken(hash: hash), found.isUsable(at: context.now) else {
            // Whoever guesses on is told to wait, and leaves no row for it.
            try app.lockout.fail(.panel, "", address: context.address, at: context.now)
            let problem = tokenRefused
            try await context.auditRefusal(problem)
            throw problem
        }
        let value = Base64URL.encode(SecureRandom.bytes(32))
        let cookieHash = app.secrets.hash(value)
        let id = Identifier.make("ses_", at: context.now)
        var response = try await context.write(auditing: .execute) { tx, entry in
            guard let token = try AdminTokenStore.find(hash: hash, in: tx),
                token.isUsable(at: context.now)
            else { throw tokenRefused }
            let session = AdminSession(
                id: id, tokenID: token.id, lastUsedAt: context.now, createdAt: context.now)
            try AdminSessionStore.insert(session, hash: cookieHash, in: tx)
            try AdminTokenStore.markUsed(token.id, at: context.now, in: tx)
            entry.principal = "admin:" + token.name
            entry.entity = "admin_token/" + token.id
            return try .object(.created) { $0.describe(session, of: token.name, context) }
        }
        AdminCookie.set(value, on: &response, for: request)
        response.setField("Cache-Control", "no-store" as StaticString)
        return response
    }

    private static let tokenRefused = Problem(
        .tokenInvalid,
        "This token is wrong, has expired or was revoked. \"opescare admin-token create\" makes a "
            + "new one.")

    /// Who is signed in. A bearer token is no session, and has none of its times.
    @Sendable package static func showAdminSession(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read) { tx, entry in
            entry.entity = "admin_token/" + context.client.id
            guard case .administrator(let sessionID) = context.client.kind, let sessionID,
                let session = try AdminSessionStore.find(sessionID, in: tx)
            else {
                return try .object { json in
                    json.member("name", String(context.client.auditName.dropFirst(6)))
                    json.member("token_id", context.client.id)
                    json.memberNull("expires_at")
                    json.member("environment", context.app.configuration.environment.rawValue)
                }
            }
            let name = String(context.client.auditName.dropFirst(6))
            return try .object { $0.describe(session, of: name, context) }
        }
    }

    @Sendable package static func deleteAdminSession(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var response = try await context.write(auditing: .delete) { tx, entry in
            entry.entity = "admin_token/" + context.client.id
            if case .administrator(let sessionID) = context.client.kind, let sessionID {
                try AdminSessionStore.end(sessionID, in: tx)
            }
            return HTTPResponse(.noContent)
        }
        AdminCookie.set(nil, on: &response, for: request)
        return response
    }
}

extension JSONWriter {
    fileprivate mutating func describe(
        _ session: AdminSession, of name: String, _ context: Context
    ) {
        member("name", name)
        member("token_id", session.tokenID)
        member("expires_at", session.expiresAt.rfc3339)
        member("environment", context.app.configuration.environment.rawValue)
    }
}
