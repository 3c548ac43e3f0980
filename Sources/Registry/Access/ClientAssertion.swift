package import Crypto
import JSON
package import Values

/// A JWT by which a client proves who it is (RFC 7523 §3, SMART App Launch 2 § 4.1.5), its claims checked
/// and its signature not.
package struct ClientAssertion: Sendable {
    package let clientID: String
    package let kid: String
    package let algorithm: SignatureAlgorithm
    package let jti: String
    /// From when on it is refused as expired.
    package let end: Timestamp
    private let jws: JWS.Compact

    /// How far ahead it may end, and how much clocks may disagree.
    private static let longest: Int64 = 3600
    private static let skew: Int64 = 60

    /// Everything that can be judged without knowing the client.
    ///
    /// - Parameter isAudience: whether a value of `aud` means this server.
    /// - Throws: `Refusal` 401 `invalid_client`.
    package init(
        _ token: String, at now: Timestamp, isAudience: (String) -> Bool
    ) throws(Refusal) {
        // Whatever is wrong with it, it is not what is asked for.
        guard let jws = try? JWS.Compact(Array(token.utf8)),
            let header = try? JSONDocument(jws.header).root,
            let claims = try? JSONDocument(jws.payload).root
        else {
            throw Self.refused(
                "client_assertion is not a signed JWT of at most 8192 bytes: three parts in base64url, "
                    + "the first two JSON objects that say nothing twice.")
        }
        self.jws = jws
        (algorithm, kid) = try Self.header(header)
        clientID = try Self.client(claims)
        guard Self.audiences(claims).contains(where: isAudience) else {
            throw Self.refused("aud must be this server's token endpoint or its issuer.")
        }
        end = try Self.end(claims, at: now)
        guard let jti = claims["jti"]?.string, !jti.isEmpty else {
            throw Self.refused("jti is required: a text that no other assertion has.")
        }
        self.jti = jti
    }

    /// Whether the key made its signature, and may make such.
    package func isSigned(by key: ClientKeySet.Key) -> Bool {
        key.publicKey.verify(jws.signature, message: jws.signingInput, algorithm)
            && (key.algorithm ?? algorithm) == algorithm
    }

    private static func refused(_ message: String) -> Refusal {
        Refusal(.invalidClient, "The assertion is refused: " + message)
    }

    private static func header(
        _ header: JSONValue
    ) throws(Refusal) -> (SignatureAlgorithm, String) {
        guard let algorithm = header["alg"]?.string.flatMap(SignatureAlgorithm.init) else {
            let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw refused("sign it with one of \(names).")
        }
        guard header["crit"] == nil else { throw refused("crit is not supported.") }
        guard let kid = header["kid"]?.string, !kid.isEmpty else {
            throw refused("its header needs the kid of a registered key.")
        }
        return (algorithm, kid)
    }

    private static func client(_ claims: JSONValue) throws(Refusal) -> String {
        guard let issuer = claims["iss"]?.string, let subject = claims["sub"]?.string,
            !subject.isEmpty, issuer.utf8.elementsEqual(subject.utf8)
        else { throw refused("iss and sub must both be the client_id.") }
        return subject
    }

    private static func audiences(_ claims: JSONValue) -> [String] {
        guard let audience = claims["aud"] else { return [] }
        if let text = audience.string { return [text] }
        return audience.elements.compactMap(\.string)
    }

    private static func end(_ claims: JSONValue, at now: Timestamp) throws(Refusal) -> Timestamp {
        guard let expires = seconds(claims["exp"]) else {
            throw refused("exp is required, in seconds since 1970.")
        }
        guard expires <= now.seconds + longest + skew else {
            throw refused("exp must be at most an hour ahead; it is \(now.seconds) here.")
        }
        guard now.seconds < expires.addingReportingOverflow(skew).partialValue else {
            throw refused("it has expired; it is \(now.seconds) here.")
        }
        for name: StaticString in ["nbf", "iat"] {
            guard let value = claims[name] else { continue }
            guard let time = seconds(value), time <= now.seconds + skew else {
                throw refused("\(name) is not a time in the past; it is \(now.seconds) here.")
            }
        }
        return Timestamp(seconds: expires + skew)
    }

    /// A NumericDate, which may have a fraction (RFC 7519 §2).
    private static func seconds(_ value: JSONValue?) -> Int64? {
        value?.int ?? value?.double.flatMap { Int64(exactly: $0.rounded(.down)) }
    }
}
