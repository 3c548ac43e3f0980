package import HTTP
import JSON
import Registry
import Values

/// API keys of clinics' desktop systems, for administrators (contract § 9).
package enum APIKeyRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/api-keys", "listAPIKeys", scope: .admin,
            query: ["status", "facility_id", "limit", "cursor"], listAPIKeys),
        Route(.post, "/api/v1/admin/api-keys", "createAPIKey", scope: .admin, createAPIKey),
        Route(.get, "/api/v1/admin/api-keys/{id}", "showAPIKey", scope: .admin, showAPIKey),
        Route(.patch, "/api/v1/admin/api-keys/{id}", "updateAPIKey", scope: .admin, updateAPIKey),
        Route(
            .post, "/api/v1/admin/api-keys/{id}/rotate", "rotateAPIKey", scope: .admin,
            rotateAPIKey),
        Route(
            .post, "/api/v1/admin/api-keys/{id}/revoke", "revokeAPIKey", scope: .admin,
            revokeAPIKey),
    ]

    @Sendable package static func listAPIKeys(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "api_keys")
        let status = query.choice("status", as: APIKey.Status.self)
        let facilityName = query.text("facility_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try APIKeys.page(
                before: cursor, facilityName: facilityName, status: status, limit: limit + 1,
                auditing: &entry, in: tx)
            return try .page("api_keys", found, limit: limit, after: \.id) { json, key in
                json.describe(key, at: context.now)
                json.member("facility_name", try FacilityStore.find(key.facilityID, in: tx)?.name)
            }
        }
    }

    @Sendable package static func createAPIKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let name = body.name()
        let facilityName = body.requiredFacilityName()
        let rateLimit = body.rateLimit() ?? nil
        let expiry = body.expiry(at: context.now) ?? nil
        try body.finish()
        let secret = context.app.secrets.issue(.apiKey)
        return try await context.write(auditing: .create) { tx, entry in
            let key = try APIKeys.create(
                name: name, facilityName: facilityName, rateLimit: rateLimit, expiresAt: expiry,
                secret: secret, from: context.origin, auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.describe(key, at: context.now)
                json.member("api_key", secret.text)
            }.showingSecret
        }
    }

    @Sendable package static func showAPIKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let key = try APIKeys.find(id, auditing: &entry, in: tx)
            return try .object { $0.describe(key, at: context.now) }
        }
    }

    @Sendable package static func updateAPIKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        body.refuseEmpty("name", "rate_limit", "expires_at")
        let name = body.text("name")
        let rateLimit = body.rateLimit()
        let expiry = body.expiry(at: context.now)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let key = try APIKeys.update(
                id, name: name, rateLimit: rateLimit, expiresAt: expiry, from: context.origin,
                auditing: &entry, in: tx)
            return try .object { $0.describe(key, at: context.now) }
        }
    }

    /// Makes a key like this one; the old one ends by itself.
    @Sendable package static func rotateAPIKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let overlapEnd = context.now.adding(hours: body.overlapHours(default: 168))
        try body.finish()
        let secret = context.app.secrets.issue(.apiKey)
        return try await context.write(auditing: .update) { tx, entry in
            let (key, end) = try APIKeys.rotate(
                id, to: secret, overlapEnd: overlapEnd, from: context.origin, auditing: &entry,
                in: tx)
            return try .object(.created) { json in
                json.describe(key, at: context.now)
                json.member("api_key", secret.text)
                json.member("previous_id", id)
                json.member("previous_key_expires_at", end?.rfc3339)
            }.showingSecret
        }
    }

    @Sendable package static func revokeAPIKey(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let key = try APIKeys.revoke(id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(key, at: context.now) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ key: APIKey, at now: Timestamp) {
        member("id", key.id)
        member("prefix", key.prefix)
        member("name", key.name)
        let isExpired = key.status == .active && !key.isUsable(at: now)
        member("status", isExpired ? "expired" : key.status.rawValue)
        member("facility_id", key.facilityID)
        member("rate_limit", key.rateLimit)
        member("expires_at", key.expiresAt?.rfc3339)
        member("last_used_at", key.lastUsedAt?.rfc3339)
        member("created_at", key.createdAt.rfc3339)
    }
}
