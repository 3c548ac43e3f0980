package import Database

/// A database of PostgreSQL, on whichever of its hosts takes writes.
package struct PostgresStorage: Storage {
    private let target: ConnectionString
    private let hosts: HostList
    private let ledger: StaticString

    /// - Parameter ledger: returns the hash of the numbered row that its parameter names, of which every
    ///   transaction that changes anything adds one.
    /// - Throws: `DatabaseError.refused` when the certificates of sslrootcert cannot be read.
    package init(_ target: ConnectionString, ledger: StaticString) throws(DatabaseError) {
        self.target = target
        hosts = try HostList(target)
        self.ledger = ledger
    }

    package var dialect: Dialect { .postgres }
    package var readsWait: Bool { true }
    package var connectionStatistics: ConnectionStatistics? { hosts.statistics }

    package func openWriter() throws(DatabaseError) -> any Writer {
        try QueuedWriter(hosts, ledger: ledger)
    }

    package func openDuties() -> any Duties { PostgresDuties(hosts) }

    package func openReader() -> any Reader { PostgresReader(hosts) }

    package func openTables(_ access: TableAccess) throws(DatabaseError) -> TableCopy {
        TableCopy(try PostgresTables(target, access))
    }

    package func migrate(
        _ migrations: [Migration], checksum: ([UInt8]) -> String, now: Int64
    ) throws(DatabaseError) -> [Migration] {
        try PostgresMigrator(hosts.connect()).migrate(migrations, checksum, now)
    }

    package func pendingMigrations(
        _ migrations: [Migration], checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration] {
        try PostgresMigrator(hosts.connect()).pending(migrations, checksum)
    }

    package func isPresent() throws(DatabaseError) -> Bool {
        try PostgresMigrator(hosts.connect()).isPresent()
    }

    /// PostgreSQL tells nobody how much room its disks have: a full one shows with the first write.
    package func requireRoom(bytes: Int) {}

    package func integrityFaults() throws(DatabaseError) -> [String] {
        throw .refused(
            reason:
                "PostgreSQL checks its own files: run pg_amcheck, and start it with data checksums")
    }

    package func backUp(to destination: String) throws(DatabaseError) {
        throw .refused(
            reason: "a database of PostgreSQL is backed up by its own tools, best pgBackRest or "
                + "pg_basebackup from a standby; copy keys/ of the data folder beside it")
    }
}
