/// JSON Web Signatures in compact form (RFC 7515 §3.1), RS256 only. Headers and payloads are bytes
/// here: whoever knows JSON reads them, and checks that the header's `alg` is `RS256`.
package enum JWS {
    /// `header` must say `"alg":"RS256"`. Returns the token as ASCII.
    package static func sign(
        header: [UInt8], payload: [UInt8], key: RSAPrivateKey
    ) throws(CryptoError) -> [UInt8] {
        var token = Base64URL.encodeUTF8(header.span)
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodeUTF8(payload.span))
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodeUTF8(signature.span))
        return token
    }

    /// A token taken apart, not yet verified.
    package struct Compact: Sendable {
        package let header: [UInt8]
        package let payload: [UInt8]
        package let signature: [UInt8]
        /// What the signature covers: a slice of the token.
        package let signingInput: ArraySlice<UInt8>

        /// Splits and decodes strictly: exactly three parts, none empty, each in the one base64url
        /// spelling of its bytes. `limit` is in bytes.
        package init(_ token: ArraySlice<UInt8>, limit: Int = 8192) throws(CryptoError) {
            guard token.count <= limit else { throw .tokenTooLong }
            let dot = UInt8(ascii: ".")
            guard let first = token.firstIndex(of: dot),
                let second = token[(first + 1)...].firstIndex(of: dot),
                first > token.startIndex, second > first + 1, second + 1 < token.endIndex,
                // A third dot is refused here, because it is no base64url symbol.
                let header = Base64URL.decode(token[..<first]),
                let payload = Base64URL.decode(token[(first + 1)..<second]),
                let signature = Base64URL.decode(token[(second + 1)...])
            else { throw .malformedToken }
            self.header = header
            self.payload = payload
            self.signature = signature
            signingInput = token[..<second]
        }

        package init(_ token: [UInt8], limit: Int = 8192) throws(CryptoError) {
            try self.init(token[...], limit: limit)
        }

        /// Whether `key` signed this token with RS256, whatever its header claims: nothing in a
        /// token chooses how it is checked (RFC 8725 §3.1).
        package func isSigned(by key: RSAPublicKey) -> Bool {
            key.verify(signature, message: signingInput)
        }
    }
}
