import Database
import Foundation
import Synchronization
import Testing

@testable import Postgres

/// The client against a server that says what a test wants: the traps of the wire.
struct ConnectionTests {
    // MARK: What is usual

    @Test func readsEveryTypeAndRefusesTheOthers() throws {
        let types: [Int32] = [16, 17, 20, 21, 23, 25, 701, 1043, 19, 2278, 20]
        let (server, connection) = try Trouble.open {
            $0.describe = { sql in ([], sql == "SELECT wrong" ? [25, 1184] : types) }
            $0.reply = { sql in
                guard sql.hasPrefix("SELECT") else { return nil }
                return Say.row([
                    [1], [0, 255], Say.big(Int64(-5)), Say.big(Int16(-2)), Say.big(Int32.min),
                    Array("é\0x".utf8), Say.big((-0.5).bitPattern), [], Array("n".utf8), [], nil,
                ]) + Say.complete("SELECT 1")
            }
        }
        let answer = try connection.query("SELECT all")
        #expect(try answer.next())
        let row = Row(answer)
        #expect(row.bool(0) && row.int64(0) == 1 && row.blob(1) == [0, 255])
        #expect(row.int(2) == -5 && row.int(3) == -2 && row.int(4) == Int(Int32.min))
        #expect(row.text(5) == "é\0x" && row.real(6) == -0.5 && row.text(7).isEmpty)
        #expect(row.text(8) == "n" && row.isNull(9) && row.int64OrNil(10) == nil)
        #expect(answer.misread == nil)
        _ = row.text(2)
        #expect(answer.misread == .unexpectedValue(column: 2, wanted: "TEXT", found: "INTEGER"))
        #expect(try !answer.next())
        let refusal = Trouble.error { _ = try connection.query("SELECT wrong") }
        #expect(refusal?.description.contains("column c is timestamptz") == true)
        // It is refused each time, and the connection goes on.
        #expect(Trouble.error { _ = try connection.query("SELECT wrong") } == refusal)
        #expect(try connection.query("SELECT all").next())
        withExtendedLifetime(server) {}
    }

    @Test func refusesValuesOfAnotherTypeBeforeTheyAreSent() throws {
        let (server, connection) = try Trouble.open {
            $0.describe = { sql in (sql.hasPrefix("INSERT") ? [20] : [], []) }
        }
        #expect(try connection.execute("INSERT ?", [1]) == 1)
        let error = Trouble.error { try connection.run("INSERT ?", ["private"]) }
        #expect(error?.description.contains("parameter 1 is no int8") == true)
        #expect(error?.description.contains("private") == false)
        #expect(try connection.execute("INSERT ?", [2]) == 1)
        withExtendedLifetime(server) {}
    }

    @Test func sendsManyInOneFlightAndCountsEach() throws {
        let (server, connection) = try Trouble.open {
            $0.describe = { sql in (sql.hasPrefix("INSERT") ? [20] : [], []) }
        }
        let counts = try connection.runAll("INSERT ?", (0..<2000).map { [.int($0)] })
        #expect(counts == Array(repeating: 1, count: 2000))
        #expect(try connection.runAll("INSERT ?", []).isEmpty)
        withExtendedLifetime(server) {}
    }

    @Test func collectsWhatWasAskedTogetherInAnyOrder() throws {
        let (server, connection) = try Trouble.open {
            $0.describe = { sql in ([], sql.hasPrefix("SELECT") ? [25] : []) }
            $0.reply = { sql in
                guard sql.hasPrefix("SELECT") else { return nil }
                return Say.row([Array(sql.utf8)]) + Say.complete("SELECT 1")
            }
        }
        try connection.begin(.readOnly)
        let first = try connection.ask("SELECT a")
        let second = try connection.ask("SELECT b")
        for answer in [second, first] {
            try connection.collect(answer)
            #expect(try answer.next())
        }
        #expect(Row(first).text(0) == "SELECT a" && Row(second).text(0) == "SELECT b")
        try connection.commit()
        withExtendedLifetime(server) {}
    }

    // MARK: Errors

    @Test func anErrorNobodyWaitsForShowsAtTheNextAnswer() throws {
        let log = Mutex<[String]>([])
        let (server, connection) = try Trouble.open {
            $0.reply = { sql in
                log.withLock { $0.append(sql) }
                return sql == "INSERT bad" ? Say.error("23505") : nil
            }
        }
        // Prepared, so that no round trip is needed for that.
        for _ in 0..<2 { _ = Trouble.error { try connection.execute("INSERT bad") } }
        for sql in ["INSERT good", "INSERT never"] as [StaticString] { try connection.execute(sql) }
        log.withLock { $0 = [] }
        try connection.begin(.readWrite)
        try connection.run("INSERT good")
        try connection.run("INSERT bad")
        try connection.run("INSERT never")
        #expect(
            Trouble.error { try connection.execute("INSERT good") }
                == .constraint(.unique, detail: "no"))
        connection.rollback()
        #expect(!connection.isClosed && !connection.isInTransaction)
        #expect(
            log.withLock { $0.dropFirst() } == ["INSERT good", "INSERT bad", "ROLLBACK"])
        try connection.begin(.readWrite)
        try connection.run("INSERT bad")
        #expect(Trouble.error { try connection.commit() } == .constraint(.unique, detail: "no"))
        #expect(log.withLock { !$0.contains("COMMIT") })
        connection.rollback()
        #expect(try connection.execute("INSERT good") == 1)
        withExtendedLifetime(server) {}
    }

    @Test func aSavepointKeepsWhatFailsFromTheRest() throws {
        let (server, connection) = try Trouble.open {
            $0.reply = { $0 == "INSERT bad" ? Say.error("23505") : nil }
        }
        try connection.begin(.readWrite)
        try connection.run("INSERT good")
        try connection.savepoint()
        try connection.run("INSERT bad")
        #expect(Trouble.error { try connection.execute("UPDATE x") } != nil)
        try connection.rollbackToSavepoint()
        #expect(try connection.execute("UPDATE x") == 1)
        try connection.releaseSavepoint()
        try connection.commit()
        withExtendedLifetime(server) {}
    }

    static let stale: [(String, String)] = [("0A000", "RevalidateCachedQuery"), ("26000", "f")]

    @Test(arguments: stale) func preparesAgainWhatTheServerHasForgotten(
        _ state: String, _ routine: String
    ) throws {
        let failures = Mutex(1)
        let (server, connection) = try Trouble.open {
            $0.reply = { sql in
                guard sql == "UPDATE x" else { return nil }
                let fails = failures.withLock { left in
                    left -= 1
                    return left == 0
                }
                return fails ? Say.error(state, routine: routine) : nil
            }
        }
        #expect(Trouble.error { try connection.execute("UPDATE x") } == .conflict(.stalePlan))
        #expect(try connection.execute("UPDATE x") == 1)
        withExtendedLifetime(server) {}
    }

    @Test func keepsResultsWithinTheirLimit() throws {
        var emulator = Emulator()
        emulator.describe = { sql in ([], sql.hasPrefix("SELECT") ? [25] : []) }
        emulator.reply = { sql in
            guard sql.hasPrefix("SELECT") else { return nil }
            let count = sql == "SELECT many" ? 200 : 1
            return (0..<count).flatMap { _ in Say.row([[UInt8](repeating: 65, count: 1000)]) }
                + Say.complete("SELECT \(count)")
        }
        let server = FakeServer { [emulator] in emulator.serve($0) }
        let connection = try server.connect { $0.resultBytes = 100_000 }
        let error = Trouble.error { _ = try connection.query("SELECT many") }
        #expect(error?.description.contains("more than 100000 bytes") == true)
        #expect(try connection.query("SELECT few").next())
    }

    // MARK: What no server may say

    static let violations: [(String, [UInt8])] = [
        ("another message", Say.message("W", [0, 0, 0])), ("no type", [0, 0, 0, 0, 4]),
        ("a row of nothing", Say.row([[1]])), ("COPY in", Say.message("G", [0, 0, 0])),
        ("COPY out", Say.message("H", [0, 0, 0])), ("authentication", Say.authentication(0)),
        ("ready too early", Say.ready()), ("a short length", Array("C".utf8) + [0, 0, 0, 3]),
        ("a long length", Array("D".utf8) + [0x7F, 0xFF, 0xFF, 0xFF]),
        ("a tag without end", Say.message("C", Array("UPDATE 1".utf8))),
        ("a tag and more", Say.message("C", Say.text("UPDATE 1") + [1])),
        ("an empty tag", Say.message("C", [0])), ("portal suspended", Say.message("s")),
        ("a broken error", Say.message("E", [0])), ("bind twice", Say.message("2")),
        ("another encoding", Say.parameter("client_encoding", "LATIN1")),
        ("a notice without end", Say.message("N", Array("SX".utf8))),
        ("function", Say.message("V", Say.big(Int32(-1)))), ("empty", Say.message("I")),
        ("status", Say.complete("UPDATE 1") + Say.message("Z", [UInt8(ascii: "X")])),
        ("answered twice", Say.complete("UPDATE 1") + Say.complete("UPDATE 1")),
        ("error twice", Say.error("23505") + Say.error("23505")),
    ]

    @Test(arguments: violations) func closesForGoodWhenTheServerLeavesTheProtocol(
        _ name: String, _ bytes: [UInt8]
    ) throws {
        let (server, connection) = try Trouble.open {
            $0.reply = { $0 == "UPDATE x" ? bytes : nil }
        }
        let error = Trouble.error { try connection.execute("UPDATE x") }
        #expect(
            Trouble.isUnavailable(error, "does not keep to its protocol"),
            "\(name): \(error as Any)")
        #expect(connection.isClosed)
        // The same reason again, and nothing is read or sent any more.
        #expect(Trouble.error { try connection.execute("UPDATE y") } == error)
        #expect(Trouble.error { try connection.begin(.readOnly) } == error)
        #expect(Trouble.error { try connection.commit() } == error)
        connection.rollback()
        connection.close()
        withExtendedLifetime(server) {}
    }

    static let rows: [(String, [UInt8])] = [
        ("too few columns", Say.row([Say.big(Int64(1))])),
        ("too many columns", Say.row([Say.big(Int64(1)), [65], [65]])),
        ("a short number", Say.row([[1, 2, 3], [65]])),
        ("a long number", Say.row([[0, 0, 0, 0, 0, 0, 0, 0, 1], [65]])),
        (
            "a length beyond the end",
            Say.message("D", Say.big(UInt16(2)) + Say.big(Int32(-1)) + Say.big(Int32(9)) + [65])
        ),
        (
            "a negative length",
            Say.message("D", Say.big(UInt16(2)) + Say.big(Int32(-1)) + Say.big(Int32(-2)))
        ),
        (
            "more than its columns",
            Say.message("D", Say.big(UInt16(2)) + Say.big(Int32(-1)) + Say.big(Int32(-1)) + [0])
        ),
        ("no columns", Say.message("D", Say.big(UInt16(0)))),
        ("fewer rows than announced", Say.complete("SELECT 1")),
        (
            "more rows than announced",
            Say.row([nil, nil]) + Say.row([nil, nil]) + Say.complete("SELECT 1")
        ),
    ]

    @Test(arguments: rows) func takesNoWrongRow(_ name: String, _ bytes: [UInt8]) throws {
        let (server, connection) = try Trouble.open {
            $0.describe = { sql in ([], sql.hasPrefix("SELECT") ? [20, 25] : []) }
            $0.reply = { sql in
                sql.hasPrefix("SELECT")
                    ? bytes + (bytes.first == UInt8(ascii: "D") ? Say.complete("SELECT 1") : [])
                    : nil
            }
        }
        let error = Trouble.error { _ = try connection.query("SELECT x") }
        #expect(Trouble.isUnavailable(error), "\(name)")
        withExtendedLifetime(server) {}
    }

    // MARK: Between requests

    private static func openAndSay(_ bytes: [UInt8], closes: Bool = false) throws -> (
        FakeServer, Postgres.Connection
    ) {
        let said = DispatchSemaphore(value: 0)
        let (server, connection) = try Trouble.open {
            $0.whenReady = { peer in
                peer.send(bytes)
                if closes { peer.close() }
                said.signal()
            }
        }
        said.wait()
        return (server, connection)
    }

    @Test func hearsTheFarewellBeforeItAsks() throws {
        for (bytes, closes, words) in [
            (Say.error("57P01", "FATAL", "terminating connection"), true, "terminating connection"),
            (Say.error("25P03", "FATAL", "idle in transaction"), false, "idle in transaction"),
            (Say.error("40001"), false, "answers nothing"), ([], true, "closed the connection"),
            (Say.row([[1]]), false, "nothing asked for"), (Say.ready(), false, "nothing asked for"),
        ] as [([UInt8], Bool, String)] {
            let (server, connection) = try Self.openAndSay(bytes, closes: closes)
            #expect(
                Trouble.isUnavailable(Trouble.error { try connection.begin(.readWrite) }, words))
            #expect(connection.isClosed)
            withExtendedLifetime(server) {}
        }
    }

    @Test func takesNoticesAndNotificationsAtAnyTime() throws {
        let notification = Say.message("A", Say.big(Int32(1)) + Say.text("c") + Say.text("p"))
        let (server, connection) = try Self.openAndSay(
            Say.notice("01000") + notification + Say.parameter("TimeZone", "UTC"))
        try connection.begin(.readWrite)
        #expect(try connection.execute("UPDATE x") == 1)
        try connection.commit()
        withExtendedLifetime(server) {}
    }

    @Test(arguments: ["in_hot_standby", "default_transaction_read_only"])
    func leavesAServerThatHasBecomeReadOnly(_ parameter: String) throws {
        let (server, connection) = try Self.openAndSay(Say.parameter(parameter, "on"))
        let error = Trouble.error { try connection.begin(.readWrite) }
        #expect(Trouble.isUnavailable(error, "not read-write any more"))
        withExtendedLifetime(server) {}
    }

    @Test(arguments: ["25006", "57P03", "08006"])
    func leavesAServerThatServesNobody(_ state: String) throws {
        let (server, connection) = try Trouble.open {
            $0.reply = { $0 == "UPDATE x" ? Say.error(state) : nil }
        }
        try connection.begin(.readWrite)
        #expect(Trouble.isUnavailable(Trouble.error { try connection.execute("UPDATE x") }, state))
        #expect(connection.isClosed)
        withExtendedLifetime(server) {}
    }

    @Test func leavesASessionThatIsStillInATransaction() throws {
        let (server, connection) = try Trouble.open { $0.ready = { _ in Say.ready("T") } }
        #expect(
            Trouble.isUnavailable(Trouble.error { try connection.begin(.readWrite) }, "already"))
        withExtendedLifetime(server) {}
    }
}
