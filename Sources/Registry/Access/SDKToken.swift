package import Values

/// A static Bearer token of a client's app (contract, SDK § 1).
package struct SDKToken: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case active, revoked
    }

    /// A secret one stays on a server. A publishable one may stand in a page and opens widget sessions
    /// from its origins, nothing else.
    package enum Kind: String, Sendable, CaseIterable {
        case secret, publishable
    }

    /// `stk_…`
    package let id: String
    package let clientID: String
    /// Its first characters, to tell tokens apart; never enough to use it.
    package let prefix: String
    package let label: String
    package let kind: Kind
    package let scopes: SDKScope
    /// Of a publishable token.
    package let origins: [String]
    package let status: Status
    /// Requests a minute; 0 is unlimited, `nil` is its client's.
    package let rateLimit: Int?
    package let expiresAt: Timestamp?
    /// To the minute.
    package let lastUsedAt: Timestamp?
    package let createdAt: Timestamp

    package init(
        id: String, clientID: String, prefix: String, label: String, kind: Kind, scopes: SDKScope,
        origins: [String] = [], status: Status = .active, rateLimit: Int? = nil,
        expiresAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil, createdAt: Timestamp
    ) {
        self.id = id
        self.clientID = clientID
        self.prefix = prefix
        self.label = label
        self.kind = kind
        self.scopes = scopes
        self.origins = origins
        self.status = status
        self.rateLimit = rateLimit
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }

    /// What its requests may do.
    package var rights: SDKScope {
        switch kind {
        case .publishable: .openWidget
        case .secret: scopes.contains(.widgetSessions) ? scopes.union(.openWidget) : scopes
        }
    }

    package func isUsable(at now: Timestamp) -> Bool {
        status == .active && expiresAt.map { now < $0 } ?? true
    }
}
