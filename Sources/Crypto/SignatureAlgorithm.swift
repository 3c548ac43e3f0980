/// The signatures that clients may make (RFC 7518 §3.1), by their names in a JWS header.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rs384 = "RS384"
    case es384 = "ES384"
    case rs256 = "RS256"
    case es256 = "ES256"

    /// The curve whose keys make it; `nil` for RSA.
    package var curve: EllipticCurve? {
        switch self {
        case .rs256, .rs384: nil
        case .es256: .p256
        case .es384: .p384
        }
    }

    var digestName: String {
        switch self {
        case .rs256, .es256: "SHA256"
        case .rs384, .es384: "SHA384"
        }
    }
}

/// The curves of RFC 7518 §6.2.1.1 that are taken, by their names in a JWK.
package enum EllipticCurve: String, Sendable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"

    /// Of a coordinate, and of each half of a signature.
    package var byteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        }
    }
}
