package import Database

/// The one writing connection, on a thread of its own, with group commit.
///
/// Everything that is queued when the thread wakes shares one transaction, one COMMIT and one
/// fsync; yet each body succeeds or fails alone: an append without a savepoint, any other inside one of its
/// own. When SQLite loses the whole transaction (disk full, I/O error), every body of the batch fails with
/// that error and none is applied. A body runs again if its batch must be repeated, so it has no effects but
/// those on the transaction. The file is checkpointed when it is closed.
package typealias SQLiteWriter = QueuedWriter

extension QueuedWriter {
    /// Opens the file, created with mode 0600 when missing: WAL, synchronous=FULL, foreign keys on.
    package convenience init(
        path: String, options: DatabaseOptions = .init()
    ) throws(DatabaseError) {
        let queue = WriteQueue(limit: options.queueLimit)
        let loop = try WriterLoop(path: path, options: options, queue: queue)
        try self.init(queue) { loop.run() }
    }
}
