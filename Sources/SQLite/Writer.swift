/// The one writing connection, on a thread of its own, with group commit.
///
/// Everything that is queued when the thread wakes shares one transaction, one COMMIT and one
/// fsync; yet each body succeeds or fails alone. When SQLite loses the whole transaction (disk full,
/// I/O error), every body of the batch fails with that error and none is applied. A body runs again
/// if its batch must be repeated, so it has no effects but those on the transaction.
package final class Writer: Sendable {
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

    /// Runs `body` in the next batch, inside a savepoint of its own, and returns once its COMMIT is
    /// durable. Cancelling the task does not take the write back.
    ///
    /// - Throws: what `body` throws; `DatabaseError.overloaded` or `.closed` when it never ran.
    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await submit(isAppend: false, body)
    }

    /// Like `write`, for a body that does not fail after a change, such as one INSERT: it saves the
    /// savepoint. Should it fail so all the same, its batch is rolled back and repeated with
    /// savepoints: slower, never wrong.
    @discardableResult
    package func append<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await submit(isAppend: true, body)
    }

    /// Like `write`, but blocks the calling thread: for commands and start-up. Calling it from
    /// inside a body is a precondition failure.
    @discardableResult
    package func writeBlocking<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        precondition(!thread.isCurrent, "a blocking write inside a write")
        let job = BlockingWriteJob(isAppend: false, body: body)
        try queue.enqueue(job)
        return try job.wait()
    }

    /// Finishes what is queued, checkpoints, closes the file and refuses what comes later with
    /// `DatabaseError.closed`. Returns when the file is closed; calling it again is harmless.
    package func close() {
        queue.close()
        thread.wait()
    }

    package var statistics: WriterStatistics { queue.statistics }

    /// `append` or `write`.
    @discardableResult
    package func submit<T: Sendable>(
        isAppend: Bool, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await unsafe withUnsafeThrowingContinuation { continuation in
            let job = AsyncWriteJob(
                isAppend: isAppend, body: body, continuation: continuation)
            do {
                try queue.enqueue(job)
            } catch {
                unsafe continuation.resume(throwing: error)
            }
        }
    }
}
