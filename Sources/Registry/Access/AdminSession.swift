package import Values

/// An administrator signed in at /admin with a token (contract § 9).
package struct AdminSession: Sendable {
    /// `ses_…`
    package let id: String
    package let tokenID: String
    package let lastUsedAt: Timestamp
    package let createdAt: Timestamp

    /// Unused for longer, it ends.
    package static let idleSeconds: Int64 = 30 * 60
    /// However much it is used.
    package static let lifetimeSeconds: Int64 = 12 * 3600

    package init(id: String, tokenID: String, lastUsedAt: Timestamp, createdAt: Timestamp) {
        self.id = id
        self.tokenID = tokenID
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }

    package var expiresAt: Timestamp { createdAt.adding(seconds: Self.lifetimeSeconds) }

    package func isUsable(at now: Timestamp) -> Bool {
        now < expiresAt && now < lastUsedAt.adding(seconds: Self.idleSeconds)
    }
}
