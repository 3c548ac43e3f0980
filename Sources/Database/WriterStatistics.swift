/// What a writer has done since it was opened, for the metrics page.
package struct WriterStatistics: Sendable, Hashable {
    /// Bodies whose changes are durable.
    package var writes = 0
    /// Bodies that threw, or whose batch was lost.
    package var failures = 0
    /// How often the file took no write.
    package var losses = 0
    /// Why it took none the last time.
    package var lastLoss: DatabaseError?
    /// Writes refused because the queue was full.
    package var refusals = 0
    /// Transactions committed.
    package var batches = 0
    /// Transactions run again: because an append failed after a change, or since others were in the way.
    package var repeats = 0
    package var largestBatch = 0
    /// Time spent inside COMMIT, most of it waiting for the disk.
    package var commitNanoseconds: UInt64 = 0
    /// Writes waiting now.
    package var queueDepth = 0
    /// Time spent waiting for the turn of this writer among those of other servers.
    package var turnNanoseconds: UInt64 = 0
    /// Commits that nobody answered, and that were found to have taken place; or not; or were not found out.
    package var doubtsCommitted = 0
    package var doubtsUndone = 0
    package var doubtsOpen = 0
    /// Pages in the write-ahead log after the last commit, where the engine tells.
    package var logFrames = 0

    package init() {}
}
