import Crypto
import Testing

struct SecretBoxTests {
    private static let key = [UInt8](repeating: 7, count: 32)

    @Test(arguments: [0, 1, 16, 38, 4096])
    func opensWhatItSealed(_ count: Int) throws {
        let box = try SecretBox(key: Self.key)
        let secret = SecureRandom.bytes(count)
        let sealed = try box.seal(secret, for: "sub_1")
        #expect(sealed.count == count + 28)
        #expect(try box.open(sealed, for: "sub_1") == secret)
    }

    @Test func neverSealsTwiceAlike() throws {
        let box = try SecretBox(key: Self.key)
        #expect(try box.seal([1, 2, 3], for: "a") != box.seal([1, 2, 3], for: "a"))
    }

    @Test func refusesEveryChangedBit() throws {
        let box = try SecretBox(key: Self.key)
        let sealed = try box.seal(Array("whsec_".utf8), for: "sub_1")
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: CryptoError.notAuthentic) { try box.open(changed, for: "sub_1") }
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptoError.notAuthentic) {
                try box.open(Array(sealed.prefix(count)), for: "sub_1")
            }
        }
    }

    @Test func refusesAnotherContextOrKey() throws {
        let sealed = try SecretBox(key: Self.key).seal([1], for: "sub_1")
        #expect(throws: CryptoError.notAuthentic) {
            try SecretBox(key: Self.key).open(sealed, for: "sub_2")
        }
        let other = try SecretBox(key: [UInt8](repeating: 8, count: 32))
        #expect(throws: CryptoError.notAuthentic) { try other.open(sealed, for: "sub_1") }
        #expect(throws: CryptoError.invalidSealingKey) { try SecretBox(key: [1]) }
    }

    /// Case 14 of the vectors of McGrew and Viega, with associated data none: a zero key, a zero
    /// nonce and sixteen zero bytes. Its form here is nonce, ciphertext, tag; the published tag is
    /// without associated data, so only what an empty context seals can be compared.
    @Test func opensAPublishedVector() throws {
        let box = try SecretBox(key: [UInt8](repeating: 0, count: 32))
        let ciphertext = try #require(Hex.decode("cea7403d4d606b6e074ec5d3baf39d18"))
        let tag = try #require(Hex.decode("d0d1c8a799996bf0265b98b5d48ab919"))
        let sealed = [UInt8](repeating: 0, count: 12) + ciphertext + tag
        #expect(try box.open(sealed, for: "") == [UInt8](repeating: 0, count: 16))
    }
}
