package import Identity
package import Database

/// What a transaction has to know of those whom a search on a snapshot before it cannot have seen:
/// who was registered since, and of whom more was learnt within the transaction.
///
/// All bodies of a batch share it (`BatchCache`): each row is read once for them all.
package final class RecentPatients {
    /// One whose names sound like a query's.
    package struct PhoneticMatch {
        package let id: Int64
        package let year: Int

        /// From a row of id and birth date.
        init(_ row: borrowing Row) {
            id = row.int64(0)
            // YYYY-MM-DD, read without making a string of each.
            year = row.withUTF8(1) { date in
                (0..<min(4, date.count)).reduce(0) { $0 * 10 + Int(date[$1]) - 48 }
            }
        }
    }

    /// Rows that are read in the time of one search.
    private static let rowsPerSearch: Int64 = 1000

    /// How far before the first snapshot reading begins: the next one may be a little older.
    private static let slack: Int64 = 100

    /// Who has an id beyond the lower and up to the upper bound is in `bySound`.
    private var seen: Range<Int64>?
    private var allowance: Int64 = 0
    /// By the upper half of the name key.
    private var bySound: [Int64: [PhoneticMatch]] = [:]
    /// Patients of whom facts were filled in.
    package private(set) var changed: Set<Int64> = []

    package func markChanged(_ patientID: Int64) {
        changed.insert(patientID)
    }

    /// Who was registered since `snapshot` under names that sound alike. `nil` when there are so many that searching anew is quicker.
    package func namesakes(
        of query: Demographics, since snapshot: Int64, in tx: borrowing Transaction
    ) throws -> [PhoneticMatch]? {
        if seen.map({ snapshot < $0.lowerBound }) ?? true {
            let start = max(0, snapshot - RecentPatients.slack)
            seen = start..<start
            bySound = [:]
        }
        guard let known = seen else { return nil }
        allowance += RecentPatients.rowsPerSearch
        let rows = try tx.all(
            """
            SELECT id, date_of_birth, name_key FROM patients WHERE id > ? ORDER BY id LIMIT ?
            """, [.integer(known.upperBound), .integer(allowance + 1)]
        ) { row in (PhoneticMatch(row), name: row.int64OrNil(2)) }
        for row in rows {
            guard let name = row.name else { continue }
            bySound[name >> 32, default: []].append(row.0)
        }
        if let last = rows.last { seen = known.lowerBound..<last.0.id }
        allowance -= Int64(rows.count)
        guard allowance >= 0 else { return nil }
        let sound = query.matchingKeys.sound.lowerBound >> 32
        return (bySound[sound] ?? []).filter { $0.id > snapshot }
    }
}

extension BatchCache {
    package var newcomers: RecentPatients { slot { RecentPatients() } }
}
