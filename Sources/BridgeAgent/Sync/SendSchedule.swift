/// Decides what follows each attempt to send a batch; without clock, disk or network of its own.
///
/// Only a verdict of the server ends a batch. Everything else is tried again, for as long as it
/// takes: calmly while nobody answers, at once when somebody does.
struct SendSchedule: Sendable {
    enum Action: Equatable, Sendable {
        /// Apply the verdicts; the next batch may go at once.
        case settle([Verdict])
        /// Make two batches of it.
        case split
        /// Give it a new key.
        case renew
        /// Send the same bytes again.
        case resend
        /// Refuse its only record.
        case refuse(String)
        /// Let other batches pass; this one waits until `waiting` no longer names it.
        case postpone
        /// Wait until `resumesAt`, or until the server is heard from.
        case pause
    }

    /// What an operator is told when it changes, not every time.
    enum Trouble: Equatable, Sendable {
        case denied(String)
        case wrongFacility(String)
        case misdirected(String)
        case failing(String)
        case unavailable(String)
        case refused(String)
    }

    private let backoff: Backoff
    /// For troubles that a person has to end.
    private let slowBackoff: Backoff

    /// Attempts without a verdict since the last one.
    private(set) var failures = 0
    private(set) var resumesAt: ContinuousClock.Instant?
    private(set) var trouble: Trouble?
    private var clockCorrections = 0
    /// Server failures of the batch last sent, which may be its own fault.
    private var suspect: (batch: Int64, count: Int) = (0, 0)
    private var conflicts: (rows: Int64, count: Int) = (0, 0)
    private var postponed: [Int64: ContinuousClock.Instant] = [:]

    /// Whether the server has answered something else since the last failure.
    private var isServerAlive = false
    /// Whether the pause is one that the server asked for.
    private var askedToWait = false

    /// A batch that the server fails on this often, while it answers other requests, is
    /// halved until the culprit is alone.
    private static let suspicion = 5

    init(first: Duration = .seconds(1), cap: Duration) {
        backoff = Backoff(first: first, cap: cap)
        slowBackoff = Backoff(first: .seconds(60), cap: max(cap, .seconds(300)))
    }

    /// Batches whose time has not come.
    mutating func waiting(at now: ContinuousClock.Instant) -> Set<Int64> {
        postponed = postponed.filter { $0.value > now }
        return Set(postponed.keys)
    }

    /// When the next postponed batch may go.
    var nextPostponed: ContinuousClock.Instant? { postponed.values.min() }

    /// - Parameter random: from 0 up to 1.
    mutating func after(
        _ outcome: SyncOutcome, of batch: Batch, at now: ContinuousClock.Instant, random: Double
    ) -> Action {
        if outcome != .clockWrong { clockCorrections = 0 }
        switch outcome {
        case .verdicts(let verdicts):
            recover()
            postponed[batch.id] = nil
            return .settle(verdicts)
        case .tooLarge:
            guard batch.rows.count > 1 else {
                recover()
                return .refuse("the server finds the record too large")
            }
            return .split
        case .keyConflict:
            conflicts =
                conflicts.rows == batch.firstRow
                ? (batch.firstRow, conflicts.count + 1) : (batch.firstRow, 1)
            // A key just made by chance cannot have been used: then something else is wrong.
            guard conflicts.count < 3 else {
                return pause(
                    slowBackoff, .failing("the server takes no new key"), now, random)
            }
            return .renew
        case .clockWrong:
            clockCorrections += 1
            guard clockCorrections <= 2 else {
                return pause(
                    slowBackoff,
                    .denied("the server refuses the time of the request, even its own"), now, random
                )
            }
            return .resend
        case .denied(let message): return pause(slowBackoff, .denied(message), now, random)
        case .wrongFacility(let message):
            return pause(slowBackoff, .wrongFacility(message), now, random)
        case .misdirected(let message):
            return pause(backoff, .misdirected(message), now, random)
        case .refused(let message):
            if message.contains("agent_id") || message.contains("facility_id") {
                // About the agent, not about its records.
                return pause(slowBackoff, .denied(message), now, random)
            }
            if batch.rows.count > 1 { return .split }
            recover()
            return .refuse(message)
        case .failing(let message):
            if suspect.batch != batch.id { suspect = (batch.id, 0) }
            if isServerAlive { suspect.count += 1 }
            isServerAlive = false
            guard suspect.count >= Self.suspicion else {
                return pause(backoff, .failing(message), now, random)
            }
            suspect = (0, 0)
            if batch.rows.count > 1 { return .split }
            postponed[batch.id] = now + .seconds(300) + .seconds(300) * random
            trouble = .failing(message)
            return .postpone
        case .cancelled:
            resumesAt = now + .seconds(1)
            return .pause
        case .unavailable(let message, let retryAfter):
            let action = pause(backoff, .unavailable(message), now, random)
            if let retryAfter {
                // What the server asks for, spread a little; never more than an hour.
                resumesAt = now + min(retryAfter, .seconds(3600)) + .seconds(1) * random
                askedToWait = true
            }
            return action
        }
    }

    /// The server has answered something else, such as a heartbeat: then it is there again, and a pause
    /// for its absence ends. A pause that it asked for, or that a person has to end, goes on.
    ///
    /// - Returns: whether a pause has ended.
    mutating func serverAnswered() -> Bool {
        isServerAlive = true
        switch trouble {
        case .unavailable, .misdirected: break
        default: return false
        }
        guard resumesAt != nil, !askedToWait else { return false }
        failures = 0
        resumesAt = nil
        return true
    }

    private mutating func pause(
        _ backoff: Backoff, _ trouble: Trouble, _ now: ContinuousClock.Instant, _ random: Double
    ) -> Action {
        failures += 1
        askedToWait = false
        self.trouble = trouble
        // Never quite at once, whatever the dice say.
        resumesAt = now + max(.milliseconds(10), backoff.delay(failures: failures, random: random))
        return .pause
    }

    private mutating func recover() {
        failures = 0
        resumesAt = nil
        trouble = nil
        suspect = (0, 0)
        conflicts = (0, 0)
        askedToWait = false
        isServerAlive = true
    }
}
