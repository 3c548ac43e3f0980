import Crypto
import Foundation
package import HTTP
import JSON
import Registry

/// The parameters of an OAuth endpoint and who presents them, however they came: JSON, a form, or
/// HTTP Basic for the client (RFC 6749 §2.3.1).
package struct ClientCredentials {
    package enum Proof {
        case secret(String, of: String)
        /// A signed JWT (RFC 7523 §2.2), which names its client; the id beside it may only repeat that.
        case assertion(String, of: String?)
    }

    package let proof: Proof
    /// The endpoint's own parameters.
    package let parameters: [String: String]

    /// - Parameters:
    ///   - names: the endpoint's own parameters; all others are ignored (RFC 6749 §3.2).
    ///   - takesAssertion: whether the client may prove itself by `client_assertion`.
    /// - Throws: `Problem` 400 `invalid_request`, 401 `invalid_client`, 415.
    package init(
        _ request: HTTPRequest, parameters names: Set<String>, takesAssertion: Bool = false
    ) throws {
        let proofs = takesAssertion ? ["client_assertion", "client_assertion_type"] : []
        var parameters = try ClientCredentials.parameters(
            of: request, named: names.union(["client_id", "client_secret"] + proofs))
        let assertion = parameters.removeValue(forKey: "client_assertion")
        let assertionType = parameters.removeValue(forKey: "client_assertion_type")
        let bodyID = parameters.removeValue(forKey: "client_id")
        let bodySecret = parameters.removeValue(forKey: "client_secret")
        self.parameters = parameters
        let basic = try ClientCredentials.basic(request)
        if assertion != nil || assertionType != nil {
            guard bodySecret == nil, basic == nil else {
                throw Problem(
                    .invalidRequest,
                    "Send a client_assertion or the client's secret, not both.")
            }
            guard let assertion, assertionType == ClientCredentials.assertionType else {
                throw ClientCredentials.refused(
                    "client_assertion comes with client_assertion_type "
                        + "\(ClientCredentials.assertionType).")
            }
            proof = .assertion(assertion, of: bodyID)
        } else if let basic {
            guard bodySecret == nil, bodyID == nil || bodyID == basic.id else {
                throw Problem(
                    .invalidRequest,
                    "Send the client's credentials in one place: Authorization or the body.")
            }
            proof = .secret(basic.secret, of: basic.id)
        } else if let bodyID, let bodySecret {
            proof = .secret(bodySecret, of: bodyID)
        } else {
            // RFC 6749 §5.2: no client authentication included.
            throw ClientCredentials.refused("client_id and client_secret are required.")
        }
    }

    private static let assertionType =
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// 401 with the challenge that RFC 6749 §5.2 asks for.
    package static func refused(_ message: String) -> Problem {
        var problem = Problem(.invalidClient, message)
        problem.responseFields = [("WWW-Authenticate", "Basic realm=\"opescare\"")]
        return problem
    }

    private static func parameters(
        of request: HTTPRequest, named names: Set<String>
    ) throws -> [String: String] {
        if request.body.isEmpty { return [:] }
        if request.mediaType == "application/x-www-form-urlencoded" {
            return try Form.fields(request.body, named: names)
        }
        try ObjectReader.requireMediaType("application/json", of: request)
        let root: JSONValue
        do {
            root = try JSONDocument(request.body).root
        } catch {
            throw Refusal(error)
        }
        guard root.kind == .object else {
            throw Problem(.invalidRequest, "The body must be a JSON object.")
        }
        var parameters: [String: String] = [:]
        for (key, value) in root.members where !value.isNull && names.contains(key) {
            // A list of scopes is a common slip, and its meaning is plain.
            if let text = value.string {
                parameters[key] = text
            } else if key == "scope", value.kind == .array {
                let words = value.elements.map(\.string)
                // A word that cannot be read must not leave the rest, or nothing, which is all.
                guard !words.isEmpty, !words.contains(nil) else {
                    throw Problem(.invalidRequest, "scope must be a string.")
                }
                parameters[key] = words.compactMap(\.self).joined(separator: " ")
            } else {
                throw Problem(.invalidRequest, "\(key) must be a string.")
            }
        }
        return parameters
    }

    /// The credentials of `Authorization: Basic`; `nil` when the request has another scheme or none.
    private static func basic(_ request: HTTPRequest) throws -> (id: String, secret: String)? {
        guard let field = request.field("Authorization") else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        guard let bytes = Base64.decode(Array(parts[1].utf8)),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = Form.decoded(bytes[..<colon]),
            let secret = Form.decoded(bytes[(colon + 1)...])
        else {
            throw Problem(.invalidRequest, "Authorization: Basic is not base64 of id:secret.")
        }
        return (id, secret)
    }
}
