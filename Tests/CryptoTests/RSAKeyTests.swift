import Crypto
import Testing

struct RSAKeyTests {
    private static let generated = Result { try RSAPrivateKey.generate() }

    @Test func returnsFromPEM() throws {
        let key = try Self.generated.get()
        #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(Array(key.pem.utf8) == key.pemBytes)
        let again = try RSAPrivateKey(pem: key.pem)
        #expect(again.publicKey.modulus == key.publicKey.modulus)
        #expect(try again.sign(Array("m".utf8)) == key.sign(Array("m".utf8)))
        let publicKey = try RSAPublicKey(pem: key.publicKey.pem)
        #expect(publicKey.pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(publicKey.modulus == key.publicKey.modulus)
        #expect(publicKey.modulus.count == 256 && publicKey.modulus.first ?? 0 >= 0x80)
        #expect(publicKey.exponent == [1, 0, 1])
        #expect(publicKey.thumbprint == key.publicKey.thumbprint)
    }

    @Test func thePublicHalfHoldsNothingPrivate() throws {
        let key = try RSAPrivateKey(pem: PublishedKeys.rfc7515)
        #expect(key.publicKey.pem.utf8.count < 500)
        #expect(throws: CryptoError.invalidKey) { try RSAPrivateKey(pem: key.publicKey.pem) }
    }

    @Test func readsBothPrivateForms() throws {
        let key = try RSAPrivateKey(pem: PublishedKeys.rfc7515)
        let older = try RSAPrivateKey(pem: PublishedKeys.rfc7515PKCS1)
        #expect(key.publicKey.thumbprint == older.publicKey.thumbprint)
    }

    /// RFC 7638 §3.1.
    @Test func thumbprintMatchesThePublishedValue() throws {
        let key = try RSAPublicKey(pem: PublishedKeys.rfc7638)
        #expect(key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test(arguments: [
        ("", CryptoError.invalidKey), ("nonsense", .invalidKey),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", .invalidKey),
        (PublishedKeys.curve, .invalidKey), (PublishedKeys.encrypted, .invalidKey),
        (PublishedKeys.rfc7638, .invalidKey), (PublishedKeys.short, .unacceptableKeySize),
        (String(PublishedKeys.rfc7515.prefix(1000)), .invalidKey),
    ])
    func refusesOtherPrivateKeys(_ pem: String, _ error: CryptoError) {
        #expect(throws: error) { try RSAPrivateKey(pem: pem) }
    }

    @Test(arguments: [
        ("", CryptoError.invalidKey), (PublishedKeys.rfc7515, .invalidKey),
        (PublishedKeys.shortPublic, .unacceptableKeySize), (PublishedKeys.curve, .invalidKey),
    ])
    func refusesOtherPublicKeys(_ pem: String, _ error: CryptoError) {
        #expect(throws: error) { try RSAPublicKey(pem: pem) }
    }

    /// The modulus takes up bytes 38 to 293; the exponents and factors follow it. OpenSSL checks what
    /// it computes from the factors, and falls back on the private exponent.
    @Test func aDamagedPrivateKeyIsRefusedOrSignsRightly() throws {
        let lines = PublishedKeys.rfc7515.split(separator: "\n").map(String.init)
        let der = try #require(Base64.decode(lines[1..<(lines.count - 1)].joined()))
        var accepted = 0
        for offset in stride(from: 40, to: der.count - 8, by: 61) {
            var damaged = der
            damaged[offset] ^= 0x10
            let pem = "\(lines[0])\n\(Base64.encode(damaged))\n\(lines[lines.count - 1])\n"
            if offset < 294 {
                #expect(throws: CryptoError.inconsistentKey) { try RSAPrivateKey(pem: pem) }
            } else if let key = try? RSAPrivateKey(pem: pem) {
                // A refusal, as where the damage hit a length, is right too.
                let message = Array("m".utf8)
                #expect(key.publicKey.verify(try key.sign(message), message: message))
                accepted += 1
            }
        }
        #expect(accepted > 0)
    }

    @Test(arguments: [512, 1024, 2047, 16385, -1, 0])
    func generatesNoUnacceptableSize(_ bits: Int) {
        #expect(throws: CryptoError.unacceptableKeySize) { try RSAPrivateKey.generate(bits: bits) }
    }

    @Test func refusesEveryChangedSignatureByte() throws {
        let key = try RSAPrivateKey(pem: PublishedKeys.rfc7515)
        let message = Array("message".utf8)
        let signature = try key.sign(message)
        #expect(key.publicKey.verify(signature, message: message))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1 << (index % 8)
            #expect(!key.publicKey.verify(changed, message: message))
        }
        #expect(!key.publicKey.verify(signature, message: Array("messagf".utf8)))
        #expect(!key.publicKey.verify(Array(signature.dropLast()), message: message))
        #expect(!key.publicKey.verify([0] + signature, message: message))
        #expect(!key.publicKey.verify([], message: message))
        #expect(!key.publicKey.verify([UInt8](repeating: 0xFF, count: 256), message: message))
        #expect(!key.publicKey.verify([UInt8](repeating: 0, count: 256), message: message))
    }

    @Test func manyThreadsSignAndVerifyWithOneKey() async throws {
        let key = try Self.generated.get()
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let message = Array("message \(number)".utf8)
                    let other = Array("message \(number + 1)".utf8)
                    return (0..<20).allSatisfy { _ in
                        // A failure to sign shows as a wrong answer.
                        guard let signature = try? key.sign(message) else { return false }
                        return key.publicKey.verify(signature, message: message)
                            && !key.publicKey.verify(signature, message: other)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
