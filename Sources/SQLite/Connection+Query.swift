import CSQLite

/// What a `Transaction` is made of: start, step, read, end.
extension Connection {
    /// A statement with its values bound, marked as in use until `end`.
    func start(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Statement {
        var statement = try statement(sql)
        // The body of an outer query may run the same SQL: it gets a copy of its own.
        if statement.isInUse { statement = try prepare(sql.description) }
        precondition(!statement.isControl, "transactions are the library's: \(sql)")
        precondition(
            statement.isReadOnly || access != .readOnly, "a reader cannot write: \(sql)")
        statement.isInUse = true
        do {
            try statement.bind(bindings)
        } catch {
            statement.reset()
            throw error
        }
        return statement
    }

    func end(_ statement: Statement) { statement.reset() }

    /// Moves to the next row; false at the end.
    func step(_ statement: Statement) throws(DatabaseError) -> Bool {
        if !statement.isReadOnly, savepoint == .wanted { try openSavepoint() }
        let code = unsafe sqlite3_step(statement.handle)
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            let error = error()
            lastError = error
            throw error
        }
        if !statement.isReadOnly { isDirty = true }
        return code == SQLITE_ROW
    }

    /// Passes the current row to `body`, then throws what was read wrongly.
    func read<T>(_ statement: Statement, _ body: (borrowing Row) throws -> T) throws -> T {
        let value = try body(Row(statement))
        if let misread = statement.misread { throw misread }
        return value
    }

    /// Rows changed since the connection was opened, by triggers and foreign key actions too.
    var totalChanges: Int64 { unsafe sqlite3_total_changes64(handle) }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    var lastChanges: Int { unsafe Int(sqlite3_changes64(handle)) }

    /// False between BEGIN and COMMIT, true again when SQLite rolled back on its own.
    var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

    /// Runs one of the library's own transaction statements.
    func control(_ sql: StaticString) throws(DatabaseError) {
        let statement = try statement(sql)
        defer { statement.reset() }
        let code = unsafe sqlite3_step(statement.handle)
        guard code == SQLITE_DONE else { throw error() }
    }

    private func openSavepoint() throws(DatabaseError) {
        try control("SAVEPOINT body")
        savepoint = .open
    }
}
