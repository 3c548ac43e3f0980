package import Database
package import Values

/// What has become of credentials, in the caller's transaction.
package enum Principals {
    /// How credentials that were good stand now.
    package enum Standing: Sendable {
        /// They are in force, and grant this.
        case inForce(Rights)
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
            return .inForce(
                Rights(
                    scopes: scopes, sdkScopes: SDKScope(of: scopes),
                    smartScopes: principal.smartScopes.intersection(
                        SMARTScopes(granted: client.scopes))))
        case .sdkToken(let token):
            guard let current = try SDKTokenStore.find(token.id, in: tx),
                current.status == .active,
                try ClientStore.find(current.clientID, in: tx)?.status == .active
            else { return .ended }
            return .inForce(Rights(sdkScopes: current.rights))
        case .agent:
            let agent = try BridgeAgentStore.find(principal.id, in: tx)
            return agent?.status == .active ? .inForce(Rights()) : .ended
        case .apiKey:
            let key = try APIKeyStore.find(principal.id, in: tx)
            return key?.status == .active ? .inForce(Rights()) : .ended
        // `WidgetSessions.current` looks it up in every transaction, with what it hangs on.
        case .widget: return .inForce(Rights())
        case .administrator(let sessionID):
            guard try AdminTokenStore.find(principal.id, in: tx)?.status == .active else {
                return .ended
            }
            if let sessionID, try AdminSessionStore.find(sessionID, in: tx) == nil {
                return .sessionEnded
            }
            return .inForce(Rights())
        }
    }
}

/// What credentials let their holder do.
package struct Rights: Sendable {
    /// Of Connect.
    package var scopes: Scope
    /// Of the SDK's paths.
    package var sdkScopes: SDKScope
    /// Of FHIR's resources.
    package var smartScopes: SMARTScopes

    /// `[]` of an option set of another module costs a twentieth of what a search does.
    package init(
        scopes: Scope = Scope(), sdkScopes: SDKScope = SDKScope(),
        smartScopes: SMARTScopes = SMARTScopes()
    ) {
        self.scopes = scopes
        self.sdkScopes = sdkScopes
        self.smartScopes = smartScopes
    }
}

extension Principal {
    package var rights: Rights {
        Rights(scopes: scopes, sdkScopes: sdkScopes, smartScopes: smartScopes)
    }
}
