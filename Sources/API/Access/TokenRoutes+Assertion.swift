import Crypto
import HTTP
import Registry
import Values

extension TokenRoutes {
    /// The active client that signed an assertion, which has not been used up yet. An unknown client, an
    /// unknown key, a wrong signature and a suspended client have one answer.
    ///
    /// - Throws: `Problem` 401 `invalid_client`, 429.
    static func authenticate(
        _ text: String, of id: String?, _ request: HTTPRequest, _ context: Context
    ) async throws -> (Client, ClientAssertion?) {
        let assertion: ClientAssertion
        do {
            let audiences = Audiences(issuer: context.app.issuer(for: request))
            assertion = try ClientAssertion(
                text, at: context.now, isAudience: audiences.contains)
        } catch {
            let problem = ClientCredentials.refused(error.message)
            throw try failed(problem, claiming: id, nil, context)
        }
        guard id.map({ $0.utf8.elementsEqual(assertion.clientID.utf8) }) ?? true else {
            let problem = ClientCredentials.refused(
                "The assertion is refused: its sub is not the client_id beside it.")
            throw try failed(problem, claiming: id, nil, context)
        }
        let known = try context.keyHolder(assertion.clientID)
        var key: ClientKeySet.Key?
        if let known {
            key = try await self.key(assertion.kid, of: known.client, known.source, context)
        }
        let isSigned = try await isSigned(assertion, by: key, context)
        guard isSigned, let client = known?.client, client.status == .active else {
            let problem = ClientCredentials.refused(
                "The assertion is refused: its signature is not one of a key that is registered for "
                    + "this client_id under this kid. Ask the operator which keys are registered.")
            throw try failed(problem, claiming: assertion.clientID, known?.client, context)
        }
        try takePlace(of: client, context)
        return (client, assertion)
    }

    private static func key(
        _ kid: String, of client: Client, _ source: ClientKeys.Source?, _ context: Context
    ) async throws -> ClientKeySet.Key? {
        switch source {
        case .keys(let json): try ClientKeySet(json).key(kid)
        case .url(let url):
            await context.app.publishedKeys.key(kid, of: client.id, at: url, now: context.now)
        case nil: nil
        }
    }

    /// Without a key another stands in, of which the answer counts for nothing: what takes no time would
    /// tell that there is no such client.
    private static func isSigned(
        _ assertion: ClientAssertion, by key: ClientKeySet.Key?, _ context: Context
    ) async throws -> Bool {
        let tokens = context.app.tokens
        return try await tokens.aside {
            if let key { return assertion.isSigned(by: key) }
            let own = try ClientKeySet(
                assertion.algorithm.curve == nil ? tokens.keySet() : standIns.get())
            for other in own.keys where other.publicKey.curve == assertion.algorithm.curve {
                _ = assertion.isSigned(by: other)
                break
            }
            return false
        }
    }

    /// Of keys that nothing is signed with, one for each curve.
    private static let standIns = Result {
        let pairs = try EllipticCurve.allCases.map { curve in
            KeyPair(kid: curve.rawValue, algorithm: nil, key: try PrivateKey.generate(curve))
        }
        return try ClientKeySet(KeyPair.set(pairs), isPrivate: true).json
    }

    /// What `aud` may say: the token endpoint as any of its paths spells it, or the issuer.
    private struct Audiences {
        private static let paths = [
            "/", "/api/v1/connect/auth/token", "/v1/connect/auth/token",
        ]
        private let urls: Set<HTTPURL>

        init(issuer: String) {
            urls = Set(
                Audiences.paths.compactMap { path in
                    // An issuer that is no URL is in no audience.
                    try? HTTPURL(issuer + path)
                })
        }

        /// Scheme, host and port are compared as URLs are (RFC 3986 §6.2), and one slash at the end counts
        /// for nothing.
        func contains(_ audience: String) -> Bool {
            // What is no URL does not mean this server.
            guard let url = try? HTTPURL(audience) else { return false }
            if urls.contains(url) { return true }
            let other =
                audience.utf8.last == UInt8(ascii: "/")
                ? String(audience.dropLast()) : audience + "/"
            return (try? HTTPURL(other)).map(urls.contains) ?? false
        }
    }
}
