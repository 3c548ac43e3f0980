import Crypto
import Dispatch
import Foundation
import JSON
package import Registry
import Synchronization
package import Values

/// Issues and verifies access tokens: RS256 JWTs (RFC 9068).
///
/// Verified tokens are kept, by their full bytes, so that one signature check serves an hour of
/// requests. What may change within that hour, the client's state and revocations, is compared by
/// `ClientStore.epoch` on every request.
package final class AccessTokens: Sendable {
    package let keys: SigningKeys
    private let environment: String
    private let lifetime: Int64
    private let cache = TokenCache()
    /// Signing takes 230 µs, too long for an event loop; and so many may wait for it.
    private let signingQueue = DispatchQueue(label: "signing", attributes: .concurrent)
    private let waiting = Mutex(0)
    private static let waitingLimit = 1024

    package init(keys: SigningKeys, configuration: Configuration) {
        self.keys = keys
        environment = configuration.environment.rawValue
        lifetime = configuration.tokenSeconds
    }

    package var lifetimeSeconds: Int64 { lifetime }

    // MARK: Issuing

    /// - Throws: `Problem` (`overloaded`) when too many signatures wait already.
    package func issue(
        to client: Client, scope: String, issuer: String, at now: Timestamp
    ) async throws -> String {
        let key = keys.current
        var header = JSONWriter()
        header.object { json in
            json.member("typ", "JWT")
            json.member("alg", "RS256")
            json.member("kid", key.kid)
        }
        var claims = JSONWriter(reserving: 512)
        claims.object { json in
            json.member("iss", issuer)
            json.member("sub", client.id)
            json.member("aud", "opescare-connect")
            json.member("exp", now.seconds + lifetime)
            json.member("iat", now.seconds)
            json.member("nbf", now.seconds)
            json.member("jti", Identifier.make("tok_", at: now))
            json.member("client_id", client.id)
            json.member("scope", scope)
            json.memberArray("scopes") { json in
                for word in scope.split(separator: " ") { json.element(String(word)) }
            }
            json.member("facility_id", client.facilityID)
            json.member("environment", environment)
            json.member("generation", client.tokenGeneration)
        }
        let (head, payload) = (header.finish(), claims.finish())
        let token = try await aside {
            try JWS.sign(header: head, payload: payload, key: key.key)
        }
        return String(decoding: token, as: UTF8.self)
    }

    /// Computes on a thread of the queue what takes too long for an event loop.
    ///
    /// - Throws: `Problem` (`overloaded`) when too many wait already.
    func aside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        let isAdmitted = waiting.withLock { count in
            guard count < AccessTokens.waitingLimit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw Problem(.overloaded, "Too many tokens are being issued. Try again in a second.")
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            signingQueue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// The public keys of tokens that may still be in use (RFC 7517 §5).
    package func keySet() -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.memberArray("keys") { json in
                for key in keys.all {
                    let publicKey = key.key.publicKey
                    json.element { json in
                        json.member("kty", "RSA")
                        json.member("use", "sig")
                        json.member("alg", "RS256")
                        json.member("kid", key.kid)
                        json.member("n", Base64URL.encode(publicKey.modulus))
                        json.member("e", Base64URL.encode(publicKey.exponent))
                    }
                }
            }
        }
        return json.finish()
    }

    // MARK: Verifying

    /// The principal behind a bearer token, from memory where it was verified before; `find` looks up
    /// the others.
    ///
    /// Revocation is not looked up for a token in memory: `Context` does, in the transaction that
    /// touches data, whenever the epoch moved.
    ///
    /// - Throws: `Problem` 401.
    func principal(
        of token: ArraySlice<UInt8>, at now: Timestamp, find: (AccessToken) throws -> Principal?
    ) throws -> Principal {
        if let principal = cache.principal(for: token) {
            if let end = principal.expiresAt, end <= now { throw AccessTokens.expired }
            return principal
        }
        guard let principal = try find(verify(token, at: now)) else { throw AccessTokens.revoked }
        cache.insert(principal, for: token)
        return principal
    }

    /// The next request of every token looks itself up, under the new epoch.
    func forgetPrincipals() { cache.removeAll() }

    /// - Throws: `Problem` 403 when none of the scopes the route asks for is there.
    package static func check(_ rights: Rights, for access: Route.Access) throws {
        let (scopes, sdkScopes) = (rights.scopes, rights.sdkScopes)
        let names: String
        switch access {
        case .scope(let anyOf) where scopes.isDisjoint(with: anyOf):
            names = anyOf.names.joined(separator: " or ")
        case .resource(let type, let interaction, let anyOf?)
        where scopes.isDisjoint(with: anyOf) && !rights.smartScopes.allows(type, interaction):
            let scope = "system/\(type.rawValue).\(interaction.letter)"
            names = (anyOf.names + [scope]).joined(separator: " or ")
        // A token for FHIR's resources opens them, nothing else.
        case .client where scopes.isEmpty:
            names = Scope.spellings[0].name + " or any other of Connect's"
        case .sdk(let needed?) where !sdkScopes.contains(needed):
            names = needed.names.first ?? SDKScope.widgetSessions.names[0]
        // A token that stands in a page opens widget sessions, nothing else; one for FHIR's resources nothing.
        case .sdk(nil) where sdkScopes.isSubset(of: .openWidget):
            names = SDKScope.all.names.joined(separator: " or ")
        default: return
        }
        var problem = Problem(
            .invalidScope, "This call needs the scope \(names). Ask for a token with it.")
        problem.responseFields = [
            ("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"\(names)\"")
        ]
        throw problem
    }

    /// Checks form, signature and times; not whether the client is still active.
    ///
    /// - Throws: `Problem` 401.
    package func verify(_ token: ArraySlice<UInt8>, at now: Timestamp) throws -> AccessToken {
        guard let jws = try? JWS.Compact(token),  // Whatever is wrong with it, it is invalid.
            let header = try? JSONDocument(jws.header).root,
            header["alg"]?.string == "RS256", header["crit"] == nil,
            let kid = header["kid"]?.string, let key = keys.key(withID: kid),
            key.verify(jws.signature, message: jws.signingInput),
            let claims = try? JSONDocument(jws.payload).root,
            let clientID = claims["client_id"]?.string, let jti = claims["jti"]?.string,
            let scope = claims["scope"]?.string, let expires = claims["exp"]?.int,
            let issued = claims["iat"]?.int, let notBefore = claims["nbf"]?.int,
            claims["aud"]?.string == "opescare-connect",
            claims["environment"]?.string == environment,
            // A minute for clocks that disagree (RFC 7519 §4.1.5).
            notBefore <= now.seconds + 60
        else { throw AccessTokens.invalid }
        guard now.seconds < expires else { throw AccessTokens.expired }
        return AccessToken(
            clientID: clientID, jti: jti, scope: scope,
            issuedAt: Timestamp(seconds: issued),
            expiresAt: Timestamp(seconds: expires),
            facilityID: claims["facility_id"]?.string, kid: kid,
            generation: claims["generation"]?.int ?? 0)
    }

    // MARK: Refusals (RFC 6750 §3)

    package static let missing = bearerProblem(
        .tokenMissing,
        "No access token. Send \"Authorization: Bearer <token>\" with a token from /api/v1/connect/auth/token.",
        challenge: "Bearer")
    static let missingSDKToken = bearerProblem(
        .tokenMissing,
        "No token. Send \"Authorization: Bearer <token>\" with an SDK token, or with a token from "
            + "/api/v1/connect/auth/token.",
        challenge: "Bearer")
    package static let invalid = bearerProblem(
        .tokenInvalid, "The access token is not valid. Get a new one.",
        challenge: "Bearer error=\"invalid_token\"")
    package static let revoked = bearerProblem(
        .tokenInvalid, "The access token was revoked, or its client is no longer active.",
        challenge: "Bearer error=\"invalid_token\"")
    package static let expired = bearerProblem(
        .tokenExpired, "The access token has expired. Get a new one.",
        challenge: "Bearer error=\"invalid_token\", error_description=\"expired\"")

    package static let sdkTokenElsewhere = bearerProblem(
        .tokenInvalid,
        "An SDK token opens /api/v1/sdk and widget sessions only. Send a token from "
            + "/api/v1/connect/auth/token here.",
        challenge: "Bearer error=\"invalid_token\"")
    package static let unknownSDKToken = bearerProblem(
        .tokenInvalid, "The SDK token is not one of this server's. Ask your administrator.",
        challenge: "Bearer error=\"invalid_token\"")
    package static let inactiveSDKToken = bearerProblem(
        .sdkTokenInactive,
        "The SDK token was revoked, or its client is suspended. Ask your administrator.",
        challenge: "Bearer error=\"invalid_token\"")
    package static let expiredSDKToken = bearerProblem(
        .tokenExpired, "The SDK token has expired. Ask your administrator to rotate it.",
        challenge: "Bearer error=\"invalid_token\", error_description=\"expired\"")

    private static let widgetTokenAdvice =
        " Send \"Authorization: Bearer wgt_…\" with the session_token of POST /api/v1/connect/widget/sessions."
    static let missingWidgetToken = bearerProblem(
        .tokenMissing, "No widget session's token." + widgetTokenAdvice, challenge: "Bearer")
    static let sdkTokenInFrame = bearerProblem(
        .tokenInvalid,
        "An SDK token opens /api/v1/sdk, and opens widget sessions." + widgetTokenAdvice,
        challenge: "Bearer error=\"invalid_token\"")
    static let unknownWidgetToken = bearerProblem(
        .tokenInvalid, "This is no widget session's token." + widgetTokenAdvice,
        challenge: "Bearer error=\"invalid_token\"")
    static let endedWidgetSession = bearerProblem(
        .tokenExpired, WidgetSessions.ended.message,
        challenge: "Bearer error=\"invalid_token\", error_description=\"expired\"")

    private static func bearerProblem(
        _ code: Problem.Code, _ message: String, challenge: String
    ) -> Problem {
        var problem = Problem(code, message)
        problem.responseFields = [("WWW-Authenticate", challenge)]
        return problem
    }
}
