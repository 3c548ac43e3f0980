package import Database

/// The one writing connection, on a thread of its own, with group commit.
///
/// Everything that is queued when the thread wakes shares one transaction, one COMMIT and one
/// fsync; yet each body succeeds or fails alone. When SQLite loses the whole transaction (disk full,
/// I/O error), every body of the batch fails with that error and none is applied. A body runs again
/// if its batch must be repeated, so it has no effects but those on the transaction.
package final class SQLiteWriter: Writer {
    package let path: String
    private let queue: WriteQueue
    private let thread: WorkerThread

    /// Opens the file, created with mode 0600 when missing: WAL, synchronous=FULL, foreign keys on.
    package init(path: String, options: DatabaseOptions = .init()) throws(DatabaseError) {
        self.path = path
        let queue = WriteQueue(limit: options.queueLimit)
        let loop = try WriterLoop(path: path, options: options, queue: queue)
        self.queue = queue
        thread = try WorkerThread { loop.run() }
    }

    deinit { close() }

    @discardableResult
    package func writeBlocking<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        precondition(!thread.isCurrent, "a blocking write inside a write")
        return try queue.submitBlocking(body)
    }

    /// Finishes what is queued, checkpoints, closes the file and refuses what comes later with
    /// `DatabaseError.closed`. Returns when the file is closed; calling it again is harmless.
    package func close() {
        queue.close()
        thread.wait()
    }

    package var statistics: WriterStatistics { queue.statistics }

    /// Runs `body` in the next batch: an append without a savepoint, any other inside one of its own.
    @discardableResult
    package func submit<T: Sendable>(
        isAppend: Bool, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await queue.submit(isAppend: isAppend, body)
    }
}
