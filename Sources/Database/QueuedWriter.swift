/// A writer on a thread of its own, for which bodies wait in a queue; engines give it what it runs.
package final class QueuedWriter: Writer {
    private let queue: WriteQueue
    private let thread: WorkerThread

    /// - Parameter loop: takes what waits and runs it, until the queue is closed and empty.
    package init(
        _ queue: WriteQueue, _ loop: @escaping @Sendable () -> Void
    ) throws(DatabaseError) {
        self.queue = queue
        thread = try WorkerThread(loop)
    }

    deinit { close() }

    @discardableResult
    package func submit<T: Sendable>(
        _ order: WriteOrder, _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) async throws -> T {
        try await unsafe withUnsafeThrowingContinuation { continuation in
            let job = AsyncWriteJob(order, body: body, continuation: continuation)
            do {
                try queue.enqueue(job)
            } catch {
                unsafe continuation.resume(throwing: error)
            }
        }
    }

    @discardableResult
    package func writeBlocking<T: Sendable>(
        _ body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) throws -> T {
        precondition(!thread.isCurrent, "a blocking write inside a write")
        let job = BlockingWriteJob(.any, body: body)
        try queue.enqueue(job)
        return try job.wait()
    }

    package func close() {
        queue.close()
        thread.wait()
    }

    package var statistics: WriterStatistics { queue.statistics }
}
