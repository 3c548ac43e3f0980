import Synchronization

/// Lets a few lists be worked on at a time: reading one, and looking up whom it names, takes many times
/// its size. Callers have their turns one after another, however many each has waiting.
final class Turnstile: Sendable {
    private struct Waiting {
        let weight: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var places: Int
        var waiting: [String: ArraySlice<Waiting>] = [:]
        /// Callers with something waiting, the next one first.
        var turns: ArraySlice<String> = []

        mutating func admit() -> [Waiting] {
            var admitted: [Waiting] = []
            while let caller = turns.first, let next = waiting[caller]?.first,
                next.weight <= places
            {
                places -= next.weight
                admitted.append(next)
                turns.removeFirst()
                waiting[caller]?.removeFirst()
                if waiting[caller]?.isEmpty == false {
                    turns.append(caller)
                } else {
                    waiting[caller] = nil
                }
            }
            return admitted
        }
    }

    /// One list is read while others are stored: those that wait for their rows to be durable share a
    /// commit. Lists of 500 rows of a desktop system take one or two places.
    static let places = 8

    private let state: Mutex<State>

    init(places: Int = Turnstile.places) {
        state = Mutex(State(places: places))
    }

    var waitingCount: Int {
        state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } }
    }

    /// Waits for `weight` of the places.
    ///
    /// - Throws: `CancellationError`, having taken none, when the caller has left meanwhile.
    func enter(_ caller: String, weight: Int) async throws {
        await withCheckedContinuation { continuation in
            let admitted = state.withLock { state in
                if state.waiting[caller] == nil { state.turns.append(caller) }
                state.waiting[caller, default: []].append(
                    Waiting(weight: weight, continuation: continuation))
                return state.admit()
            }
            for one in admitted { one.continuation.resume() }
        }
        guard Task.isCancelled else { return }
        leave(weight: weight)
        throw CancellationError()
    }

    func leave(weight: Int) {
        let admitted = state.withLock { state in
            state.places += weight
            return state.admit()
        }
        for one in admitted { one.continuation.resume() }
    }
}
