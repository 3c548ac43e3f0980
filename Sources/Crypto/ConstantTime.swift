internal import COpenSSL

/// Whether two secrets are equal, in a time that depends on their lengths only.
package func constantTimeEquals(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return differences(left, right) == 0
}

/// The bits in which some eight bytes of two texts of one length differ.
///
/// Never inlined, and all of them are returned: a compiler that does not know that they are compared with
/// zero cannot leave the loop early. OpenSSL's `CRYPTO_memcmp`, byte by byte, is ten times as slow, and every
/// request compares a token of 900.
@inline(never)
private func differences(_ left: Span<UInt8>, _ right: Span<UInt8>) -> UInt64 {
    precondition(left.count == right.count, "two lengths")
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            var difference: UInt64 = 0
            let words = left.count / 8
            for word in 0..<words {
                unsafe difference |=
                    left.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                    ^ right.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
            }
            for index in words * 8..<left.count {
                unsafe difference |= UInt64(left[index] ^ right[index])
            }
            return difference
        }
    }
}

package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    constantTimeEquals(left.span, right.span)
}

package func constantTimeEquals(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    constantTimeEquals(left.span, right.span)
}

package func constantTimeEquals(_ left: String, _ right: String) -> Bool {
    constantTimeEquals(left.utf8.span, right.utf8.span)
}

package func constantTimeEquals(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
    constantTimeEquals(left.span, right.span)
}

/// Overwrites a secret, in a way the compiler may not leave out. Only sure when nothing else shares
/// the array: a shared one is copied first.
package func erase(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    }
}
