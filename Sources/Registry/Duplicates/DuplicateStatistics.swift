package import Database
import Identity
package import Values

/// What waits for a decision, and what was decided by whom.
package struct DuplicateStatistics: Sendable {
    /// Open cases by how long they have been waiting.
    package struct Ages: Sendable {
        /// Of the last 24 hours.
        package var today = 0
        /// Of the six days before that.
        package var week = 0
        /// Of the 23 days before that.
        package var month = 0
        package var older = 0
    }

    package struct Decider: Sendable {
        package let name: String
        package var merged = 0
        package var dismissed = 0
        /// Of those, by whomever.
        package var undone = 0
    }

    struct Decision {
        let state: DuplicateCase.State
        let decidedBy: String
        /// Milliseconds.
        let waited: Int64
        let isUndone: Bool
    }

    /// Most decisions that are looked at, the last ones.
    package static let limit = 50_000
    /// Most people that are named, the most active first.
    private static let deciderLimit = 100

    package private(set) var certain = Ages()
    package private(set) var possible = Ages()
    package private(set) var deciders: [Decider] = []
    /// Of all deciders.
    package private(set) var total = Decider(name: "")
    package private(set) var closed = 0
    /// From opening a case to deciding it; half of all decisions took longer.
    package private(set) var medianSeconds: Int64?
    /// There were more decisions than were looked at.
    package private(set) var isPartial = false

    package init(days: Int, at now: Timestamp, in tx: borrowing Transaction) throws {
        certain = try Ages(.certain, at: now, in: tx)
        possible = try Ages(.possible, at: now, in: tx)
        var people: [String: Decider] = [:]
        var waited: [Int64] = []
        var count = 0
        try DuplicateDecisionStore.forEach(
            since: now.adding(seconds: -Int64(days) * 86_400), limit: DuplicateStatistics.limit + 1,
            in: tx
        ) { one in
            count += 1
            guard count <= DuplicateStatistics.limit else { return isPartial = true }
            guard one.state != .closed else {
                closed += one.isUndone ? 0 : 1
                return
            }
            waited.append(one.waited)
            people[one.decidedBy, default: Decider(name: one.decidedBy)].add(one)
            total.add(one)
        }
        waited.sort()
        medianSeconds = waited.isEmpty ? nil : waited[waited.count / 2] / 1000
        deciders = Array(
            people.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
                .prefix(DuplicateStatistics.deciderLimit))
    }
}

extension DuplicateStatistics.Decider {
    package var count: Int { merged + dismissed }

    fileprivate mutating func add(_ decision: DuplicateStatistics.Decision) {
        if decision.state == .merged { merged += 1 } else { dismissed += 1 }
        if decision.isUndone { undone += 1 }
    }
}

extension DuplicateStatistics.Ages {
    fileprivate init(
        _ band: PersonComparison.Band, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        func count(_ start: Int64?, _ end: Int64?) throws -> Int {
            try DuplicateCaseStore.openCount(
                band, from: start.map { now.adding(seconds: -$0 * 86_400) },
                to: end.map { now.adding(seconds: -$0 * 86_400) }, in: tx)
        }
        today = try count(1, nil)
        week = try count(7, 1)
        month = try count(30, 7)
        older = try count(nil, 30)
    }

    package var total: Int { today + week + month + older }
}
