package import Values

/// What an administrator signs in with (contract § 9).
package struct AdminToken: Sendable {
    /// `adm_…`
    package let id: String
    /// Its first characters, to tell tokens apart; never enough to use it.
    package let prefix: String
    /// Who uses it: it stands in the audit log.
    package let name: String
    package let status: APIKey.Status
    package let expiresAt: Timestamp?
    /// To the minute.
    package let lastUsedAt: Timestamp?
    package let createdAt: Timestamp

    package init(
        id: String, prefix: String, name: String, status: APIKey.Status = .active,
        expiresAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil, createdAt: Timestamp
    ) {
        self.id = id
        self.prefix = prefix
        self.name = name
        self.status = status
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }

    package func isUsable(at now: Timestamp) -> Bool {
        status == .active && expiresAt.map { now < $0 } ?? true
    }

    /// A name that no audit row can be forged with.
    package static func isValid(name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, 32, 45, 46, 64, 95: true
                default: false
                }
            }
    }
}
