import Testing

@testable import BridgeAgent

struct ServerClockTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
    ])
    func readsDates(_ text: String, _ seconds: Int) {
        #expect(ServerClock.seconds(httpDate: text) == seconds)
    }

    @Test(arguments: [
        "", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
    ])
    func refusesOtherTexts(_ text: String) {
        #expect(ServerClock.seconds(httpDate: text) == nil)
    }

    @Test func learnsAndForgetsAnOffset() {
        var clock = ServerClock()
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let change1 = clock.learn(date: date, at: 784_111_777 - 86_400)
        #expect(change1)
        #expect(clock.seconds(at: 1000) == 87_400)
        // A second more or less is transport.
        let change2 = clock.learn(date: date, at: 784_111_777 - 86_403)
        #expect(!change2)
        // Somebody has set this machine's clock.
        let change3 = clock.learn(date: date, at: 784_111_778)
        #expect(change3)
        #expect(clock.offset == 0)
        let change4 = clock.learn(date: nil, at: 5)
        #expect(!change4)
    }
}
