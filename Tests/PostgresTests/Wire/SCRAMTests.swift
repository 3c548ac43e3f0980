import Crypto
import Testing

@testable import Postgres

struct SCRAMTests {
    private static let serverFirst =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

    private static func example(_ binding: SCRAM.Binding = .unsupported) -> SCRAM {
        SCRAM(
            password: Array("pencil".utf8), binding: binding, user: "user",
            nonce: "rOprNGfwEbeRWgbNEkqO")
    }

    /// RFC 7677 §3.
    @Test func computesTheExampleOfTheRFC() throws {
        var scram = Self.example()
        #expect(scram.clientFirst == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let final = try scram.clientFinal(to: Array(Self.serverFirst.utf8))
        #expect(
            final == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        let proof = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        #expect(scram.isProven(by: Array(proof.utf8)))
        #expect(scram.isProven(by: Array((proof + ",ext=1").utf8)))
        for wrong in [
            "", "v=", "e=other-error", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==", "V=" + proof.dropFirst(2),
            "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", " " + proof,
        ] { #expect(!scram.isProven(by: Array(wrong.utf8)), "\(wrong)") }
    }

    @Test func bindsTheChannelInBothMessages() throws {
        var bound = Self.example(.endPoint([1, 2, 3]))
        #expect(bound.mechanism == "SCRAM-SHA-256-PLUS")
        #expect(bound.clientFirst.hasPrefix("p=tls-server-end-point,,n="))
        let final = try bound.clientFinal(to: Array(Self.serverFirst.utf8))
        let header = Array("p=tls-server-end-point,,".utf8)
        #expect(final.hasPrefix("c=\(Base64.encode(header + [1, 2, 3])),"))
        var suspicious = Self.example(.notOffered)
        #expect(suspicious.mechanism == "SCRAM-SHA-256" && suspicious.clientFirst.hasPrefix("y,,"))
        #expect(
            try suspicious.clientFinal(to: Array(Self.serverFirst.utf8)).hasPrefix("c=eSws,"))
    }

    @Test func believesNothingBeforeTheChallenge() {
        #expect(!Self.example().isProven(by: Array("v=AAAA".utf8)))
    }

    @Test func drawsAnotherNonceEachTime() {
        let first = (0..<100).map { _ in SCRAM(password: [], binding: .unsupported).clientFirst }
        #expect(Set(first).count == 100)
        #expect(first.allSatisfy { $0.utf8.count >= 8 + 24 })
    }

    private static let own = "rOprNGfwEbeRWgbNEkqO"
    static let challenges: [(String, Bool)] = [
        (serverFirst, true), (serverFirst + ",x=1", true),
        ("r=\(own)x,s=AAAA,i=4096", true), ("r=\(own)x,s=AAAA,i=1000000", true),
        ("r=\(own)x,s=AAAA,i=04096", true), ("r=\(own)x,s=AAAA,i=4095", false),
        ("r=\(own)x,s=AAAA,i=1", false), ("r=\(own)x,s=AAAA,i=0", false),
        ("r=\(own)x,s=AAAA,i=1000001", false), ("r=\(own)x,s=AAAA,i=99999999999999999999", false),
        ("r=\(own)x,s=AAAA,i=-4096", false), ("r=\(own)x,s=AAAA,i=+4096", false),
        ("r=\(own)x,s=AAAA,i=", false), ("r=\(own)x,s=AAAA", false),
        ("r=\(own),s=AAAA,i=4096", false), ("r=other,s=AAAA,i=4096", false),
        ("r=,s=AAAA,i=4096", false), ("r=\(own)x y,s=AAAA,i=4096", false),
        ("r=\(own)x\u{7},s=AAAA,i=4096", false), ("r=\(own)x,s=,i=4096", false),
        ("r=\(own)x,s=!!,i=4096", false), ("m=1,r=\(own)x,s=AAAA,i=4096", false),
        ("s=AAAA,r=\(own)x,i=4096", false), ("e=unknown-user", false), ("", false), (",,", false),
    ]

    @Test(arguments: challenges) func takesOnlyChallengesThatAreSound(
        _ text: String, _ isSound: Bool
    ) {
        var scram = Self.example()
        let result = try? scram.clientFinal(to: Array(text.utf8))
        #expect((result != nil) == isSound)
    }

    /// RFC 4013 §3, and what PostgreSQL does with spaces and with what is forbidden.
    static let passwords: [(String, String?)] = [
        ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"),
        ("\u{2168}", "IX"), ("\u{7}", nil), ("\u{627}\u{31}", nil),
        ("\u{627}\u{628}", "\u{627}\u{628}"),
        ("a\u{A0}b", "a b"), ("a\u{3000}b", "a b"), ("a\u{200B}b", "a b"), ("e\u{301}", "é"),
        ("a\u{200D}b", "ab"), ("\u{AD}", nil), ("\u{E000}", nil), ("\u{1F600}", nil),
        ("a\u{627}", nil), ("\u{FB01}", "fi"), ("à", "à"),
    ]

    @Test(arguments: passwords) func preparesPasswords(_ text: String, _ expected: String?) {
        #expect(SASLPrep.prepared(text).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        #expect(SASLPrep.prepare(text) == Array((expected ?? text).utf8))
    }

    /// RFC 7914 §11 and RFC 1321 §A.5.
    @Test func hashesAsTheRFCsSay() {
        let key = PBKDF2.sha256(
            password: Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1)
        #expect(
            Hex.encode(key) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(MD5.hash([]).map { Hex.encode($0) } == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(
            MD5.hash(Array("message digest".utf8)).map { Hex.encode($0) }
                == "f96b697d7cb7938d525a2f31aaf161d0")
    }
}
