package import Values

/// One event on its way to one subscription: what each attempt leads to, without I/O (contract § 8).
package struct Delivery: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// Goes to any of the others, or stays with a later time.
        case pending(dueAt: Timestamp)
        /// Ends here, unless it is replayed: then `pending`.
        case delivered
        /// Every attempt failed; `pending` again when it is replayed.
        case exhausted
        /// The client may not see it any more, or the subscription has ended. Ends here.
        case withheld

        /// As stored and answered.
        package var word: String {
            switch self {
            case .pending: "pending"
            case .delivered: "delivered"
            case .exhausted: "exhausted"
            case .withheld: "withheld"
            }
        }
    }

    /// What an attempt brought.
    package struct Attempt: Sendable, Equatable {
        package let at: Timestamp
        package let durationMilliseconds: Int
        /// The HTTP status, when an answer came.
        package let status: Int?
        /// Why there was none.
        package let error: String?
        /// The answer's first bytes.
        package let response: String?
        /// How long the receiver asks to be left alone, at least; not stored.
        package let retryAfterSeconds: Int64?

        package init(
            at: Timestamp, durationMilliseconds: Int, status: Int?, error: String? = nil,
            response: String? = nil, retryAfterSeconds: Int64? = nil
        ) {
            self.at = at
            self.durationMilliseconds = durationMilliseconds
            self.status = status
            self.error = error
            self.response = response
            self.retryAfterSeconds = retryAfterSeconds
        }

        package var isSuccess: Bool { status.map { (200...299).contains($0) } ?? false }

        /// 410: the receiver wants nothing of this subscription any more.
        package var isGone: Bool { status == 410 }
    }

    /// Seconds from each failed attempt to the next; the first attempt is made at once.
    package static let waits: [Int64] = [60, 300, 900, 3_600, 21_600, 86_400]

    package private(set) var state: State
    /// All attempts, those before a replay included.
    package private(set) var attempts: Int
    /// Attempts since it was queued or last replayed.
    package private(set) var step: Int

    package init(state: State, attempts: Int, step: Int) {
        self.state = state
        self.attempts = attempts
        self.step = step
    }

    /// Takes the outcome of an attempt.
    ///
    /// - Parameter jitter: 0 to 1, how much of a tenth the wait grows, so that what failed together
    ///   does not come back together.
    /// - Parameter isEndless: never gives up; what waits for a verification waits with it.
    package mutating func finish(_ attempt: Attempt, jitter: Double, isEndless: Bool = false) {
        guard case .pending = state else { return }
        attempts += 1
        step = min(step, Int(Int32.max)) + 1
        if attempt.isSuccess {
            state = .delivered
        } else if attempt.isGone {
            state = .withheld
        } else if step > Self.waits.count, !isEndless {
            state = .exhausted
        } else {
            // Nobody is left alone for longer than the longest wait there is.
            let longest = Self.waits[Self.waits.count - 1]
            let asked = min(max(attempt.retryAfterSeconds ?? 0, 0), longest)
            let wait = max(Self.waits[min(max(step, 1), Self.waits.count) - 1], asked) * 1000
            let more = Int64(Double(wait) * min(max(jitter, 0), 1) / 10)
            state = .pending(dueAt: Timestamp(milliseconds: attempt.at.milliseconds + wait + more))
        }
    }

    /// The client lost sight of the event while it waited.
    package mutating func withhold() {
        guard case .pending = state else { return }
        state = .withheld
    }

    /// Starts over, whatever came of it before.
    package mutating func replay(at now: Timestamp) {
        state = .pending(dueAt: now)
        step = 0
    }
}
