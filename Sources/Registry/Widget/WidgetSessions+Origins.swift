package import Database
import Values

/// At which pages a session's frame may stand.
extension WidgetSessions {
    /// In a sandbox, where no origins are named: pages on the developer's own machine, at any port.
    package static let loopback = ["http://localhost:*", "http://127.0.0.1:*"]

    /// Those of a client; of a token that stands in pages, those that are its own too.
    private static func registeredOrigins(
        of clientID: String, for token: SDKToken?, in tx: borrowing Transaction
    ) throws -> [String] {
        let registered = try ClientOriginStore.all(of: clientID, in: tx)
        guard let token, token.kind == .publishable else { return registered }
        return registered.filter(token.origins.contains)
    }

    /// The session without the pages that are its client's no more.
    static func confined(
        _ session: WidgetSession, in tx: borrowing Transaction
    ) throws -> WidgetSession {
        guard !session.registeredOrigins.isEmpty else { return session }
        let token = try session.sdkTokenID.flatMap { try SDKTokenStore.find($0, in: tx) }
        let registered = try registeredOrigins(of: session.clientID, for: token, in: tx)
        var session = session
        session.registeredOrigins.removeAll { !registered.contains($0) }
        return session
    }

    static func origins(
        of opening: Opening, for principal: Principal, isPage: Bool, in tx: borrowing Transaction
    ) throws -> [String] {
        var token: SDKToken?
        if case .sdkToken(let one) = principal.kind { token = one }
        var registered = try registeredOrigins(of: principal.clientID, for: token, in: tx)
        // What was registered while the folder was a sandbox's.
        if opening.environment == .production {
            registered.removeAll { WebOrigin($0)?.isSecure != true }
        }
        let isAllowed = { (text: String) in
            registered.contains(text) || isOfSandbox(text, opening)
        }
        if let stranger = opening.origins.first(where: { !isAllowed($0) }) {
            throw notAllowed("\(stranger.prefix(128)) is no origin of this client")
        }
        if isPage {
            guard let page = opening.pageOrigin, isAllowed(page) else {
                throw notAllowed("A publishable token opens sessions in pages of its origins only")
            }
            return opening.origins.isEmpty ? [page] : opening.origins
        }
        guard opening.origins.isEmpty else { return opening.origins }
        if opening.environment == .sandbox {
            registered += loopback + [opening.ownOrigin].compactMap(\.self)
        }
        guard !registered.isEmpty else { throw notAllowed("This client has no origin yet") }
        return registered
    }

    private static func isOfSandbox(_ text: String, _ opening: Opening) -> Bool {
        guard opening.environment == .sandbox else { return false }
        return text == opening.ownOrigin || WebOrigin(text)?.isLoopback == true
    }

    /// Whether a session has it from the sandbox, so that no registration takes it away.
    static func isAdded(_ text: String, _ opening: Opening) -> Bool {
        loopback.contains(text) || isOfSandbox(text, opening)
    }

    private static func notAllowed(_ what: String) -> Refusal {
        Refusal(
            .originNotAllowed,
            what + ". An administrator registers them: \"opescare client origins\".")
    }

    /// Whether a browser may show the answer to a page of this origin: some client's pages stand there.
    package static func isKnown(_ origin: String, in tx: borrowing Transaction) throws -> Bool {
        try ClientOriginStore.isRegistered(origin, in: tx)
    }
}
