import Database

/// What a connection may use and how long it may wait.
package struct DatabaseOptions: Sendable {
    /// Page cache of the writing connection, in bytes.
    package var writerCacheBytes = 64 << 20
    /// Page cache of each reading connection, in bytes. Charts are read from it: with 8 MiB fifty rows
    /// cost a seventh more.
    package var readerCacheBytes = 32 << 20
    /// How long to wait for a lock that another process holds before `DatabaseError.busy`.
    package var busyTimeout: Duration = .seconds(5)
    /// Writes that may wait for the writer; one more is refused with `DatabaseError.overloaded`.
    package var queueLimit = 10_000
    /// A batch that has run this long commits, although more writes are waiting.
    package var batchBudget: Duration = .milliseconds(10)
    /// Bytes that the write-ahead log grows by before a checkpoint starts beside the writer.
    package var checkpointBytes = 4 << 20
    /// Size of the write-ahead log at which the writer itself stops to start it afresh. It
    /// grows to twice this when the disk is slow, and beyond only while a reader holds it back.
    package var walLimitBytes = 16 << 20

    /// Whether a file made with these options can give free pages back to the disk, by
    /// `PRAGMA incremental_vacuum`. It has no effect on a file that exists.
    package var reclaimsSpace = false

    package init() {}
}
