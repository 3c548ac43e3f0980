/// A transaction in progress. It never leaves the closure that it is passed to.
///
/// Reads work in both kinds, writes only in a writer's. SQL is a `StaticString`, so nothing can be
/// spliced into it; each text is prepared once per session. BEGIN, COMMIT and their kind belong
/// to the library: running one here, or writing through a reader, is a precondition failure.
@usableFromInline package struct Transaction: ~Copyable {
    @usableFromInline let session: any Session

    package init(_ session: any Session) { self.session = session }

    /// Whether the body has run anything that may change data.
    package var isDirty: Bool { session.isDirty }

    /// How many rows were left out of lists so far because they cannot be read.
    package var unreadableCount: Int { session.unreadableCount }

    /// Runs a statement to its end, one of which nobody wants to know how many rows it changed. An engine may
    /// send it along with the next one: should it fail, whatever of the transaction comes behind it fails.
    package func run(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) { try session.run(sql, bindings) }

    /// Runs a statement to its end and returns how many rows it changed itself, not counting
    /// triggers and foreign key actions. Rows that it returns are skipped.
    package func execute(
        _ sql: StaticString, _ bindings: [SQLValue] = []
    ) throws(DatabaseError) -> Int {
        let query = try session.start(sql, bindings)
        defer { query.end() }
        return try query.run()
    }

    // What takes a closure is inlined where it is called: a generic function of another module keeps every value
    // in memory, and copies a row's by its table of functions.

    /// The first row through `body`, or nil when there is none.
    @inlinable
    package func first<T>(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> T? {
        let query = try session.start(sql, bindings)
        defer { query.end() }
        guard try query.next() else { return nil }
        let value = try body(Row(query))
        try query.checkReads()
        // A RETURNING statement checks its foreign keys only at its end.
        if !query.isReadOnly { while try query.next() {} }
        return value
    }

    /// Every row through `body`.
    @inlinable
    package func all<T>(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> [T] {
        let query = try session.start(sql, bindings)
        defer { query.end() }
        var values: [T] = []
        while try query.next() {
            do {
                values.append(try body(Row(query)))
            } catch DatabaseError.unreadable(let row) {
                // One bad row is not a bad list.
                leaveOut(row)
                continue
            }
            try query.checkReads()
        }
        return values
    }

    /// The same, up to the row with which they weigh more than `budget`, and a second one at least.
    @inlinable
    package func all<T>(
        within budget: Int, _ weight: (T) -> Int, _ sql: StaticString,
        _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> T
    ) throws -> [T] {
        let query = try session.start(sql, bindings)
        defer { query.end() }
        var values: [T] = []
        var total = 0
        while total <= budget || values.count < 2, try query.next() {
            do {
                values.append(try body(Row(query)))
            } catch DatabaseError.unreadable(let row) {
                leaveOut(row)
                continue
            }
            try query.checkReads()
            total += weight(values[values.count - 1])
        }
        return values
    }

    /// Every row through `body`, which may run other statements, the same SQL included.
    @inlinable
    package func forEach(
        _ sql: StaticString, _ bindings: [SQLValue] = [], _ body: (borrowing Row) throws -> Void
    ) throws {
        let query = try session.start(sql, bindings)
        defer { query.end() }
        while try query.next() {
            try body(Row(query))
            try query.checkReads()
        }
    }

    /// Inserts a row whose number is wanted at once: the first parameter, which `bindings` leave NULL.
    package func insert(
        into table: NumberedTable, _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Int64 {
        guard case .integer(let number) = try session.newNumber(for: table) else {
            try run(sql, bindings)
            return session.lastNumber
        }
        try run(sql, [.integer(number)] + bindings.dropFirst())
        return number
    }

    /// One value that later bodies of the same batch see, such as the head of a chain.
    ///
    /// Forgotten at the end of the batch and whenever anything of it rolls back, so it never knows
    /// of a row that is not there. A reference type is stored without an allocation. In a reader it
    /// lives as long as the transaction.
    package var batchState: (any Sendable)? {
        get { session.batchState }
        nonmutating set { session.batchState = newValue }
    }

    @usableFromInline func leaveOut(_ row: String) {
        UnreadableRows.note(row)
        session.unreadableCount += 1
    }
}
