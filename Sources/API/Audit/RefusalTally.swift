package import Registry
import Synchronization
package import Values

/// Refusals of callers without valid credentials: the first of each kind from an address within a
/// minute is a row of the audit log, the others are counted, and the count is a row. Whoever knocks
/// a thousand times a second is on record, and does not fill the disk.
package final class RefusalTally: Sendable {
    fileprivate struct Kind: Hashable {
        let operation: String
        let outcome: String
        let entity: String?
    }

    fileprivate struct Count {
        let first: AuditEntry
        var further = 0
    }

    /// Addresses and kinds from each within a minute; beyond them only one common count goes on.
    private static let addressLimit = 256
    private static let kindLimit = 16
    private static let several = "several"

    private let counts = Mutex<[String: [Kind: Count]]>([:])

    /// Counts a refusal.
    ///
    /// - Returns: whether it is the first of its kind, to be written now.
    func isFirst(_ entry: AuditEntry) -> Bool {
        var entry = entry
        entry.address = entry.address.map(Lockout.network)
        return counts.withLock { counts in
            RefusalTally.add(1, of: entry, isFirstWritten: false, to: &counts)
        }
    }

    /// - Returns: whether it is the first of its kind, and has a row of its own.
    private static func add(
        _ number: Int, of entry: AuditEntry, isFirstWritten: Bool,
        to counts: inout [String: [Kind: Count]]
    ) -> Bool {
        var entry = entry
        let isElsewhere = counts[entry.address ?? ""] == nil && counts.count >= addressLimit
        if isElsewhere { entry.address = nil }
        let address = entry.address ?? ""
        var kind = Kind(operation: entry.operation, outcome: entry.outcome, entity: entry.entity)
        if isElsewhere
            || (counts[address]?[kind] == nil && counts[address]?.count ?? 0 >= kindLimit)
        {
            entry.operation = several
            entry.outcome = several
            entry.entity = nil
            entry.status = 0
            kind = Kind(operation: several, outcome: several, entity: nil)
        }
        guard counts[address]?[kind] == nil else {
            counts[address]?[kind]?.further += number
            return false
        }
        let isSummed = kind.operation == several
        let further = isSummed || isFirstWritten ? number : 0
        counts[address, default: [:]][kind] = Count(first: entry, further: further)
        return !isSummed
    }

    /// What was counted in a while.
    package struct Sums: Sendable {
        fileprivate let counts: [String: [Kind: Count]]
    }

    /// What was counted; counting starts anew.
    package func take() -> Sums {
        counts.withLock { counts in
            defer { counts = [:] }
            return Sums(counts: counts)
        }
    }

    /// Counts what could not be written along with what comes.
    package func giveBack(_ sums: Sums) {
        counts.withLock { counts in
            for count in sums.counts.values.flatMap(\.values) where count.further > 0 {
                _ = RefusalTally.add(
                    count.further, of: count.first, isFirstWritten: true, to: &counts)
            }
        }
    }
}

extension RefusalTally.Sums {
    /// The rows that stand for it.
    package func rows(at now: Timestamp) -> [AuditEntry] {
        counts.values.flatMap(\.values).filter { $0.further > 0 }.map { count in
            var entry = count.first
            entry.recordedAt = now
            entry.requestID = Identifier.make("req_", at: now)
            entry.purpose =
                "\(count.further) more since \(count.first.recordedAt.rfc3339), not written one by one"
            return entry
        }
    }
}
