import Testing

@testable import BridgeAgent

struct SendScheduleTests {
    private let start = ContinuousClock.now

    private static func batch(_ id: Int64 = 1, rows: Int = 2) -> Batch {
        Batch(
            id: id, idempotencyKey: "k\(id)", firstRow: id * 1000,
            lastRow: id * 1000 + Int64(rows) - 1, prefix: [], suffix: [],
            rows: (0..<rows).map {
                Batch.Row(id: id * 1000 + Int64($0), fileID: 1, number: $0, body: [])
            })
    }

    /// A week without the server: few attempts, none given up, and speed when it is back.
    @Test func aWeekLongOutageIsCalm() throws {
        var schedule = SendSchedule(cap: .seconds(300))
        var now = start
        var attempts = 0
        let end = start + .seconds(7 * 86_400)
        while now < end {
            let action = schedule.after(
                .unavailable("down", retryAfter: nil), of: Self.batch(), at: now, random: 0.5)
            attempts += 1
            #expect(action == .pause)
            let resumes = try #require(schedule.resumesAt)
            #expect(resumes > now)
            #expect(resumes - now <= .seconds(300))
            now = resumes
        }
        #expect((2000...8000).contains(attempts))
        #expect(
            schedule.after(.verdicts([]), of: Self.batch(), at: now, random: 0.5) == .settle([]))
        #expect(schedule.resumesAt == nil)
        #expect(schedule.trouble == nil)
    }

    /// A heartbeat that gets through ends the wait; nothing else does before its time.
    @Test func theServersReturnEndsThePause() {
        var schedule = SendSchedule(cap: .seconds(300))
        for _ in 0..<20 {
            _ = schedule.after(
                .unavailable("down", retryAfter: nil), of: Self.batch(), at: start, random: 0.9)
        }
        #expect(schedule.resumesAt == start + .seconds(270))
        let ended = schedule.serverAnswered()
        #expect(ended)
        #expect(schedule.resumesAt == nil)
    }

    @Test func aServerThatAsksForTimeGetsIt() {
        var schedule = SendSchedule(cap: .seconds(300))
        _ = schedule.after(
            .unavailable("busy", retryAfter: .seconds(40)), of: Self.batch(), at: start, random: 0.5
        )
        #expect(schedule.resumesAt == start + .seconds(40) + .milliseconds(500))
        let ended = schedule.serverAnswered()
        #expect(!ended)
        _ = schedule.after(
            .unavailable("busy", retryAfter: .seconds(999_999)), of: Self.batch(), at: start,
            random: 0)
        #expect(schedule.resumesAt == start + .seconds(3600))
    }

    @Test(arguments: [SyncOutcome.denied("revoked"), .wrongFacility("This key is for g.")])
    func whatAPersonMustEndIsTriedSlowly(_ outcome: SyncOutcome) throws {
        var schedule = SendSchedule(cap: .seconds(300))
        #expect(schedule.after(outcome, of: Self.batch(), at: start, random: 1) == .pause)
        #expect(schedule.resumesAt == start + .seconds(60))
        let ended = schedule.serverAnswered()
        #expect(!ended)
    }

    /// Somebody has signed in to the network's portal.
    @Test func theEndOfAPortalEndsThePause() {
        var schedule = SendSchedule(cap: .seconds(300))
        for _ in 0..<10 {
            let action = schedule.after(
                .misdirected("portal"), of: Self.batch(), at: start, random: 1)
            #expect(action == .pause)
        }
        #expect(schedule.resumesAt == start + .seconds(300))
        let ended = schedule.serverAnswered()
        #expect(ended)
        #expect(schedule.resumesAt == nil)
    }

    @Test func aWrongClockIsCorrectedAtOnceButNotForEver() {
        var schedule = SendSchedule(cap: .seconds(300))
        let batch = Self.batch()
        #expect(schedule.after(.clockWrong, of: batch, at: start, random: 0.5) == .resend)
        #expect(schedule.after(.clockWrong, of: batch, at: start, random: 0.5) == .resend)
        #expect(schedule.after(.clockWrong, of: batch, at: start, random: 0.5) == .pause)
    }

    @Test func aBatchTooLargeIsHalvedDownToOne() {
        var schedule = SendSchedule(cap: .seconds(300))
        #expect(
            schedule.after(.tooLarge, of: Self.batch(rows: 2), at: start, random: 0) == .split)
        guard
            case .refuse = schedule.after(
                .tooLarge, of: Self.batch(rows: 1), at: start, random: 0)
        else {
            Issue.record("a single record that is too large is refused")
            return
        }
    }

    @Test func aKeyInUseIsRenewedButNotForEver() {
        var schedule = SendSchedule(cap: .seconds(300))
        let batch = Self.batch()
        #expect(schedule.after(.keyConflict, of: batch, at: start, random: 0.5) == .renew)
        #expect(schedule.after(.keyConflict, of: batch, at: start, random: 0.5) == .renew)
        #expect(schedule.after(.keyConflict, of: batch, at: start, random: 0.5) == .pause)
        // Another batch has another key.
        #expect(schedule.after(.keyConflict, of: Self.batch(2), at: start, random: 0.5) == .renew)
    }

    @Test func aRefusalIsPinnedOnOneRecord() {
        var schedule = SendSchedule(cap: .seconds(300))
        #expect(
            schedule.after(.refused("bad"), of: Self.batch(rows: 3), at: start, random: 0) == .split
        )
        #expect(
            schedule.after(.refused("bad"), of: Self.batch(rows: 1), at: start, random: 0)
                == .refuse("bad"))
        // About the agent, not about a record: nothing may be dropped.
        #expect(
            schedule.after(
                .refused("agent_id differs from the header"), of: Self.batch(rows: 1), at: start,
                random: 0) == .pause)
    }

    /// A record that makes the server fail must not hold up all others for ever.
    @Test func aPoisonedBatchIsIsolatedAndPostponed() throws {
        var schedule = SendSchedule(cap: .seconds(300))
        let batch = Self.batch(rows: 2)
        for _ in 0..<4 {
            _ = schedule.serverAnswered()
            #expect(schedule.after(.failing("500"), of: batch, at: start, random: 0.5) == .pause)
        }
        _ = schedule.serverAnswered()
        #expect(schedule.after(.failing("500"), of: batch, at: start, random: 0.5) == .split)
        let single = Self.batch(2, rows: 1)
        var action = SendSchedule.Action.pause
        for _ in 0..<5 {
            _ = schedule.serverAnswered()
            action = schedule.after(.failing("500"), of: single, at: start, random: 0.5)
        }
        #expect(action == .postpone)
        #expect(schedule.waiting(at: start) == [2])
        let next = try #require(schedule.nextPostponed)
        #expect(schedule.waiting(at: next + .seconds(1)) == [])
    }

    /// When the server fails on everything, no batch is to blame.
    @Test func aServerThatFailsAltogetherBlamesNoBatch() {
        var schedule = SendSchedule(cap: .seconds(300))
        for _ in 0..<100 {
            #expect(
                schedule.after(.failing("500"), of: Self.batch(), at: start, random: 0.5) == .pause)
        }
    }

    @Test func stoppingIsNoTrouble() {
        var schedule = SendSchedule(cap: .seconds(300))
        #expect(schedule.after(.cancelled, of: Self.batch(), at: start, random: 0.5) == .pause)
        #expect(schedule.trouble == nil)
        #expect(schedule.failures == 0)
    }
}
