/// What can go wrong with keys and tokens. It carries nothing secret and nothing of OpenSSL's.
package enum CryptoError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not a PEM text that holds an unencrypted RSA key.
    case invalidKey
    /// Numbers that are no public key: an even modulus, a point that is not on its curve.
    case invalidPublicKey
    /// An RSA modulus outside 2048…16384 bits (RFC 7518 §3.3 asks for 2048 at least).
    case unacceptableKeySize
    /// The two halves of a private key do not fit.
    case inconsistentKey
    case generationFailed
    case signingFailed
    /// Not three strict base64url parts joined by dots.
    case malformedToken
    case tokenTooLong
    case sealingFailed
    /// Not the 32 bytes of an AES-256 key.
    case invalidSealingKey
    /// A sealed secret that was changed, moved, or sealed under another key.
    case notAuthentic

    package var description: String {
        switch self {
        case .invalidKey: "not an unencrypted RSA key in PEM form"
        case .invalidPublicKey: "not the numbers of a public key"
        case .unacceptableKeySize: "the RSA key must have 2048 to 16384 bits"
        case .inconsistentKey: "the RSA private key is damaged"
        case .generationFailed: "no RSA key could be generated"
        case .signingFailed: "signing failed"
        case .malformedToken: "not a compact JWS"
        case .tokenTooLong: "the token is too long"
        case .invalidSealingKey: "the key that seals secrets must have 32 bytes"
        case .sealingFailed: "a secret could not be encrypted"
        case .notAuthentic: "a stored secret is damaged, or its key in keys/ is another one"
        }
    }
}
