import Crypto
import Testing

struct PublicKeyTests {
    private static let message = Array("header.payload".utf8)

    private static func key(for algorithm: SignatureAlgorithm) throws -> PrivateKey {
        try algorithm.curve.map { try PrivateKey.generate($0) } ?? rsa.get()
    }

    private static let rsa = Result { try PrivateKey.generate() }

    @Test(arguments: SignatureAlgorithm.allCases)
    func aSignatureIsGoodForItsKeyItsMessageAndItsAlgorithmOnly(
        _ algorithm: SignatureAlgorithm
    ) throws {
        let key = try Self.key(for: algorithm)
        let signature = try key.sign(Self.message, algorithm)
        #expect(key.publicKey.verify(signature, message: Self.message[...], algorithm))
        for other in SignatureAlgorithm.allCases where other != algorithm {
            #expect(!key.publicKey.verify(signature, message: Self.message[...], other))
        }
        #expect(!key.publicKey.verify(signature, message: Self.message[1...], algorithm))
        #expect(!key.publicKey.verify([], message: Self.message[...], algorithm))
        for index in [0, signature.count / 2, signature.count - 1] {
            var changed = signature
            changed[index] ^= 1
            #expect(!key.publicKey.verify(changed, message: Self.message[...], algorithm))
        }
        #expect(!key.publicKey.verify(signature + [0], message: Self.message[...], algorithm))
        let zeros = [UInt8](repeating: 0, count: signature.count)
        #expect(!key.publicKey.verify(zeros, message: Self.message[...], algorithm))
    }

    /// Numbers with leading zeros come up once in 256 signatures.
    @Test(arguments: EllipticCurve.allCases)
    func everySignatureOfACurveHasItsLength(_ curve: EllipticCurve) throws {
        let key = try PrivateKey.generate(curve)
        let algorithm: SignatureAlgorithm = curve == .p256 ? .es256 : .es384
        for _ in 0..<600 {
            let signature = try key.sign(Self.message, algorithm)
            #expect(signature.count == 2 * curve.byteCount)
            #expect(key.publicKey.verify(signature, message: Self.message[...], algorithm))
        }
    }

    @Test func thePublicNumbersMakeTheSameKey() throws {
        let rsa = try Self.rsa.get()
        let numbers = Dictionary(uniqueKeysWithValues: rsa.numbers.map { ($0.name, $0.bytes) })
        let n = try #require(numbers["n"])
        let e = try #require(numbers["e"])
        let again = try PublicKey(modulus: [0] + n, exponent: e)
        let signature = try rsa.sign(Self.message, .rs384)
        #expect(again.verify(signature, message: Self.message[...], .rs384))
        #expect(numbers.count == 8)
    }

    /// RFC 7515 appendix A.3.
    @Test func thePublishedExampleOfES256IsVerified() throws {
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let key = try PublicKey(.p256, x: x, y: y)
        let token = """
            eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
            cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5d\
            jxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
            """
        let jws = try JWS.Compact(Array(token.utf8))
        #expect(key.verify(jws.signature, message: jws.signingInput, .es256))
        #expect(!key.verify(jws.signature, message: jws.signingInput.dropLast(), .es256))
    }

    @Test func whatIsNoPublicKeyIsRefused() throws {
        let modulus = [0xC1] + [UInt8](repeating: 0x11, count: 255)
        #expect(throws: Never.self) { try PublicKey(modulus: modulus, exponent: [1, 0, 1]) }
        #expect(throws: CryptoError.unacceptableKeySize) {
            try PublicKey(modulus: Array(modulus.dropLast()), exponent: [1, 0, 1])
        }
        #expect(throws: CryptoError.unacceptableKeySize) {
            try PublicKey(modulus: [0] + modulus.dropLast(), exponent: [1, 0, 1])
        }
        #expect(throws: CryptoError.unacceptableKeySize) {
            try PublicKey(modulus: [1] + [UInt8](repeating: 1, count: 1024), exponent: [3])
        }
        #expect(throws: CryptoError.unacceptableKeySize) {
            try PublicKey(modulus: [], exponent: [3])
        }
        for exponent: [UInt8] in [[], [0], [1], [0, 1], [4], [UInt8](repeating: 1, count: 9)] {
            #expect(throws: CryptoError.invalidPublicKey) {
                try PublicKey(modulus: modulus, exponent: exponent)
            }
        }
        #expect(throws: CryptoError.invalidPublicKey) {
            try PublicKey(modulus: modulus.dropLast() + [0x10], exponent: [1, 0, 1])
        }
        for curve in EllipticCurve.allCases {
            let one = [UInt8](repeating: 1, count: curve.byteCount)
            #expect(throws: CryptoError.invalidPublicKey) { try PublicKey(curve, x: one, y: one) }
            let zero = [UInt8](repeating: 0, count: curve.byteCount)
            #expect(throws: CryptoError.invalidPublicKey) { try PublicKey(curve, x: zero, y: zero) }
            #expect(throws: CryptoError.invalidPublicKey) {
                try PublicKey(curve, x: one, y: Array(one.dropLast()))
            }
        }
    }
}
