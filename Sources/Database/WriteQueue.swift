import Glibc

/// Jobs on their way to the writer's thread.
package final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriteJob] = []
        var isClosed = false
        var statistics = WriterStatistics()
    }

    private let state = Monitor(State())
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    package var statistics: WriterStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queueDepth = state.waiting.count
            return statistics
        }
    }

    /// Hands `job` to the thread, which will finish it exactly once.
    package func enqueue(_ job: WriteJob) throws(DatabaseError) {
        try state.notify { (state) throws(DatabaseError) in
            guard !state.isClosed else { throw .closed }
            guard state.waiting.count < limit else {
                state.statistics.refusals += 1
                throw .overloaded
            }
            state.waiting.append(job)
        }
    }

    /// Refuses what comes later. What is queued stays.
    package func close() { state.notify { $0.isClosed = true } }

    /// Everything queued, in order; waits while there is nothing; empty once closed and empty.
    package func take() -> [WriteJob] {
        state.wait { state in
            guard !state.waiting.isEmpty || state.isClosed else { return nil }
            var taken: [WriteJob] = []
            taken.reserveCapacity(state.waiting.count)
            swap(&taken, &state.waiting)
            return taken
        }
    }

    /// Everything queued, in order, without waiting: but threads that are ready to run, and may be
    /// about to queue more, run first. On an idle machine there are none and it returns at once.
    package func takeWaiting() -> [WriteJob] {
        sched_yield()
        return state.withLock { state in
            var taken: [WriteJob] = []
            swap(&taken, &state.waiting)
            return taken
        }
    }

    package func note(_ change: (inout WriterStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }
}
