import Glibc
package import Database

/// One file, with its log beside it.
package struct SQLiteStorage: Storage {
    package let path: String

    package init(path: String) { self.path = path }

    package var dialect: Dialect { .sqlite }
    package var readsWait: Bool { false }
    package var connectionStatistics: ConnectionStatistics? { nil }

    package func migrate(
        _ migrations: [Migration], checksum: ([UInt8]) -> String, now: Int64
    ) throws(DatabaseError) -> [Migration] {
        try Migrator.migrate(path: path, migrations, checksum: checksum, now: now)
    }

    package func pendingMigrations(
        _ migrations: [Migration], checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration] {
        try Migrator.status(path: path, migrations, checksum: checksum).pending
    }

    package func isPresent() -> Bool { unsafe access(path, F_OK) == 0 }

    package func openWriter() throws(DatabaseError) -> any Writer { try SQLiteWriter(path: path) }

    package func openDuties() -> any Duties { SoleDuties() }

    package func openReader() throws(DatabaseError) -> any Reader { try SQLiteReader(path: path) }

    package func openTables(_ access: TableAccess) throws(DatabaseError) -> TableCopy {
        TableCopy(try SQLiteTables(path: path, access))
    }

    package func requireRoom(bytes: Int) throws(DatabaseError) {
        try FreeSpace.require(bytes: bytes, beside: path)
    }

    package func integrityFaults() throws(DatabaseError) -> [String] {
        try integrityCheck(path: path)
    }

    package func backUp(to destination: String) throws(DatabaseError) {
        try backup(from: path, to: destination)
    }
}

/// The file's lock keeps every other server away.
private final class SoleDuties: Duties {
    var wereOurs: Bool { true }
    func areOurs() -> Bool { true }

    func close() {}
}
