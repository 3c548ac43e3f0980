import Synchronization
import Testing

@testable import API

/// A place that is not given back leaves somebody waiting for ever.
@Suite(.timeLimit(.minutes(1)))
struct TurnstileTests {
    private final class Passed: Sendable {
        let names = Mutex<[String]>([])
    }

    /// Waits until so many callers wait, then lets one after another through.
    private func order(of callers: [(String, Int)], places: Int = Turnstile.places) async throws
        -> [String]
    {
        let turnstile = Turnstile()
        try await turnstile.enter("first", weight: places)
        let passed = Passed()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (caller, weight)) in callers.enumerated() {
                group.addTask {
                    try await turnstile.enter(caller, weight: weight)
                    passed.names.withLock { $0.append(caller) }
                    turnstile.leave(weight: weight)
                }
                while turnstile.waitingCount <= index { await Task.yield() }
            }
            #expect(passed.names.withLock { $0 }.isEmpty)
            turnstile.leave(weight: places)
            try await group.waitForAll()
            return passed.names.withLock { $0 }
        }
    }

    @Test func whoHasManyWaitingLeavesOthersTheirTurn() async throws {
        let flood = Array(repeating: ("flood", 2), count: 50)
        let passed = try await order(of: flood + [("clinic", 2)])
        #expect(passed.count == 51)
        #expect(try #require(passed.firstIndex(of: "clinic")) <= 1)
    }

    /// However heavy they are, each gives back what it took.
    @Test func everyPlaceIsGivenBack() async throws {
        let mixed = (0..<60).map { ("caller\($0 % 7)", $0 % Turnstile.places + 1) }
        #expect(try await order(of: mixed).count == 60)
        let turnstile = Turnstile()
        for _ in 0..<10 {
            try await turnstile.enter("caller", weight: Turnstile.places)
            turnstile.leave(weight: Turnstile.places)
        }
    }

    /// Two with many waiting take turns.
    @Test func callersHaveTurns() async throws {
        let waiting = Array(repeating: ("a", 2), count: 10) + Array(repeating: ("b", 2), count: 10)
        let passed = try await order(of: waiting)
        #expect(passed == (0..<10).flatMap { _ in ["a", "b"] })
    }

    @Test func oneThatNeedsAllPlacesIsNotPassedByForEver() async throws {
        let passed = try await order(of: [("large", 2)] + (0..<20).map { ("small\($0)", 1) })
        #expect(passed.first == "large")
    }

    @Test func whoLeftTakesNoPlace() async throws {
        let turnstile = Turnstile()
        try await turnstile.enter("first", weight: Turnstile.places)
        let gone = Task { try await turnstile.enter("gone", weight: 1) }
        while turnstile.waitingCount == 0 { await Task.yield() }
        gone.cancel()
        turnstile.leave(weight: Turnstile.places)
        await #expect(throws: CancellationError.self) { try await gone.value }
        try await turnstile.enter("next", weight: Turnstile.places)
    }
}
