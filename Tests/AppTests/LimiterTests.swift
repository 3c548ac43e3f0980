import App
import HTTP
import Testing
import Values

struct LimiterTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    private static func isRefused(_ body: () throws -> Void) -> Int? {
        do {
            try body()
            return nil
        } catch let problem as Problem {
            let seconds = problem.responseFields.first { $0.name.description == "Retry-After" }
            return seconds.flatMap { Int($0.value) } ?? -1
        } catch {
            return -2
        }
    }

    @Test func aMinutesWorthComesAtOnceAndRefillsEvenly() {
        let limiter = RateLimiter()
        for _ in 0..<60 {
            #expect(Self.isRefused { try limiter.take("a", perMinute: 60, at: Self.start) } == nil)
        }
        #expect(Self.isRefused { try limiter.take("a", perMinute: 60, at: Self.start) } == 2)
        let later = Self.start.adding(seconds: 1)
        #expect(Self.isRefused { try limiter.take("a", perMinute: 60, at: later) } == nil)
        #expect(Self.isRefused { try limiter.take("a", perMinute: 60, at: later) } != nil)
    }

    @Test func oneSpendsNothingOfAnother() {
        let limiter = RateLimiter()
        #expect(Self.isRefused { try limiter.take("a", perMinute: 1, at: Self.start) } == nil)
        #expect(Self.isRefused { try limiter.take("a", perMinute: 1, at: Self.start) } != nil)
        #expect(Self.isRefused { try limiter.take("b", perMinute: 1, at: Self.start) } == nil)
    }

    @Test func zeroIsUnlimitedAndAClockSetBackGivesNothing() {
        let limiter = RateLimiter()
        for _ in 0..<10_000 {
            #expect(Self.isRefused { try limiter.take("a", perMinute: 0, at: Self.start) } == nil)
        }
        #expect(Self.isRefused { try limiter.take("b", perMinute: 1, at: Self.start) } == nil)
        let earlier = Self.start.adding(seconds: -3600)
        #expect(Self.isRefused { try limiter.take("b", perMinute: 1, at: earlier) } != nil)
    }

    @Test func tenFailuresLockTheClientOutForThatAddressOnly() {
        let lockout = Lockout()
        for _ in 0..<10 {
            lockout.recordFailure(client: "c", address: "1.1.1.1", at: Self.start)
        }
        func check(_ client: String?, _ address: String, _ now: Timestamp = Self.start) -> Bool {
            Self.isRefused { try lockout.check(client: client, address: address, at: now) } == nil
        }
        #expect(!check("c", "1.1.1.1"))
        #expect(check("c", "2.2.2.2"))
        #expect(check("d", "1.1.1.1"))
        #expect(check("c", "1.1.1.1", Self.start.adding(seconds: 300)))
    }

    @Test func aClockSetBackEndsALockout() {
        let lockout = Lockout()
        for _ in 0..<50 {
            lockout.recordFailure(client: "c", address: "1.1.1.1", at: Self.start)
        }
        let yesterday = Self.start.adding(seconds: -86_400)
        #expect(
            Self.isRefused {
                try lockout.check(client: "c", address: "1.1.1.1", at: yesterday)
            } == nil)
    }

    @Test func anIPv6NeighbourhoodIsOneAddress() {
        let lockout = Lockout()
        for index in 0..<10 {
            lockout.recordFailure(client: "c", address: "2001:db8::\(index)", at: Self.start)
        }
        func isOpen(_ address: String) -> Bool {
            Self.isRefused { try lockout.check(client: "c", address: address, at: Self.start) }
                == nil
        }
        #expect(!isOpen("2001:db8::ffff"))
        #expect(!isOpen("2001:db8:0:0:1:2:3:4"))
        #expect(isOpen("2001:db8:0:1::1"))
        #expect(isOpen("2001:db8:1::1"))
        #expect(isOpen("::1"))
    }

    @Test func fiftyFailuresLockTheAddressOut() {
        let lockout = Lockout()
        for index in 0..<50 {
            lockout.recordFailure(client: "c\(index)", address: "1.1.1.1", at: Self.start)
        }
        // Whoever shares the address and has a right secret still gets in.
        #expect(
            Self.isRefused {
                try lockout.check(client: "good", address: "1.1.1.1", at: Self.start)
            } == nil)
        #expect(
            Self.isRefused {
                try lockout.check(client: nil, address: "1.1.1.1", at: Self.start)
            } == 300)
    }
}
