package import Database

/// The writer of this process, on a thread of its own. Writers of other processes and nodes take turns with it.
///
/// Everything that waits when the thread wakes is one transaction, a group; each body has a savepoint of its own.
/// A group that meets another transaction's changes runs again, body by body; a COMMIT whose outcome is not known
/// is looked for in the audit log before anybody is told.
package final class PostgresWriter: Writer {
    private let queue = WriteQueue(limit: 10_000)
    private let thread: WorkerThread

    /// - Parameter ledger: returns the hash of the numbered row that its parameter names.
    init(_ hosts: HostList, ledger: StaticString) throws(DatabaseError) {
        let loop = PostgresWriterLoop(WritingSessions(hosts, ledger: ledger), queue)
        thread = try WorkerThread { loop.run() }
    }

    deinit { close() }

    @discardableResult
    package func submit<T: Sendable>(
        isAppend: Bool, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await queue.submit(isAppend: isAppend, body)
    }

    @discardableResult
    package func writeBlocking<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        precondition(!thread.isCurrent, "a blocking write inside a write")
        return try queue.submitBlocking(body)
    }

    package func close() {
        queue.close()
        thread.wait()
    }

    package var statistics: WriterStatistics { queue.statistics }
}
