internal import COpenSSL

/// Keeps small secrets at rest that must come back in clear: AES-256-GCM (NIST SP 800-38D).
///
/// A sealed secret is a random 96-bit nonce, the ciphertext and a 128-bit tag. One key may seal 2^32
/// secrets before two nonces are likely to meet; nobody has so many. Safe to share between threads.
package struct SecretBox: Sendable {
    package static let keyBytes = 32
    private static let nonceBytes = 12
    private static let tagBytes = 16

    private let key: [UInt8]

    /// - Throws: `CryptoError.invalidSealingKey` unless the key has 32 bytes.
    package init(key: [UInt8]) throws(CryptoError) {
        guard key.count == Self.keyBytes else { throw .invalidSealingKey }
        self.key = key
    }

    /// Encrypts `secret`, which opens for the same `context` only: a row's id keeps what is sealed for
    /// one row from being copied into another.
    package func seal(_ secret: [UInt8], for context: String) throws(CryptoError) -> [UInt8] {
        let nonce = SecureRandom.bytes(Self.nonceBytes)
        var tag = [UInt8](repeating: 0, count: Self.tagBytes)
        var sealed = [UInt8](repeating: 0, count: secret.count)
        let isSealed = unsafe withCipher(nonce, context, isEncrypting: true) { cipher in
            var count: Int32 = 0
            guard
                unsafe EVP_EncryptUpdate(cipher, &sealed, &count, secret, Int32(secret.count)) == 1,
                unsafe EVP_EncryptFinal_ex(cipher, nil, &count) == 1
            else { return false }
            return unsafe EVP_CIPHER_CTX_ctrl(
                cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), &tag) == 1
        }
        guard isSealed else { throw .sealingFailed }
        return nonce + sealed + tag
    }

    /// - Throws: `CryptoError.notAuthentic` when anything about it was changed, or when it was sealed
    ///   under another key or for another context.
    package func open(_ sealed: [UInt8], for context: String) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else { throw .notAuthentic }
        let nonce = Array(sealed.prefix(Self.nonceBytes))
        var tag = Array(sealed.suffix(Self.tagBytes))
        let ciphertext = Array(sealed.dropFirst(Self.nonceBytes).dropLast(Self.tagBytes))
        var secret = [UInt8](repeating: 0, count: ciphertext.count)
        let isAuthentic = unsafe withCipher(nonce, context, isEncrypting: false) { cipher in
            var count: Int32 = 0
            return unsafe EVP_DecryptUpdate(
                cipher, &secret, &count, ciphertext, Int32(ciphertext.count)) == 1
                && EVP_CIPHER_CTX_ctrl(
                    cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &tag) == 1
                && EVP_DecryptFinal_ex(cipher, nil, &count) == 1
        }
        guard isAuthentic else {
            erase(&secret)
            throw .notAuthentic
        }
        return secret
    }

    /// A cipher with its key, nonce and context set; `false` when OpenSSL refuses any of it.
    private func withCipher(
        _ nonce: [UInt8], _ context: String, isEncrypting: Bool, _ body: (OpaquePointer) -> Bool
    ) -> Bool {
        guard let cipher = unsafe EVP_CIPHER_CTX_new() else { return false }
        defer {
            unsafe EVP_CIPHER_CTX_free(cipher)
            ERR_clear_error()
        }
        let associated = Array(context.utf8)
        var count: Int32 = 0
        guard
            unsafe EVP_CipherInit_ex(
                cipher, EVP_aes_256_gcm(), nil, key, nonce, isEncrypting ? 1 : 0) == 1,
            unsafe EVP_CipherUpdate(cipher, nil, &count, associated, Int32(associated.count)) == 1
        else { return false }
        return unsafe body(cipher)
    }
}
