package import HTTP
import JSON
import Registry
import Values

/// Partner systems, for administrators (contract § 9).
package enum ClientRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/clients", "listClients", scope: .admin,
            query: ["status", "limit", "cursor"], listClients),
        Route(.post, "/api/v1/admin/clients", "createClient", scope: .admin, createClient),
        Route(.get, "/api/v1/admin/clients/{id}", "showClient", scope: .admin, showClient),
        Route(.patch, "/api/v1/admin/clients/{id}", "updateClient", scope: .admin, updateClient),
        Route(
            .post, "/api/v1/admin/clients/{id}/rotate", "rotateClientSecret", scope: .admin,
            rotateClientSecret),
        Route(
            .post, "/api/v1/admin/clients/{id}/suspend", "suspendClient", scope: .admin
        ) { try await setStatus(.suspended, $0, $1) },
        Route(
            .post, "/api/v1/admin/clients/{id}/resume", "resumeClient", scope: .admin
        ) { try await setStatus(.active, $0, $1) },
        Route(
            .post, "/api/v1/admin/clients/{id}/revoke", "revokeClient", scope: .admin
        ) { try await setStatus(.revoked, $0, $1) },
        Route(
            .get, "/api/v1/admin/clients/{id}/origins", "listClientOrigins", scope: .admin,
            listClientOrigins),
        Route(
            .put, "/api/v1/admin/clients/{id}/origins", "setClientOrigins", scope: .admin,
            setClientOrigins),
    ]

    @Sendable static func listClientOrigins(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let origins = try ClientOrigins.all(of: id, auditing: &entry, in: tx)
            return try .object { json in
                json.member("client_id", id)
                json.member("origins", origins)
            }
        }
    }

    /// In place of those there were.
    @Sendable static func setClientOrigins(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        let origins = body.origins(of: context)
        if origins == nil { body.require("origins") }
        try body.finish()
        return try await context.write(auditing: .update) { [origins] tx, entry in
            try ClientOrigins.replace(
                of: id, by: origins ?? [], from: context.origin, auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: id, at: context.now, in: tx)
            let now = try ClientOrigins.all(of: id, auditing: &entry, in: tx)
            return try .object { json in
                json.member("client_id", id)
                json.member("origins", now)
            }
        }
    }

    @Sendable package static func listClients(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "clients")
        let status = query.choice("status", as: Client.Status.self)
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try Clients.page(
                after: cursor, status: status, limit: limit + 1, auditing: &entry, in: tx)
            return try .page("clients", found, limit: limit, after: \.id) { json, client in
                json.describe(client)
            }
        }
    }

    @Sendable package static func createClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.identifier("client_id") ?? Identifier.make("client_", at: context.now)
        let name = body.name(id)
        let scopes = body.scopes()
        if scopes == nil { body.require("scopes") }
        let facilityName = body.facilityName("facility_id", "facility_reference")
        let rateLimit = body.rateLimit() ?? nil
        let keys = body.keySource(of: context)
        try body.finish()
        let secret = context.app.secrets.issue(.clientSecret)
        return try await context.write(auditing: .create) { tx, entry in
            let client = try Clients.create(
                id, name: name, scopes: scopes ?? "", facilityName: facilityName,
                rateLimit: rateLimit, secret: secret, from: context.origin, auditing: &entry,
                in: tx)
            if let keys {
                try ClientKeys.replace(
                    of: id, by: keys, from: context.origin, auditing: &entry, in: tx)
                // Nobody gets to know its secret: it signs in by its keys alone.
                return try .object(.created) { $0.describe(client) }
            }
            return try .object(.created) { json in
                json.describe(client)
                json.member("client_secret", secret.text)
            }.showingSecret
        }
    }

    @Sendable package static func showClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let client = try Clients.find(id, auditing: &entry, in: tx)
            let end = try Clients.previousSecretEnd(of: client, at: context.now, in: tx)
            return try .object { json in
                json.describe(client)
                json.member("previous_secret_expires_at", end?.rfc3339)
            }
        }
    }

    @Sendable package static func updateClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        body.refuseEmpty("name", "scopes", "scope", "rate_limit")
        let name = body.text("name")
        let scopes = body.scopes()
        let rateLimit = body.rateLimit()
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let client = try Clients.update(
                id, name: name, scopes: scopes, rateLimit: rateLimit, from: context.origin,
                auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: id, at: context.now, in: tx)
            return try .object { $0.describe(client) }
        }
    }

    @Sendable package static func rotateClientSecret(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let overlapEnd = context.now.adding(hours: body.overlapHours(default: 24))
        try body.finish()
        let secret = context.app.secrets.issue(.clientSecret)
        return try await context.write(auditing: .update) { tx, entry in
            let client = try Clients.rotate(
                id, to: secret, overlapEnd: overlapEnd, from: context.origin, auditing: &entry,
                in: tx)
            return try .object { json in
                json.describe(client)
                json.member("client_secret", secret.text)
                json.member("previous_secret_expires_at", overlapEnd.rfc3339)
            }.showingSecret
        }
    }

    private static func setStatus(
        _ status: Client.Status, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let client = try Clients.setStatus(
                status, of: id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(client) }
        }
    }
}

extension ObjectReader {
    /// As tokens will echo them.
    fileprivate mutating func scopes() -> String? {
        guard let words = words("scopes", "scope") else { return nil }
        let unknown = words.filter { !Scope.isGrantable($0) }
        if !unknown.isEmpty {
            let list = unknown.joined(separator: ", ").prefix(200)
            refuse("scopes", "has unknown scopes: \(list). FHIR's are \(SMARTScopes.rule)")
        }
        return words.joined(separator: " ")
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ client: Client) {
        member("client_id", client.id)
        member("name", client.name)
        member("status", client.status.rawValue)
        memberArray("scopes") { json in
            for word in client.scopes.split(separator: " ") { json.element(String(word)) }
        }
        member("facility_id", client.facilityID)
        member("rate_limit", client.rateLimit)
        member("created_at", client.createdAt.rfc3339)
    }
}
