import Crypto
import Testing

struct Base64Tests {
    /// RFC 4648 §10.
    private static let published = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: published)
    func matchesPublishedValues(_ text: String, _ encoded: String) {
        let bytes = Array(text.utf8)
        let bare = String(encoded.prefix { $0 != "=" })
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.decode(encoded) == bytes)
        #expect(Base64URL.encode(bytes) == bare)
        #expect(Base64URL.decode(bare) == bytes)
    }

    @Test func theAlphabetsDifferInTwoSymbols() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0xFE]
        #expect(Base64.encode(bytes) == "++///g==")
        #expect(Base64URL.encode(bytes) == "--___g")
        #expect(Base64.decode("--___g==") == nil)
        #expect(Base64URL.decode("++///g") == nil)
    }

    @Test func everyLengthAndByteReturns() {
        for count in 0..<260 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + count) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zm9v=", "Zm9v====", "=", "==", "====", "Z===", "Zh==", "Zm9=",
        "Zm9vZ", "Zm 9v", "Zm9vZm9!", "!m9vZm9v", "Z!9vZm9v", "Zm!vZm9v", "Zm9\u{7F}Zm9v", "Zm9v\n",
        "\nZm9v", "Zm9v Zm9v", "Zg==Zg==", "Z=g=", "Zm9\u{E9}", "Zm9-",
        "Zm9\u{0}",
    ])
    func refusesEveryOtherSpelling(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: [
        "Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9vZ", "Zm 9", "Zg\n", "Zm9v.", "Zm+v", "Zm/v",
    ])
    func refusesEveryOtherSpellingForURLs(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func eachTwoSymbolTextHasOneMeaning() {
        // 256 bytes, 64 × 64 spellings of two symbols: only every sixteenth is canonical.
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var meanings: Set<[UInt8]> = []
        var accepted = 0
        for first in symbols {
            for second in symbols {
                guard let bytes = Base64URL.decode([first, second]) else { continue }
                accepted += 1
                meanings.insert(bytes)
            }
        }
        #expect(accepted == 256)
        #expect(meanings.count == 256)
    }
}

struct HexTests {
    @Test func writesLowerCaseAndReadsBoth() {
        #expect(Hex.encode([0x00, 0x9F, 0xA0, 0xFF]) == "009fa0ff")
        #expect(Hex.decode("009fA0Ff") == [0x00, 0x9F, 0xA0, 0xFF])
    }

    @Test(arguments: ["0", "0g", "0x", " 0", "+1", "-1", "00 ", "é", "0:", "0/", "0@", "0`", "0G"])
    func refusesWhatIsNotHexadecimal(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

struct ConstantTimeTests {
    @Test func comparesEveryByteAndTheLength() {
        let secret = Array("a secret of some length".utf8)
        #expect(constantTimeEquals(secret, secret))
        for index in secret.indices {
            var other = secret
            other[index] ^= 0x80
            #expect(!constantTimeEquals(secret, other))
        }
        #expect(!constantTimeEquals(secret, Array(secret.dropLast())))
        #expect(!constantTimeEquals(secret[1...], secret[..<(secret.count - 1)]))
        #expect(constantTimeEquals(secret[1..<3], secret[1..<3]))
        // A prefix is not enough, in either order.
        #expect(!constantTimeEquals(secret[..<5], secret[...]))
        #expect(!constantTimeEquals(secret[...], secret[..<5]))
        #expect(constantTimeEquals([UInt8](), []))
        #expect(constantTimeEquals("é".utf8, "é".utf8))
        #expect(!constantTimeEquals("e\u{301}", "é"))
    }

    @Test func erasesInPlace() {
        var secret = Array("secret".utf8)
        erase(&secret)
        #expect(secret == [0, 0, 0, 0, 0, 0])
    }
}

struct SecureRandomTests {
    @Test func fillsEveryByteOfAnyLength() {
        for count in [0, 1, 7, 32, 255, 256, 257, 5000] {
            // Were a byte never written, it would be zero in all of the draws.
            var seen = [UInt8](repeating: 0, count: count)
            for _ in 0..<40 {
                let bytes = SecureRandom.bytes(count)
                #expect(bytes.count == count)
                for index in bytes.indices { seen[index] |= bytes[index] }
            }
            #expect(!seen.contains(0))
        }
    }

    @Test func goesOnAfterAPartialAnswer() {
        // getrandom(2) gives at most this many bytes a call.
        let most = 33_554_431
        var last: UInt8 = 0
        var next: UInt8 = 0
        for _ in 0..<3 {
            let bytes = SecureRandom.bytes(most + 1)
            last |= bytes[most - 1]
            next |= bytes[most]
        }
        #expect(last != 0 && next != 0)
    }

    @Test func fillsASpanAndNothingBesideIt() {
        var bytes = [UInt8](repeating: 0, count: 64)
        var part = bytes[16..<48]
        var span = part.mutableSpan
        SecureRandom.fill(&span)
        bytes[16..<48] = part
        #expect(bytes[..<16].allSatisfy { $0 == 0 } && bytes[48...].allSatisfy { $0 == 0 })
        #expect(bytes[16..<48].contains { $0 != 0 })
    }

    @Test func neverRepeats() {
        #expect(Set((0..<10_000).map { _ in SecureRandom.uint64() }).count == 10_000)
    }

    @Test(arguments: [1, 2, 3, 10, 32, 1_000_003, .max] as [UInt32])
    func staysBelowTheBound(_ bound: UInt32) {
        for _ in 0..<500 { #expect(SecureRandom.below(bound) < bound) }
    }

    @Test func drawsEachNumberEquallyOften() {
        var counts = [0, 0, 0, 0, 0, 0]
        for _ in 0..<60_000 { counts[Int(SecureRandom.below(6))] += 1 }
        // 10,000 each with a standard deviation of 91: eleven of them.
        #expect(counts.allSatisfy { (9_000...11_000).contains($0) })
    }
}
