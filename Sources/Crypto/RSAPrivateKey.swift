/// An RSA key that signs with RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3). Safe to share
/// between threads. A signature takes a quarter of a millisecond: keep it off the event loops.
package final class RSAPrivateKey: Sendable {
    private let key: RSAKey
    package let publicKey: RSAPublicKey

    /// Takes some tenths of a second.
    package static func generate(bits: Int = 2048) throws(CryptoError) -> RSAPrivateKey {
        try RSAPrivateKey(RSAKey.generate(bits: bits))
    }

    /// Reads an unencrypted key, in PKCS #8 or the older PKCS #1 form.
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        try self.init(RSAKey(pem: pem, for: .signing))
    }

    package convenience init(pem: String) throws(CryptoError) {
        var bytes = Array(pem.utf8)
        defer { erase(&bytes) }
        try self.init(pem: bytes)
    }

    private init(_ key: RSAKey) throws(CryptoError) {
        self.key = key
        publicKey = try RSAPublicKey(pem: key.publicPEM)
        // A damaged key would issue tokens that nobody accepts: find out now.
        let probe = SHA256.hash("probe")
        guard let signature = try? key.sign(probe), publicKey.verify(signature.span, of: probe)
        else {
            // Why OpenSSL refused does not matter: the key cannot be used either way.
            throw .inconsistentKey
        }
    }

    /// PKCS #8, unencrypted: for a `KeyFile` only. The caller erases it.
    package var pemBytes: [UInt8] { key.privatePEM }

    package var pem: String {
        var bytes = key.privatePEM
        defer { erase(&bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    package func sign(_ message: Span<UInt8>) throws(CryptoError) -> [UInt8] {
        try key.sign(SHA256.hash(message))
    }

    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try key.sign(SHA256.hash(message))
    }

    package func sign(_ message: ArraySlice<UInt8>) throws(CryptoError) -> [UInt8] {
        try key.sign(SHA256.hash(message))
    }
}
