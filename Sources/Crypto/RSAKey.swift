internal import COpenSSL
internal import Synchronization

/// One OpenSSL key and its prepared contexts: what `RSAPrivateKey` and `RSAPublicKey` share.
///
/// `@unchecked Sendable`: the key is never changed after `init` (OpenSSL locks what it caches in
/// it), and a context belongs to one thread between leaving the pool and coming back.
@safe
final class RSAKey: @unchecked Sendable {
    enum Purpose: Sendable {
        case signing, verifying
    }

    @safe
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private static let bitsAllowed = 2048...16384
    /// More idle contexts than threads that sign at once would be kept for nothing.
    private static let idleContexts = 64

    private let key: OpaquePointer
    private let purpose: Purpose
    private let idle = Mutex<[Context]>([])
    private let signatureBytes: Int

    /// Takes ownership of `key`, also when it throws.
    private init(owning key: OpaquePointer, for purpose: Purpose) throws(CryptoError) {
        unsafe self.key = key
        self.purpose = purpose
        signatureBytes = unsafe Int(EVP_PKEY_get_size(key))
        guard unsafe EVP_PKEY_is_a(key, "RSA") == 1 else { throw .invalidKey }
        let bits = unsafe Int(EVP_PKEY_get_bits(key))
        guard Self.bitsAllowed.contains(bits) else { throw .unacceptableKeySize }
    }

    deinit {
        for context in idle.withLock({ $0 }) { unsafe EVP_PKEY_CTX_free(context.pointer) }
        unsafe EVP_PKEY_free(key)
    }

    // MARK: Making

    static func generate(bits: Int) throws(CryptoError) -> RSAKey {
        guard bitsAllowed.contains(bits) else { throw .unacceptableKeySize }
        defer { ERR_clear_error() }
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1,
            unsafe EVP_PKEY_generate(context, &key) == 1,
            let key = unsafe key
        else { throw .generationFailed }
        return unsafe try RSAKey(owning: key, for: .signing)
    }

    convenience init(pem: [UInt8], for purpose: Purpose) throws(CryptoError) {
        defer { ERR_clear_error() }
        let found = unsafe Self.readPEM(pem, for: purpose)
        guard let key = unsafe found else { throw .invalidKey }
        unsafe try self.init(owning: key, for: purpose)
    }

    private static func readPEM(_ pem: [UInt8], for purpose: Purpose) -> OpaquePointer? {
        unsafe pem.withUnsafeBytes { buffer in
            let source = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count))
            defer { unsafe BIO_free(source) }
            // Without a callback OpenSSL would ask the terminal for an encrypted key's password.
            return switch purpose {
            case .signing: unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
            case .verifying: unsafe PEM_read_bio_PUBKEY(source, nil, { _, _, _, _ in -1 }, nil)
            }
        }
    }

    // MARK: Reading

    /// PKCS #8 for a signing key.
    var privatePEM: [UInt8] {
        unsafe writePEM { sink, key in
            unsafe PEM_write_bio_PKCS8PrivateKey(sink, key, nil, nil, 0, nil, nil)
        }
    }

    /// SubjectPublicKeyInfo, of either half.
    var publicPEM: [UInt8] {
        unsafe writePEM { sink, key in unsafe PEM_write_bio_PUBKEY(sink, key) }
    }

    private func writePEM(_ write: (OpaquePointer?, OpaquePointer) -> Int32) -> [UInt8] {
        defer { ERR_clear_error() }
        // Secure memory where the platform grants it; erased when freed in any case.
        let sink = unsafe BIO_new(BIO_s_secmem())
        defer { unsafe BIO_free(sink) }
        precondition(unsafe write(sink, key) == 1, "a valid key can always be written")
        var address: UnsafeMutablePointer<CChar>?
        let count = unsafe BIO_ctrl(sink, BIO_CTRL_INFO, 0, &address)
        return unsafe Array(UnsafeRawBufferPointer(start: address, count: count))
    }

    /// A parameter of the key as a big-endian number without leading zeros.
    func number(_ name: String) -> [UInt8] {
        var number: OpaquePointer?
        let isFound = unsafe EVP_PKEY_get_bn_param(key, name, &number)
        precondition(isFound == 1, "an RSA key has n and e")
        defer { unsafe BN_free(number) }
        let count = unsafe (Int(BN_num_bits(number)) + 7) / 8
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = unsafe Int(BN_bn2bin(number, buffer.baseAddress))
        }
    }

    // MARK: Using

    func sign(_ digest: Digest) throws(CryptoError) -> [UInt8] {
        guard let context = takeContext() else { throw .signingFailed }
        var count = signatureBytes
        let signature = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let isSigned = unsafe digest.storage.span.withUnsafeBufferPointer { digest in
                unsafe EVP_PKEY_sign(
                    context.pointer, buffer.baseAddress, &count, digest.baseAddress, digest.count)
            }
            initialized = isSigned == 1 ? count : 0
        }
        giveBack(context)
        guard !signature.isEmpty else {
            ERR_clear_error()
            throw .signingFailed
        }
        return signature
    }

    func verify(_ signature: Span<UInt8>, of digest: Digest) -> Bool {
        // RFC 8017 §8.2.2: a signature is exactly as long as the modulus.
        guard signature.count == signatureBytes, let context = takeContext() else { return false }
        let isValid = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe digest.storage.span.withUnsafeBufferPointer { digest in
                unsafe EVP_PKEY_verify(
                    context.pointer, signature.baseAddress, signature.count,
                    digest.baseAddress, digest.count) == 1
            }
        }
        if !isValid { ERR_clear_error() }
        giveBack(context)
        return isValid
    }

    /// A context ready for RS256 (RSASSA-PKCS1-v1_5 with SHA-256) with this key. Setting one up
    /// costs about as much as a verification, so they are kept.
    private func takeContext() -> Context? {
        if let context = idle.withLock({ $0.popLast() }) { return context }
        guard let pointer = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
            ERR_clear_error()
            return nil
        }
        let isStarted =
            switch purpose {
            case .signing: unsafe EVP_PKEY_sign_init(pointer)
            case .verifying: unsafe EVP_PKEY_verify_init(pointer)
            }
        guard isStarted == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(pointer, RSA_PKCS1_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_signature_md(pointer, EVP_sha256()) == 1
        else {
            unsafe EVP_PKEY_CTX_free(pointer)
            ERR_clear_error()
            return nil
        }
        return unsafe Context(pointer: pointer)
    }

    private func giveBack(_ context: Context) {
        let isKept = idle.withLock { idle in
            if idle.count >= Self.idleContexts { return false }
            idle.append(context)
            return true
        }
        if !isKept { unsafe EVP_PKEY_CTX_free(context.pointer) }
    }
}
