import CLinux
import Foundation
import Glibc
import TLS
import Testing

@testable import Postgres

/// One connection of a client, seen from the server: blocking, on a thread of its own.
///
/// `@unchecked Sendable`: one thread at a time.
final class Peer: @unchecked Sendable {
    private let number: Int32
    private var tls: TLSSession?
    /// What was received behind the message at hand.
    private var buffer: [UInt8] = []

    init(_ number: Int32) {
        self.number = number
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    }

    deinit { if isOpen { close() } }
    private var isOpen = true

    func close() {
        guard isOpen else { return }
        isOpen = false
        tls?.end()
        Glibc.close(number)
    }

    /// False when the client has left.
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while isOpen, !rest.isEmpty {
            if let tls {
                guard case .bytes(let count) = unsafe rest.withUnsafeBytes({ unsafe tls.write($0) })
                else { return false }
                rest = rest.dropFirst(count)
            } else {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
        }
        return isOpen
    }

    /// As many bytes, or fewer when the client has left.
    func read(_ count: Int) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while isOpen, buffer.count < count {
            let got: Int
            if let tls {
                guard
                    case .bytes(let count) = unsafe chunk.withUnsafeMutableBytes({
                        unsafe tls.read(into: $0)
                    })
                else { break }
                got = count
            } else {
                got = unsafe recv(number, &chunk, chunk.count, 0)
                guard got > 0 else { break }
            }
            buffer += chunk[..<got]
        }
        defer { buffer.removeFirst(min(count, buffer.count)) }
        return Array(buffer.prefix(count))
    }

    /// The next message with a type; nil when the client has left.
    func message() -> (type: Character, body: [UInt8])? {
        let head = read(5)
        guard head.count == 5 else { return nil }
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        return (Character(Unicode.Scalar(head[0])), read(length - 4))
    }

    /// A startup message, SSLRequest or CancelRequest, without its length.
    func startupMessage() -> [UInt8] {
        let head = read(4)
        guard head.count == 4 else { return [] }
        return read(head.reduce(0) { $0 << 8 | Int($1) } - 4)
    }

    func secure(_ context: TLSContext) {
        tls = context.session(on: number)
        guard case .bytes? = tls?.handshake() else { return }
    }
}

/// A server on a loopback port; each connection runs the next script, and the last one again and again.
final class FakeServer: @unchecked Sendable {
    typealias Script = @Sendable (Peer) -> Void

    let port: UInt16
    // Guarded by `lock`.
    private let lock = NSLock()
    private var scripts: [Script]
    private let number: Int32
    private var acceptedCount = 0

    init(_ scripts: Script...) {
        self.scripts = scripts
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = number
        port = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(number, generic, length)
                unsafe getsockname(number, generic, &length)
            }
            return unsafe UInt16(bigEndian: pointer.pointee.sin_port)
        }
        listen(number, 64)
        Thread.detachNewThread { [weak self] in
            while true {
                let accepted = accept(number, nil, nil)
                // Closed here, where it is used: its number may be somebody else's the next moment.
                guard accepted >= 0, let script = self?.next() else {
                    close(number)
                    if accepted >= 0 { close(accepted) }
                    return
                }
                Thread.detachNewThread { script(Peer(accepted)) }
            }
        }
    }

    deinit { shutdown(number, Int32(SHUT_RDWR)) }

    var accepted: Int { lock.withLock { acceptedCount } }

    private func next() -> Script {
        lock.withLock {
            acceptedCount += 1
            return scripts.count > 1 ? scripts.removeFirst() : scripts[0]
        }
    }

    /// - Parameter query: more parameters of the URI.
    func target(_ query: String = "sslmode=disable") throws -> ConnectionString {
        try ConnectionString("postgres://amina:secret@127.0.0.1:\(port)/care?\(query)")
    }

    func connect(
        _ query: String = "sslmode=disable", _ change: (inout ConnectionLimits) -> Void = { _ in }
    ) throws -> Postgres.Connection {
        var limits = ConnectionLimits()
        change(&limits)
        return try HostList(try target(query), limits: limits).connect()
    }
}

/// What a server says.
enum Say {
    static func message(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
        let length = UInt32(body.count + 4)
        return [type.asciiValue ?? 0] + big(length) + body
    }

    static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe Array($0) }
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    static func authentication(_ code: Int32, _ data: [UInt8] = []) -> [UInt8] {
        message("R", big(code) + data)
    }

    static func parameter(_ name: String, _ value: String) -> [UInt8] {
        message("S", text(name) + text(value))
    }

    static func error(
        _ state: String, _ severity: String = "ERROR", _ message: String = "no",
        type: Character = "E",
        routine: String = "f"
    ) -> [UInt8] {
        let fields = [("S", severity), ("V", severity), ("C", state), ("M", message)]
        let detail = [("D", "Key (name)=(Amina) exists"), ("R", routine)]
        return Say.message(
            type, (fields + detail).flatMap { Array($0.0.utf8) + text($0.1) } + [0])
    }

    static func notice(_ state: String, _ severity: String = "WARNING", _ text: String = "hm")
        -> [UInt8]
    { error(state, severity, text, type: "N") }

    static func row(_ values: [[UInt8]?]) -> [UInt8] {
        var body = big(UInt16(values.count))
        for value in values { body += value.map { big(Int32($0.count)) + $0 } ?? big(Int32(-1)) }
        return message("D", body)
    }

    static func columns(_ types: [Int32]) -> [UInt8] {
        guard !types.isEmpty else { return message("n") }
        var body = big(UInt16(types.count))
        for type in types {
            // The table, the column, the type, its size and modifier, the format.
            body += text("c") + big(Int32(0)) + big(Int16(0)) + big(type)
            body += big(Int16(-1)) + big(Int32(-1)) + big(Int16(1))
        }
        return message("T", body)
    }

    static func parameterTypes(_ types: [Int32]) -> [UInt8] {
        message("t", big(UInt16(types.count)) + types.flatMap { big($0) })
    }

    static func complete(_ tag: String) -> [UInt8] { message("C", text(tag)) }

    static func ready(_ status: Character = "I") -> [UInt8] {
        message("Z", [status.asciiValue ?? 0])
    }

    static let usualParameters = [
        "server_version": "15.20 (Debian)", "server_encoding": "UTF8", "client_encoding": "UTF8",
        "in_hot_standby": "off", "default_transaction_read_only": "off",
    ]

    /// From AuthenticationOk to the first ReadyForQuery; what is empty is not said.
    static func session(_ changes: [String: String] = [:]) -> [UInt8] {
        var bytes = authentication(0)
        for (name, value) in usualParameters.merging(changes, uniquingKeysWith: { $1 })
        where !value.isEmpty {
            bytes += parameter(name, value)
        }
        return bytes + message("K", big(Int32(4711)) + big(Int32(42))) + ready()
    }
}

/// A server that keeps to the protocol, but for what a test has it say.
struct Emulator: Sendable {
    /// What it answers to the execution of a statement, instead of `INSERT 0 1` and the like.
    var reply: @Sendable (String) -> [UInt8]? = { _ in nil }
    /// The OIDs of a statement's parameters and columns.
    var describe: @Sendable (String) -> (parameters: [Int32], columns: [Int32]) = { _ in ([], []) }
    var session = Say.session()
    /// Done between two requests, once: when the client has prepared its own statements.
    var whenReady: (@Sendable (Peer) -> Void)?
    /// Overrides the status behind a Sync.
    var ready: @Sendable (Character) -> [UInt8] = { Say.ready($0) }

    private static let tags = [
        ("BEGIN", "BEGIN"), ("COMMIT", "COMMIT"), ("ROLLBACK TO", "ROLLBACK"),
        ("ROLLBACK", "ROLLBACK"), ("SAVEPOINT", "SAVEPOINT"), ("RELEASE", "RELEASE"),
        ("INSERT", "INSERT 0 1"), ("UPDATE", "UPDATE 1"), ("SELECT", "SELECT 0"),
    ]

    /// Takes the startup message, says that the session is open, and answers until the client leaves.
    func serve(_ peer: Peer) {
        guard !peer.startupMessage().isEmpty else { return }
        peer.send(session)
        var statements: [String: String] = [:]
        var status: Character = "I"
        var isSkipping = false
        var output: [UInt8] = []
        var whenReady = whenReady
        while let (type, body) = peer.message() {
            if isSkipping, type != "S", type != "X" { continue }
            let parts = body.prefix(4096).split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            switch type {
            case "P":
                statements[parts[0]] = parts[1]
                output += Say.message("1")
            case "D":
                let types = describe(statements[String(parts[0].dropFirst())] ?? "")
                output += Say.parameterTypes(types.parameters) + Say.columns(types.columns)
            case "B":
                statements["bound"] = statements[parts[1]] ?? "?"
                output += Say.message("2")
            case "C": output += Say.message("3")
            case "E":
                let sql = statements["bound"] ?? ""
                let said = reply(sql) ?? Say.complete(Self.tag(sql))
                output += said
                if said.first == UInt8(ascii: "E") {
                    isSkipping = true
                    status = status == "I" ? "I" : "E"
                } else if sql.hasPrefix("BEGIN") {
                    status = "T"
                } else if sql == "COMMIT" || sql == "ROLLBACK" {
                    status = "I"
                } else if sql.hasPrefix("ROLLBACK TO") {
                    status = "T"
                }
            case "S":
                isSkipping = false
                peer.send(output + ready(status))
                output = []
                whenReady.take()?(peer)
            case "X": return
            default: return
            }
            if output.count > 64 * 1024 {
                peer.send(output)
                output = []
            }
        }
    }

    private static func tag(_ sql: String) -> String {
        tags.first { sql.hasPrefix($0.0) }?.1 ?? "DO"
    }
}
