package import Crypto
import JSON

/// A private key with its name, to be written as a JWK (RFC 7517).
package struct KeyPair: Sendable {
    package let kid: String
    package let algorithm: SignatureAlgorithm?
    package let key: PrivateKey

    package init(kid: String, algorithm: SignatureAlgorithm?, key: PrivateKey) {
        self.kid = kid
        self.algorithm = algorithm
        self.key = key
    }

    /// A JWK set with the private numbers: for a `KeyFile` only.
    package static func set(_ pairs: [KeyPair]) -> [UInt8] {
        var json = JSONWriter(reserving: 4096)
        json.object { json in
            json.memberArray("keys") { json in
                for pair in pairs { json.element { pair.write(to: &$0) } }
            }
        }
        return json.finish()
    }

    private func write(to json: inout JSONWriter) {
        json.member("kid", kid)
        json.member("use", "sig")
        json.member("key_ops", ["sign"])
        if let algorithm { json.member("alg", algorithm.rawValue) }
        let curve = key.publicKey.curve
        json.member("kty", curve == nil ? "RSA" : "EC")
        if let curve { json.member("crv", curve.rawValue) }
        for number in key.numbers { json.member(number.name, Base64URL.encode(number.bytes)) }
    }
}
