import Crypto
import Testing

struct JWSTests {
    /// RFC 7515 appendix A.2.
    private static let token =
        "eyJhbGciOiJSUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
        + "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
        + "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
        + "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
        + "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
        + "p0igcN_IoypGlUPQGe77Rw"
    private static let header = #"{"alg":"RS256"}"#
    private static let payload =
        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"

    private func publicKey() throws -> RSAPublicKey {
        try RSAPrivateKey(pem: PublishedKeys.rfc7515).publicKey
    }

    @Test func signsThePublishedTokenByteForByte() throws {
        let key = try RSAPrivateKey(pem: PublishedKeys.rfc7515)
        let token = try JWS.sign(
            header: Array(Self.header.utf8), payload: Array(Self.payload.utf8), key: key)
        #expect(token == Array(Self.token.utf8))
    }

    @Test func readsAndVerifiesThePublishedToken() throws {
        // A slice that does not begin at 0, as in a header field.
        let field = Array("Bearer \(Self.token)".utf8)
        let token = try JWS.Compact(field[7...])
        #expect(token.header == Array(Self.header.utf8))
        #expect(token.payload == Array(Self.payload.utf8))
        #expect(token.signature.count == 256)
        #expect(token.isSigned(by: try publicKey()))
        #expect(!token.isSigned(by: try RSAPublicKey(pem: PublishedKeys.rfc7638)))
    }

    @Test func refusesEveryChangedByte() throws {
        let key = try publicKey()
        let bytes = Array(Self.token.utf8)
        for index in bytes.indices {
            for change in [0x01, 0x20] as [UInt8] {
                var changed = bytes
                changed[index] ^= change
                // Most changes verify as wrong; the rest are not even tokens.
                guard let token = try? JWS.Compact(changed) else { continue }
                #expect(!token.isSigned(by: key), "byte \(index)")
            }
        }
    }

    @Test func refusesEveryTruncation() throws {
        let key = try publicKey()
        let bytes = Array(Self.token.utf8)
        for count in 0..<bytes.count {
            guard let token = try? JWS.Compact(bytes[..<count]) else { continue }
            #expect(!token.isSigned(by: key))
        }
    }

    @Test(arguments: [
        "", ".", "..", "...", "a", "YQ", "YQ.YQ", "YQ.YQ.", ".YQ.YQ", "YQ..YQ", "YQ.YQ.YQ.YQ",
        "YQ.YQ.YQ.", ".YQ.YQ.YQ", "YQ=.YQ.YQ", "YQ==.YQ.YQ", "YR.YQ.YQ", "YQ.YR.YQ", "YQ.YQ.YR",
        "Y.YQ.YQ", "YQ .YQ.YQ", " YQ.YQ.YQ", "YQ.YQ.YQ\n", "YQ.Y+.YQ", "YQ.Y/.YQ", "YQ.YQ.\u{E9}",
        "YQ.YQ.YQ\u{0}", "YQ,YQ,YQ",
    ])
    func refusesWhatIsNotThreeStrictParts(_ text: String) {
        #expect(throws: CryptoError.malformedToken) { try JWS.Compact(Array(text.utf8)) }
    }

    @Test func refusesTokensBeyondTheLimit() throws {
        let long = Array("YQ.\(String(repeating: "A", count: 8192)).YQ".utf8)
        #expect(throws: CryptoError.tokenTooLong) { try JWS.Compact(long) }
        #expect(try JWS.Compact(long, limit: long.count).payload.count == 6144)
        #expect(throws: CryptoError.tokenTooLong) { try JWS.Compact(long, limit: long.count - 1) }
    }

    /// RFC 8725 §2.1: no header chooses how a token is checked.
    @Test func neitherNoneNorHMACWithThePublicKeyPasses() throws {
        let key = try publicKey()
        let payload = Base64URL.encode(Array(Self.payload.utf8))
        let none = "\(Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))).\(payload)"
        #expect(throws: CryptoError.malformedToken) { try JWS.Compact(Array("\(none).".utf8)) }
        #expect(try !JWS.Compact(Array("\(none).AA".utf8)).isSigned(by: key))
        let input = "\(Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8))).\(payload)"
        for secret in [Array(key.pem.utf8), key.modulus] {
            let mac = Base64URL.encode(HMACSHA256(key: secret).authenticate(input).bytes)
            #expect(try !JWS.Compact(Array("\(input).\(mac)".utf8)).isSigned(by: key))
        }
    }
}
