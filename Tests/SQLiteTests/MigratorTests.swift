import Database
import SQLite
import Testing

struct MigratorTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let steps = [
        step(1, "initial", "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT) STRICT; -- the end"),
        step(2, "second", "CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT; ; \n"),
        step(3, "third", "-- only a comment first\nINSERT INTO a (x) VALUES ('semi;colon');"),
    ]

    private static func step(_ version: Int, _ name: String, _ sql: String) -> Migration {
        Migration(version: version, name: name, sql: Array(sql.utf8))
    }

    private static func checksum(_ sql: [UInt8]) -> String {
        "\(sql.reduce(5381 as UInt64) { $0 &* 33 ^ UInt64($1) })"
    }

    private func migrate(_ steps: [Migration]) throws(DatabaseError) -> [Int] {
        // Beside a thousand other tests another program may stand still for longer than usual.
        var options = DatabaseOptions()
        options.busyTimeout = .seconds(60)
        return try Migrator.migrate(
            path: folder.database, steps, options: options, checksum: Self.checksum,
            now: 1_700_000_000_000
        ).map(\.version)
    }

    private func reason(_ steps: [Migration]) -> String {
        let error = #expect(throws: DatabaseError.self) { try migrate(steps) }
        guard case .migration(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return ""
        }
        return reason
    }

    @Test func missingStepsAreAppliedOnceInOrder() throws {
        #expect(try migrate(Array(Self.steps.prefix(1))) == [1])
        let status = try Migrator.status(
            path: folder.database, Self.steps, checksum: Self.checksum)
        #expect(status.current == 1 && status.pending.map(\.version) == [2, 3])
        #expect(try migrate(Self.steps) == [2, 3])
        #expect(try migrate(Self.steps) == [])
        #expect(try folder.mode("test.db") == 0o600)
        let rows = try SQLiteReader(path: folder.database).read { tx in
            try tx.all("SELECT version, name, applied_at FROM schema_migrations ORDER BY 1") {
                "\($0.int(0)) \($0.text(1)) \($0.int(2))"
            }
        }
        #expect(rows.first == "1 initial 1700000000000" && rows.count == 3)
        let value = try SQLiteReader(path: folder.database).read { tx in
            try tx.first("SELECT x FROM a") { $0.text(0) }
        }
        #expect(value == "semi;colon")
    }

    @Test func twoProgramsAtOnceApplyEachStepOnce() async throws {
        let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 { group.addTask { try migrate(Self.steps) } }
            return try await group.reduce([], +)
        }
        #expect(applied.sorted() == [1, 2, 3])
    }

    @Test func aDatabaseFromTheFutureIsRefused() throws {
        _ = try migrate(Self.steps)
        let reason = reason(Array(Self.steps.prefix(2)))
        #expect(reason.contains("schema 3") && reason.contains("newer"))
    }

    @Test func anEditedStepIsRefused() throws {
        _ = try migrate(Self.steps)
        let edited = Self.step(2, "second", "CREATE TABLE c (id INTEGER) STRICT")
        #expect(reason([Self.steps[0], edited, Self.steps[2]]).contains("edited"))
    }

    @Test func aRenamedStepIsRefused() throws {
        _ = try migrate(Array(Self.steps.prefix(1)))
        let renamed = Migration(version: 1, name: "other", sql: Self.steps[0].sql)
        #expect(reason([renamed]).contains("renamed"))
    }

    @Test func gapsAreRefused() throws {
        #expect(reason([Self.steps[0], Self.steps[2]]).contains("gap"))
        _ = try migrate(Self.steps)
        try SQLiteWriter(path: folder.database).writeBlocking { tx in
            try tx.run("DELETE FROM schema_migrations WHERE version = 2")
        }
        #expect(reason(Self.steps).contains("lacks migration 2"))
    }

    @Test func aDatabaseOfAnotherProgramIsRefused() throws {
        try folder.writer().close()
        #expect(reason(Self.steps).contains("some other program"))
    }

    @Test(arguments: [
        "CREATE TABLE c (id INTEGER) STRICT; CREATE TABLE c (id INTEGER) STRICT",
        "CREATE TABLE c (id INTEGER) STRICT; SELEKT",
        "CREATE TABLE c (id INTEGER) STRICT; COMMIT",
        "CREATE TABLE c (id INTEGER) STRICT; /* so */ ROLLBACK",
        "CREATE TABLE c (id INTEGER) STRICT; -- so\n ATTACH '/tmp/x' AS x",
        "CREATE TABLE c (id INTEGER) STRICT; VACUUM",
        "CREATE TABLE c (id INTEGER) STRICT; INSERT INTO b (a) VALUES (99)",
    ])
    func aFailingStepLeavesNothingBehind(_ sql: String) throws {
        _ = try migrate(Array(Self.steps.prefix(2)))
        let reason = reason(Array(Self.steps.prefix(2)) + [Self.step(3, "bad", sql)])
        #expect(reason.contains("migration 3 (bad)"))
        let count = try SQLiteReader(path: folder.database).read { tx in
            try tx.first("SELECT count(*) FROM sqlite_schema WHERE name = 'c'") { $0.int(0) }
        }
        #expect(count == 0)
        #expect(try migrate(Self.steps) == [3])
    }

    @Test func aStepMayRebuildATableThatOthersReferTo() throws {
        let rebuild = """
            CREATE TABLE a2 (id INTEGER PRIMARY KEY, x TEXT, y TEXT) STRICT;
            INSERT INTO a2 (id, x) SELECT id, x FROM a;
            DROP TABLE a;
            ALTER TABLE a2 RENAME TO a;
            """
        _ = try migrate(Self.steps)
        try SQLiteWriter(path: folder.database).writeBlocking { tx in
            try tx.run("INSERT INTO b (a) SELECT id FROM a")
        }
        #expect(try migrate(Self.steps + [Self.step(4, "rebuild", rebuild)]) == [4])
        #expect(try integrityCheck(path: folder.database) == [])
    }
}
