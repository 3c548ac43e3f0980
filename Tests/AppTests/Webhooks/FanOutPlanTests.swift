@testable import Registry
import Testing

struct FanOutPlanTests {
    /// As `subscription:first-last`.
    private static func runs(_ plan: FanOutPlan) -> [String] {
        plan.runs.map { "\($0.subscription):\($0.first)-\($0.last)" }.sorted()
    }

    @Test func eventsInARowAreOneRun() {
        var plan = FanOutPlan(from: 4)
        // Numbers that were never given, or forgotten, are no event that somebody misses.
        for seq in [5, 6, 9] as [Int64] { plan.advance(to: seq, for: [1, 2]) }
        #expect(Self.runs(plan) == ["1:5-9", "2:5-9"])
        #expect(plan.from == 4)
        #expect(plan.through == 9)
    }

    @Test func anEventThatASubscriptionDoesNotTakeIsInNoRunOfIts() {
        var plan = FanOutPlan(from: 0)
        plan.advance(to: 1, for: [1, 2])
        plan.advance(to: 2, for: [2])
        plan.advance(to: 3, for: [])
        plan.advance(to: 4, for: [1, 2])
        plan.advance(to: 5, for: [1])
        #expect(Self.runs(plan) == ["1:1-1", "1:4-5", "2:1-2", "2:4-4"])
        #expect(plan.through == 5)
    }

    @Test func aRunDoesNotBeginBeforeThePlan() {
        var plan = FanOutPlan(from: 7)
        plan.advance(to: 8, for: [])
        plan.advance(to: 9, for: [3])
        #expect(Self.runs(plan) == ["3:9-9"])
    }
}
