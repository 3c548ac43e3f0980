/// The half of an RSA key that verifies RS256 signatures. Safe to share between threads.
package final class RSAPublicKey: Sendable {
    private let key: RSAKey
    /// Big-endian, without leading zeros: the JWK's `n` and `e` before base64url (RFC 7518 §6.3.1).
    package let modulus: [UInt8]
    package let exponent: [UInt8]
    /// The SHA-256 thumbprint of the key as a JWK (RFC 7638), in base64url: our `kid`.
    package let thumbprint: String

    /// Reads a SubjectPublicKeyInfo ("BEGIN PUBLIC KEY").
    package init(pem: [UInt8]) throws(CryptoError) {
        key = try RSAKey(pem: pem, for: .verifying)
        modulus = key.number("n")
        exponent = key.number("e")
        // Members in lexical order, nothing optional, no spaces (RFC 7638 §3.1).
        let n = Base64URL.encode(modulus)
        let e = Base64URL.encode(exponent)
        let jwk = "{\"e\":\"\(e)\",\"kty\":\"RSA\",\"n\":\"\(n)\"}"
        thumbprint = Base64URL.encode(SHA256.hash(jwk).bytes)
    }

    package convenience init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    package var pem: String { String(decoding: key.publicPEM, as: UTF8.self) }

    package func verify(_ signature: Span<UInt8>, message: Span<UInt8>) -> Bool {
        key.verify(signature, of: SHA256.hash(message))
    }

    package func verify(_ signature: [UInt8], message: [UInt8]) -> Bool {
        verify(signature.span, message: message.span)
    }

    package func verify(_ signature: [UInt8], message: ArraySlice<UInt8>) -> Bool {
        verify(signature.span, message: message.span)
    }

    func verify(_ signature: Span<UInt8>, of digest: Digest) -> Bool {
        key.verify(signature, of: digest)
    }
}
