package import Values

/// Who sends a request, as its credentials say.
///
/// A class: it is cached with its token and passed through every request, at the price of one
/// reference instead of five.
package final class Principal: Sendable {
    package enum Kind: Sendable {
        /// A partner system with an access token.
        case client(AccessToken)
        case agent
        case apiKey
        /// A partner's app with an SDK token of its client.
        case sdkToken(SDKToken)
        /// A frame with a widget session's token.
        case widget
        /// With a token, or with the cookie of a session.
        case administrator(sessionID: String?)
    }

    package let kind: Kind
    /// The id in its own table.
    package let id: String
    /// What an access token grants and its client still has; nothing for the other kinds, whose
    /// routes ask for none.
    package let scopes: Scope
    /// What an access token grants of FHIR's resources and its client still has.
    package let smartScopes: SMARTScopes
    /// What an SDK token grants, or an access token of the SDK's paths.
    package let sdkScopes: SDKScope
    /// Always there for agents and API keys.
    package let facilityID: String?
    /// Requests a minute; 0 is unlimited, `nil` is the server's default.
    package let rateLimit: Int?
    package let expiresAt: Timestamp?
    /// `ClientStore.epoch` when the credentials were last looked up.
    package let epoch: Int64
    /// As it stands in the audit log: `client:ID`, `agent:ID`.
    package let auditName: String
    /// Whose Idempotency-Keys and rate limit these are: unlike an administrator's name, the id in it never
    /// stands for another token.
    package let key: String
    /// Whose records, consents and subscriptions these are: the OAuth client_id; for the other kinds,
    /// which share no table with clients, the audit name.
    package let clientID: String
    /// Within what patient numbers are unique: a client's own, or those of the facility whose agent
    /// or desktop system it is.
    package let referenceOwner: String

    /// Of an access token, as it was granted; nothing for the other kinds.
    package var grantedScope: String {
        if case .client(let token) = kind { token.scope } else { "" }
    }

    package init(client: Client, token: AccessToken, epoch: Int64) {
        kind = .client(token)
        id = client.id
        scopes = token.scopes.intersection(Scope(granted: client.scopes))
        smartScopes = SMARTScopes(granted: token.scope)
            .intersection(SMARTScopes(granted: client.scopes))
        sdkScopes = SDKScope(of: scopes)
        facilityID = client.facilityID
        rateLimit = client.rateLimit
        expiresAt = token.expiresAt
        self.epoch = epoch
        auditName = "client:" + client.id
        key = auditName
        clientID = client.id
        referenceOwner = client.id
    }

    /// - Parameter facilityID: for what came before the agent moved; by default where it is now.
    package init(agent: BridgeAgent, at facilityID: String? = nil, epoch: Int64) {
        let facilityID = facilityID ?? agent.facilityID
        kind = .agent
        id = agent.id
        scopes = []
        smartScopes = SMARTScopes()
        sdkScopes = []
        self.facilityID = facilityID
        rateLimit = agent.rateLimit
        expiresAt = nil
        self.epoch = epoch
        auditName = "agent:" + agent.id
        key = auditName
        clientID = auditName
        referenceOwner = "facility:" + facilityID
    }

    package init(key: APIKey, epoch: Int64) {
        kind = .apiKey
        id = key.id
        scopes = []
        smartScopes = SMARTScopes()
        sdkScopes = []
        facilityID = key.facilityID
        rateLimit = key.rateLimit
        expiresAt = key.expiresAt
        self.epoch = epoch
        auditName = "api_key:" + key.id
        self.key = auditName
        clientID = auditName
        referenceOwner = "facility:" + key.facilityID
    }

    /// Facility, records, consents and subscriptions are its client's.
    package init(sdkToken token: SDKToken, of client: Client, epoch: Int64) {
        kind = .sdkToken(token)
        id = token.id
        scopes = []
        smartScopes = SMARTScopes()
        sdkScopes = token.rights
        facilityID = client.facilityID
        rateLimit = token.rateLimit ?? client.rateLimit
        expiresAt = token.expiresAt
        self.epoch = epoch
        auditName = "sdk:" + token.id
        key = auditName
        clientID = client.id
        referenceOwner = client.id
    }

    /// Requests a minute of one frame: it asks every few seconds while it waits.
    private static let widgetRate = 120

    /// Facility, consents and events are its client's.
    package init(
        widget id: String, of clientID: String, at facilityID: String?, until end: Timestamp,
        epoch: Int64
    ) {
        kind = .widget
        self.id = id
        scopes = []
        smartScopes = SMARTScopes()
        sdkScopes = []
        self.facilityID = facilityID
        rateLimit = Principal.widgetRate
        expiresAt = end
        self.epoch = epoch
        auditName = "widget:" + id
        key = auditName
        self.clientID = clientID
        referenceOwner = clientID
    }

    package init(administrator token: AdminToken, sessionID: String? = nil, epoch: Int64) {
        kind = .administrator(sessionID: sessionID)
        id = token.id
        scopes = []
        smartScopes = SMARTScopes()
        sdkScopes = []
        facilityID = nil
        rateLimit = 0
        expiresAt = token.expiresAt
        self.epoch = epoch
        auditName = "admin:" + token.name
        key = "admin_token:" + token.id
        clientID = auditName
        referenceOwner = auditName
    }
}
