/// One step of the schema. Released steps are never edited.
package struct Migration: Sendable, Hashable {
    /// 1, 2, 3 … without a gap.
    package let version: Int
    package let name: String
    /// Any number of statements in UTF-8, none of which begins or ends a transaction.
    package let sql: [UInt8]

    package init(version: Int, name: String, sql: [UInt8]) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}

/// What a database remembers of a step.
package struct AppliedMigration: Sendable {
    package let version: Int
    package let name: String
    package let checksum: String

    package init(version: Int, name: String, checksum: String) {
        self.version = version
        self.name = name
        self.checksum = checksum
    }
}

extension Migration {
    /// The missing steps, after comparing those that are there.
    ///
    /// - Throws: `DatabaseError.migration` when the database is from a newer program, has a gap or an edited or
    ///   renamed step.
    package static func pending(
        of known: [Migration], after applied: [AppliedMigration], _ checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration] {
        for (index, migration) in known.enumerated() where migration.version != index + 1 {
            throw .migration(
                reason: "the program's migrations have a gap: step \(index + 1) is missing")
        }
        for (index, row) in applied.enumerated() {
            guard row.version <= known.count else {
                throw .migration(
                    reason: "the database has schema \(applied.map(\.version).max() ?? 0), this "
                        + "program knows schemas up to \(known.count): start the newer "
                        + "program, or restore the backup made before it")
            }
            guard row.version == index + 1 else {
                throw .migration(
                    reason: "the database lacks migration \(index + 1) but has \(row.version): "
                        + "restore a backup")
            }
            let migration = known[index]
            guard row.name == migration.name else {
                throw .migration(
                    reason: "migration \(row.version) was applied as \"\(row.name)\" and is now "
                        + "called \"\(migration.name)\": released migrations are never renamed")
            }
            guard row.checksum == checksum(migration.sql) else {
                throw .migration(
                    reason: "migration \(row.version) (\(row.name)) was edited after it was "
                        + "applied: restore its text and add a new migration instead")
            }
        }
        return Array(known.dropFirst(applied.count))
    }
}
