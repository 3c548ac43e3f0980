import HTTP
import Synchronization

/// Threads beside the event loops, for requests that take more than a moment: a request goes where the
/// fewest are, and the requests of one thread are worked on one after another.
final class AsideQueues: Sendable {
    private let queues: [TaskQueue]
    private let loads: Mutex<[Int]>
    /// The index of the reader of the first queue; the others follow.
    let firstReader: Int

    init(count: Int, firstReader: Int) {
        self.firstReader = firstReader
        queues = (0..<count).map { TaskQueue(label: "large requests \($0)") }
        loads = Mutex(Array(repeating: 0, count: count))
    }

    /// The queue and its number, from 0. The request counts there until `leave`.
    func enter() -> (Int, TaskQueue) {
        let index = loads.withLock { loads in
            let index = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[index] += 1
            return index
        }
        return (index, queues[index])
    }

    func leave(_ index: Int) {
        loads.withLock { $0[index] -= 1 }
    }
}
