@testable import Registry
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

    @Test(
        arguments: [
            (0, 60), (59, 60), (61, 61), (86_400, 86_400), (86_401, 86_400), (.max, 86_400),
            (-5, 60), (.min, 60),
        ] as [(Int64, Int64)])
    func aReceiverIsLeftAloneAsLongAsItAsksWithinADay(_ asked: Int64, _ wait: Int64) {
        var delivery = Self.fresh()
        delivery.finish(
            Delivery.Attempt(
                at: Self.start, durationMilliseconds: 5, status: 503, retryAfterSeconds: asked),
            jitter: 0)
        #expect(delivery.state == .pending(dueAt: Self.start.adding(seconds: wait)))
    }

    @Test func whoHangsTakesAFewPlacesAndNobodyElses() {
        func takers(_ client: Int, _ host: Int) -> DeliveryPlaces.Takers {
            DeliveryPlaces.Takers(clientID: "c\(client)", host: "h\(host)")
        }
        func fill(_ isProven: Bool, _ next: (Int) -> DeliveryPlaces.Takers) -> Int {
            var places = DeliveryPlaces()
            for index in 0..<1000 where places.hasOne(for: next(index), isProven: isProven) {
                places.take(for: next(index), isProven: isProven)
            }
            // Who comes for the first time finds one.
            #expect(places.hasOne(for: takers(9999, 9999), isProven: false) == !places.isFull)
            return places.inFlight
        }
        // One client with many hosts, and many clients with one.
        #expect(fill(false) { takers(0, $0) } == 8)
        #expect(fill(false) { takers($0, 0) } == 96)
        #expect(fill(true) { takers(0, $0) } == 96)
        #expect(fill(true) { takers($0, 0) } == 96)
        // Some clients together, each with many hosts: the shared places, and no more.
        #expect(fill(false) { takers($0 % 16, $0) } == 128)
        #expect(fill(false) { takers($0 % 100, $0) } == 128)
        #expect(fill(true) { takers($0 % 4, $0) } == 256)
        #expect(fill(true) { takers($0 % 300, $0) } == 300)
        #expect(fill(true) { takers($0, $0) } == 640)
        var places = DeliveryPlaces()
        for _ in 0..<100 {
            places.take(for: takers(0, 0), isProven: false)
            places.giveBack(of: takers(0, 0), isProven: false)
        }
        #expect(places.inFlight == 0 && places.hasOne(for: takers(0, 0), isProven: false))
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
