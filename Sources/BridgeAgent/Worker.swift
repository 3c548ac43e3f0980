import Foundation
import Synchronization

/// A thread that works, waits for a reason to work, and can be asked to stop.
final class Worker: Sendable {
    private let name: String
    private let wakeup = Wakeup()
    private let finished = Wakeup()
    private let hasStopped = Atomic(false)

    init(name: String) { self.name = name }

    func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [finished] in
            body()
            finished.signal()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    var isStopped: Bool { hasStopped.load(ordering: .acquiring) }

    /// Ends a `pause`, the present one or the next.
    func wake() { wakeup.signal() }

    func stop() {
        hasStopped.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Waits until woken or stopped or until `events` reports a change, `duration` at most.
    ///
    /// - Returns: whether the time was not waited for.
    @discardableResult
    func pause(_ duration: Duration, or events: FolderEvents? = nil) -> Bool {
        guard !isStopped else { return true }
        let wasWoken = wakeup.wait(duration, or: events)
        wakeup.reset()
        return wasWoken
    }

    /// Waits for the thread's end.
    ///
    /// - Returns: whether it came in time.
    @discardableResult
    func join(within duration: Duration) -> Bool { finished.wait(duration) }
}
