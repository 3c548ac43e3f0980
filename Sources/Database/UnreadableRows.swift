import Synchronization

/// Rows that lists have left out because they cannot be read, until somebody writes down which.
package enum UnreadableRows {
    private static let rows = Mutex<Set<String>>([])
    private static let maximum = 100

    package static func note(_ row: String) {
        rows.withLock { rows in
            if rows.count < maximum { rows.insert(row) }
        }
    }

    /// Those left out since the last time.
    package static func take() -> [String] {
        rows.withLock { rows in
            defer { rows = [] }
            return rows.sorted()
        }
    }
}
