import SQLite

/// What one write transaction has to know of those whom a search on a snapshot before it cannot have
/// seen: who was registered since, and of whom more was learnt within the transaction.
///
/// A class: the records of one batch share it. It lives no longer than the transaction's body.
package final class Newcomers {
    /// One whose names sound like a query's.
    struct Namesake {
        let id: Int64
        let year: Int

        /// - Parameter date: `YYYY-MM-DD`.
        init(id: Int64, bornOn date: String) {
            self.id = id
            year = date.utf8.prefix(4).reduce(0) { $0 * 10 + Int($1) - 48 }
        }
    }

    /// Rows that are read in the time of one search.
    private static let rowsPerSearch: Int64 = 1000

    /// Ids after the first up to the last are in `bySound`.
    private var seen: Range<Int64>?
    private var allowance: Int64 = 0
    /// By the upper half of the name key.
    private var bySound: [Int64: [Namesake]] = [:]
    /// Patients of whom facts were filled in.
    package private(set) var changed: Set<Int64> = []

    package init() {}

    package func note(changed patientID: Int64) {
        changed.insert(patientID)
    }

    /// Who was registered since `snapshot` under names that sound alike; each row is read once for
    /// all the batch. `nil` when there are so many that searching anew is quicker.
    func namesakes(
        of query: Demographics, since snapshot: Int64, in tx: borrowing Transaction
    ) throws -> [Namesake]? {
        if seen.map({ snapshot < $0.lowerBound }) ?? true {
            seen = snapshot..<snapshot
            bySound = [:]
        }
        guard let known = seen else { return nil }
        allowance += Newcomers.rowsPerSearch
        let rows = try tx.all(
            """
            SELECT id, date_of_birth, name_key FROM patients WHERE id > ? ORDER BY id LIMIT ?
            """, [.integer(known.upperBound), .integer(allowance + 1)]
        ) { row in
            (Namesake(id: row.int64(0), bornOn: row.text(1)), name: row.int64OrNil(2))
        }
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
