internal import COpenSSL

/// A public key given by its numbers, as a JWK gives them (RFC 7518 §6). Safe to share between threads.
///
/// `@unchecked Sendable`: the key is never changed after `init`; OpenSSL locks what it caches in it.
@safe
package final class PublicKey: @unchecked Sendable {
    package static let modulusBits = 2048...8192
    /// Larger exponents would let whoever registers a key decide how long its signatures take to check.
    private static let exponentBytes = 1...8

    private let key: OpaquePointer
    /// `nil` for an RSA key.
    package let curve: EllipticCurve?

    /// Takes ownership of `key`.
    init(owning key: OpaquePointer, curve: EllipticCurve?) {
        unsafe self.key = key
        self.curve = curve
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// Big-endian numbers; leading zeros count for nothing.
    ///
    /// - Throws: `CryptoError.unacceptableKeySize`, `.invalidPublicKey`.
    package convenience init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard Self.modulusBits.contains(bits) else { throw .unacceptableKeySize }
        guard let last = exponent.last, last & 1 == 1, exponent != [1],
            Self.exponentBytes.contains(exponent.count), modulus.last.map({ $0 & 1 }) == 1
        else { throw .invalidPublicKey }
        defer { ERR_clear_error() }
        let made = unsafe opescare_rsa_public_key(
            modulus, Int32(modulus.count), exponent, Int32(exponent.count))
        guard let key = unsafe made else { throw .invalidPublicKey }
        unsafe self.init(owning: key, curve: nil)
    }

    /// A point, each coordinate with all its bytes (RFC 7518 §6.2.1.2).
    ///
    /// - Throws: `CryptoError.invalidPublicKey` for one that is not on the curve.
    package convenience init(
        _ curve: EllipticCurve, x: [UInt8], y: [UInt8]
    ) throws(CryptoError) {
        guard x.count == curve.byteCount, y.count == curve.byteCount else {
            throw .invalidPublicKey
        }
        defer { ERR_clear_error() }
        // Uncompressed (SEC 1 §2.3.3).
        let point = [4] + x + y
        let made = unsafe opescare_ec_public_key(curve.rawValue, point, point.count)
        guard let key = unsafe made else { throw .invalidPublicKey }
        unsafe self.init(owning: key, curve: curve)
    }

    /// Whether this key signed `message` with `algorithm`; never, where the algorithm is for another
    /// kind of key (RFC 8725 §3.1). It takes up to a millisecond: keep it off the event loops.
    package func verify(
        _ signature: [UInt8], message: ArraySlice<UInt8>, _ algorithm: SignatureAlgorithm
    ) -> Bool {
        guard algorithm.curve == curve,
            let signature = curve.map({ DERSignature.encode(signature, of: $0) }) ?? signature,
            let context = unsafe EVP_MD_CTX_new()
        else { return false }
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        guard
            unsafe EVP_DigestVerifyInit_ex(
                context, nil, algorithm.digestName, nil, nil, key, nil) == 1
        else { return false }
        return unsafe message.withUnsafeBufferPointer { message in
            unsafe EVP_DigestVerify(
                context, signature, signature.count, message.baseAddress, message.count) == 1
        }
    }
}

/// The two forms of an ECDSA signature: both numbers side by side in a JWS (RFC 7518 §3.4), and
/// ASN.1 (RFC 3279 §2.2.3) for OpenSSL.
enum DERSignature {
    /// `nil` for a signature of another length than the curve's.
    static func encode(_ signature: [UInt8], of curve: EllipticCurve) -> [UInt8]? {
        guard signature.count == 2 * curve.byteCount else { return nil }
        let content =
            integer(signature[..<curve.byteCount]) + integer(signature[curve.byteCount...])
        // Both numbers of the larger curve, 49 bytes at most each, stay below 128: one byte of length.
        return [0x30, UInt8(content.count)] + content
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        // A first bit that is set would be a sign.
        let padding: [UInt8] = digits.first.map { $0 >= 0x80 } ?? true ? [0] : []
        return [0x02, UInt8(padding.count + digits.count)] + padding + digits
    }

    /// `nil` for what is no signature of OpenSSL's.
    static func decode(_ der: [UInt8], of curve: EllipticCurve) -> [UInt8]? {
        guard der.count > 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...]
        guard let r = number(&rest, byteCount: curve.byteCount),
            let s = number(&rest, byteCount: curve.byteCount), rest.isEmpty
        else { return nil }
        return r + s
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, byteCount: Int) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let count = rest.popFirst(), count <= rest.count else {
            return nil
        }
        let digits = rest.prefix(Int(count)).drop { $0 == 0 }
        rest = rest.dropFirst(Int(count))
        guard digits.count <= byteCount else { return nil }
        return [UInt8](repeating: 0, count: byteCount - digits.count) + digits
    }
}
