import API
import App
import Database
import Foundation
import Registry
import TestSupport
import Testing
import Values

/// From one engine to the other and back, on both as they are.
@Suite(.enabled(if: TestDatabase.isAvailable))
struct MovingTests {
    private struct Stopped: Error {}

    private static func end(_ folder: String) throws -> MoveEnd {
        try MoveEnd(Configuration(environment: .sandbox, dataFolder: folder))
    }

    private static func end(_ database: TestDatabase) throws -> MoveEnd {
        try MoveEnd(configuration(database))
    }

    private static func configuration(
        _ database: TestDatabase, keys folder: String = "/nonexistent"
    ) -> Configuration {
        var configuration = Configuration(environment: .sandbox, dataFolder: folder)
        configuration.database = database.url
        return configuration
    }

    private static func newFolder() -> String {
        FileManager.default.temporaryDirectory.path + "/opescare-test-" + UUID().uuidString
    }

    /// - Parameter stop: after how many pages of which phase it is stopped.
    private static func move(
        _ from: MoveEnd, _ to: MoveEnd, keys: String? = nil,
        stop: (phase: Mover.Phase, pages: Int)? = nil
    ) throws -> Mover.Outcome {
        var pages = 0
        return try Mover(from: from, to: to, keysFolder: keys, at: TestApp.start) { progress in
            guard let stop, progress.phase == stop.phase else { return }
            pages += 1
            if pages >= stop.pages { throw Stopped() }
        }.run()
    }

    private static func rows(of end: MoveEnd) throws -> [String: [[SQLValue]]] {
        let copy = try end.configuration.openStorage().openTables(.source)
        defer { copy.close() }
        var rows: [String: [[SQLValue]]] = [:]
        try copy.transaction { _ in
            for table in try MovedSchema().tables {
                rows[table.name] = []
                try copy.forEachPage(of: table) { rows[table.name]? += $0.rows }
            }
        }
        return rows
    }

    /// The same rows, and behind the audit log's as many as there were moves.
    private static func expect(
        _ end: MoveEnd, toHave expected: [String: [[SQLValue]]], moves: Int,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var found = try rows(of: end)
        #expect(
            found["audit_log"]?.suffix(moves).map { $0[5] }
                == Array(repeating: .utf8(Array("migrate".utf8)), count: moves),
            sourceLocation: location)
        found["audit_log"]?.removeLast(moves)
        for (name, rows) in expected {
            #expect(found[name] == rows, "\(name)", sourceLocation: location)
        }
        let verdict = try end.configuration.openStorage().openReader().read { tx in
            (
                try AuditStore.verify(after: .empty, count: 10_000, in: tx),
                try AuditStore.head(in: tx)
            )
        }
        #expect(verdict.0 == .intact(head: verdict.1), sourceLocation: location)
    }

    /// A new table is moved without anybody's doing, behind those that it refers to.
    @Test func everyTableIsMoved() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../migrations/0001_initial").standardized
        var made: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            made.formUnion(text.matches(of: #/CREATE TABLE (\w+)/#).map { String($0.output.1) })
        }
        let tables = try MovedSchema().tables
        #expect(made.symmetricDifference(tables.map(\.name)) == ["unfinished_move", "write_turn"])
        for (index, table) in tables.enumerated() {
            let before = Set(tables[...index].map(\.name))
            #expect(table.references.allSatisfy { before.contains($0.table) }, "\(table.name)")
        }
    }

    @Test func everythingArrivesAndComesBack() async throws {
        let filled = try await FilledFolder()
        let (from, database) = (try Self.end(filled.folder), try TestDatabase(hasSchema: false))
        defer { database.drop() }
        let rows = try Self.rows(of: from)
        #expect(rows.allSatisfy { !$0.value.isEmpty })
        let count = rows.values.reduce(0) { $0 + $1.count }
        let to = try Self.end(database)
        let outcome = try Self.move(from, to)
        #expect(
            (outcome.tables, outcome.rows, outcome.rowsBefore, outcome.hasKeys)
                == (rows.count, count, 0, false))
        try Self.expect(to, toHave: rows, moves: 1)
        try Self.expectToBeServed(database, keys: filled.folder, rows)

        let back = Self.newFolder()
        defer { try? FileManager.default.removeItem(atPath: back) }
        let after = try Self.rows(of: to)
        let second = try Self.move(to, try Self.end(back), keys: filled.folder + "/keys")
        #expect(second.hasKeys)
        try Self.expect(try Self.end(back), toHave: after, moves: 1)
        let mode = try FileManager.default.attributesOfItem(atPath: back + "/opescare.db")
        #expect(mode[.posixPermissions] as? Int == 0o600)
        try Service(
            Configuration(environment: .sandbox, dataFolder: back),
            log: Log(
                format: .json, output: nil)
        ).close()
    }

    /// A server starts on it; numbers go on behind the largest, and what was audited stays.
    private static func expectToBeServed(
        _ database: TestDatabase, keys folder: String, _ rows: [String: [[SQLValue]]]
    ) throws {
        let configuration = configuration(database, keys: folder)
        try Service(configuration, log: Log(format: .json, output: nil)).close()
        let writer = try configuration.openStorage().openWriter()
        defer { writer.close() }
        let next = try writer.writeBlocking { tx in
            (
                try tx.first("SELECT nextval('records_seq_seq')") { $0.int(0) },
                try tx.first("SELECT nextval('patients_id_seq')") { $0.int(0) },
                try tx.first("SELECT MAX(seq) FROM records") { $0.int(0) },
                try tx.first("SELECT MAX(id) FROM patients") { $0.int(0) }
            )
        }
        #expect(next.0 == next.2.map { $0 + 1 })
        #expect(next.1 == next.3.map { $0 + 1 })
        #expect(throws: DatabaseError.self) {
            try writer.writeBlocking { tx in try tx.run("DELETE FROM audit_log") }
        }
    }

    /// Wherever it is stopped it goes on, and until then nobody serves what is there.
    @Test func aMoveThatWasStoppedGoesOn() async throws {
        let filled = try await FilledFolder()
        let (from, database) = (try Self.end(filled.folder), try TestDatabase())
        defer { database.drop() }
        let (to, rows) = (try Self.end(database), try Self.rows(of: from))
        let configuration = Self.configuration(database, keys: filled.folder)
        #expect(throws: Stopped.self) { try Self.move(from, to, stop: (.checking, 9)) }
        try DataFolder.requireWhole(configuration, try configuration.openStorage())
        for (phase, pages) in [
            (Mover.Phase.copying, 1), (.copying, 20), (.copying, 20), (.comparing, 9),
        ] {
            #expect(throws: Stopped.self) { try Self.move(from, to, stop: (phase, pages)) }
            #expect(throws: StartError.self) {
                try DataFolder.requireWhole(configuration, try configuration.openStorage())
            }
            #expect(throws: StartError.self) {
                try Service(configuration, log: Log(format: .json, output: nil))
            }
        }
        #expect(try Self.move(from, to).rowsBefore > 0)
        try Self.expect(to, toHave: rows, moves: 1)
        #expect(throws: MoveError.self) { try Self.move(from, to) }
    }

    @Test func theWayBackGoesOnToo() async throws {
        let filled = try await FilledFolder()
        let database = try TestDatabase()
        defer { database.drop() }
        let source = try Self.end(database)
        _ = try Self.move(try Self.end(filled.folder), source)
        let (back, rows) = (Self.newFolder(), try Self.rows(of: source))
        defer { try? FileManager.default.removeItem(atPath: back) }
        for pages in [7, 30] {
            #expect(throws: Stopped.self) {
                try Self.move(source, try Self.end(back), stop: (.copying, pages))
            }
        }
        #expect(throws: StartError.self) {
            try Service(
                Configuration(environment: .sandbox, dataFolder: back),
                log: Log(format: .json, output: nil))
        }
        #expect(try !Self.move(source, try Self.end(back)).hasKeys)
        try Self.expect(try Self.end(back), toHave: rows, moves: 1)
    }
}
