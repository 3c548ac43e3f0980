internal import Database
internal import Synchronization

/// What the connections to a list of hosts have learnt together.
final class HostState: Sendable {
    /// The newest timeline that a host was seen to write; 0 before any. A primary with an older one was
    /// replaced, whatever it says of itself (PostgreSQL 15, § 27.1).
    private struct Learnt {
        var timeline: Int64 = 0
        var raised = Deadline(after: .zero)
        var nextProbe = Deadline(after: .zero)
        /// Why none of the hosts would do, for those that ask again at once.
        var outage: (reason: String, until: Deadline)?
        var host = ""
    }

    private let learnt = Mutex(Learnt())
    private let counters = Counters()

    private final class Counters: Sendable {
        let opened = Atomic(0)
        let failed = Atomic(0)
        let superseded = Atomic(0)
        let waits = Atomic(0)
    }

    /// How long a host that was just promoted is believed without asking the others, who may be frozen.
    private static let promotionTime = Duration.seconds(10)
    /// How often one of the connections that wait looks for a newer primary.
    private static let probeInterval = Duration.seconds(1)
    private static let outageTime = Duration.milliseconds(250)

    var timeline: Int64 { learnt.withLock { $0.timeline } }

    /// Whether a host that writes this timeline was promoted moments ago.
    func isNew(_ timeline: Int64) -> Bool {
        learnt.withLock { $0.timeline == timeline && !$0.raised.hasPassed }
    }

    /// Notes the timeline that a host writes; false when another has a newer one.
    func accept(_ timeline: Int64, of host: String) -> Bool {
        learnt.withLock { learnt in
            // Some engines do not tell.
            guard timeline == 0 || timeline >= learnt.timeline else { return false }
            if timeline > learnt.timeline {
                if learnt.timeline > 0 { learnt.raised = Deadline(after: Self.promotionTime) }
                learnt.timeline = timeline
            }
            learnt.host = host
            return true
        }
    }

    /// Whether it is the caller who looks for a newer primary now.
    func takeProbe() -> Bool {
        learnt.withLock { learnt in
            guard learnt.nextProbe.hasPassed else { return false }
            learnt.nextProbe = Deadline(after: Self.probeInterval)
            return true
        }
    }

    // MARK: Outages

    func requireHost() throws(DatabaseError) {
        let reason = learnt.withLock { learnt in
            learnt.outage.flatMap { $0.until.hasPassed ? nil : $0.reason }
        }
        if let reason { throw .unavailable(reason: reason) }
    }

    func noteOutage(_ reason: String) {
        counters.failed.add(1, ordering: .relaxed)
        learnt.withLock { $0.outage = (reason, Deadline(after: Self.outageTime)) }
    }

    // MARK: Counted

    func noteOpened() { counters.opened.add(1, ordering: .relaxed) }
    func noteWait() { counters.waits.add(1, ordering: .relaxed) }
    func noteSuperseded() { counters.superseded.add(1, ordering: .relaxed) }

    var statistics: ConnectionStatistics {
        let (timeline, host) = learnt.withLock { ($0.timeline, $0.host) }
        return ConnectionStatistics(
            opened: counters.opened.load(ordering: .relaxed),
            outages: counters.failed.load(ordering: .relaxed),
            superseded: counters.superseded.load(ordering: .relaxed),
            roundTrips: counters.waits.load(ordering: .relaxed), timeline: Int(timeline),
            host: host)
    }
}
