import Crypto
import HTTP
import JSON
import Registry
import Values

/// What SMART's clients look up before they ask for a token (contract, FHIR § 5).
package enum SMARTRoutes {
    package static let all = [
        Route(
            .get, "/api/fhir/R4/.well-known/smart-configuration",
            twin: "/fhir/R4/.well-known/smart-configuration", "getSmartConfiguration",
            scope: .open, getSmartConfiguration)
    ]

    private static let capabilities = [
        "client-confidential-asymmetric", "client-confidential-symmetric", "permission-v1",
        "permission-v2",
    ]

    /// SMART App Launch 2 § 2.2. There is no authorization endpoint: nobody is asked at a screen.
    @Sendable static func getSmartConfiguration(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let issuer = context.app.issuer(for: request)
        return try .object { json in
            json.member("issuer", issuer)
            json.member("jwks_uri", issuer + "/.well-known/jwks.json")
            json.describeEndpoints(of: issuer)
            json.member("scopes_supported", SMARTScopes.offered)
            json.member("code_challenge_methods_supported", ["S256"])
            json.member("capabilities", capabilities)
        }
    }
}

extension JSONWriter {
    /// Where clients sign in, and how (RFC 8414 §2).
    mutating func describeEndpoints(of issuer: String) {
        let secrets = ["client_secret_basic", "client_secret_post"]
        let base = issuer + "/api/v1/connect/auth/"
        member("token_endpoint", base + "token")
        member("token_endpoint_auth_methods_supported", secrets + ["private_key_jwt"])
        member(
            "token_endpoint_auth_signing_alg_values_supported",
            SignatureAlgorithm.allCases.map(\.rawValue))
        member("grant_types_supported", ["client_credentials"])
        member("introspection_endpoint", base + "introspect")
        member("introspection_endpoint_auth_methods_supported", secrets)
        member("revocation_endpoint", base + "revoke")
        member("revocation_endpoint_auth_methods_supported", secrets)
    }
}
