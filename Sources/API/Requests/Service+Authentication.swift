import HTTP
import Registry
import Values

extension Service {
    /// Who sends the request, by the credentials that the route's callers have, within their rate
    /// limit.
    ///
    /// - Throws: `Problem` 401 or 429.
    func authorize(
        _ request: HTTPRequest, for access: Route.Access, _ arrival: RequestMetadata,
        _ reader: Int
    ) throws -> Principal {
        let principal = try authenticate(request, for: access, arrival, reader)
        try limiter.take(
            principal.key, perMinute: principal.rateLimit ?? configuration.rateLimit,
            at: arrival.now)
        return principal
    }

    /// Counts who guesses, and lets nobody guess on.
    ///
    /// - Throws: `Problem` 401; 429 to whoever fails too often.
    private func authenticate(
        _ request: HTTPRequest, for access: Route.Access, _ arrival: RequestMetadata,
        _ reader: Int
    ) throws -> Principal {
        do {
            return try identify(request, for: access, at: arrival.now, reader)
        } catch let problem as Problem where problem.status == .unauthorized {
            let (realm, name): (Lockout.Realm, String?) =
                switch access {
                case .open, .client, .scope, .resource, .sdk, .widget: (.bearer, nil)
                case .agent: (.agent, agentID(of: request))
                case .apiKey: (.apiKey, nil)
                case .admin: (.administrator, nil)
                }
            // Neither an expired token nor a slow clock is a guess.
            let isGuess =
                problem.code != .tokenExpired && problem.code != .bridgeTimestampInvalid
                && problem.code != .sdkTokenInactive
            // What is no guess proves that it was right once, and is told so whoever guesses beside it: a
            // frame must hear that its session has ended.
            if isGuess {
                try lockout.fail(realm, name, address: arrival.address, at: arrival.now)
            }
            throw problem
        }
    }

    /// Who sends the request; a guess is not counted.
    ///
    /// - Throws: `Problem` 401.
    func identify(
        _ request: HTTPRequest, for access: Route.Access, at now: Timestamp, _ reader: Int
    ) throws -> Principal {
        if let token = request.bearerToken, Service.isSDKToken(token) {
            if case .widget = access { throw AccessTokens.sdkTokenInFrame }
            guard case .sdk = access else { throw AccessTokens.sdkTokenElsewhere }
            return try sdkPrincipal(of: token, in: request, at: now, reader)
        }
        switch access {
        case .open, .client, .scope, .resource, .sdk:
            guard let token = request.bearerToken else {
                if case .sdk = access { throw AccessTokens.missingSDKToken }
                throw AccessTokens.missing
            }
            return try principal(of: token, in: request, at: now, reader)
        case .widget: return try widgetPrincipal(request, at: now, reader)
        case .agent: return try agent(request, at: now, reader)
        case .apiKey: return try key(of: request, at: now, reader)
        case .admin: return try administrator(request, at: now, reader)
        }
    }

    private func principal(
        of token: ArraySlice<UInt8>, in request: HTTPRequest, at now: Timestamp, _ reader: Int
    ) throws -> Principal {
        try tokens.principal(of: token, at: now) { claims in
            try principal(behind: claims, reader)
        }
    }

    private static func isSDKToken(_ token: ArraySlice<UInt8>) -> Bool {
        token.starts(with: "sdk_".utf8)
    }

    private func sdkPrincipal(
        of text: ArraySlice<UInt8>, in request: HTTPRequest, at now: Timestamp, _ reader: Int
    ) throws -> Principal {
        let hash = secrets.hash(String(decoding: text, as: UTF8.self))
        guard let (token, client, epoch) = try sdkToken(hash: hash, reader) else {
            throw AccessTokens.unknownSDKToken
        }
        guard token.status == .active, client.status == .active else {
            throw AccessTokens.inactiveSDKToken
        }
        guard token.isUsable(at: now) else { throw AccessTokens.expiredSDKToken }
        try requireSecrecy(of: token, in: request)
        usage.recordUse(token.id, last: token.lastUsedAt, at: now)
        return Principal(sdkToken: token, of: client, epoch: epoch)
    }

    /// A secret that stands in a page is none: outside a sandbox it opens nothing there (contract, SDK § 4).
    ///
    /// - Throws: `Problem` 422 to a page.
    private func requireSecrecy(of token: SDKToken, in request: HTTPRequest) throws {
        guard token.kind == .secret, request.field("Origin") != nil,
            configuration.environment == .production
        else { return }
        throw Problem(
            .originNotAllowed,
            "A secret token does not belong in a page: call from your server, or send a publishable token. "
                + "Rotate the one that was sent.")
    }

    private func widgetPrincipal(
        _ request: HTTPRequest, at now: Timestamp, _ reader: Int
    ) throws -> Principal {
        guard let token = request.bearerToken else { throw AccessTokens.missingWidgetToken }
        let hash = secrets.hash(String(decoding: token, as: UTF8.self))
        guard let known = try widgetSession(hash: hash, at: now, reader) else {
            throw AccessTokens.unknownWidgetToken
        }
        guard known.isOpen else { throw AccessTokens.endedWidgetSession }
        let session = known.session
        return Principal(
            widget: session.id, of: session.clientID, at: session.facilityID,
            until: session.terms.expiresAt, epoch: known.epoch)
    }

    private func agentID(of request: HTTPRequest) -> String? {
        request.field("X-Bridge-Agent-ID").flatMap { $0.utf8.count > 128 ? nil : $0 }
    }

    private func agent(_ request: HTTPRequest, at now: Timestamp, _ reader: Int) throws -> Principal
    {
        guard let id = agentID(of: request), let key = request.field("X-Bridge-Agent-Key") else {
            throw Service.bridgeProblem(
                .bridgeTokenInvalid,
                "Send X-Bridge-Agent-ID and X-Bridge-Agent-Key, as the administrator gave them.")
        }
        let known = try credentials(ofAgent: id, reader)
        guard secrets.matches(key, known?.key, at: now), let known, known.agent.status == .active
        else {
            throw Service.bridgeProblem(
                .bridgeTokenInvalid,
                "The agent's id or key is wrong, or the agent was suspended or revoked.")
        }
        if let text = request.field("X-Bridge-Timestamp") {
            guard (1...12).contains(text.utf8.count),
                text.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(text),
                abs(seconds - now.seconds) <= Service.bridgeTimestampSeconds
            else {
                throw Service.bridgeProblem(
                    .bridgeTimestampInvalid,
                    "X-Bridge-Timestamp must be the time in Unix seconds, within "
                        + "\(Service.bridgeTimestampSeconds) s of this server's: \(now.seconds).")
            }
        }
        usage.recordUse(known.agent.id, last: nil, at: now)
        return Principal(agent: known.agent, epoch: known.epoch)
    }

    /// Contract § 6.
    private static let bridgeTimestampSeconds: Int64 = 300

    private static func bridgeProblem(_ code: Problem.Code, _ message: String) -> Problem {
        var problem = Problem(code, message)
        problem.responseFields = [("WWW-Authenticate", "X-Bridge-Agent-Key realm=\"bridge\"")]
        return problem
    }

    private func key(of request: HTTPRequest, at now: Timestamp, _ reader: Int) throws -> Principal
    {
        guard let text = request.field("X-API-Key"), !text.isEmpty else {
            throw Service.keyProblem("Send your facility's key in the field X-API-Key.")
        }
        let known = try apiKey(hash: secrets.hash(text), reader)
        guard let (key, epoch) = known, key.isUsable(at: now) else {
            throw Service.keyProblem(
                "The key in X-API-Key is wrong, has expired or was revoked. Ask your operator.")
        }
        usage.recordUse(key.id, last: key.lastUsedAt, at: now)
        return Principal(key: key, epoch: epoch)
    }

    private static func keyProblem(_ message: String) -> Problem {
        var problem = Problem(.apiKeyInvalid, message)
        problem.responseFields = [("WWW-Authenticate", "X-API-Key realm=\"healthcare\"")]
        return problem
    }

    private func administrator(_ request: HTTPRequest, at now: Timestamp, _ reader: Int) throws
        -> Principal
    {
        guard let token = request.bearerToken else {
            let cookies = AdminCookie.values(in: request, of: configuration.environment)
            if !cookies.isEmpty { return try session(cookies, request, at: now, reader) }
            var problem = Problem(
                .tokenMissing,
                "Send \"Authorization: Bearer <token>\" with a token from \"opescare admin-token "
                    + "create\", or sign in at /admin.")
            problem.responseFields = [("WWW-Authenticate", "Bearer realm=\"admin\"")]
            throw problem
        }
        let hash = secrets.hash(String(decoding: token, as: UTF8.self))
        guard let (token, epoch) = try adminToken(hash: hash, reader),
            token.isUsable(at: now)
        else { throw AccessTokens.invalid }
        usage.recordUse(token.id, last: token.lastUsedAt, at: now)
        return Principal(administrator: token, epoch: epoch)
    }

    /// Who signed in at /admin. A browser sends the cookie with whatever any page makes it send, so
    /// that what changes anything must come from our own page.
    private func session(
        _ cookies: [String], _ request: HTTPRequest, at now: Timestamp, _ reader: Int
    ) throws -> Principal {
        let hashes = cookies.map { secrets.hash($0) }
        let known = try adminSession(hashes: hashes, at: now, reader)
        guard let (session, token, epoch) = known else { throw Service.sessionEnded }
        switch request.method {
        case .get, .head, .options: break
        default: try AdminCookie.requireOwnPage(request, issuer: configuration.issuer)
        }
        usage.recordUse(session.id, last: session.lastUsedAt, at: now)
        return Principal(administrator: token, sessionID: session.id, epoch: epoch)
    }

    /// No guess: it does not count towards a lockout.
    private static let sessionEnded: Problem = {
        var problem = Problem(.tokenExpired, "The session has ended. Sign in again at /admin.")
        problem.responseFields = [("WWW-Authenticate", "Bearer realm=\"admin\"")]
        return problem
    }()

    /// Lets nobody on whose credentials were ended since they were looked up.
    ///
    /// - Throws: `Problem` 401 when they were, 403 when a client lost the scope.
    func require(
        _ standing: Principals.Standing, of principal: Principal, for access: Route.Access
    ) throws {
        if case .client = principal.kind { tokens.forgetPrincipals() }
        switch (standing, principal.kind) {
        case (.inForce(let rights), _): try AccessTokens.check(rights, for: access)
        case (.sessionEnded, _): throw Service.sessionEnded
        case (.ended, .client), (.ended, .administrator): throw AccessTokens.revoked
        case (.ended, .agent):
            throw Service.bridgeProblem(
                .bridgeTokenInvalid, "The agent was suspended or revoked.")
        case (.ended, .widget): throw AccessTokens.endedWidgetSession
        case (.ended, .sdkToken): throw AccessTokens.inactiveSDKToken
        case (.ended, .apiKey): throw Service.keyProblem("The key in X-API-Key was revoked.")
        }
    }
}

extension Context {
    /// Counts what a request brings as so many requests of its caller's.
    ///
    /// - Throws: `Problem` 429.
    package func takeRequests(_ count: Int) throws {
        guard count > 0 else { return }
        try app.limiter.take(
            client.key, count, perMinute: client.rateLimit ?? app.configuration.rateLimit, at: now)
    }
}
