import Crypto
import Testing

@testable import Postgres

/// The server's side of SCRAM, computed from the password.
struct SCRAMServer {
    static let salt = Array("0123456789abcdef".utf8)
    let serverFirst: String
    private let clientFirst: String

    /// - Parameter message: SASLInitialResponse, without its head.
    init(_ message: [UInt8], iterations: Int = 4096) {
        let nul = message.firstIndex(of: 0) ?? 0
        clientFirst = String(decoding: message.dropFirst(nul + 5), as: UTF8.self)
        let nonce = clientFirst.split(separator: "r=").last ?? ""
        serverFirst = "r=\(nonce)server,s=\(Base64.encode(Self.salt)),i=\(iterations)"
    }

    /// What binds the channel: the header, and the data behind it.
    var header: String { clientFirst.split(separator: "n=").first.map(String.init) ?? "" }

    /// The signature for `final`; nil when its proof is wrong.
    func serverFinal(to final: [UInt8], password: String) -> String? {
        let text = String(decoding: final, as: UTF8.self)
        let parts = text.split(separator: ",p=")
        let bare = clientFirst.dropFirst(header.count)
        let message = "\(bare),\(serverFirst),\(parts[0])"
        let salted = PBKDF2.sha256(
            password: Array(password.utf8), salt: Self.salt,
            iterations: Int(serverFirst.split(separator: "i=").last ?? "") ?? 0)
        let key = HMACSHA256(key: salted)
        let clientKey = key.authenticate("Client Key").bytes
        let signature = HMACSHA256(key: SHA256.hash(clientKey).bytes).authenticate(message).bytes
        let proof = Base64.decode(String(parts[1])) ?? []
        guard zip(proof, signature).map({ $0 ^ $1 }) == clientKey else { return nil }
        let server = HMACSHA256(key: key.authenticate("Server Key").bytes)
        return "v=\(Base64.encode(server.authenticate(message).bytes))"
    }
}

struct StartupTests {
    private struct Session {
        private(set) var startup: Startup
        private var input = MessageReader(messageLimit: 32 * 1024)
        private(set) var output = MessageWriter()

        init(_ login: Startup.Login) { startup = Startup(login) }

        /// What the client answers, without its head.
        mutating func hear(_ bytes: [UInt8]) throws -> [UInt8] {
            output.removeAll()
            input.append(bytes)
            isReady = try startup.advance(&input, &output)
            return Array(output.unsent.dropFirst(5))
        }
        private(set) var isReady = false
    }

    private static func login(
        isTrusted: Bool = false, endPoint: [UInt8]? = nil, isTLS: Bool = false,
        _ binding: ChannelBinding = .prefer, password: String? = "secret"
    ) -> Startup.Login {
        var login = Startup.Login(user: "amina", password: password.map { Secret($0) })
        login.isTrusted = isTrusted
        login.endPoint = endPoint
        login.isTLS = isTLS || endPoint != nil
        login.channelBinding = binding
        return login
    }

    private static func failure(_ login: Startup.Login, _ bytes: [UInt8]) -> String {
        var session = Session(login)
        do {
            _ = try session.hear(bytes)
            return session.isReady ? "ready" : "waiting"
        } catch {
            return "\(error)"
        }
    }

    private static func offer(_ mechanisms: String...) -> [UInt8] {
        Say.authentication(10, mechanisms.flatMap { Say.text($0) } + [0])
    }

    private static let end = Say.session().dropFirst(Say.authentication(0).count)

    // MARK: SCRAM

    static let bindings: [([UInt8]?, [String], ChannelBinding, String?)] = [
        (nil, ["SCRAM-SHA-256"], .prefer, "n,,"),
        (nil, ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], .prefer, "n,,"),
        ([1, 2], ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], .prefer, "p=tls-server-end-point,,"),
        ([1, 2], ["SCRAM-SHA-256-PLUS"], .require, "p=tls-server-end-point,,"),
        ([1, 2], ["SCRAM-SHA-256"], .prefer, "y,,"),
        ([1, 2], ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], .disable, "n,,"),
        ([1, 2], ["SCRAM-SHA-256"], .require, nil), (nil, ["SCRAM-SHA-256"], .require, nil),
        (nil, ["SCRAM-SHA-1"], .prefer, nil), (nil, [], .prefer, nil),
        (nil, ["SCRAM-SHA-256-PLUS"], .prefer, nil),
    ]

    @Test(arguments: bindings) func bindsTheChannelWheneverItCan(
        _ endPoint: [UInt8]?, _ offered: [String], _ binding: ChannelBinding, _ header: String?
    ) throws {
        var session = Session(Self.login(endPoint: endPoint, binding))
        let offer = Say.authentication(10, offered.flatMap { Say.text($0) } + [0])
        guard let header else {
            #expect(throws: StartupFailure.self) { try session.hear(offer) }
            return
        }
        let server = SCRAMServer(try session.hear(offer))
        #expect(server.header == header)
        let final = try session.hear(Say.authentication(11, Array(server.serverFirst.utf8)))
        let proof = try #require(server.serverFinal(to: final, password: "secret"))
        #expect(
            try session.hear(
                Say.authentication(12, Array(proof.utf8)) + Say.authentication(0) + Self.end) == [])
        #expect(session.isReady)
    }

    @Test func believesOnlyAServerThatKnowsThePassword() throws {
        let wrong = "v=" + Base64.encode([UInt8](repeating: 0, count: 32))
        for said in [
            Say.authentication(12, Array(wrong.utf8)), Say.authentication(12),
            Say.authentication(12, Array("e=no".utf8)), Say.authentication(0),
            Say.authentication(11), Array(Say.session()), Say.ready(), Say.authentication(3),
        ] {
            var session = Session(Self.login())
            let server = SCRAMServer(try session.hear(Self.offer("SCRAM-SHA-256")))
            _ = try session.hear(Say.authentication(11, Array(server.serverFirst.utf8)))
            #expect(throws: StartupFailure.self) { try session.hear(said) }
            #expect(!session.isReady)
        }
    }

    @Test(arguments: [1, 4095, 1_000_001]) func countsTheIterations(_ iterations: Int) throws {
        var session = Session(Self.login())
        let server = SCRAMServer(
            try session.hear(Self.offer("SCRAM-SHA-256")), iterations: iterations)
        let error = #expect(throws: StartupFailure.self) {
            try session.hear(Say.authentication(11, Array(server.serverFirst.utf8)))
        }
        #expect("\(error as Any)".contains("\(iterations) SCRAM iterations"))
    }

    // MARK: Other methods

    @Test func showsAPasswordOnlyWhereNobodyElseReadsIt() throws {
        let salt: [UInt8] = [1, 2, 3, 4]
        for (code, data) in [(3, []), (5, salt)] as [(Int32, [UInt8])] {
            let open = Self.failure(Self.login(), Say.authentication(code, data))
            #expect(open.contains("refused") && open.contains("password_encryption"))
            #expect(!open.contains("secret"))
            // TLS with somebody unknown is no better.
            let unknown = Self.failure(Self.login(isTLS: true), Say.authentication(code, data))
            #expect(unknown.contains("sslmode=verify-full"))
            let bound = Self.login(isTrusted: true, endPoint: [1], .require)
            #expect(Self.failure(bound, Say.authentication(code, data)).contains("channel_binding"))
        }
        var plain = Session(Self.login(isTrusted: true))
        #expect(try plain.hear(Say.authentication(3)) == Say.text("secret"))
        var hashed = Session(Self.login(isTrusted: true))
        let inner = Hex.encode(MD5.hash(Array("secretamina".utf8)) ?? [])
        let outer = Hex.encode(MD5.hash(Array(inner.utf8) + salt) ?? [])
        #expect(try hashed.hear(Say.authentication(5, salt)) == Say.text("md5" + outer))
        #expect(try hashed.hear(Say.session()) == [] && hashed.isReady)
    }

    static let endings: [(String, [UInt8], String)] = [
        ("nobody asked", Say.session(), "ready"),
        ("nobody yet", Say.authentication(0), "waiting"),
        ("wrong password", Say.error("28P01", "FATAL"), "refused(\"no (28P01)\")"),
        ("no entry", Say.error("28000", "FATAL"), "refused(\"no (28000)\")"),
        ("no database", Say.error("3D000", "FATAL"), "refused(\"no (3D000)\")"),
        ("starting", Say.error("57P03", "FATAL"), "unavailable(\"no (57P03)\")"),
        ("full", Say.error("53300", "FATAL"), "unavailable(\"no (53300)\")"),
        ("Kerberos", Say.authentication(7), "scram-sha-256"),
        ("unknown", Say.authentication(99), "out of order"),
        ("challenge first", Say.authentication(11), "out of order"),
        ("signature first", Say.authentication(12), "out of order"),
        ("salt", Say.authentication(5, [1, 2, 3]), "MD5 salt"),
        ("more", Say.authentication(0, [1]), "longer than its fields"),
        ("another version", Say.message("v", [0, 0, 0, 0, 0, 0, 0, 0]), "version 3.0"),
        ("ready first", Say.ready(), "during startup"), ("key first", Say.message("K"), "during"),
        ("parameter first", Say.parameter("a", "b"), "during startup"),
        ("rows", Say.authentication(0) + Say.row([]), "during startup"),
        ("twice", Say.authentication(0) + Say.authentication(0), "out of order"),
        ("again", Say.authentication(0) + Say.authentication(10, [0]), "out of order"),
        ("in a transaction", Say.authentication(0) + Say.ready("T"), "in a transaction"),
        ("long", Array("R".utf8) + Say.big(UInt32(40_000)), "40000 bytes"),
        ("HTTP", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "does not speak"),
        ("a notice", Say.notice("01000") + Say.session(), "ready"),
        ("no password", Say.authentication(10, Say.text("SCRAM-SHA-256") + [0]), "PGPASSWORD"),
    ]

    @Test(arguments: endings) func tellsWhatToExpectOfTheServer(
        _ name: String, _ bytes: [UInt8], _ expected: String
    ) {
        let found = Self.failure(Self.login(isTrusted: true, password: nil), bytes)
        #expect(found.contains(expected), "\(name): \(found)")
    }

    @Test func requiringABindingTrustsNobody() {
        let login = Self.login(isTrusted: true, endPoint: [1], .require)
        #expect(Self.failure(login, Say.session()).contains("channel_binding=require"))
    }
}
