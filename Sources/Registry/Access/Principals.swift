package import Database
package import Values

/// What has become of credentials, in the caller's transaction.
package enum Principals {
    /// How credentials that were good stand now.
    package enum Standing: Sendable {
        /// They are in force, and grant these scopes of Connect and of the SDK's paths.
        case inForce(Scope, SDKScope)
        case ended
        /// The administrator's token is good, and the session was signed out of or has lapsed.
        case sessionEnded
    }

    /// Looks the credentials up again, after something changed.
    ///
    /// - Throws: `Refusal` (`overloaded`) while the signing keys cannot be read.
    package static func standing(
        of principal: Principal, keys: SigningKeys, in tx: borrowing Transaction
    ) throws -> Standing {
        switch principal.kind {
        case .client(let token):
            try keys.refresh(in: tx)
            guard let client = try Clients.holder(of: token, keys: keys, in: tx) else {
                return .ended
            }
            let scopes = principal.scopes.intersection(Scope(granted: client.scopes))
            return .inForce(scopes, SDKScope(of: scopes))
        case .sdkToken(let token):
            guard let current = try SDKTokenStore.find(token.id, in: tx),
                current.status == .active,
                try ClientStore.find(current.clientID, in: tx)?.status == .active
            else { return .ended }
            return .inForce([], current.rights)
        case .agent:
            let agent = try BridgeAgentStore.find(principal.id, in: tx)
            return agent?.status == .active ? .inForce([], []) : .ended
        case .apiKey:
            let key = try APIKeyStore.find(principal.id, in: tx)
            return key?.status == .active ? .inForce([], []) : .ended
        // `WidgetSessions.current` looks it up in every transaction, with what it hangs on.
        case .widget: return .inForce([], [])
        case .administrator(let sessionID):
            guard try AdminTokenStore.find(principal.id, in: tx)?.status == .active else {
                return .ended
            }
            if let sessionID, try AdminSessionStore.find(sessionID, in: tx) == nil {
                return .sessionEnded
            }
            return .inForce([], [])
        }
    }
}
