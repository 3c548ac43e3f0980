import CLinux
import Glibc
import Database

/// The body of the writer's thread: take what waits, run it as batches, tell the callers.
///
/// What arrives while a batch runs joins it: one COMMIT then serves every event loop, where each
/// would else wait for the other's.
///
/// `@unchecked Sendable`: built with its writer, then used by that one thread alone.
final class WriterLoop: @unchecked Sendable {
    private let connection: Connection
    private let checkpointer: Checkpointer
    private let queue: WriteQueue
    private let budget: UInt64

    init(path: String, options: DatabaseOptions, queue: WriteQueue) throws(DatabaseError) {
        connection = try Connection(
            path: path, access: .create, cacheBytes: options.writerCacheBytes,
            busyTimeout: options.busyTimeout, reclaimsSpace: options.reclaimsSpace)
        checkpointer = try Checkpointer(path: path, options: options)
        self.queue = queue
        let parts = options.batchBudget.components
        budget = UInt64(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    }

    /// Returns once the queue is closed and empty and the file is closed.
    func run() {
        var jobs: [WriteJob] = []
        while true {
            if jobs.isEmpty { jobs = queue.take() }
            if jobs.isEmpty { break }
            jobs.removeFirst(runBatch(&jobs))
            checkpointer.afterCommit(on: connection)
        }
        checkpointer.stop()
        // Should a reader hold it back, the log stays and the next start reads it.
        try? connection.checkpoint(.truncate, wait: 1_000)
        connection.close()
    }

    /// Runs jobs from the front of `jobs` in one transaction, adds those that arrive meanwhile, tells
    /// their callers and returns how many have run.
    private func runBatch(_ jobs: inout [WriteJob]) -> Int {
        let batch = Batch(connection: connection)
        var count = 0
        var nanoseconds: UInt64 = 0
        var failure: DatabaseError?
        do {
            count = try batch.run(&jobs, adding: queue.takeWaiting, budget: budget)
            let start = Clock.nanoseconds
            try batch.commit()
            nanoseconds = Clock.nanoseconds - start
        } catch {
            failure = error
            batch.rollback()
            // How far the batch came does not matter: none of it was applied, all of it is told.
            count = jobs.count
        }
        connection.batchState = nil
        let failures = failure == nil ? batch.failures : count
        queue.note { statistics in
            statistics.batches += failure == nil ? 1 : 0
            statistics.repeats += batch.isRepeated ? 1 : 0
            statistics.writes += count - failures
            statistics.failures += failures
            if let loss = failure ?? batch.loss, loss.isOfFile {
                statistics.losses += 1
                statistics.lastLoss = loss
            }
            statistics.largestBatch = max(statistics.largestBatch, count)
            statistics.commitNanoseconds += nanoseconds
            statistics.logFrames = connection.logFrames
        }
        for job in jobs.prefix(count) { job.finish(failure) }
        return count
    }
}

enum Clock {
    /// Monotonic.
    static var nanoseconds: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
