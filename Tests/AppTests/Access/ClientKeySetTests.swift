import Crypto
import Registry
import Testing
import TestSupport

struct ClientKeySetTests {
    /// A public JWK, with members changed or left out.
    static func text(of pair: KeyPair, _ changes: [(String, String?)] = []) -> String {
        let curve = pair.key.publicKey.curve
        var members: [(String, String?)] = [
            ("kid", "\"\(pair.kid)\""), ("kty", curve == nil ? #""RSA""# : #""EC""#),
            ("crv", curve.map { "\"\($0.rawValue)\"" }),
        ]
        for number in pair.key.numbers.prefix(2) {
            members.append((number.name, "\"\(Base64URL.encode(number.bytes))\""))
        }
        members = members.filter { member in !changes.contains { $0.0 == member.0 } } + changes
        let texts = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{\(texts.joined(separator: ","))}"
    }

    static func set(_ keys: [String]) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }

    private static let rsa = TestApp.smartKeys[0]
    private static let p384 = TestApp.smartKeys[1]
    private static let p256 = TestApp.smartKeys[2]

    @Test func aSetIsReadAndWritten() throws {
        let text = Self.set([
            Self.text(of: Self.rsa, [("use", #""sig""#), ("alg", #""RS384""#)]),
            Self.text(of: Self.p384, [("key_ops", #"["verify"]"#), ("x5t", #""more""#)]),
            Self.text(of: Self.p256),
        ])
        let set = try ClientKeySet(Array(text.utf8))
        #expect(set.keys.map(\.kid) == ["rs", "p384", "p256"])
        #expect(set.keys.map(\.type) == ["RSA", "EC", "EC"])
        #expect(set.keys.map(\.bits) == [2048, nil, nil])
        #expect(set.keys.map(\.algorithm) == [.rs384, nil, nil])
        let again = try ClientKeySet(set.json)
        #expect(again.json == set.json)
        #expect(again.keys.map(\.kid) == set.keys.map(\.kid))
        #expect(set.key("p256")?.publicKey.curve == .p256)
        #expect(set.key("P256") == nil)
    }

    private static let others: [(String, [(String, String?)])] = [
        ("RSA", [("use", #""enc""#)]), ("RSA", [("key_ops", #"["encrypt"]"#)]),
        ("RSA", [("alg", #""PS384""#)]), ("RSA", [("alg", #""ES384""#)]), ("RSA", [("alg", "1")]),
        ("RSA", [("kty", #""OKP""#)]), ("RSA", [("kty", nil)]), ("EC", [("crv", #""P-521""#)]),
        ("EC", [("crv", nil)]), ("EC", [("alg", #""ES256""#)]),
    ]

    @Test(arguments: others)
    func whatIsForSomethingElseIsLeftOut(_ type: String, _ changes: [(String, String?)]) throws {
        let pair = type == "RSA" ? Self.rsa : Self.p384
        let other = Self.text(of: pair, changes + [("kid", #""left""#)])
        let set = try ClientKeySet(Array(Self.set([other, Self.text(of: Self.p256)]).utf8))
        #expect(set.keys.map(\.kid) == ["p256"])
        #expect(throws: ClientKeySet.Fault.self) {
            try ClientKeySet(Array(Self.set([other]).utf8))
        }
    }

    private static let short = #""\#(Base64URL.encode([UInt8](repeating: 0xFF, count: 255)))""#

    private static let faults: [(text: String, sentence: String)] = [
        ("", "is not JSON"), ("[]", "must be a JWK set"), ("{}", "must be a JWK set"),
        (#"{"keys":{}}"#, "must be a JWK set"), (text(of: rsa), "must be a JWK set"),
        (set([]), "has no key"), (set(["1"]), "no object"),
        (#"{"keys":[],"keys":[]}"#, "is not JSON"),
        (set([text(of: rsa, [("d", #""AQ""#)])]), "private"),
        (set([text(of: p384, [("d", #""AQ""#)])]), "private"),
        (set([#"{"kty":"oct","kid":"a","k":"AAAA"}"#]), "private or symmetric"),
        (set([text(of: p256), text(of: p256)]), "two keys"),
        (set([text(of: rsa, [("kid", nil)])]), "kid"),
        (set([text(of: rsa, [("kid", #""""#)])]), "kid"),
        (set([text(of: rsa, [("kid", "7")])]), "kid"),
        (set([text(of: rsa, [("n", short)])]), "2048"),
        (set([text(of: rsa, [("n", nil)])]), "base64url"),
        (set([text(of: rsa, [("n", #""A""#)])]), "base64url"),
        (set([text(of: rsa, [("n", #""AB==""#)])]), "base64url"),
        (set([text(of: rsa, [("e", #""Ag""#)])]), "no public key"),
        (set([text(of: p384, [("x", short)])]), "no public key"),
        (set([text(of: p384, [("y", #""AQ""#)])]), "no public key"),
        (set((0...20).map { text(of: p256, [("kid", "\"\($0)\"")]) }), "20 are allowed"),
        (String(repeating: " ", count: 64 * 1024) + set([text(of: p256)]), "64 KiB"),
    ]

    @Test(arguments: faults.indices)
    func aFaultIsNamed(_ index: Int) {
        let (text, sentence) = Self.faults[index]
        let fault = #expect(throws: ClientKeySet.Fault.self) {
            try ClientKeySet(Array(text.utf8))
        }
        #expect(fault?.message.contains(sentence) == true, "\(fault?.message ?? "")")
    }

    @Test func ofAPrivateSetThePublicHalvesAreTaken() throws {
        let secret = KeyPair.set(TestApp.smartKeys)
        #expect(throws: ClientKeySet.Fault.self) { try ClientKeySet(secret) }
        let set = try ClientKeySet(secret, isPrivate: true)
        #expect(set.keys.count == 3)
        #expect(throws: Never.self) { try ClientKeySet(set.json) }
    }
}
