/// Where data lie: an engine, and the way to them.
package protocol Storage: Sendable {
    var dialect: Dialect { get }
    /// Whether readers wait for a network, which no event loop may.
    var readsWait: Bool { get }

    /// Applies the steps that are missing, in order, and returns them. What it works on is created when
    /// missing.
    ///
    /// - Parameters:
    ///   - checksum: a digest of the SQL, such as SHA-256 in hex: an edited step is refused.
    ///   - now: milliseconds since 1970.
    /// - Throws: `DatabaseError.migration` with a sentence for the operator, and nothing changed, when the
    ///   database is from a newer program, has a gap or an edited or renamed step, or is not one of ours.
    func migrate(
        _ migrations: [Migration], checksum: ([UInt8]) -> String, now: Int64
    ) throws(DatabaseError) -> [Migration]
    /// The steps that are missing. Changes nothing.
    func pendingMigrations(
        _ migrations: [Migration], checksum: ([UInt8]) -> String
    ) throws(DatabaseError) -> [Migration]
    /// Whether there is a database of ours, of whatever version.
    func isPresent() throws(DatabaseError) -> Bool

    /// The one writer. What it works on is created when missing.
    func openWriter() throws(DatabaseError) -> any Writer
    func openReader() throws(DatabaseError) -> any Reader
    /// Of the connections to the database's servers; nil where it is a file.
    var connectionStatistics: ConnectionStatistics? { get }
    /// A place among all processes that may do what one does for all.
    func openDuties() -> any Duties
    /// For a move to another engine, or from there.
    ///
    /// - Throws: `DatabaseError.refused` when servers run on it, where the engine can tell: whoever runs on a
    ///   file has its lock.
    func openTables(_ access: TableAccess) throws(DatabaseError) -> TableCopy
    /// - Throws: `DatabaseError.full` when it can grow by `bytes` no more; another when it cannot be
    ///   written.
    func requireRoom(bytes: Int) throws(DatabaseError)
    /// Checks everything: pages, indexes against tables, constraints, foreign keys. Reads it all.
    ///
    /// - Returns: what is wrong, empty when all is well.
    func integrityFaults() throws(DatabaseError) -> [String]
    /// Copies one snapshot to a new file, mode 0600, while others go on reading and writing.
    ///
    /// - Throws: `DatabaseError.cannotOpen` when the file exists: nothing is overwritten.
    func backUp(to destination: String) throws(DatabaseError)
}

/// A reading connection, usable from any thread, by one caller at a time.
package protocol Reader: AnyObject, Sendable {
    /// Runs `body` on one consistent snapshot: it sees every write acknowledged before its first
    /// statement and none that comes later. Calling `read` from inside is a precondition failure.
    func read<T>(_ body: (borrowing Transaction) throws -> T) throws -> T
}

/// Where all changes go: each body is one transaction of its own, though many share a commit.
///
/// A body may run twice, so it has no effects but those on its transaction.
package protocol Writer: AnyObject, Sendable {
    /// Runs `body` and returns once its changes are durable. Cancelling the task does not take the
    /// write back.
    ///
    /// - Throws: what `body` throws; `DatabaseError.overloaded` or `.closed` when it never ran.
    @discardableResult
    func submit<T: Sendable>(
        _ order: WriteOrder, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T

    /// The same, but blocks the calling thread: for commands and start-up. Calling it from inside a
    /// body is a precondition failure.
    @discardableResult
    func writeBlocking<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T

    /// Finishes what is queued and refuses what comes later with `DatabaseError.closed`. Returns when
    /// the connection is closed; calling it again is harmless.
    func close()

    var statistics: WriterStatistics { get }
}

extension Writer {
    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await submit(.any, body)
    }

    /// For a body that throws, if at all, before it has changed anything, such as one INSERT.
    @discardableResult
    package func append<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await submit(.changesLast, body)
    }
}

/// Work that one of the processes on a database does for the others, such as delivering webhooks.
package protocol Duties: AnyObject, Sendable {
    /// Whether it is this one that does it now. It may wait for the network: nothing for event loops.
    func areOurs() -> Bool
    /// What the last look found.
    var wereOurs: Bool { get }
    /// Leaves it to others.
    func close()
}

/// Of what differs between engines: the schema's text. Statements are the same for all.
package enum Dialect: Sendable {
    case sqlite, postgres
}
