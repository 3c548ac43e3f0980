/// What a table is read or written for.
package enum TableAccess: Sendable {
    /// Nobody else may write meanwhile, and one moment is seen.
    case source
    case target
}

/// What an engine does so that whole tables can be copied. `TableCopy` alone has one.
package protocol TableEngine: AnyObject {
    var session: any Session { get }

    /// Every table of ours that the database has, in the order of their names.
    func tables() throws(DatabaseError) -> [Table]
    func begin() throws(DatabaseError)
    func commit() throws(DatabaseError)
    /// Whatever fails meanwhile, nothing of the transaction stays.
    func rollback()
    /// A statement that is made of a table's names, with its values bound. Each text is prepared once.
    func start(_ text: String, _ bindings: [SQLValue]) throws(DatabaseError) -> any Query
    /// Adds rows; should one not fit, the transaction fails, at its end at the latest.
    func insert(_ rows: [[SQLValue]], into table: Table) throws(DatabaseError)
    /// Lets numbers that the engine gives go on behind the largest there is, and looks at what was stored so
    /// that statements are planned for it.
    func settle(_ tables: [Table]) throws(DatabaseError)
    func close()
}

/// Whole tables, row by row as they are stored: what a move from one engine to another is made of, and nothing
/// else. Used by one thread.
///
/// The only statements that it makes are made of names in a `Table`, which its database has described.
package final class TableCopy {
    package struct Page {
        package var rows: [[SQLValue]] = []
        /// About as many as the values have.
        package var bytes = 0
    }

    private let engine: any TableEngine
    /// Rows of a page of each table, so that one has about `pageBytes`.
    private var rowLimits: [String: Int] = [:]

    private static let firstRowLimit = 64
    private static let largestRowLimit = 1024
    private static let pageBytes = 2 << 20

    package init(_ engine: any TableEngine) { self.engine = engine }

    deinit { engine.close() }

    package func close() { engine.close() }

    package func tables() throws(DatabaseError) -> [Table] { try engine.tables() }

    /// Runs `body` in one transaction, to which all that is asked of this belongs meanwhile.
    package func transaction<T>(_ body: (borrowing Transaction) throws -> T) throws -> T {
        try engine.begin()
        do {
            let value = try body(Transaction(engine.session))
            try engine.commit()
            return value
        } catch {
            engine.rollback()
            throw error
        }
    }

    /// See `TableEngine`. Outside of any transaction.
    package func settle(_ tables: [Table]) throws(DatabaseError) { try engine.settle(tables) }

    // MARK: Reading

    /// Rows in the order of their keys, behind `key`; none at the end.
    package func page(of table: Table, after key: [SQLValue]?) throws(DatabaseError) -> Page {
        var limit = rowLimits[table.name] ?? Self.firstRowLimit
        while true {
            do throws(DatabaseError) {
                let page = try page(of: table, after: key, limit)
                let fitting = Self.pageBytes / max(page.bytes / max(page.rows.count, 1), 1)
                // In powers of two, since each number is a statement of its own.
                while limit > 1, limit > fitting { limit /= 2 }
                while limit < Self.largestRowLimit, limit * 2 <= fitting { limit *= 2 }
                rowLimits[table.name] = limit
                return page
            } catch .server(sqlState: "54000", let message) {
                // More than the connection takes at once.
                guard limit > 1 else { throw .server(sqlState: "54000", message: message) }
                limit /= 2
            }
        }
    }

    package func forEachPage(of table: Table, _ body: (Page) throws -> Void) throws {
        var key: [SQLValue]?
        while true {
            let page = try page(of: table, after: key)
            guard let last = page.rows.last else { return }
            try body(page)
            key = table.key(of: last)
        }
    }

    private func page(
        of table: Table, after key: [SQLValue]?, _ limit: Int
    ) throws(DatabaseError) -> Page {
        let text = table.selection(isBehindKey: key != nil, limit: limit)
        let query = try engine.start(text, key ?? [])
        defer { query.end() }
        var page = Page()
        while page.bytes < Self.pageBytes, try query.next() {
            page.rows.append(Self.values(table.columns.count, of: query, &page.bytes))
        }
        return page
    }

    /// Of the current row. Text is as it is stored, UTF-8 or not.
    private static func values(
        _ count: Int, of query: any Query, _ bytes: inout Int
    ) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(count)
        for column in 0..<count {
            switch query.type(column) {
            case .null: values.append(.null)
            case .integer: values.append(.integer(query.integer(column)))
            case .real: values.append(.real(query.real(column)))
            case .text:
                values.append(.utf8(unsafe Array(query.bytes(column))))
                bytes += unsafe query.bytes(column).count
            case .blob:
                values.append(.blob(unsafe Array(query.bytes(column))))
                bytes += unsafe query.bytes(column).count
            }
        }
        bytes += 16 * count
        return values
    }

    package func count(_ table: Table) throws(DatabaseError) -> Int {
        let query = try engine.start(table.count, [])
        defer { query.end() }
        return try query.next() ? Int(query.integer(0)) : 0
    }

    /// Nil when the table is empty.
    package func lastKey(of table: Table) throws(DatabaseError) -> [SQLValue]? {
        let query = try engine.start(table.selectionOfLastKey, [])
        defer { query.end() }
        guard try query.next() else { return nil }
        var bytes = 0
        return Self.values(table.key.count, of: query, &bytes)
    }

    /// Of a table whose key is a number: rows behind `key` that name one of the same table with a larger key
    /// than their own, and that key. None at the end.
    package func forwardReferences(
        _ column: Int, of table: Table, after key: Int64
    ) throws(DatabaseError) -> [(key: Int64, value: Int64)] {
        let text = table.selectionOfForwardReferences(column, limit: Self.largestRowLimit)
        let query = try engine.start(text, [.integer(key)])
        defer { query.end() }
        var found: [(Int64, Int64)] = []
        while try query.next() { found.append((query.integer(0), query.integer(1))) }
        return found
    }

    // MARK: Writing

    package func insert(_ rows: [[SQLValue]], into table: Table) throws(DatabaseError) {
        try engine.insert(rows, into: table)
    }

    /// Of a table whose key is a number.
    package func set(
        _ column: Int, of table: Table, to value: Int64, at key: Int64
    ) throws(DatabaseError) {
        let query = try engine.start(table.update(column), [.integer(value), .integer(key)])
        defer { query.end() }
        guard try query.run() == 1 else {
            throw .unreadable(row: "\(table.name) \(key)")
        }
    }

    package func removeAll(from table: Table) throws(DatabaseError) {
        let query = try engine.start(table.deletion, [])
        defer { query.end() }
        _ = try query.run()
    }
}
