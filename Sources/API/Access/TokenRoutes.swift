package import HTTP
import JSON
import Registry
import Values

/// OAuth 2.0 client credentials (contract § 3).
package enum TokenRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/auth/token", "issueToken", scope: .open, readsData: true,
            issueToken),
        Route(
            .post, "/api/v1/connect/auth/introspect", "introspectToken", scope: .open,
            readsData: true,
            introspectToken),
        Route(
            .post, "/api/v1/connect/auth/revoke", "revokeToken", scope: .open, readsData: true,
            revokeToken),
        Route(
            .get, "/.well-known/jwks.json", "getKeySet", scope: .open, readsData: true, getKeySet),
        Route(
            .get, "/.well-known/oauth-authorization-server", "getAuthorizationServer",
            scope: .open, getAuthorizationServer),
    ]

    /// RFC 6749 §4.4.
    @Sendable package static func issueToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await auditingRefusal(context) { context in
            let credentials = try ClientCredentials(
                request, parameters: ["grant_type", "scope"], takesAssertion: true)
            guard let grant = credentials.parameters["grant_type"] else {
                throw Problem(.invalidRequest, "grant_type is required: client_credentials.")
            }
            guard grant == "client_credentials" else {
                throw Problem(
                    .unsupportedGrantType, "Only grant_type client_credentials is supported.")
            }
            let (client, assertion) = try await authenticate(credentials, request, context)
            let scope = try granted(credentials.parameters["scope"], to: client)
            let token = try await context.app.tokens.issue(
                to: client, scope: scope, issuer: context.app.issuer(for: request),
                at: context.now)
            return try await context.write(auditing: .create) { tx, entry in
                entry.principal = "client:" + client.id
                entry.facilityID = client.facilityID
                entry.entity = "client/" + client.id
                if let assertion, try !ClientKeys.use(assertion, at: context.now, in: tx) {
                    throw usedBefore
                }
                var json = JSONWriter(reserving: 1024)
                json.object { json in
                    json.member("access_token", token)
                    json.member("token_type", "Bearer")
                    json.member("expires_in", context.app.tokens.lifetimeSeconds)
                    json.member("scope", scope)
                }
                return uncached(json.finish())
            }
        }
    }

    /// RFC 7662: a client may ask about its own tokens.
    @Sendable static func introspectToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await auditingRefusal(context) { context in
            let (client, claims) = try ownToken(request, context)
            return try await context.read(auditing: .read) { tx, entry in
                entry.principal = "client:" + client.id
                entry.entity = "client/" + client.id
                // Whatever ended it, it is not active.
                let holder = try claims.flatMap { claims in
                    try Clients.holder(of: claims, keys: context.app.tokens.keys, in: tx)
                }
                let isActive = holder != nil
                var json = JSONWriter(reserving: 512)
                json.object { json in
                    json.member("active", isActive)
                    guard let holder, let claims else { return }
                    json.member("scope", held(claims.scope.split(separator: " "), by: holder))
                    json.member("client_id", claims.clientID)
                    json.member("sub", claims.clientID)
                    json.member("token_type", "Bearer")
                    json.member("exp", claims.expiresAt.seconds)
                    json.member("iat", claims.issuedAt.seconds)
                    json.member("jti", claims.jti)
                    json.memberIfPresent("facility_id", claims.facilityID)
                }
                return uncached(json.finish())
            }
        }
    }

    /// RFC 7009: a client ends its own token at once. A token that is not its own, or no token at
    /// all, gets the same answer (§2.2).
    @Sendable static func revokeToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await auditingRefusal(context) { context in
            let (client, claims) = try ownToken(request, context)
            return try await context.write(auditing: .delete) { tx, entry in
                entry.principal = "client:" + client.id
                entry.entity = "client/" + client.id
                if let claims {
                    try ClientStore.revokeToken(
                        jti: claims.jti, clientID: client.id, expiresAt: claims.expiresAt,
                        at: context.now, in: tx)
                    try WidgetSessions.endStranded(of: client.id, at: context.now, in: tx)
                }
                return uncached(Array("{}".utf8))
            }
        }
    }

    /// RFC 7517.
    @Sendable static func getKeySet(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try context.refreshKeys()
        var response = HTTPResponse(
            .ok, contentType: "application/json", body: context.app.tokens.keySet())
        response.setField("Cache-Control", "public, max-age=300")
        return response
    }

    /// RFC 8414.
    @Sendable static func getAuthorizationServer(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let issuer = context.app.issuer(for: request)
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("issuer", issuer)
            json.member("jwks_uri", issuer + "/.well-known/jwks.json")
            json.member("scopes_supported", Scope.spellings.map(\.name) + SMARTScopes.offered)
            json.member("response_types_supported", [])
            json.describeEndpoints(of: issuer)
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    // MARK: Steps

    /// No guess: whoever has such an assertion has seen a right one.
    private static let usedBefore = ClientCredentials.refused(
        "This assertion was used before. Make a new one, with a jti of its own, for each token.")

    /// Who asks about which token. Whatever makes the token unusable, or another client's, it has no
    /// claims: introspection calls it inactive, and it needs no revocation.
    private static func ownToken(
        _ request: HTTPRequest, _ context: Context
    ) throws -> (client: Client, claims: AccessToken?) {
        let credentials = try ClientCredentials(request, parameters: ["token", "token_type_hint"])
        guard let token = credentials.parameters["token"] else {
            throw Problem(.invalidRequest, "token is required.")
        }
        let client = try authenticate(credentials, context)
        let claims = try? context.app.tokens.verify(Array(token.utf8)[...], at: context.now)
        return (client, claims?.clientID == client.id ? claims : nil)
    }

    /// The active client behind the credentials, and the assertion that proved it.
    private static func authenticate(
        _ credentials: ClientCredentials, _ request: HTTPRequest, _ context: Context
    ) async throws -> (Client, ClientAssertion?) {
        guard case .assertion(let text, let id) = credentials.proof else {
            return (try authenticate(credentials, context), nil)
        }
        return try await authenticate(text, of: id, request, context)
    }

    /// The active client behind the secret. An unknown client, a wrong secret and a suspended
    /// client cannot be told apart, in answer or time.
    private static func authenticate(
        _ credentials: ClientCredentials, _ context: Context
    ) throws -> Client {
        guard case .secret(let secret, let id) = credentials.proof else {
            preconditionFailure("Only the token endpoint takes assertions.")
        }
        try context.refreshKeys()
        let known = try context.credentials(ofClient: id)
        let isRight = context.app.secrets.matches(secret, known?.secret, at: context.now)
        guard isRight, let active = known?.client, active.status == .active else {
            let problem = ClientCredentials.refused("Unknown client_id or wrong client_secret.")
            throw try failed(problem, claiming: id, known?.client, context)
        }
        try takePlace(of: active, context)
        return active
    }

    /// Counts a failed authentication against whoever the caller claimed to be.
    ///
    /// - Throws: `Problem` 429 to whoever fails too often.
    static func failed(
        _ problem: Problem, claiming id: String?, _ client: Client?, _ context: Context
    ) throws -> Problem {
        // What cannot be an id is counted for its address alone.
        let name = id.flatMap { $0.utf8.count <= 128 ? $0 : nil }
        try context.app.lockout.fail(.client, name, address: context.address, at: context.now)
        var problem = problem
        problem.auditedEntity = client.map { "client/" + $0.id }
        return problem
    }

    /// - Throws: `Problem` 429 when the client asks for too many tokens.
    static func takePlace(of client: Client, _ context: Context) throws {
        let app = context.app
        try app.limiter.take(
            "token " + client.id, perMinute: client.rateLimit ?? app.configuration.rateLimit,
            at: context.now)
    }

    /// What the token may do, in the words asked for: all that the client has when nothing is asked.
    /// Of SMART's scopes the granted part is given, and the others count for nothing.
    private static func granted(_ requested: String?, to client: Client) throws -> String {
        let words = (requested ?? "").split(separator: " ")
        guard !words.isEmpty else { return client.scopes }
        for word in words where !SMARTScopes.isDialect(word) {
            guard let scope = Scope(named: word),
                Scope(granted: client.scopes).contains(scope)
            else {
                throw notGranted(
                    "The scope \(word.prefix(64)) is unknown or not granted to this client.")
            }
        }
        let scope = held(words, by: client)
        guard !scope.isEmpty else {
            throw notGranted(
                "This client has none of the scopes asked for. Those of FHIR's resources are system/ "
                    + "scopes, which its operator grants; user/, patient/, openid and launch are not offered."
            )
        }
        return scope
    }

    private static func notGranted(_ message: String) -> Problem {
        var problem = Problem(.invalidScope, message)
        problem.status = .badRequest
        return problem
    }

    /// What of these words a client has, each once.
    private static func held(_ words: [Substring], by client: Client) -> String {
        let own = Scope(granted: client.scopes)
        let smart = SMARTScopes(granted: client.scopes)
        var known: Set<String> = []
        return words.flatMap { word in
            guard let scope = Scope(named: word) else { return smart.granted(of: word) }
            return own.contains(scope) ? [String(word)] : []
        }.filter { known.insert($0).inserted }.joined(separator: " ")
    }

    /// Gives refusals the form of RFC 6749 §5.2 and their line in the audit log.
    private static func auditingRefusal(
        _ context: Context, _ body: (Context) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        do {
            return try await body(context)
        } catch {
            guard var problem = Problem(refusing: error) else { throw error }
            problem.hasErrorDescription = true
            problem.responseFields.append(("Cache-Control", "no-store"))
            // A locked out guesser must not fill the log.
            if !problem.isAudited, problem.code != .rateLimitExceeded {
                try await context.auditRefusal(problem)
                problem.isAudited = true
            }
            throw problem
        }
    }

    /// RFC 6749 §5.1.
    private static func uncached(_ body: [UInt8]) -> HTTPResponse {
        var response = HTTPResponse(.ok, contentType: "application/json", body: body)
        response.setField("Cache-Control", "no-store")
        response.setField("Pragma", "no-cache")
        return response
    }
}
