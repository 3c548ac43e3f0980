import Database

/// Brings a database to the schema that the program knows, one node at a time.
struct PostgresMigrator {
    private let connection: Connection
    /// Of pg_advisory_xact_lock: "opescare", as any program of ours would choose it.
    private static let lockNumber: Int64 = 0x6F70_6573_6361_7265

    init(_ connection: Connection) { self.connection = connection }

    func isPresent() throws(DatabaseError) -> Bool {
        let answer = try connection.query(
            "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('schema_migrations')")
        return try answer.next()
    }

    func pending(
        _ migrations: [Migration], _ checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration] {
        try Migration.pending(of: migrations, after: try recorded(), checksum)
    }

    private func recorded() throws(DatabaseError) -> [AppliedMigration] {
        guard try isPresent() else { return [] }
        let answer = try connection.query(
            "SELECT version, name, checksum FROM schema_migrations ORDER BY version")
        var steps: [AppliedMigration] = []
        while try answer.next() {
            let row = Row(answer)
            steps.append(
                AppliedMigration(version: row.int(0), name: row.text(1), checksum: row.text(2)))
            try answer.checkReads()
        }
        return steps
    }

    /// Each step commits by itself together with its row, under a lock for which other nodes wait.
    func migrate(
        _ migrations: [Migration], _ checksum: ([UInt8]) -> String, _ now: Int64
    ) throws(DatabaseError) -> [Migration] {
        guard !(try pending(migrations, checksum)).isEmpty else { return [] }
        try requireUTF8()
        try connection.lockSession(Self.lockNumber)
        // Another node may have been faster.
        let missing = try pending(migrations, checksum)
        for step in missing { try apply(step, checksum(step.sql), now) }
        // Plans made on empty tables are scans.
        try connection.runScript(["ANALYZE"])
        connection.close()
        return missing
    }

    private func requireUTF8() throws(DatabaseError) {
        let answer = try connection.query(
            "SELECT CAST(current_setting('server_encoding') AS TEXT)")
        guard try answer.next(), Row(answer).text(0) == "UTF8" else {
            throw .refused(
                reason: "the database's encoding must be UTF8: CREATE DATABASE … ENCODING 'UTF8'")
        }
    }

    private func apply(
        _ step: Migration, _ checksum: String, _ now: Int64
    ) throws(DatabaseError) {
        try connection.begin(.readWrite)
        do throws(DatabaseError) {
            try connection.runScript(
                [
                    """
                    CREATE TABLE IF NOT EXISTS schema_migrations (
                        version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,
                        applied_at BIGINT NOT NULL)
                    """
                ] + StatementText.parts(of: String(decoding: step.sql, as: UTF8.self)))
            try connection.execute(
                """
                INSERT INTO schema_migrations (version, name, checksum, applied_at)
                VALUES (?, ?, ?, ?)
                """, [.int(step.version), .text(step.name), .text(checksum), .integer(now)])
            try connection.commit()
        } catch {
            connection.rollback()
            throw .migration(
                reason:
                    "migration \(step.version) (\(step.name)) failed and was taken back: \(error)")
        }
    }
}
