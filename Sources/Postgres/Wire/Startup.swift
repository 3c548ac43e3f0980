internal import Crypto
internal import Database

/// Why a server does not become ours.
enum StartupFailure: Error, Equatable {
    /// Another host, or a later moment, may do.
    case unavailable(String)
    /// It will say no again, and so will those that share its users.
    case refused(String)
}

/// From the startup message to the first ReadyForQuery, without a socket (PostgreSQL 15, chapter 55.2.1).
struct Startup {
    private enum Phase {
        /// → exchanging by SCRAM, answered by a password, authenticated.
        case beginning
        /// The client's first message has been sent. → proving.
        case exchanging(SCRAM)
        /// The proof has been sent. → proven.
        case proving(SCRAM)
        /// The server has shown that it knows the password. → authenticated.
        case proven
        /// A password has been sent. → authenticated.
        case answered
        /// → ready.
        case authenticated
        case ready
    }

    private let login: Login
    private var phase = Phase.beginning
    private(set) var parameters: [String: String] = [:]
    /// With which a statement of this session is cancelled.
    private(set) var key: (process: Int32, secret: Int32)?

    private static let parameterLimit = 64

    /// Who asks, and what is known of the way.
    struct Login {
        var user: String
        var password: Secret?
        var channelBinding = ChannelBinding.prefer
        /// TLS is in place; the hash of the server's certificate where one is defined.
        var isTLS = false
        var endPoint: [UInt8]?
        /// Nobody else reads what is sent: it stays on this machine, or goes to whom a certificate names.
        var isTrusted = false
    }

    init(_ login: Login) { self.login = login }

    static let sslRequestCode = 80_877_103
    static let cancelRequestCode = 80_877_102
    private static let protocolVersion = 3 << 16

    static func write(_ settings: [(name: String, value: String)], to output: inout MessageWriter) {
        output.begin(nil)
        output.int32(protocolVersion)
        for (name, value) in settings {
            output.string(name)
            output.string(value)
        }
        output.uint8(0)
        output.end()
    }

    /// Takes what has come, and writes what answers it.
    ///
    /// - Returns: true once the server is ready.
    mutating func advance(
        _ input: inout MessageReader, _ output: inout MessageWriter
    ) throws(StartupFailure) -> Bool {
        do {
            while let type = try input.next() {
                if try receive(type, &input, &output) { return true }
            }
            return false
        } catch let failure as StartupFailure {
            throw failure
        } catch {
            let reason = (error as? ProtocolViolation)?.reason ?? ""
            throw .refused("it does not speak PostgreSQL's protocol: \(reason)")
        }
    }

    private mutating func receive(
        _ type: UInt8, _ input: inout MessageReader, _ output: inout MessageWriter
    ) throws -> Bool {
        switch (type, phase) {
        case (UInt8(ascii: "E"), _): throw Self.failure(try ServerError(&input))
        case (UInt8(ascii: "N"), _): _ = try ServerError(&input)
        case (UInt8(ascii: "v"), .beginning):
            throw StartupFailure.refused("it does not speak version 3.0 of its protocol")
        case (UInt8(ascii: "R"), _): try authenticate(&input, &output)
        case (UInt8(ascii: "S"), .authenticated): try noteParameter(&input)
        case (UInt8(ascii: "K"), .authenticated) where key == nil:
            key = (try input.int32(), try input.int32())
            try input.requireEnd()
        case (UInt8(ascii: "Z"), .authenticated):
            guard try input.uint8() == UInt8(ascii: "I") else {
                throw ProtocolViolation("a session that begins in a transaction")
            }
            phase = .ready
            return true
        default:
            throw ProtocolViolation("a message \(MessageReader.name(type)) during startup")
        }
        return false
    }

    private static func failure(_ error: ServerError) -> StartupFailure {
        switch error.sqlState.prefix(2) {
        case "28", "3D", "42", "22": .refused(error.sentence)
        default: .unavailable(error.sentence)
        }
    }

    private mutating func noteParameter(_ input: inout MessageReader) throws(ProtocolViolation) {
        let name = try input.string()
        parameters[name] = try input.string()
        try input.requireEnd()
        guard parameters.count <= Self.parameterLimit else {
            throw ProtocolViolation("more parameters than a server has")
        }
    }

    private mutating func authenticate(
        _ input: inout MessageReader, _ output: inout MessageWriter
    ) throws {
        switch (try input.int32(), phase) {
        case (0, .proven), (0, .answered): phase = .authenticated
        case (0, .beginning):
            // Nobody has asked for a password (trust, peer, a certificate).
            try requireNoBinding("no password")
            phase = .authenticated
        case (3, .beginning):
            let password = try openPassword("password")
            Self.send(Array(password.utf8), &output)
            phase = .answered
        case (5, .beginning):
            let salt = try input.rest()
            guard salt.count == 4 else { throw ProtocolViolation("an MD5 salt that is none") }
            Self.send(try md5(try openPassword("md5"), salt), &output)
            phase = .answered
        case (10, .beginning): try beginSCRAM(&input, &output)
        case (11, .exchanging(var scram)):
            let final = try scram.clientFinal(to: try input.rest())
            output.begin("p")
            output.raw(final.utf8)
            output.end()
            phase = .proving(scram)
        case (12, .proving(let scram)):
            guard scram.isProven(by: try input.rest()) else {
                throw StartupFailure.refused("it does not know the password itself")
            }
            phase = .proven
        case (2, _), (6, _), (7, _), (8, _), (9, _):
            throw StartupFailure.refused(
                "it asks for Kerberos, GSSAPI or SSPI: let pg_hba.conf ask for scram-sha-256")
        default: throw ProtocolViolation("a step of authentication out of order")
        }
        if case .authenticated = phase { try input.requireEnd() }
    }

    private func knownPassword() throws(StartupFailure) -> Secret {
        guard let password = login.password else {
            throw .refused(
                "it asks for the password of \(login.user): put it into a passfile (~/.pgpass) or "
                    + "PGPASSWORD")
        }
        return password
    }

    /// A password for a method that shows it, or enough of it, to whoever listens.
    private func openPassword(_ method: String) throws(StartupFailure) -> String {
        try requireNoBinding(method)
        guard login.isTrusted else {
            throw .refused(
                "it asks for the password by \(method), which whoever listens can use: set "
                    + "password_encryption = 'scram-sha-256', set the password of \(login.user) again, "
                    + "and let pg_hba.conf ask for scram-sha-256; or use sslmode=verify-full")
        }
        return try knownPassword().text
    }

    private func requireNoBinding(_ method: String) throws(StartupFailure) {
        guard login.channelBinding != .require else {
            throw .refused("channel_binding=require, and it asks for \(method)")
        }
    }

    private static func send(_ password: [UInt8], _ output: inout MessageWriter) {
        output.begin("p")
        output.raw(password)
        output.uint8(0)
        output.end()
    }

    private func md5(_ password: String, _ salt: [UInt8]) throws(StartupFailure) -> [UInt8] {
        guard let inner = MD5.hash(Array((password + login.user).utf8)),
            let outer = MD5.hash(Hex.encodeUTF8(inner.span) + salt)
        else { throw .refused("it asks for md5, which OpenSSL does not offer here") }
        return Array("md5".utf8) + Hex.encodeUTF8(outer.span)
    }

    private mutating func beginSCRAM(
        _ input: inout MessageReader, _ output: inout MessageWriter
    ) throws {
        var offered: Set<String> = []
        while case let name = try input.string(), !name.isEmpty { offered.insert(name) }
        try input.requireEnd()
        let scram = SCRAM(
            password: SASLPrep.prepare(try knownPassword().text), binding: try binding(offered))
        guard offered.contains(scram.mechanism) else {
            throw StartupFailure.refused("it offers no SCRAM-SHA-256")
        }
        output.begin("p")
        output.string(scram.mechanism)
        output.int32(scram.clientFirst.utf8.count)
        output.raw(scram.clientFirst.utf8)
        output.end()
        phase = .exchanging(scram)
    }

    private func binding(_ offered: Set<String>) throws(StartupFailure) -> SCRAM.Binding {
        let isOffered = offered.contains("SCRAM-SHA-256-PLUS")
        if login.channelBinding != .disable, let endPoint = login.endPoint {
            if isOffered { return .endPoint(endPoint) }
            try requireNoBinding("SCRAM without it")
            return .notOffered
        }
        try requireNoBinding("SCRAM, but there is no TLS, or no hash of its certificate")
        return .unsupported
    }
}
