internal import COpenSSL

/// PBKDF2 (RFC 8018 §5.2): makes a password costly to guess.
package enum PBKDF2 {
    /// 32 bytes, one block of HMAC-SHA-256.
    package static func sha256(password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: Digest.byteCount)
        let result = unsafe password.withUnsafeBytes { password in
            unsafe PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: password.count), salt, Int32(clamping: salt.count),
                Int32(clamping: iterations), EVP_sha256(), Int32(key.count), &key)
        }
        precondition(result == 1, "OpenSSL has HMAC-SHA-256")
        return key
    }
}
