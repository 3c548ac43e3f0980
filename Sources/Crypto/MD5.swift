internal import COpenSSL

/// MD5 (RFC 1321), which protects nothing: for a protocol of others that still asks for it.
package enum MD5 {
    /// 16 bytes; nil where OpenSSL is told not to offer it, as under FIPS 140.
    package static func hash(_ bytes: [UInt8]) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: 16)
        defer { ERR_clear_error() }
        return unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_md5(), nil) == 1
            ? digest : nil
    }
}
