internal import COpenSSL

/// A key pair whose numbers can be written as a JWK (RFC 7518 §6). Safe to share between threads.
///
/// `@unchecked Sendable`: the key is never changed after `init`; OpenSSL locks what it caches in it.
@safe
package final class PrivateKey: @unchecked Sendable {
    private let key: OpaquePointer
    package let publicKey: PublicKey

    /// An RSA key where no curve is given; that takes some tenths of a second.
    package static func generate(_ curve: EllipticCurve? = nil) throws(CryptoError) -> PrivateKey {
        defer { ERR_clear_error() }
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, curve == nil ? "RSA" : "EC", nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe curve.map({ unsafe EVP_PKEY_CTX_set_group_name(context, $0.rawValue) })
                ?? EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
            unsafe EVP_PKEY_generate(context, &key) == 1, let key = unsafe key
        else { throw .generationFailed }
        return unsafe try PrivateKey(owning: key, curve)
    }

    private init(owning key: OpaquePointer, _ curve: EllipticCurve?) throws(CryptoError) {
        unsafe self.key = key
        publicKey =
            if let curve {
                unsafe try PublicKey(
                    curve, x: Self.number("qx", of: key, padded: curve.byteCount),
                    y: Self.number("qy", of: key, padded: curve.byteCount))
            } else {
                unsafe try PublicKey(
                    modulus: Self.number("n", of: key), exponent: Self.number("e", of: key))
            }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The numbers by their names in a JWK, the private ones behind the public ones.
    package var numbers: [(name: String, bytes: [UInt8])] {
        if let count = publicKey.curve?.byteCount {
            return [("x", "qx"), ("y", "qy"), ("d", "priv")].map {
                ($0.0, unsafe Self.number($0.1, of: key, padded: count))
            }
        }
        let names = [
            ("n", "n"), ("e", "e"), ("d", "d"), ("p", "rsa-factor1"), ("q", "rsa-factor2"),
            ("dp", "rsa-exponent1"), ("dq", "rsa-exponent2"), ("qi", "rsa-coefficient1"),
        ]
        return names.map { ($0.0, unsafe Self.number($0.1, of: key)) }
    }

    /// A parameter of a key as a big-endian number.
    private static func number(
        _ name: String, of key: OpaquePointer, padded count: Int = 0
    ) -> [UInt8] {
        var number: OpaquePointer?
        let isFound = unsafe EVP_PKEY_get_bn_param(key, name, &number)
        precondition(isFound == 1, "a key of this kind has the number")
        defer { unsafe BN_clear_free(number) }
        let count = unsafe max(count, (Int(BN_num_bits(number)) + 7) / 8)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = unsafe Int(BN_bn2binpad(number, buffer.baseAddress, Int32(count)))
        }
    }

    /// As a JWS has it.
    ///
    /// - Throws: `CryptoError.signingFailed`, also for an algorithm of another kind of key.
    package func sign(
        _ message: [UInt8], _ algorithm: SignatureAlgorithm
    ) throws(CryptoError) -> [UInt8] {
        guard algorithm.curve == publicKey.curve, let context = unsafe EVP_MD_CTX_new() else {
            throw .signingFailed
        }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var count = unsafe Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard
            unsafe EVP_DigestSignInit_ex(
                context, nil, algorithm.digestName, nil, nil, key, nil) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { throw .signingFailed }
        signature.removeLast(signature.count - count)
        guard let curve = publicKey.curve else { return signature }
        guard let raw = DERSignature.decode(signature, of: curve) else { throw .signingFailed }
        return raw
    }
}
