import Synchronization
import Values

/// Refusals of callers without valid credentials: the first of each kind from an address within a
/// minute is a row of the audit log, the others are counted, and the count is a row. Whoever knocks
/// a thousand times a second is on record, and does not fill the disk.
final class RefusalTally: Sendable {
    private struct Kind: Hashable {
        let operation: String
        let outcome: String
        let entity: String?
    }

    private struct Count {
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
            let isElsewhere =
                counts[entry.address ?? ""] == nil && counts.count >= RefusalTally.addressLimit
            if isElsewhere { entry.address = nil }
            let address = entry.address ?? ""
            var kinds = counts[address] ?? [:]
            var kind = Kind(
                operation: entry.operation, outcome: entry.outcome, entity: entry.entity)
            if isElsewhere || (kinds[kind] == nil && kinds.count >= RefusalTally.kindLimit) {
                entry.operation = RefusalTally.several
                entry.outcome = RefusalTally.several
                entry.entity = nil
                entry.status = 0
                kind = Kind(operation: entry.operation, outcome: entry.outcome, entity: nil)
            }
            if var known = kinds[kind] {
                known.further += 1
                kinds[kind] = known
                counts[address] = kinds
                return false
            }
            let isSummed = kind.operation == RefusalTally.several
            kinds[kind] = Count(first: entry, further: isSummed ? 1 : 0)
            counts[address] = kinds
            return !isSummed
        }
    }

    /// The rows that stand for what was counted; counting starts anew.
    func take(at now: Timestamp) -> [AuditEntry] {
        let taken = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        return taken.values.flatMap(\.values).filter { $0.further > 0 }.map { count in
            var entry = count.first
            entry.recordedAt = now
            entry.requestID = Identifier.make("req_", at: now)
            entry.purpose =
                "\(count.further) more since \(count.first.recordedAt.rfc3339), not written one by one"
            return entry
        }
    }
}
