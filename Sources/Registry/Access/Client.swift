package import Values

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
    /// What its tokens are issued under; those of an earlier one have ended.
    package let tokenGeneration: Int64

    package init(
        id: String, name: String, scopes: String, facilityID: String?, status: Status,
        rateLimit: Int?, createdAt: Timestamp, tokenGeneration: Int64 = 0
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.facilityID = facilityID
        self.status = status
        self.rateLimit = rateLimit
        self.createdAt = createdAt
        self.tokenGeneration = tokenGeneration
    }
}

/// The hashes a presented secret may match: the current one and, for a while after a rotation, the
/// one before.
package struct ClientSecret: Sendable {
    package let hash: [UInt8]
    package let retiringHash: [UInt8]?
    package let retiringExpiresAt: Timestamp?
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
    /// The key that signed it.
    package let kid: String
    /// `Client.tokenGeneration` when it was issued.
    package let generation: Int64

    package var scopes: Scope { Scope(granted: scope) }

    package init(
        clientID: String, jti: String, scope: String, issuedAt: Timestamp, expiresAt: Timestamp,
        facilityID: String?, kid: String, generation: Int64
    ) {
        self.clientID = clientID
        self.jti = jti
        self.scope = scope
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.facilityID = facilityID
        self.kid = kid
        self.generation = generation
    }
}
