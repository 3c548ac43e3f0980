/// A transaction in progress. It never leaves the closure that it is passed to.
///
/// Reads work in both kinds, writes only in a writer's. SQL is a `StaticString`, so nothing can be
/// spliced into it; each text is prepared once per connection. BEGIN, COMMIT and their kind belong
/// to the library: running one here, or writing through a reader, is a precondition failure.
package struct Transaction: ~Copyable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// How many rows were left out of lists so far because they cannot be read.
    package var unreadableCount: Int { connection.unreadableCount }

    /// Runs a statement to its end and returns how many rows it changed itself, not counting
    /// triggers and foreign key actions. Rows that it returns are skipped.
    @discardableResult
    package func execute(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Int {
        let statement = try connection.start(sql, bindings)
        defer { connection.end(statement) }
        let before = connection.totalChanges
        while try connection.step(statement) {}
        return connection.totalChanges == before ? 0 : connection.lastChanges
    }

    /// The first row through `body`, or nil when there is none.
    package func first<T>(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> T? {
        let statement = try connection.start(sql, bindings)
        defer { connection.end(statement) }
        guard try connection.step(statement) else { return nil }
        let value = try body(Row(statement))
        try statement.checkReads()
        // A RETURNING statement checks its foreign keys only at its end.
        if !statement.isReadOnly { while try connection.step(statement) {} }
        return value
    }

    /// Every row through `body`.
    package func all<T>(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> [T] {
        let statement = try connection.start(sql, bindings)
        defer { connection.end(statement) }
        var values: [T] = []
        while try connection.step(statement) {
            do {
                values.append(try body(Row(statement)))
            } catch DatabaseError.unreadable(let row) {
                // One bad row is not a bad list.
                connection.leaveOut(row)
                continue
            }
            try statement.checkReads()
        }
        return values
    }

    /// The same, up to the row with which they weigh more than `budget`, and a second one at least.
    package func all<T>(
        within budget: Int, _ weight: (T) -> Int, _ sql: StaticString,
        _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> [T] {
        let statement = try connection.start(sql, bindings)
        defer { connection.end(statement) }
        var values: [T] = []
        var total = 0
        while total <= budget || values.count < 2, try connection.step(statement) {
            do {
                values.append(try body(Row(statement)))
            } catch DatabaseError.unreadable(let row) {
                connection.leaveOut(row)
                continue
            }
            try statement.checkReads()
            total += values.last.map(weight) ?? 0
        }
        return values
    }

    /// Every row through `body`, which may run other statements, the same SQL included.
    package func forEach(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> Void
    ) throws {
        let statement = try connection.start(sql, bindings)
        defer { connection.end(statement) }
        while try connection.step(statement) {
            try body(Row(statement))
            try statement.checkReads()
        }
    }

    /// The INTEGER PRIMARY KEY of the row that the last INSERT made.
    package var lastInsertedRow: Int64 { connection.lastInsertedRow }

    /// One value that later bodies of the same batch see, such as the head of a chain.
    ///
    /// Forgotten at the end of the batch and whenever anything of it rolls back, so it never knows
    /// of a row that is not there. A reference type is stored without an allocation. In a reader it
    /// lives as long as the transaction.
    package var batchState: (any Sendable)? {
        get { connection.batchState }
        nonmutating set { connection.batchState = newValue }
    }
}
