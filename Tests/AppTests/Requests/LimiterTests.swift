import API
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

    /// Whether a failure is answered as such, and not by a wait; it does not count.
    private static func isOpen(
        _ lockout: Lockout, _ name: String?, _ address: String,
        _ now: Timestamp = start, at realm: Lockout.Realm = .client
    ) -> Bool {
        isRefused {
            try lockout.fail(realm, name, address: address, at: now, counts: false)
        } == nil
    }

    @Test func tenFailuresLockTheNameForThatAddressOnly() throws {
        let lockout = Lockout()
        for _ in 0..<10 {
            try lockout.fail(.client, "c", address: "1.1.1.1", at: Self.start)
        }
        #expect(!Self.isOpen(lockout, "c", "1.1.1.1"))
        #expect(Self.isOpen(lockout, "c", "2.2.2.2"))
        #expect(Self.isOpen(lockout, "d", "1.1.1.1"))
        #expect(Self.isOpen(lockout, "c", "1.1.1.1", Self.start.adding(seconds: 300)))
    }

    @Test(arguments: Lockout.Realm.allCases)
    func whatIsTriedAtOneDoorClosesNoOther(_ realm: Lockout.Realm) throws {
        let lockout = Lockout()
        for name in (0..<5).map({ "n\($0)" }) {
            for _ in 0..<10 { try lockout.fail(realm, name, address: "1.1.1.1", at: Self.start) }
        }
        for other in Lockout.Realm.allCases {
            #expect(Self.isOpen(lockout, "n0", "1.1.1.1", at: other) == (other != realm))
            #expect(Self.isOpen(lockout, nil, "1.1.1.1", at: other) == (other != realm))
        }
    }

    @Test func aFloodOfNamesTakesNoMoreThanItsMemory() throws {
        let lockout = Lockout()
        for round in 0..<10 {
            try lockout.fail(.client, "c", address: "1.1.1.1", at: Self.start)
            for index in 0..<100 {
                try lockout.fail(
                    .client, "x", address: "2.\(round).0.\(index)", at: Self.start)
            }
        }
        #expect(!Self.isOpen(lockout, "c", "1.1.1.1"))
        for index in 0..<12_000 {
            try lockout.fail(
                .client, "x", address: "3.\(index >> 8).0.\(index & 255)", at: Self.start)
        }
        // Who is locked out is remembered longer than who tried once.
        #expect(!Self.isOpen(lockout, "c", "1.1.1.1"))
    }

    @Test func aClockSetBackEndsALockout() throws {
        let lockout = Lockout()
        for _ in 0..<10 {
            try lockout.fail(.client, "c", address: "1.1.1.1", at: Self.start)
        }
        let yesterday = Self.start.adding(seconds: -86_400)
        #expect(Self.isOpen(lockout, "c", "1.1.1.1", yesterday))
    }

    @Test func anIPv6NeighbourhoodIsOneAddress() throws {
        let lockout = Lockout()
        for index in 0..<10 {
            try lockout.fail(.client, "c", address: "2001:db8::\(index)", at: Self.start)
        }
        func isOpen(_ address: String) -> Bool { Self.isOpen(lockout, "c", address) }
        #expect(!isOpen("2001:db8::ffff"))
        #expect(!isOpen("2001:db8:0:0:1:2:3:4"))
        #expect(isOpen("2001:db8:0:1::1"))
        #expect(isOpen("2001:db8:1::1"))
        #expect(isOpen("::1"))
    }

    @Test func fiftyFailuresOfAnyNamesLockTheAddressOut() throws {
        let lockout = Lockout()
        for index in 0..<50 {
            try lockout.fail(.agent, "c\(index)", address: "1.1.1.1", at: Self.start)
        }
        #expect(
            Self.isRefused {
                try lockout.fail(.agent, "new", address: "1.1.1.1", at: Self.start)
            } == 300)
        #expect(Self.isOpen(lockout, "new", "1.1.1.2", at: .agent))
    }
}
