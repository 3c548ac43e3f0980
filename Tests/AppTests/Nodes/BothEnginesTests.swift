import API
import App
import Database
import Foundation
import TestSupport
import Testing

@testable import Postgres

/// One text of statements and one source of the schema for two engines.
@Suite(.enabled(if: TestDatabase.isAvailable))
struct BothEnginesTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The statements in the sources, by file and line: literals that begin as one does.
    private static func statements() throws -> [(place: String, sql: String)] {
        var found: [(String, String)] = []
        for module in ["Registry", "API", "FHIR", "App"] {
            let folder = root.appending(path: "Sources/" + module)
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            where name.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                let literals = text.matches(
                    of: #/"""(?<long>[\s\S]*?)"""|"(?<short>(?:[^"\\\n]|\\.)*)"/#)
                for literal in literals {
                    let sql = String(literal.output.long ?? literal.output.short ?? "")
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                    let isStatement =
                        sql.prefixMatch(
                            of:
                                #/(WITH|INSERT INTO|DELETE FROM|UPDATE \w+ SET|SELECT[\s\S]*FROM)\s/#
                        ) != nil
                    if isStatement { found.append((module + "/" + name, sql)) }
                }
            }
        }
        return found
    }

    /// SQLite's side is every other test.
    @Test func everyStatementIsPreparedOnPostgreSQL() throws {
        let app = try TestApp(isOnPostgres: true)
        let url = try #require(app.app.configuration.database)
        let connection = try HostList(try ConnectionString(url)).connect()
        let statements = try Self.statements()
        #expect(statements.count > 400)
        for (number, statement) in statements.enumerated() {
            do {
                try connection.runScript([
                    "PREPARE statement_\(number) AS " + StatementText(statement.sql).sql
                ])
            } catch {
                Issue.record("\(statement.place): \(error)\n\(statement.sql)")
            }
        }
        connection.close()
    }

    private struct Column: Hashable {
        let table: String
        let name: String
        let type: String
        let isRequired: Bool
        let isKey: Bool
    }

    /// What one engine has and the other lacks.
    @Test func theSchemasAreTheSame() throws {
        let (one, other) = (try TestApp(isOnPostgres: false), try TestApp(isOnPostgres: true))
        let types = [
            "INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea", "REAL": "double precision",
        ]
        let sqlite = try one.read { tx in
            try tx.all(
                """
                SELECT m.name, p.name, p.type, p."notnull" OR p.pk, p.pk > 0
                FROM sqlite_schema m JOIN pragma_table_info(m.name) p
                WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'schema_migrations'
                """
            ) { row in
                Column(
                    table: row.text(0), name: row.text(1), type: types[row.text(2)] ?? row.text(2),
                    isRequired: row.bool(3), isKey: row.bool(4))
            }
        }
        let postgres = try other.read { tx in
            try tx.all(
                """
                SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT),
                    CAST(format_type(a.atttypid, NULL) AS TEXT), a.attnotnull,
                    COALESCE(a.attnum = ANY (i.indkey), FALSE)
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                WHERE c.relkind = 'r' AND c.relnamespace = CAST('public' AS regnamespace)
                    AND c.relname <> 'schema_migrations'
                """
            ) { row in
                Column(
                    table: row.text(0), name: row.text(1), type: row.text(2),
                    isRequired: row.bool(3), isKey: row.bool(4))
            }
        }
        #expect(sqlite.count > 400)
        #expect(Set(sqlite).symmetricDifference(postgres).isEmpty)
        let (indexes, others) = (
            try one.read { tx in
                try tx.all(
                    "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
                ) { $0.text(0) }
            },
            try other.read { tx in
                try tx.all(
                    """
                    SELECT CAST(c.relname AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    WHERE c.relnamespace = CAST('public' AS regnamespace)
                        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
                    ORDER BY c.relname
                    """
                ) { $0.text(0) }
            }
        )
        #expect(indexes == others)
    }
}
