import Foundation

/// A thread that works, waits for a reason to work, and can be asked to stop.
final class Worker: Sendable {
    /// `@unchecked Sendable`: every field is read and written under `condition`.
    private final class State: @unchecked Sendable {
        let condition = NSCondition()
        var isWoken = false
        var isStopped = false
        var isFinished = false
    }

    private let state = State()
    private let name: String

    init(name: String) { self.name = name }

    func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [state] in
            body()
            state.condition.lock()
            state.isFinished = true
            state.condition.broadcast()
            state.condition.unlock()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    var isStopped: Bool {
        state.condition.lock()
        defer { state.condition.unlock() }
        return state.isStopped
    }

    /// Ends a `pause`, the present one or the next.
    func wake() {
        state.condition.lock()
        state.isWoken = true
        state.condition.broadcast()
        state.condition.unlock()
    }

    func stop() {
        state.condition.lock()
        state.isStopped = true
        state.condition.broadcast()
        state.condition.unlock()
    }

    /// Waits until woken or stopped, `duration` at most.
    func pause(_ duration: Duration) {
        let limit = Date(timeIntervalSinceNow: duration / .seconds(1))
        state.condition.lock()
        defer { state.condition.unlock() }
        while !state.isWoken, !state.isStopped {
            guard state.condition.wait(until: limit) else { break }
        }
        state.isWoken = false
    }

    /// Waits for the thread's end.
    ///
    /// - Returns: whether it came in time.
    @discardableResult
    func join(within duration: Duration) -> Bool {
        let limit = Date(timeIntervalSinceNow: duration / .seconds(1))
        state.condition.lock()
        defer { state.condition.unlock() }
        while !state.isFinished {
            guard state.condition.wait(until: limit) else { return state.isFinished }
        }
        return true
    }
}
