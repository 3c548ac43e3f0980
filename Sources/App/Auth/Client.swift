/// A partner system that may ask for tokens (RFC 6749 §2).
package struct Client: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case active, suspended, revoked
    }

    package let id: String
    package let name: String
    /// Space-separated, as configured: the words that tokens echo.
    package let scopes: String
    package let facilityID: String?
    package let status: Status
    /// Requests a minute; 0 is unlimited, `nil` is the server's default.
    package let rateLimit: Int?
    package let createdAt: Timestamp

    package init(
        id: String, name: String, scopes: String, facilityID: String?, status: Status,
        rateLimit: Int?, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.facilityID = facilityID
        self.status = status
        self.rateLimit = rateLimit
        self.createdAt = createdAt
    }
}

/// The hashes a presented secret may match: the current one and, for a while after a rotation, the
/// one before.
package struct ClientSecret: Sendable {
    package let hash: [UInt8]
    package let retiringHash: [UInt8]?
    package let retiringExpiresAt: Timestamp?
}

/// Who sends a request, as the token that it carries says.
///
/// A class: it is cached with its token and passed through every request, at the price of one
/// reference instead of five.
package final class Principal: Sendable {
    package let clientID: String
    /// What the token grants and the client still has.
    package let scopes: Scope
    package let facilityID: String?
    /// Requests a minute; 0 is unlimited, `nil` is the server's default.
    package let rateLimit: Int?
    /// The token's id.
    package let jti: String
    package let expiresAt: Timestamp
    /// `ClientStore.epoch` when the client and the token were last looked up.
    package let epoch: Int64
    /// As it stands in the audit log: `client:ID`.
    package let auditName: String

    package init(client: Client, token: AccessToken, epoch: Int64) {
        clientID = client.id
        scopes = token.scopes.intersection(Scope(granted: client.scopes))
        facilityID = client.facilityID
        rateLimit = client.rateLimit
        jti = token.jti
        expiresAt = token.expiresAt
        self.epoch = epoch
        auditName = "client:" + client.id
    }
}

/// The claims of an access token that decide what it may do (RFC 9068 §2.2).
package struct AccessToken: Sendable {
    package let clientID: String
    package let jti: String
    /// As granted and echoed.
    package let scope: String
    package let issuedAt: Timestamp
    package let expiresAt: Timestamp
    package let facilityID: String?

    package var scopes: Scope { Scope(granted: scope) }

    package init(
        clientID: String, jti: String, scope: String, issuedAt: Timestamp, expiresAt: Timestamp,
        facilityID: String?
    ) {
        self.clientID = clientID
        self.jti = jti
        self.scope = scope
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.facilityID = facilityID
    }
}
