import Synchronization
import Testing
import TestSupport

@testable import API

struct TurnstileTests {
    private final class Passed: Sendable {
        let names = Mutex<[String]>([])
        var count: Int { names.withLock { $0.count } }
    }

    /// Whether it comes true in time. A place that is not given back would else be waited for for ever.
    private func eventually(_ condition: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(300)
        while !condition(), ContinuousClock.now < end { await Task.yield() }
        return condition()
    }

    /// Waits until so many callers wait, then lets one after another through.
    private func order(of callers: [(String, Int)], places: Int = Turnstile.places) async throws
        -> [String]
    {
        let turnstile = Turnstile()
        try await turnstile.enter("first", weight: places)
        let passed = Passed()
        for (index, (caller, weight)) in callers.enumerated() {
            Task {
                try await turnstile.enter(caller, weight: weight)
                passed.names.withLock { $0.append(caller) }
                turnstile.leave(weight: weight)
            }
            while turnstile.waitingCount <= index { await Task.yield() }
        }
        #expect(passed.count == 0)
        turnstile.leave(weight: places)
        #expect(await eventually { passed.count == callers.count })
        return passed.names.withLock { $0 }
    }

    @Test func whoHasManyWaitingLeavesOthersTheirTurn() async throws {
        let flood = Array(repeating: ("flood", Turnstile.places), count: 50)
        let passed = try await order(of: flood + [("clinic", Turnstile.places)])
        #expect(passed.count == 51)
        #expect(try #require(passed.firstIndex(of: "clinic")) <= 1)
    }

    /// However heavy they are, each gives back what it took.
    @Test func everyPlaceIsGivenBack() async throws {
        let mixed = (0..<60).map { ("caller\($0 % 7)", $0 % Turnstile.places + 1) }
        #expect(try await order(of: mixed).count == 60)
    }

    /// Two with many waiting take turns.
    @Test func callersHaveTurns() async throws {
        let waiting =
            Array(repeating: ("a", Turnstile.places), count: 10)
            + Array(repeating: ("b", Turnstile.places), count: 10)
        let passed = try await order(of: waiting)
        #expect(passed == (0..<10).flatMap { _ in ["a", "b"] })
    }

    @Test func oneThatNeedsAllPlacesIsNotPassedByForEver() async throws {
        let passed = try await order(
            of: [("large", Turnstile.places)] + (0..<20).map { ("small\($0)", 1) })
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
        let passed = Passed()
        Task {
            try await turnstile.enter("next", weight: Turnstile.places)
            passed.names.withLock { $0.append("next") }
        }
        #expect(await eventually { passed.count == 1 })
    }

    /// Lists of requests, stored and refused ones, leave their places to those that come after.
    @Test(.timeLimit(.minutes(5))) func aListThatIsAnsweredGivesItsPlaceBack() async throws {
        let app = try TestApp()
        let one = #"{"name":"Zohra Ali","patientNo":"P1","dateOfBirth":"1990-07-22"}"#
        for _ in 0...Turnstile.places {
            for (end, status) in [("]", 200), ("", 400)] {
                let list = "[" + Array(repeating: one, count: 20).joined(separator: ",") + end
                let answer = await HealthcareRoutesTests.post(app, "patients", list)
                #expect(answer.status == status)
            }
        }
    }
}
