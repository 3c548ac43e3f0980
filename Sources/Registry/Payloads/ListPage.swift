import Database

/// How much of a list one answer shows: rows, and about a mebibyte (contract § 1).
package enum ListPage {
    package static let bytes = 1 << 20

    /// How many of the rows a page shows: at least one, however long it is.
    ///
    /// - Parameter rows: one more than fit, where there are more.
    package static func count<Row>(of rows: [Row], limit: Int, weight: (Row) -> Int) -> Int {
        var total = 0
        for count in rows.indices.prefix(limit) {
            total += weight(rows[count])
            if total > bytes, count > 0 { return count }
        }
        return min(rows.count, limit)
    }

    /// How many rows it takes to fill a page and tell that there is another.
    package static func reach<Row>(of rows: [Row], weight: (Row) -> Int) -> Int {
        var total = 0
        for count in rows.indices {
            total += weight(rows[count])
            if total > bytes { return max(count + 1, 2) }
        }
        return rows.count
    }
}
