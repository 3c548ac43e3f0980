package import Database
package import Values

/// Searching a log that has no index but its numbers: each look is bounded, and the next goes on where
/// it ended.
extension AuditStore.Filter {
    package func matches(_ entry: AuditEntry) -> Bool {
        AuditStore.isSame(principal, entry.principal)
            && AuditStore.isSame(operation, entry.operation)
            && AuditStore.isSame(outcome, entry.outcome)
            && AuditStore.isSame(requestID, entry.requestID)
            && (from.map { $0 <= entry.recordedAt } ?? true)
            && (to.map { entry.recordedAt < $0 } ?? true)
    }
}

extension AuditStore {
    /// What one look found.
    package struct Page: Sendable {
        package var rows: [(seq: Int64, entry: AuditEntry)] = []
        /// Where the next look goes on; `nil` at the end.
        package var next: Int64?
    }

    /// Byte for byte, as SQL compares; what is not asked for is the same as anything.
    fileprivate static func isSame(_ asked: String?, _ stored: String) -> Bool {
        asked.map { $0.utf8.elementsEqual(stored.utf8) } ?? true
    }

    /// Rows looked at in one go: about a tenth of a second.
    package static let scanCount: Int64 = 100_000
    /// How far a clock may have been set back: rows this close to a bound are looked at.
    private static let clockSlackSeconds: Int64 = 3600

    /// The newest matching rows, older than the row `before`.
    package static func search(
        _ filter: Filter, before: Int64?, limit: Int, scan: Int64 = scanCount,
        in tx: borrowing Transaction
    ) throws -> Page {
        var end = before ?? .max
        if let to = filter.to {
            end = min(end, try last(before: to.adding(seconds: clockSlackSeconds), in: tx) + 1)
        }
        end = min(end, try head(in: tx).seq + 1)
        let start =
            try filter.from.map {
                try last(before: $0.adding(seconds: -clockSlackSeconds), in: tx)
            } ?? 0
        let floor = max(start, end - 1 - scan)
        var page = Page()
        page.rows = try newest(filter, before: end, after: floor, limit: limit, in: tx)
        if page.rows.count == limit, let last = page.rows.last?.seq {
            page.next = last - 1 > start ? last : nil
        } else {
            page.next = floor > start ? floor + 1 : nil
        }
        return page
    }

    /// The same of one person, with whoever was merged into them.
    package static func search(
        _ filter: Filter, patientIDs: [Int64], before: Int64?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> Page {
        var rows: [Int64: AuditEntry] = [:]
        for id in patientIDs {
            for row in try newest(
                patientID: id, before: before ?? .max, limit: limit + 1, in: tx)
            {
                rows[row.seq] = row.entry
            }
        }
        let sorted = rows.sorted { $0.key > $1.key }
        var page = Page()
        page.rows = sorted.prefix(limit).map { (seq: $0.key, entry: $0.value) }
        page.next = sorted.count > limit ? page.rows.last?.seq : nil
        page.rows.removeAll { !filter.matches($0.entry) }
        return page
    }

    /// Matching rows from the oldest on, after the row `seq` up to the row `last`; looks at `scan`.
    ///
    /// - Returns: the rows, and the last one looked at.
    package static func oldest(
        _ filter: Filter, after seq: Int64, through last: Int64, scan: Int64 = 2_000,
        in tx: borrowing Transaction
    ) throws -> (rows: [(seq: Int64, entry: AuditEntry)], end: Int64) {
        let end = min(last, seq + scan)
        let rows = try newest(filter, before: end + 1, after: seq, limit: Int(scan), in: tx)
        return (rows.reversed(), end)
    }

    /// The last row before a moment. Numbers and times rise together but where the clock was set
    /// back: there a row nearby is found.
    package static func last(before time: Timestamp, in tx: borrowing Transaction) throws -> Int64 {
        var low: Int64 = 0
        var high = try head(in: tx).seq
        while low < high {
            let middle = low + (high - low + 1) / 2
            let recordedAt = try tx.first(
                "SELECT recorded_at FROM audit_log WHERE seq = ?", [.integer(middle)]
            ) { $0.int64(0) }
            guard let recordedAt, recordedAt < time.milliseconds else {
                high = middle - 1
                continue
            }
            low = middle
        }
        return low
    }
}
