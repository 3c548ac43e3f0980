import App
import Testing
import Values

struct DeliveryTests {
    private static let start = Timestamp(milliseconds: 1_000_000_000_000)

    private static func attempt(_ status: Int?, at time: Timestamp = start) -> Delivery.Attempt {
        Delivery.Attempt(
            at: time, durationMilliseconds: 5, status: status,
            error: status == nil ? "connection refused" : nil)
    }

    private static func fresh() -> Delivery {
        Delivery(state: .pending(dueAt: start), attempts: 0, step: 0)
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func anySuccessDelivers(_ status: Int) {
        var delivery = Self.fresh()
        delivery.finish(Self.attempt(status), jitter: 1)
        #expect(delivery == Delivery(state: .delivered, attempts: 1, step: 1))
    }

    @Test(arguments: [nil, 100, 199, 300, 301, 302, 307, 400, 401, 404, 429, 500, 503])
    func anythingElseWaitsAMinute(_ status: Int?) {
        var delivery = Self.fresh()
        delivery.finish(Self.attempt(status), jitter: 0)
        #expect(delivery.state == .pending(dueAt: Self.start.adding(seconds: 60)))
    }

    @Test func followsTheScheduleToItsEnd() {
        var delivery = Self.fresh()
        var now = Self.start
        var waits: [Int64] = []
        for _ in 1...7 {
            delivery.finish(Self.attempt(500, at: now), jitter: 0)
            guard case .pending(let dueAt) = delivery.state else { break }
            waits.append((dueAt.milliseconds - now.milliseconds) / 1000)
            now = dueAt
        }
        #expect(waits == [60, 300, 900, 3_600, 21_600, 86_400])
        #expect(delivery == Delivery(state: .exhausted, attempts: 7, step: 7))
    }

    @Test(arguments: [(0.0, 60_000), (0.5, 63_000), (1.0, 66_000), (9.0, 66_000), (-1.0, 60_000)])
    func jitterAddsUpToATenth(_ jitter: Double, _ milliseconds: Int64) {
        var delivery = Self.fresh()
        delivery.finish(Self.attempt(nil), jitter: jitter)
        let dueAt = Timestamp(milliseconds: Self.start.milliseconds + milliseconds)
        #expect(delivery.state == .pending(dueAt: dueAt))
    }

    @Test func goneEndsIt() {
        var delivery = Self.fresh()
        delivery.finish(Self.attempt(410), jitter: 0)
        #expect(delivery.state == .withheld)
    }

    @Test func replayStartsOverAndKeepsCounting() {
        var delivery = Delivery(state: .exhausted, attempts: 7, step: 7)
        delivery.replay(at: Self.start)
        #expect(delivery == Delivery(state: .pending(dueAt: Self.start), attempts: 7, step: 0))
        delivery.finish(Self.attempt(500), jitter: 0)
        #expect(delivery.attempts == 8)
        #expect(delivery.state == .pending(dueAt: Self.start.adding(seconds: 60)))
    }

    @Test(arguments: [Delivery.State.delivered, .exhausted, .withheld])
    func whatHasEndedTakesNoOutcome(_ state: Delivery.State) {
        var delivery = Delivery(state: state, attempts: 3, step: 3)
        delivery.finish(Self.attempt(500), jitter: 0)
        delivery.withhold()
        #expect(delivery == Delivery(state: state, attempts: 3, step: 3))
    }
}
