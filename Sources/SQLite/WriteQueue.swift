import Dispatch
import Synchronization

/// Jobs on their way to the writer's thread.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriteJob] = []
        /// The thread found nothing to do and waits for `wake`, which it is owed once.
        var isAsleep = false
        var isClosed = false
        var statistics = WriterStatistics()
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var statistics: WriterStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queueDepth = state.waiting.count
            return statistics
        }
    }

    /// Hands `job` to the thread, which will finish it exactly once.
    func enqueue(_ job: WriteJob) throws(DatabaseError) {
        let isOwed = try state.withLock { (state) throws(DatabaseError) in
            guard !state.isClosed else { throw .closed }
            guard state.waiting.count < limit else {
                state.statistics.refusals += 1
                throw .overloaded
            }
            state.waiting.append(job)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        // A system call only when the thread sleeps.
        if isOwed { wake.signal() }
    }

    /// Refuses what comes later. What is queued stays.
    func close() {
        let isOwed = state.withLock { state in
            state.isClosed = true
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if isOwed { wake.signal() }
    }

    /// Everything queued, in order; waits while there is nothing; nil once closed and empty.
    func take() -> [WriteJob]? {
        while true {
            let (jobs, isClosed) = state.withLock { state in
                var taken: [WriteJob] = []
                if state.waiting.isEmpty {
                    state.isAsleep = !state.isClosed
                } else {
                    taken.reserveCapacity(state.waiting.count)
                    swap(&taken, &state.waiting)
                }
                return (taken, state.isClosed)
            }
            if !jobs.isEmpty { return jobs }
            if isClosed { return nil }
            wake.wait()
        }
    }

    func note(_ change: (inout WriterStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }
}
