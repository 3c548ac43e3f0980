internal import Crypto

/// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), without a socket.
///
/// Only a server that knows the password, or its stored form, can compute the signature at the end: until
/// `verify` returns nothing that it says counts.
struct SCRAM {
    /// What is said of channel binding (RFC 5802 §6).
    enum Binding: Equatable {
        /// The client has none.
        case unsupported
        /// The client has one and the server offers none; a server that does knows then that somebody in
        /// between has taken its offer away.
        case notOffered
        /// The hash of the server's certificate (tls-server-end-point, RFC 5929 §4).
        case endPoint([UInt8])

        var header: String {
            switch self {
            case .unsupported: "n,,"
            case .notOffered: "y,,"
            case .endPoint: "p=tls-server-end-point,,"
            }
        }

        var data: [UInt8] { if case .endPoint(let hash) = self { hash } else { [] } }
    }

    /// Less is no protection; more is a server that wants to keep us busy.
    static let iterations = 4_096...1_000_000

    private let password: [UInt8]
    private let binding: Binding
    private let nonce: String
    /// client-first-message-bare. PostgreSQL takes the name from the startup message.
    private var bare: String { "n=\(user),r=\(nonce)" }
    private let user: String
    private var serverSignature: Digest?

    /// - Parameters:
    ///   - password: prepared by `SASLPrep`.
    ///   - nonce: printable, without commas; random but in tests.
    init(
        password: [UInt8], binding: Binding, user: String = "",
        nonce: String = Base64.encode(SecureRandom.bytes(18))
    ) {
        self.password = password
        self.binding = binding
        self.user = user
        self.nonce = nonce
    }

    var mechanism: String {
        if case .endPoint = binding { "SCRAM-SHA-256-PLUS" } else { "SCRAM-SHA-256" }
    }

    var clientFirst: String { binding.header + bare }

    /// The answer to server-first-message.
    mutating func clientFinal(to serverFirst: [UInt8]) throws(ProtocolViolation) -> String {
        let challenge = try Challenge(serverFirst, clientNonce: nonce)
        let bound = Base64.encode(Array(binding.header.utf8) + binding.data)
        let withoutProof = "c=\(bound),r=\(challenge.nonce)"
        let message =
            Array("\(bare),".utf8) + serverFirst + Array(",\(withoutProof)".utf8)
        var salted = PBKDF2.sha256(
            password: password, salt: challenge.salt, iterations: challenge.iterations)
        defer { erase(&salted) }
        let key = HMACSHA256(key: salted)
        let clientKey = key.authenticate("Client Key").bytes
        let signature = HMACSHA256(key: SHA256.hash(clientKey).bytes).authenticate(message)
        serverSignature = HMACSHA256(key: key.authenticate("Server Key").bytes)
            .authenticate(message)
        let proof = zip(clientKey, signature.bytes).map { $0 ^ $1 }
        return "\(withoutProof),p=\(Base64.encode(proof))"
    }

    /// Whether server-final-message proves that the server knows the password. The comparison takes the
    /// same time wherever they differ.
    func isProven(by serverFinal: [UInt8]) -> Bool {
        guard let serverSignature, serverFinal.starts(with: Array("v=".utf8)),
            let bytes = Base64.decode(
                serverFinal.dropFirst(2).prefix { $0 != UInt8(ascii: ",") }),
            let signature = Digest(bytes)
        else { return false }
        return signature == serverSignature
    }

    /// server-first-message: `r=<nonce>,s=<salt>,i=<iterations>`, then extensions that are ignored.
    private struct Challenge {
        let nonce: String
        let salt: [UInt8]
        let iterations: Int

        init(_ message: [UInt8], clientNonce: String) throws(ProtocolViolation) {
            let parts = message.split(
                separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard parts.count >= 3, let nonce = Self.value(of: "r", parts[0]),
                nonce.count > clientNonce.utf8.count,
                nonce.starts(with: clientNonce.utf8),
                nonce.allSatisfy({ 0x21...0x7E ~= $0 }),
                let salt = Self.value(of: "s", parts[1]).flatMap({ Base64.decode($0) }),
                !salt.isEmpty, let digits = Self.value(of: "i", parts[2]),
                1...9 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 })
            else { throw ProtocolViolation("a SCRAM challenge that is none") }
            self.nonce = String(decoding: nonce, as: UTF8.self)
            self.salt = salt
            iterations = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard SCRAM.iterations.contains(iterations) else {
                throw ProtocolViolation(
                    "\(iterations) SCRAM iterations, where \(SCRAM.iterations.lowerBound) to "
                        + "\(SCRAM.iterations.upperBound) are taken (scram_iterations)")
            }
        }

        private static func value(
            of name: Unicode.Scalar, _ part: ArraySlice<UInt8>
        ) -> ArraySlice<UInt8>? {
            part.starts(with: [UInt8(ascii: name), UInt8(ascii: "=")]) ? part.dropFirst(2) : nil
        }
    }
}
