import Database
import Foundation
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

/// Transactions as a server runs them, on PostgreSQL itself. One after another: while one looks whether others wait,
/// these need a thread to begin on.
@Suite(.serialized, .enabled(if: PostgresCluster.shared != nil))
struct EngineTests {
    /// A schema of a test's own, with a ledger.
    private struct Place {
        let hosts: HostList
        let storage: PostgresStorage

        init() throws {
            let name = "engine_" + UUID().uuidString.lowercased().replacing("-", with: "_")
            let cluster = try Cluster.cluster()
            let setup = try Cluster.openLocally()
            try setup.runScript([
                "CREATE DATABASE \(name)"
            ])
            setup.close()
            let target = try ConnectionString(
                "postgres://postgres@\(Cluster.encoded(cluster.folder)):\(cluster.port)/\(name)")
            hosts = try HostList(target)
            storage = try PostgresStorage(target, ledger: "SELECT hash FROM ledger WHERE seq = ?")
            let connection = try hosts.connect()
            try connection.runScript([
                "CREATE TABLE write_turn ()",
                "CREATE TABLE ledger (seq BIGINT PRIMARY KEY, hash BYTEA NOT NULL)",
                "CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)",
                "INSERT INTO notes VALUES (0, '0')",
            ])
            connection.close()
        }

        /// In sight of everybody.
        func untilOneWaitsForItsTurn() async throws {
            let watcher = try hosts.connect()
            defer { watcher.close() }
            var isWaiting = false
            while !isWaiting {
                // It may have to begin on this very thread.
                await Task.yield()
                isWaiting =
                    try Cluster.integer(
                        watcher.query(
                            """
                            SELECT COUNT(*) FROM pg_locks WHERE NOT granted
                            AND relation = CAST('write_turn' AS regclass)
                            """)) == 1
            }
        }

        var roundTrips: Int { storage.connectionStatistics?.roundTrips ?? 0 }

        func notes() throws -> [String] {
            try storage.openReader().read { tx in
                try tx.all("SELECT text FROM notes ORDER BY id") { $0.text(0) }
            }
        }
    }

    /// The end of the ledger, as a body leaves it.
    private final class Batch: LedgerState, Sendable {
        let ledgerEnd: LedgerEnd?

        init(_ end: LedgerEnd?) { ledgerEnd = end }
    }

    /// Each reads before it writes: were two at work at once, one of them would lose.
    @Test func writersTakeTurns() async throws {
        let place = try Place()
        let writers = try (0..<3).map { _ in try place.storage.openWriter() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<150 {
                let writer = writers[number % 3]
                group.addTask {
                    try await writer.write { tx in
                        let count = try tx.first("SELECT text FROM notes WHERE id = 0") {
                            $0.text(0)
                        }
                        try tx.run(
                            "UPDATE notes SET text = ? WHERE id = 0",
                            [.text(String((Int(count ?? "") ?? -1) + 1))])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try place.notes() == ["150"])
        #expect(writers.map(\.statistics.repeats) == [0, 0, 0])
        for writer in writers { writer.close() }
    }

    private struct Refused: Error {}

    /// How often each body ran.
    private final class Runs: Sendable {
        let counts = Mutex<[Int: Int]>([:])
    }

    /// What fails is undone alone, with or without an error of the database; a body that goes on after one fails
    /// all the same.
    @Test(arguments: [[0, 1, 2, 3, 4], [0, 3], [3, 1], [4, 2], [3, 4]])
    func aBodyFailsAlone(_ kinds: [Int]) async throws {
        let place = try Place()
        let writer = try place.storage.openWriter()
        let other = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        // While another has the turn, and one waits for it, they gather, and are one group then.
        let turn = try other.begin()
        _ = try turn.start("SELECT 1", [])
        let first = Task { try await writer.write { _ in } }
        try await place.untilOneWaitsForItsTurn()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask {
                    let kind = kinds[number % kinds.count]
                    let outcome: Result<Void, any Error>
                    do {
                        try await writer.submit(number % 4 < 2 ? .changesLast : .any) { tx in
                            try tx.run(
                                "INSERT INTO notes VALUES (?, 'n')", [.int(number)])
                            switch kind {
                            case 0: throw Refused()
                            case 1: try tx.run("INSERT INTO notes VALUES (0, 'again')")
                            case 2: _ = try? tx.execute("INSERT INTO notes VALUES (0, 'again')")
                            default: break
                            }
                        }
                        outcome = .success(())
                    } catch {
                        outcome = .failure(error)
                    }
                    switch (kind, outcome) {
                    case (0, .failure(is Refused)), (3, .success), (4, .success): break
                    case (1, .failure(DatabaseError.constraint(.unique, _))): break
                    case (2, .failure(DatabaseError.constraint(.unique, _))): break
                    default: Issue.record("\(number): \(outcome)")
                    }
                }
            }
            while writer.statistics.queueDepth < 20 { await Task.yield() }
            turn.connection.rollback()
        }
        try await first.value
        other.close()
        // Each once more, by itself, where one that promised to fail early has not.
        #expect(writer.statistics.repeats == (kinds == [3, 4] ? 0 : 20))
        let kept = (1...20).filter { kinds[$0 % kinds.count] > 2 }
        #expect(try place.notes().count == 1 + kept.count)
        writer.close()
        await #expect(throws: DatabaseError.closed) { try await writer.write { _ in } }
    }

    /// What is the same for all, what is a body's own, and what hangs on that; one fails and changes nothing.
    private static func readThrice(
        _ number: Int, in tx: borrowing Transaction
    ) throws -> [Int] {
        let all = try tx.first("SELECT COUNT(*) FROM notes WHERE id > 0") { $0.int(0) }
        let text = try tx.first("SELECT text FROM notes WHERE id = ?", [.int(number)]) {
            $0.text(0)
        }
        var ids: [Int] = []
        try tx.forEach(
            "SELECT id FROM notes WHERE text = ? ORDER BY id", [.text(text ?? "none")]
        ) { row in
            ids.append(row.int(0))
            // The same question within itself.
            _ = try tx.all(
                "SELECT id FROM notes WHERE text = ? ORDER BY id", [.text(text ?? "none")]
            ) { $0.int(0) }
        }
        if number == 13 { throw Refused() }
        try tx.run(
            "INSERT INTO notes VALUES (?, ?)", [.int(1000 + number), .text("\(all ?? 0) \(ids)")])
        return ids
    }

    /// Bodies that run side by side: each has what it asked for, in as many flights as one of them asks; texts are
    /// told apart by their bytes; what was changed by then is seen.
    @Test func whatBodiesAskForIsOneFlight() async throws {
        let place = try Place()
        let writer = try place.storage.openWriter()
        try await writer.write { tx in
            for number in 1...40 {
                try tx.run(
                    "INSERT INTO notes VALUES (?, ?)", [.int(number), .text("n\(number % 20)")])
            }
            try tx.run("INSERT INTO notes VALUES (41, ?), (42, ?)", ["\u{E9}", "e\u{301}"])
        }
        let other = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        let turn = try other.begin()
        _ = try turn.start("SELECT 1", [])
        let first = Task { try await writer.write { _ in } }
        try await place.untilOneWaitsForItsTurn()
        let runs = Runs()
        let before = place.roundTrips
        await withTaskGroup(of: Void.self) { group in
            for number in 1...42 {
                group.addTask {
                    let found = try? await writer.submit(.sideBySide) { tx in
                        runs.counts.withLock { $0[number, default: 0] += 1 }
                        return try Self.readThrice(number, in: tx)
                    }
                    let (low, high) = ((number - 1) % 20 + 1, (number - 1) % 20 + 21)
                    #expect(found == (number == 13 ? nil : number > 40 ? [number] : [low, high]))
                }
            }
            group.addTask {
                // Behind them: sees what they changed.
                let count = try? await writer.write { tx in
                    try tx.first("SELECT COUNT(*) FROM notes WHERE id > 0") { $0.int(0) }
                }
                #expect(count == 42 + 41)
            }
            while writer.statistics.queueDepth < 43 { await Task.yield() }
            turn.connection.rollback()
        }
        try await first.value
        other.close()
        #expect(writer.statistics.repeats == 0)
        #expect(Set(runs.counts.withLock { $0 }.values) == [4])
        // The turn of the first and its end; of theirs three flights, the nested questions, the last body's own, its
        // savepoint's, and the end.
        #expect(place.roundTrips - before < 82 + 10)
        #expect(try place.notes().filter { $0.hasPrefix("42 [") }.count == 41)
        writer.close()
    }

    /// A statement that fails takes the flight with it: then each runs by itself, and one is told.
    @Test func whatFailsInAFlightIsItsOwn() async throws {
        let place = try Place()
        let writer = try place.storage.openWriter()
        let other = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        let turn = try other.begin()
        _ = try turn.start("SELECT 1", [])
        let first = Task { try await writer.write { _ in } }
        try await place.untilOneWaitsForItsTurn()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...10 {
                group.addTask {
                    let outcome: Result<Int?, any Error>
                    do {
                        outcome = .success(
                            try await writer.submit(.sideBySide) { tx in
                                let answer = try? tx.first(
                                    "SELECT 10 / CAST(? AS BIGINT)", [.int(number - 5)]
                                ) { $0.int(0) }
                                try tx.run("INSERT INTO notes VALUES (?, 'n')", [.int(number)])
                                return answer
                            })
                    } catch {
                        outcome = .failure(error)
                    }
                    switch (number, outcome) {
                    case (5, .failure(DatabaseError.server("22012", _))): break
                    case (_, .success(10 / (number == 5 ? 1 : number - 5))): break
                    default: Issue.record("\(number): \(outcome)")
                    }
                }
            }
            while writer.statistics.queueDepth < 10 { await Task.yield() }
            turn.connection.rollback()
        }
        try await first.value
        other.close()
        #expect(try place.notes().count == 1 + 9)
        #expect(writer.statistics.repeats == 10)
        writer.close()
    }

    /// A server that ends the connection: what ran is undone and told so, and what comes next has a new one.
    @Test func aLostConnectionIsMadeAgain() throws {
        let place = try Place()
        let writer = try place.storage.openWriter()
        let reader = place.storage.openReader()
        #expect(try reader.read { tx in try tx.first("SELECT 1") { $0.int(0) } } == 1)
        #expect(throws: DatabaseError.self) {
            try writer.writeBlocking { tx in
                try tx.run("INSERT INTO notes VALUES (1, 'lost')")
                _ = try tx.first("SELECT pg_terminate_backend(pg_backend_pid())") { $0.bool(0) }
            }
        }
        try writer.writeBlocking { tx in try tx.execute("INSERT INTO notes VALUES (2, 'kept')") }
        let killer = try place.hosts.connect()
        _ = try killer.query(
            """
            SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()) AS ended
            """)
        killer.close()
        #expect(try place.notes() == ["0", "kept"])
        #expect(try reader.read { tx in try tx.first("SELECT 1") { $0.int(0) } } == 1)
        try writer.writeBlocking { tx in try tx.execute("INSERT INTO notes VALUES (3, 'too')") }
        #expect(try place.notes() == ["0", "kept", "too"])
        writer.close()
    }

    /// Whether a COMMIT took place is read in the ledger: by number and hash, whatever others have added since.
    @Test func aCommitInDoubtIsFoundInTheLedger() throws {
        let place = try Place()
        let writer = try place.storage.openWriter()
        try writer.writeBlocking { tx in
            for number in 1...3 {
                try tx.run(
                    "INSERT INTO ledger VALUES (?, ?)", [.int(number), .blob([UInt8(number)])])
            }
        }
        writer.close()
        let sessions = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        #expect(try sessions.settle(LedgerEnd(number: 2, hash: [2])) == .committed)
        #expect(try sessions.settle(LedgerEnd(number: 2, hash: [9])) == .undone)
        #expect(try sessions.settle(LedgerEnd(number: 4, hash: [4])) == .undone)
        sessions.close()
    }

    /// Nobody is asked while the old connection may still commit: the turn is its own until it has ended.
    @Test func settlingWaitsForTheOldConnection() async throws {
        let place = try Place()
        let old = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        let session = try old.begin()
        try session.connection.execute("INSERT INTO ledger VALUES (1, ?)", [.blob([1])])
        let settled = Task.detached {
            let sessions = WritingSessions(
                place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
            defer { sessions.close() }
            return try sessions.settle(LedgerEnd(number: 1, hash: [1]))
        }
        // The other waits by now, or will: what it sees is the same.
        try session.connection.commit()
        old.close()
        #expect(try await settled.value == .committed)
    }

    /// What a body reads is of one moment, after every commit before its turn.
    @Test func aSnapshotIsTakenWithTheTurn() async throws {
        let place = try Place()
        let first = WritingSessions(place.hosts, ledger: "SELECT hash FROM ledger WHERE seq = ?")
        let session = try first.begin()
        try session.connection.execute("UPDATE notes SET text = 'new' WHERE id = 0")
        let writer = try place.storage.openWriter()
        let seen = Task {
            try await writer.write { tx in
                try tx.first("SELECT text FROM notes WHERE id = 0") { $0.text(0) }
            }
        }
        try await place.untilOneWaitsForItsTurn()
        try session.connection.commit()
        #expect(try await seen.value == "new")
        writer.close()
        first.close()
    }
}
