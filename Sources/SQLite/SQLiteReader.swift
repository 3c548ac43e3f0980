import Glibc
import Synchronization
package import Database

/// One reading connection with its statement cache, usable from any thread.
///
/// One caller at a time: the lock is uncontended when each event loop has a reader of its own.
package final class SQLiteReader: Reader {
    private let connection: Monitor<Connection>
    /// The thread inside `read`, or 0: only to tell misuse from contention.
    private let owner = Atomic<UInt>(0)

    package init(path: String, options: DatabaseOptions = .init()) throws(DatabaseError) {
        connection = Monitor(
            try Connection.reading(
                path: path, cacheBytes: options.readerCacheBytes,
                busyTimeout: options.busyTimeout))
    }

    package func read<T>(_ body: (borrowing Transaction) throws -> T) throws -> T {
        let me = UInt(pthread_self())
        precondition(owner.load(ordering: .relaxed) != me, "a read inside a read of one Reader")
        return try connection.withLock { connection in
            owner.store(me, ordering: .relaxed)
            defer { owner.store(0, ordering: .relaxed) }
            try connection.control("BEGIN")
            connection.unreadableCount = 0
            defer {
                connection.batchState = nil
                // Ending a read cannot fail; should it, the next BEGIN reports it.
                if !connection.isAutocommit { try? connection.control("COMMIT") }
            }
            return try body(Transaction(connection))
        }
    }
}
