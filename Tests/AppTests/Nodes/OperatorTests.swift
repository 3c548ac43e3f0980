import API
import App
import Database
import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import Postgres

/// What whoever runs several servers on PostgreSQL does with them.
@Suite(.enabled(if: TestDatabase.isAvailable))
struct OperatorTests {
    let owner: TestApp
    let url: String

    init() throws {
        owner = try TestApp(isOnPostgres: true)
        url = try #require(owner.app.configuration.database)
    }

    private static func connect(_ url: String) throws -> Connection {
        try HostList(try ConnectionString(url)).connect()
    }

    /// The statements that the manual prints for roles.
    private static func roles() throws -> [String] {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let manual = try String(
            contentsOf: root.appending(path: "Sources/opescare/POSTGRESQL.md"), encoding: .utf8)
        let chapter = try #require(manual.components(separatedBy: "## Roles").last)
        let block = try #require(chapter.firstMatch(of: #/```sql\n([\s\S]*?)```/#))
        return StatementText.parts(of: String(block.output.1))
    }

    /// A server whose role may add to the audit log, and neither change it nor take from it.
    @Test func aRoleThatOnlyServesCannotChangeTheAuditLog() async throws {
        let connection = try Self.connect(url)
        // Roles are those of all databases.
        defer {
            try? connection.runScript([
                "DROP OWNED BY opescare_server", "DROP ROLE opescare_server",
            ])
            connection.close()
        }
        try connection.runScript(try Self.roles())
        let server = try TestApp(beside: owner, isOnPostgres: true) {
            $0.database = url.replacing("postgres://postgres@", with: "postgres://opescare_server@")
        }
        let token = try await server.token("demo_full_sandbox")
        let answer = await server.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            fields: [("Idempotency-Key", "k-1")],
            json: """
                {"first_name":"Marie","last_name":"Fouda","date_of_birth":"1990-07-22",
                "country_code":"CM","sex":"female"}
                """)
        #expect(answer.status == 201)
        let search = await server.send(
            .get, "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1", token: token)
        #expect(search.status == 200)
        #expect(await server.send(.get, "/ready").status == 200)
        let role = try Self.connect(
            url.replacing("postgres://postgres@", with: "postgres://opescare_server@"))
        defer { role.close() }
        for statement in [
            "UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log",
            "ALTER TABLE audit_log DISABLE TRIGGER ALL", "DROP TABLE audit_log",
        ] {
            #expect(throws: DatabaseError.self, "\(statement)") {
                try role.runScript([statement])
            }
        }
        // Nor may the owner, while the triggers are there.
        #expect(throws: DatabaseError.self) { try connection.runScript(["DELETE FROM audit_log"]) }
    }

    /// A newer program has migrated the database: the older one answers what comes, and asks to be left out.
    @Test func anOlderServerDrains() async throws {
        #expect(await owner.send(.get, "/ready").status == 200)
        let connection = try Self.connect(url)
        defer { connection.close() }
        try connection.runScript([
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                + "SELECT MAX(version) + 1, 'newer', 'x', 0 FROM schema_migrations"
        ])
        owner.app.noticeNewerSchema(at: owner.now)
        let ready = await owner.send(.get, "/ready")
        #expect(ready.status == 503)
        #expect(ready["message"]?.string?.contains("start the newer program") == true)
        #expect(await owner.send(.get, "/health").status == 200)
        _ = try await owner.token("demo_full_sandbox")
        #expect(throws: DatabaseError.self) { _ = try TestApp(beside: owner, isOnPostgres: true) }
        // Taken back, as after a restore.
        try connection.runScript(["DELETE FROM schema_migrations WHERE name = 'newer'"])
        owner.app.noticeNewerSchema(at: owner.now)
        #expect(await owner.send(.get, "/ready").status == 200)
    }
}
