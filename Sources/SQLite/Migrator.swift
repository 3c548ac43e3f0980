import CSQLite
package import Database

/// Brings a database to the schema that the program knows, or says why it must not.
package enum Migrator {
    /// Applies the missing steps of `migrations`, in order, and returns them.
    ///
    /// Each step commits by itself together with its row in `schema_migrations`, so a crash leaves
    /// whole steps only, and two programs that start at once apply each step once. Foreign keys are
    /// checked at the end of a step, not within, so that a step may rebuild a table.
    ///
    /// - Parameters:
    ///   - checksum: A digest of the SQL, such as SHA-256 in hex: an edited step is refused.
    ///   - now: Milliseconds since 1970, recorded as `applied_at`.
    /// - Throws: `DatabaseError.migration` with a sentence for the operator, and nothing changed,
    ///   when the database is from a newer program, has a gap or an edited or renamed step, or is
    ///   not one of ours.
    @discardableResult
    package static func migrate(
        path: String, _ migrations: [Migration], options: DatabaseOptions = .init(),
        checksum: ([UInt8]) -> String, now: Int64
    ) throws(DatabaseError) -> [Migration] {
        let connection = try Connection(
            path: path, access: .create, cacheBytes: options.writerCacheBytes,
            busyTimeout: options.busyTimeout, reclaimsSpace: options.reclaimsSpace)
        let pending = try pending(migrations, on: connection, checksum)
        guard !pending.isEmpty else { return [] }
        // No effect inside a transaction, hence here (sqlite.org/foreignkeys.html §2).
        try connection.run("PRAGMA foreign_keys = OFF")
        var applied: [Migration] = []
        for migration in pending {
            try connection.control("BEGIN IMMEDIATE")
            do {
                // Another program may have been faster since we looked.
                if try Self.pending(migrations, on: connection, checksum).contains(migration) {
                    try apply(migration, on: connection, checksum(migration.sql), now)
                    applied.append(migration)
                }
                try connection.control("COMMIT")
            } catch {
                // The first error is the one to report; closing rolls back in any case.
                if !connection.isAutocommit { try? connection.control("ROLLBACK") }
                throw error
            }
        }
        return applied
    }

    /// The database's version, 0 when it is empty, and the steps that are missing. Changes nothing.
    ///
    /// - Throws: as `migrate` does.
    package static func status(
        path: String, _ migrations: [Migration], checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> (current: Int, pending: [Migration]) {
        let connection = try Connection.reading(
            path: path, cacheBytes: 1 << 20, busyTimeout: .seconds(5))
        let pending = try pending(migrations, on: connection, checksum)
        return (migrations.count - pending.count, pending)
    }

    /// The missing steps, after comparing those that are there.
    private static func pending(
        _ migrations: [Migration], on connection: Connection, _ checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration] {
        try Migration.pending(of: migrations, after: try recorded(on: connection), checksum)
    }

    private static func recorded(on connection: Connection) throws(DatabaseError)
        -> [AppliedMigration]
    {
        let tables = try connection.prepare(
            "SELECT count(*), count(*) FILTER (WHERE name = 'schema_migrations') "
                + "FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        guard try connection.step(tables) else { return [] }
        let row = Row(tables)
        guard row.int(1) > 0 else {
            if row.int(0) == 0 { return [] }
            throw .migration(
                reason: "the file is a database of some other program (it has tables, but no "
                    + "schema_migrations): check the configured path")
        }
        let query = try connection.prepare(
            "SELECT version, name, checksum FROM schema_migrations ORDER BY version")
        var records: [AppliedMigration] = []
        while try connection.step(query) {
            let row = Row(query)
            records.append(
                AppliedMigration(version: row.int(0), name: row.text(1), checksum: row.text(2)))
            try query.checkReads()
        }
        return records
    }

    private static func apply(
        _ migration: Migration, on connection: Connection, _ checksum: String, _ now: Int64
    ) throws(DatabaseError) {
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version    INTEGER PRIMARY KEY,
                name       TEXT NOT NULL,
                checksum   TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT
            """)
        let label = "migration \(migration.version) (\(migration.name))"
        do throws(DatabaseError) {
            var offset = 0
            while let statement = try connection.prepareNext(migration.sql, from: &offset) {
                guard !statement.isControl else {
                    throw DatabaseError.migration(reason: "a step is one transaction already")
                }
                while try connection.step(statement) {}
            }
            let violations = try connection.prepare("PRAGMA foreign_key_check")
            if try connection.step(violations) {
                let table = Row(violations).text(0)
                throw DatabaseError.migration(
                    reason: "it leaves rows in \(table) that refer to nothing")
            }
        } catch .full {
            throw .full
        } catch .ioError(let code) {
            throw .ioError(code: code)
        } catch {
            throw .migration(reason: "\(label) failed and was taken back: \(error)")
        }
        let record = try connection.prepare(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                + "VALUES (?, ?, ?, ?)")
        try record.bind([
            .int(migration.version), .text(migration.name), .text(checksum), .integer(now),
        ])
        while try connection.step(record) {}
    }
}
