package import Values

/// The key of a clinic's desktop system (contract § 7).
package struct APIKey: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case active, revoked
    }

    /// `key_…`
    package let id: String
    /// Its first characters, to tell keys apart; never enough to use it.
    package let prefix: String
    package let name: String
    package let facilityID: String
    package let status: Status
    /// Requests a minute; 0 is unlimited, `nil` is the server's default.
    package let rateLimit: Int?
    package let expiresAt: Timestamp?
    /// To the minute.
    package let lastUsedAt: Timestamp?
    package let createdAt: Timestamp

    package init(
        id: String, prefix: String, name: String, facilityID: String, status: Status = .active,
        rateLimit: Int? = nil, expiresAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.prefix = prefix
        self.name = name
        self.facilityID = facilityID
        self.status = status
        self.rateLimit = rateLimit
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }

    package func isUsable(at now: Timestamp) -> Bool {
        status == .active && expiresAt.map { now < $0 } ?? true
    }
}
