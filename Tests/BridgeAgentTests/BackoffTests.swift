import Testing

@testable import BridgeAgent

struct BackoffTests {
    private let backoff = Backoff(first: .seconds(1), cap: .seconds(300))

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (100_000, 300)])
    func doublesUpToTheCap(_ failures: Int, _ limit: Int) {
        #expect(backoff.delay(failures: failures, random: 1) == .seconds(limit))
        #expect(backoff.delay(failures: failures, random: 0) == .zero)
    }
}
