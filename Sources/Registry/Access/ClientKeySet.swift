package import Crypto
import JSON

/// The public keys that check a client's signatures, of a JWK set (RFC 7517 §5).
package struct ClientKeySet: Sendable {
    package struct Key: Sendable {
        package let kid: String
        /// The one algorithm that it is for, if it says so.
        package let algorithm: SignatureAlgorithm?
        package let publicKey: PublicKey
        /// What its numbers are: `n` and `e`, or `x` and `y`, as they were given.
        fileprivate let numbers: [(name: String, text: String)]
        /// Of the modulus; `nil` on a curve.
        package let bits: Int?
    }

    /// Why a text is no set of keys that can be used, in words that follow the name of its field.
    package struct Fault: Error, Sendable {
        package let message: String

        init(_ message: String) { self.message = message }
    }

    package static let maximumBytes = 64 * 1024
    private static let maximumCount = 20
    private static let maximumNameBytes = 255

    package let keys: [Key]

    /// Reads a set. Keys for other purposes, or of kinds that make none of our signatures, are left out
    /// (RFC 7517 §5).
    ///
    /// - Parameter isPrivate: whether it may hold private keys, of which the public halves are taken.
    package init(_ json: [UInt8], isPrivate: Bool = false) throws(Fault) {
        guard json.count <= Self.maximumBytes else { throw Fault("has more than 64 KiB") }
        let root: JSONValue
        do {
            root = try JSONDocument(json).root
        } catch {
            throw Fault("is not JSON: \(error)")
        }
        guard let list = root["keys"], list.kind == .array else {
            throw Fault("must be a JWK set: an object with the list \"keys\"")
        }
        guard list.count <= Self.maximumCount else {
            throw Fault("has \(list.count) keys; \(Self.maximumCount) are allowed")
        }
        var keys: [Key] = []
        for jwk in list.elements {
            guard let key = try Self.key(jwk, isPrivate: isPrivate) else { continue }
            guard !keys.contains(where: { $0.kid.utf8.elementsEqual(key.kid.utf8) }) else {
                throw Fault("has two keys with the kid \(key.kid)")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw Fault("has no key for signatures: RSA, or EC on P-384 or P-256")
        }
        self.keys = keys
    }

    package func key(_ kid: String) -> Key? {
        keys.first { $0.kid.utf8.elementsEqual(kid.utf8) }
    }

    // MARK: Reading

    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    private static func key(_ jwk: JSONValue, isPrivate: Bool) throws(Fault) -> Key? {
        guard jwk.kind == .object else { throw Fault("has a key that is no object") }
        guard isPrivate || !privateMembers.contains(where: { jwk[$0] != nil }) else {
            throw Fault(
                "has a private or symmetric key. Whoever has seen it can act for the client: make a "
                    + "new pair and register the public key alone")
        }
        guard isForSignatures(jwk, isPrivate: isPrivate) else { return nil }
        var curve: EllipticCurve?
        switch jwk["kty"]?.string {
        case "RSA": break
        case "EC":
            curve = jwk["crv"]?.string.flatMap(EllipticCurve.init)
            if curve == nil { return nil }
        default: return nil
        }
        let algorithm = jwk["alg"]?.string.flatMap(SignatureAlgorithm.init)
        if jwk["alg"] != nil, algorithm == nil || algorithm?.curve != curve { return nil }
        guard let kid = jwk["kid"]?.string, !kid.isEmpty, kid.utf8.count <= maximumNameBytes else {
            throw Fault("has a key without a kid of 1 to \(maximumNameBytes) bytes")
        }
        return try key(
            kid, algorithm, curve, numbers: (curve == nil ? ["n", "e"] : ["x", "y"]), of: jwk)
    }

    private static func isForSignatures(_ jwk: JSONValue, isPrivate: Bool) -> Bool {
        if let use = jwk["use"], use.string != "sig" { return false }
        guard let operations = jwk["key_ops"] else { return true }
        return operations.elements.contains {
            $0.string == "verify" || isPrivate && $0.string == "sign"
        }
    }

    private static func key(
        _ kid: String, _ algorithm: SignatureAlgorithm?, _ curve: EllipticCurve?,
        numbers names: [String], of jwk: JSONValue
    ) throws(Fault) -> Key {
        var numbers: [(name: String, text: String)] = []
        var bytes: [[UInt8]] = []
        for name in names {
            guard let text = jwk[name]?.string, let number = Base64URL.decode(text) else {
                throw Fault("has the key \(kid), of which \(name) is not base64url")
            }
            numbers.append((name, text))
            bytes.append(number)
        }
        do {
            let publicKey =
                if let curve {
                    try PublicKey(curve, x: bytes[0], y: bytes[1])
                } else {
                    try PublicKey(modulus: bytes[0], exponent: bytes[1])
                }
            let modulus = bytes[0].drop { $0 == 0 }
            let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            return Key(
                kid: kid, algorithm: algorithm, publicKey: publicKey, numbers: numbers,
                bits: curve == nil ? bits : nil)
        } catch .unacceptableKeySize {
            throw Fault(
                "has the key \(kid), whose modulus must have \(PublicKey.modulusBits.lowerBound) to "
                    + "\(PublicKey.modulusBits.upperBound) bits")
        } catch {
            throw Fault("has the key \(kid), whose numbers are no public key")
        }
    }

    // MARK: Writing

    /// The set with what was taken of it, and nothing private.
    package var json: [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.memberArray("keys") { json in
                for key in keys { json.element { ClientKeySet.write(key, to: &$0) } }
            }
        }
        return json.finish()
    }

    private static func write(_ key: Key, to json: inout JSONWriter) {
        json.member("kid", key.kid)
        json.member("use", "sig")
        if let algorithm = key.algorithm { json.member("alg", algorithm.rawValue) }
        json.member("kty", key.type)
        if let curve = key.publicKey.curve { json.member("crv", curve.rawValue) }
        for number in key.numbers { json.member(number.name, number.text) }
    }
}

extension ClientKeySet.Key {
    package var type: String { publicKey.curve == nil ? "RSA" : "EC" }
}
