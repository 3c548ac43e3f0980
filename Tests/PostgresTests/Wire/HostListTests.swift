import Database
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Postgres

struct HostListTests {
    private static func error(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private static func connect(_ uri: String) throws -> Postgres.Connection {
        try HostList(try ConnectionString(uri)).connect()
    }

    private static func uri(_ ports: UInt16..., query: String = "sslmode=disable") -> String {
        let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        return "postgres://amina:secret@\(hosts)/care?connect_timeout=1&\(query)"
    }

    private static func server(_ changes: [String: String] = [:]) -> FakeServer {
        var emulator = Emulator()
        emulator.session = Say.session(changes)
        return FakeServer { [emulator] in emulator.serve($0) }
    }

    /// A port on which nobody listens.
    private static var closedPort: UInt16 {
        let server = FakeServer { _ in }
        return server.port
    }

    @Test func saysWhoItIsAndHowItWorks() throws {
        let asked = Mutex<[UInt8]>([])
        let server = FakeServer { peer in
            asked.withLock { $0 = peer.startupMessage() }
            peer.send(Say.error("28000", "FATAL"))
        }
        _ = Self.error {
            _ = try Self.connect(Self.uri(server.port, query: "sslmode=disable&options=-c%20a%3Db"))
        }
        let message = asked.withLock { $0 }
        #expect(message.prefix(4) == [0, 3, 0, 0] && message.suffix(2) == [0, 0])
        let words = message.dropFirst(4).split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }
        let settings = Dictionary(
            zip(
                words.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element),
                words.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element))
        ) { $1 }
        #expect(settings["user"] == "amina" && settings["database"] == "care")
        #expect(settings["client_encoding"] == "UTF8" && settings["options"] == "-c a=b")
        #expect(settings["application_name"] == "opescare")
        #expect(settings["plan_cache_mode"] == "force_generic_plan")
        #expect(settings["statement_timeout"] == "10s" && settings["lock_timeout"] == "5s")
        #expect(settings["idle_in_transaction_session_timeout"] == "15s")
        #expect(!words.contains { $0.contains("secret") })
    }

    // MARK: Which host

    static let roles: [(String, String, String, [String])] = [
        ("off", "off", "primary, writable", ["any", "read-write", "primary", "prefer-standby"]),
        ("off", "on", "primary, read-only", ["any", "read-only", "primary", "prefer-standby"]),
        ("on", "off", "standby", ["any", "read-only", "standby", "prefer-standby"]),
        ("on", "on", "standby", ["any", "read-only", "standby", "prefer-standby"]),
    ]

    @Test(arguments: roles) func takesOnlyAServerOfTheRole(
        _ standby: String, _ readOnly: String, _ name: String, _ accepted: [String]
    ) {
        let server = Self.server([
            "in_hot_standby": standby, "default_transaction_read_only": readOnly,
        ])
        for target in TargetSession.allCases {
            let uri = Self.uri(
                server.port, query: "sslmode=disable&target_session_attrs=\(target.rawValue)")
            let error = Self.error { _ = try Self.connect(uri) }
            #expect(
                error.isEmpty == accepted.contains(target.rawValue), "\(name), \(target): \(error)")
        }
    }

    @Test func goesPastHostsThatAreDeadSilentOrOfAnotherRole() throws {
        let end = DispatchSemaphore(value: 0)
        defer { end.signal() }
        let silent = FakeServer { _ in _ = end.wait(timeout: .now() + 5) }
        let standby = Self.server(["in_hot_standby": "on"])
        let starting = FakeServer { $0.send(Say.error("57P03", "FATAL")) }
        let leaving = FakeServer { $0.close() }
        let primary = Self.server()
        let connection = try Self.connect(
            Self.uri(
                Self.closedPort, silent.port, standby.port, starting.port, leaving.port,
                primary.port))
        try connection.begin(.readWrite)
        try connection.commit()
        #expect(standby.accepted == 1 && starting.accepted == 1 && primary.accepted == 1)
    }

    @Test func namesEveryHostAndItsReasonWhenNoneWillDo() {
        let standby = Self.server(["in_hot_standby": "on"])
        let starting = FakeServer { $0.send(Say.error("57P03", "FATAL", "starting up")) }
        let closed = Self.closedPort
        let error = Self.error {
            _ = try Self.connect(Self.uri(closed, standby.port, starting.port))
        }
        #expect(error.contains("127.0.0.1:\(closed): Connection refused"))
        #expect(error.contains("127.0.0.1:\(standby.port): it is not read-write now"))
        #expect(error.contains("127.0.0.1:\(starting.port): starting up (57P03)"))
    }

    @Test func aRefusalCountsWhereNoHostWillDo() throws {
        let (standby, primary) = (Self.server(["in_hot_standby": "on"]), Self.server())
        for first in [
            FakeServer { $0.send(Say.error("28P01", "FATAL")) },
            FakeServer { $0.send(Say.error("3D000", "FATAL")) },
            FakeServer { $0.send(Array("SSH-2.0-OpenSSH\r\n".utf8)) },
            Self.server(["server_version": "14.9"]), Self.server(["server_version": ""]),
            Self.server(["server_encoding": "SQL_ASCII"]),
            Self.server(["client_encoding": "LATIN1"]), Self.server(["in_hot_standby": ""]),
        ] {
            let error = Self.error { _ = try Self.connect(Self.uri(first.port, standby.port)) }
            #expect(error.hasPrefix("the database refuses: 127.0.0.1:\(first.port)"), "\(error)")
            try Self.connect(Self.uri(first.port, primary.port)).close()
            // Not of several, the first.
            let alone = Self.error { _ = try Self.connect(Self.uri(first.port)) }
            #expect(alone.hasPrefix("the database refuses: "))
        }
    }

    /// A server that writes a timeline.
    private static func promoted(_ timeline: Int64) -> Emulator {
        var emulator = Emulator()
        emulator.describe = { sql in ([], sql.contains("pg_walfile_name") ? [20] : []) }
        emulator.reply = { sql in
            guard sql.contains("pg_walfile_name") else { return nil }
            return Say.row([Say.big(timeline)]) + Say.complete("SELECT 1")
        }
        return emulator
    }

    private static func primary(_ timeline: Int64) -> FakeServer {
        let emulator = promoted(timeline)
        return FakeServer { [emulator] in emulator.serve($0) }
    }

    /// Whatever order they are named in.
    @Test func takesThePrimaryOfTheNewestTimeline() throws {
        let (old, new) = (Self.primary(7), Self.primary(8))
        for uri in [Self.uri(old.port, new.port), Self.uri(new.port, old.port)] {
            #expect(try Self.connect(uri).timeline == 8)
        }
    }

    /// Also when the newer one cannot be reached any more: what it has acknowledged is there alone.
    @Test func believesNoPrimaryThatWasReplaced() throws {
        let old = Self.primary(7)
        let hosts: HostList
        do {
            let new = Self.primary(8)
            hosts = try HostList(try ConnectionString(Self.uri(old.port, new.port)))
            #expect(try hosts.connect().timeline == 8)
        }
        let error = Self.error { _ = try hosts.connect() }
        #expect(error.contains("\(old.port): another host has been promoted in its place"))
    }

    /// A primary that answers no more is left as soon as another was promoted.
    @Test func leavesAFrozenPrimaryWhenAnotherWasPromoted() throws {
        let end = DispatchSemaphore(value: 0)
        defer { for _ in 0..<8 { end.signal() } }
        let isPromoted = Mutex(false)
        var standby = Emulator()
        standby.session = Say.session(["in_hot_standby": "on"])
        let promoted = Self.promoted(8)
        let second = FakeServer { [standby] peer in
            (isPromoted.withLock { $0 } ? promoted : standby).serve(peer)
        }
        var frozen = Self.promoted(7)
        let reply = frozen.reply
        frozen.reply = { sql in
            guard sql == "SELECT 1" else { return reply(sql) }
            isPromoted.withLock { $0 = true }
            _ = end.wait(timeout: .now() + 20)
            return nil
        }
        let first = FakeServer { [frozen] in frozen.serve($0) }
        let hosts = try HostList(try ConnectionString(Self.uri(first.port, second.port)))
        let connection = try hosts.connect()
        let begun = ContinuousClock.now
        let error = Self.error { _ = try connection.query("SELECT 1") }
        #expect(error.contains("another host has been promoted"), "\(error)")
        #expect(ContinuousClock.now - begun < .seconds(10))
        #expect(connection.isClosed)
        #expect(try hosts.connect().timeline == 8)
        #expect(hosts.statistics.superseded == 1 && hosts.statistics.timeline == 8)
    }

    @Test func prefersAStandbyAndTakesAPrimary() throws {
        let primary = Self.server()
        let standby = Self.server(["in_hot_standby": "on"])
        let query = "sslmode=disable&target_session_attrs=prefer-standby"
        _ = try Self.connect(Self.uri(primary.port, standby.port, query: query))
        #expect(standby.accepted == 1)
        _ = try Self.connect(Self.uri(primary.port, query: query))
        #expect(primary.accepted == 3)
    }

    @Test func triesEveryAddressOfAName() throws {
        let server = Self.server()
        // localhost is ::1 first where there is one, and nobody listens there.
        let uri = "postgres://amina@localhost:\(server.port)/care?sslmode=disable"
        try Self.connect(uri).begin(.readOnly)
        let error = Self.error {
            _ = try Self.connect("postgres://a@host.invalid/d?connect_timeout=2")
        }
        #expect(error.contains("host.invalid:5432: "))
    }

    @Test func knowsWhatStaysOnThisMachine() throws {
        for (host, isLocal) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::2", false),
            ("1::1", false),
            ("192.0.2.1", false), ("0.0.0.0", false), ("2001:db8::1", false),
        ] {
            let found = SocketAddress.addresses(
                of: host, port: 1, until: Deadline(after: .seconds(1)))
            #expect(found.addresses.map(\.isLocal) == [isLocal], "\(host)")
        }
        #expect(SocketAddress(folder: "/run/postgresql", port: 5432)?.isLocal == true)
        #expect(SocketAddress(folder: String(repeating: "x", count: 108), port: 5432) == nil)
    }

    // MARK: Asking for TLS

    static let answers: [(String, [UInt8], String)] = [
        ("require", Array("N".utf8), "offers no TLS"),
        ("verify-ca", Array("N".utf8), "offers no TLS"),
        ("verify-full", Array("N".utf8), "offers no TLS"), ("prefer", Array("N".utf8), ""),
        ("require", Array("S".utf8) + Say.session(), "no PostgreSQL server does"),
        ("prefer", Array("S".utf8) + Say.session(), "no PostgreSQL server does"),
        ("prefer", Array("N".utf8) + Say.session(), "no PostgreSQL server does"),
        ("verify-full", Say.error("28000", "FATAL", "believe me"), "no PostgreSQL server does"),
        ("verify-full", Array("X".utf8), "no PostgreSQL server does"),
        ("verify-full", [], "closed the connection"),
        ("verify-full", Array("S".utf8), "no TLS (sslmode=verify-full)"),
    ]

    @Test(arguments: answers) func believesNothingThatIsNotProtected(
        _ mode: String, _ answer: [UInt8], _ expected: String
    ) {
        let asked = Mutex<[UInt8]>([])
        let server = FakeServer { peer in
            asked.withLock { $0 = peer.startupMessage() }
            peer.send(answer)
            if answer == Array("N".utf8) { Emulator().serve(peer) } else { peer.close() }
        }
        let error = Self.error {
            _ = try Self.connect(Self.uri(server.port, query: "sslmode=\(mode)"))
        }
        #expect(asked.withLock { $0 } == [4, 210, 22, 47])
        #expect(expected.isEmpty ? error.isEmpty : error.contains(expected), "\(error)")
        #expect(!error.contains("believe me"))
    }

    @Test func namesAnAuthorityFileThatCannotBeRead() {
        let error = Self.error { _ = try Self.connect("postgres://a@h/d?sslrootcert=/nowhere") }
        #expect(error.contains("refuses: sslrootcert: ") && error.contains("/nowhere"))
    }
}
