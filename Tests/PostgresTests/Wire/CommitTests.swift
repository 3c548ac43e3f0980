import Database
import Foundation
import Synchronization
import Testing

@testable import Postgres

/// What becomes of a COMMIT, of a cancellation, of what takes too long.
struct CommitTests {
    // MARK: COMMIT

    static let commits: [(String, [UInt8]?, String)] = [
        ("as usual", nil, ""),
        ("notice of no concern", Say.notice("00000", "NOTICE") + Say.complete("COMMIT"), ""),
        (
            "not replicated",
            Say.notice(
                "01000", "WARNING", "canceling wait for synchronous replication due to user request"
            ) + Say.complete("COMMIT"), "doubt"
        ),
        ("not replicated, going", Say.notice("57P01") + Say.complete("COMMIT"), "doubt"),
        ("rolled back", Say.complete("ROLLBACK"), "25P02"),
        ("no transaction", Say.notice("25P01") + Say.complete("COMMIT"), "25P01"),
        ("conflict", Say.error("40001"), "conflict"),
        ("read-only", Say.error("25006"), "unavailable"),
        ("deferred", Say.error("23503"), "constraint"),
        ("going", Say.error("57P01", "FATAL"), "doubt"),
        ("panic", Say.error("XX000", "PANIC"), "doubt"),
        ("nonsense", Say.message("W", [0, 0, 0]), "doubt"),
        ("complete, then nonsense", Say.complete("COMMIT") + Say.message("W", [0, 0, 0]), ""),
        ("complete, then going", Say.complete("COMMIT") + Say.error("57P01", "FATAL"), ""),
        (
            "rolled back, then going", Say.complete("ROLLBACK") + Say.error("57P01", "FATAL"),
            "unavailable"
        ),
    ]

    @Test(arguments: commits) func tellsWhatBecameOfACommit(
        _ name: String, _ said: [UInt8]?, _ expected: String
    ) throws {
        let (server, connection) = try Trouble.open { $0.reply = { $0 == "COMMIT" ? said : nil } }
        try connection.begin(.readWrite)
        try connection.run("UPDATE x")
        let error = Trouble.error { try connection.commit() }
        let outcome =
            switch error {
            case nil: ""
            case .inDoubt: "doubt"
            case .server(let state, _): state
            case .conflict: "conflict"
            case .constraint: "constraint"
            case .unavailable: "unavailable"
            default: "?"
            }
        #expect(outcome == expected, "\(name): \(error as Any)")
        withExtendedLifetime(server) {}
    }

    /// Each of these ends the connection while COMMIT is under way.
    @Test func isInDoubtWhenNoAnswerComes() throws {
        for isSilent in [true, false] {
            let server = FakeServer { peer in
                var emulator = Emulator()
                let end = DispatchSemaphore(value: 0)
                emulator.reply = { sql in
                    guard sql == "COMMIT" else { return nil }
                    if isSilent { _ = end.wait(timeout: .now() + 5) }
                    peer.close()
                    return []
                }
                emulator.serve(peer)
            }
            let connection = try server.connect {
                $0.answer = isSilent ? .milliseconds(100) : .seconds(5)
            }
            try connection.begin(.readWrite)
            #expect(try connection.execute("UPDATE x") == 1)
            #expect(Trouble.isInDoubt(Trouble.error { try connection.commit() }))
            #expect(connection.isClosed)
        }
    }

    @Test func isNotInDoubtWhenCOMMITWasNeverSent() throws {
        let (server, connection) = try Trouble.open {
            $0.reply = { $0 == "UPDATE x" ? Say.error("57P01", "FATAL") : nil }
        }
        try connection.begin(.readWrite)
        #expect(Trouble.isUnavailable(Trouble.error { try connection.execute("UPDATE x") }))
        #expect(Trouble.isUnavailable(Trouble.error { try connection.commit() }))
        withExtendedLifetime(server) {}
    }

    @Test func aRollbackThatFailsClosesTheConnection() throws {
        let (server, connection) = try Trouble.open {
            $0.reply = { $0 == "ROLLBACK" ? Say.error("XX000") : nil }
        }
        try connection.begin(.readWrite)
        connection.rollback()
        #expect(connection.isClosed)
        withExtendedLifetime(server) {}
    }

    // MARK: Cancelling

    @Test func cancelsAStatementAndNeverUsesTheConnectionAgain() throws {
        let cancelled = DispatchSemaphore(value: 0)
        let asked = Mutex<[UInt8]>([])
        var emulator = Emulator()
        emulator.reply = { sql in
            guard sql == "UPDATE slow" else { return nil }
            _ = cancelled.wait(timeout: .now() + 5)
            return Say.error("57014")
        }
        let server = FakeServer(
            { [emulator] in emulator.serve($0) },
            { peer in
                asked.withLock { $0 = peer.startupMessage() }
                peer.close()
                cancelled.signal()
            })
        let connection = try server.connect()
        let canceller = connection.canceller
        try connection.begin(.readWrite)
        let answer = try connection.ask("UPDATE slow")
        #expect(canceller.cancel())
        #expect(!canceller.cancel())
        #expect(
            asked.withLock { $0 } == Say.big(Int32(80_877_102)) + Say.big(Int32(4711))
                + Say.big(Int32(42)))
        #expect(
            Trouble.error { try connection.collect(answer) }
                == .server(sqlState: "57014", message: "no"))
        #expect(Trouble.isUnavailable(Trouble.error { try connection.commit() }, "cancelled"))
        #expect(connection.isClosed)
        #expect(server.accepted == 2)
    }

    @Test func neverCancelsACommit() throws {
        let canceller = Mutex<Canceller?>(nil)
        let refused = Mutex<Bool?>(nil)
        let (server, connection) = try Trouble.open {
            $0.reply = { sql in
                guard sql == "COMMIT" else { return nil }
                refused.withLock { $0 = canceller.withLock { $0 }?.cancel() == false }
                return nil
            }
        }
        canceller.withLock { $0 = connection.canceller }
        try connection.begin(.readWrite)
        try connection.commit()
        #expect(refused.withLock { $0 } == true)
        #expect(server.accepted == 1)
        connection.close()
        #expect(!connection.canceller.cancel())
        #expect(server.accepted == 1)
    }

    // MARK: Much at once

    /// A server that writes before it has read everything: whoever only writes waits for ever.
    @Test func reads20MegabytesWhileItWritesAsMany() throws {
        let size = 20 << 20
        var emulator = Emulator()
        emulator.describe = { sql in sql.hasPrefix("SELECT") ? ([17], [17]) : ([], []) }
        emulator.reply = { sql in
            guard sql.hasPrefix("SELECT") else { return nil }
            return Say.row([[UInt8](repeating: 7, count: 1 << 20)]) + Say.complete("SELECT 1")
        }
        let server = FakeServer { [emulator] in emulator.serve($0) }
        let connection = try server.connect { $0.answer = .seconds(60) }
        let value = SQLValue.blob([UInt8](repeating: 9, count: 1 << 20))
        let counts = try connection.runAll("SELECT ?", Array(repeating: [value], count: size >> 20))
        #expect(counts.count == 20)
    }

    @Test func waitsNoLongerThanItsDeadline() throws {
        let end = DispatchSemaphore(value: 0)
        defer { end.signal() }
        let (server, connection) = try Trouble.open {
            $0.reply = { sql in
                if sql == "UPDATE slow" { _ = end.wait(timeout: .now() + 5) }
                return nil
            }
        }
        connection.answerTimeout = .milliseconds(50)
        #expect(
            Trouble.isUnavailable(
                Trouble.error { try connection.execute("UPDATE slow") }, "in time"))
        #expect(connection.isClosed)
        withExtendedLifetime(server) {}
    }

    /// What is said without end is no answer.
    @Test func waitsForNobodyWhoNeverStopsTalking() throws {
        let noise = (0..<1000).flatMap { _ in Say.notice("00000", "NOTICE") }
        let server = FakeServer { peer in
            var emulator = Emulator()
            emulator.whenReady = { peer in while peer.send(noise) {} }
            emulator.serve(peer)
        }
        for isAsking in [true, false] {
            let connection = try server.connect { $0.answer = .milliseconds(100) }
            let error = Trouble.error {
                if isAsking {
                    try connection.execute("UPDATE x")
                } else {
                    while true {
                        try connection.begin(.readOnly)
                        connection.rollback()
                    }
                }
            }
            #expect(Trouble.isUnavailable(error) && connection.isClosed)
        }
    }
}
