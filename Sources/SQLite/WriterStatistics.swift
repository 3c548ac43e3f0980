/// What a writer has done since it was opened, for the metrics page.
package struct WriterStatistics: Sendable, Hashable {
    /// Bodies whose changes are durable.
    package internal(set) var writes = 0
    /// Bodies that threw, or whose batch was lost.
    package internal(set) var failures = 0
    /// How often the file took no write.
    package internal(set) var losses = 0
    /// Why it took none the last time.
    package internal(set) var lastLoss: DatabaseError?
    /// Writes refused because the queue was full.
    package internal(set) var refusals = 0
    /// Transactions committed.
    package internal(set) var batches = 0
    package internal(set) var largestBatch = 0
    /// Time spent inside COMMIT, most of it waiting for the disk.
    package internal(set) var commitNanoseconds: UInt64 = 0
    /// Writes waiting now.
    package internal(set) var queueDepth = 0
    /// Frames (pages) in the write-ahead log after the last commit.
    package internal(set) var logFrames = 0
}
