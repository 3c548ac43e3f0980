import Dispatch
package import Database
import Synchronization
package import Values

/// Checks the whole chain beside the running server, one check at a time.
///
/// It reads every row, so it has a connection and a thread of its own, and whoever asks for a check
/// while one runs, or shortly after, is told of that one.
package final class AuditVerifier: Sendable {
    package enum Phase: String, Sendable {
        /// Nobody asked yet. → running
        case never
        /// → intact, broken, failed
        case running
        /// What the last check found; each → running.
        case intact, broken
        /// It could not be read to its end.
        case failed
    }

    package struct State: Sendable {
        package var phase = Phase.never
        package var startedAt: Timestamp?
        package var finishedAt: Timestamp?
        /// The last row that was checked, and the last there was at the start.
        package var head = AuditStore.Head.empty
        package var rowCount: Int64 = 0
        /// The first row that does not stand on the one before, and why.
        package var brokenSeq: Int64?
        package var reason: String?
    }

    /// A finished check counts this long.
    package static let restSeconds: Int64 = 60
    /// Rows a transaction: a snapshot held for minutes would keep the log file from shrinking.
    private static let stepCount = 20_000

    private let storage: any Storage
    private let queue = DispatchQueue(label: "audit verifier", qos: .utility)
    private let current = Mutex(State())
    private let isStopped = Atomic(false)

    package init(_ storage: any Storage) {
        self.storage = storage
    }

    package var state: State { current.withLock { $0 } }

    /// A check that runs ends at its next step.
    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        queue.sync {}
    }

    /// - Returns: whether a new check has begun.
    package func start(clock: Clock) -> Bool {
        let now = clock.now()
        let isNew = current.withLock { state in
            let isFresh = state.finishedAt.map { now < $0.adding(seconds: Self.restSeconds) }
            guard state.phase != .running, isFresh != true else { return false }
            state = State()
            state.phase = .running
            state.startedAt = now
            return true
        }
        if isNew { queue.async { [self] in run(clock) } }
        return isNew
    }

    private func run(_ clock: Clock) {
        do {
            let reader = try storage.openReader()
            let rowCount = try reader.read { try AuditStore.head(in: $0).seq }
            current.withLock { $0.rowCount = rowCount }
            var head = AuditStore.Head.empty
            while head.seq < rowCount, !isStopped.load(ordering: .relaxed) {
                let verdict = try reader.read { [head] tx in
                    try AuditStore.verify(
                        after: head, count: min(Self.stepCount, Int(rowCount - head.seq)), in: tx)
                }
                guard case .intact(let next) = verdict, next.seq > head.seq else {
                    return finish(verdict, expected: rowCount, clock)
                }
                head = next
                current.withLock { $0.head = next }
            }
            // As the command does: a chain that is whole may still hide a row from its patient.
            if let seq = try reader.read({ try AuditStore.firstUnindexed(in: $0) }) {
                let verdict = AuditStore.Verdict.broken(
                    seq: seq,
                    reason: "the row is missing from the index by patient: nobody who looks at "
                        + "the patient's accesses would see it")
                return finish(verdict, expected: rowCount, clock)
            }
            finish(.intact(head: head), expected: rowCount, clock)
        } catch {
            current.withLock { state in
                state.phase = .failed
                state.reason = "\(error)"
                state.finishedAt = clock.now()
            }
        }
    }

    private func finish(_ verdict: AuditStore.Verdict, expected: Int64, _ clock: Clock) {
        current.withLock { state in
            state.finishedAt = clock.now()
            switch verdict {
            case .intact(let head) where head.seq < expected:
                state.phase = .failed
                state.reason = "the check ended before the last row"
            case .intact: state.phase = .intact
            case .broken(let seq, let reason):
                state.phase = .broken
                state.brokenSeq = seq
                state.reason = reason
            }
        }
    }
}
