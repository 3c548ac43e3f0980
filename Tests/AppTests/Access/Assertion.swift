import API
import Crypto
import Foundation
import HTTP
import JSON
import Registry
import TestSupport
import Values

/// An assertion as SMART's clients make them, each part of which a test may spoil.
struct Assertion {
    static let tokenPath = "/api/v1/connect/auth/token"
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    var pair = TestApp.smartKeys[0]
    var algorithm = SignatureAlgorithm.rs384
    /// Members as JSON texts; `nil` leaves one out.
    var header: [(String, String?)]
    var claims: [(String, String?)]

    init(
        _ pair: KeyPair = TestApp.smartKeys[0], _ algorithm: SignatureAlgorithm = .rs384,
        client: String = "demo_smart_sandbox", at now: Timestamp = TestApp.start,
        jti: String = UUID().uuidString
    ) {
        self.pair = pair
        self.algorithm = algorithm
        header = [
            ("typ", #""JWT""#), ("alg", "\"\(algorithm.rawValue)\""), ("kid", "\"\(pair.kid)\""),
        ]
        claims = [
            ("iss", "\"\(client)\""), ("sub", "\"\(client)\""),
            ("aud", "\"https://opescare.test\(Assertion.tokenPath)\""),
            ("exp", "\(now.seconds + 300)"), ("jti", "\"\(jti)\""),
        ]
    }

    func with(header name: String, _ value: String?) -> Assertion {
        var changed = self
        changed.header = header.filter { $0.0 != name } + [(name, value)]
        return changed
    }

    func with(_ name: String, _ value: String?) -> Assertion {
        var changed = self
        changed.claims = claims.filter { $0.0 != name } + [(name, value)]
        return changed
    }

    private static func object(_ members: [(String, String?)]) -> [UInt8] {
        let texts = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return Array("{\(texts.joined(separator: ","))}".utf8)
    }

    var signingInput: String {
        Base64URL.encode(Assertion.object(header)) + "."
            + Base64URL.encode(Assertion.object(claims))
    }

    func token() throws -> String {
        let signature = try pair.key.sign(Array(signingInput.utf8), algorithm)
        return signingInput + "." + Base64URL.encode(signature)
    }

    static func form(_ fields: [(String, String)]) -> [UInt8] {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let pairs = fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }
        return Array(pairs.joined(separator: "&").utf8)
    }

    /// Asks for a token as SMART's clients do.
    static func post(
        _ token: String, to app: TestApp, scope: String? = "system/*.rs",
        more: [(String, String)] = [], fields: [(String, String)] = []
    ) async -> Answer {
        let request = HTTPRequest(
            .post, tokenPath,
            fields: [("Content-Type", "application/x-www-form-urlencoded")] + fields,
            body: form(
                [
                    ("grant_type", "client_credentials"), ("client_assertion_type", type),
                    ("client_assertion", token),
                ] + (scope.map { [("scope", $0)] } ?? []) + more))
        let answer = Answer(await app.app.respond(to: request))
        return answer
    }

    func post(to app: TestApp, scope: String? = "system/*.rs") async throws -> Answer {
        await Assertion.post(try token(), to: app, scope: scope)
    }
}
