/// Where data lie: an engine, and the way to them.
package protocol Storage: Sendable {
    /// The one writer. What it works on is created when missing.
    func openWriter() throws(DatabaseError) -> any Writer
    func openReader() throws(DatabaseError) -> any Reader
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
    /// - Parameter isAppend: the body does not fail after a change, such as one INSERT: it saves the
    ///   savepoint. Should it fail so all the same, it and those that share its commit run again:
    ///   slower, never wrong.
    /// - Throws: what `body` throws; `DatabaseError.overloaded` or `.closed` when it never ran.
    @discardableResult
    func submit<T: Sendable>(
        isAppend: Bool, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
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
        try await submit(isAppend: false, body)
    }

    /// See `submit`.
    @discardableResult
    package func append<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await submit(isAppend: true, body)
    }
}
