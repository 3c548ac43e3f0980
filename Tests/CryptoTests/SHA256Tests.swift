import Crypto
import Testing

struct SHA256Tests {
    /// FIPS 180-4 example values, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func matchesPublishedValues(_ message: String, _ hex: String) {
        #expect(SHA256.hash(message).hex == hex)
        #expect(SHA256.hash(Array(message.utf8)).bytes == Hex.decode(hex))
    }

    @Test func hashesAMillionLettersInPieces() {
        var hash = SHA256()
        let piece = [UInt8](repeating: 0x61, count: 997)
        for _ in 0..<1003 { hash.update(piece) }
        hash.update(piece[..<9])
        #expect(997 * 1003 + 9 == 1_000_000)
        #expect(
            hash.finalize().hex
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func copiesContinueIndependently() {
        var hash = SHA256()
        hash.update("ab")
        var other = hash
        other.update("c")
        hash.update("X")
        #expect(other.finalize() == SHA256.hash("abc"))
        #expect(hash.finalize() == SHA256.hash("abX"))
        // Finishing does not disturb the state.
        #expect(hash.finalize() == SHA256.hash("abX"))
    }

    @Test func digestsDifferInAnySingleBit() throws {
        let digest = SHA256.hash("abc")
        for bit in 0..<256 {
            var bytes = digest.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(try #require(Digest(bytes)) != digest)
        }
        #expect(Digest(digest.bytes) == digest)
        #expect(Digest(digest.bytes.dropLast()) == nil)
        #expect(Digest(digest.bytes + [0]) == nil)
    }
}
