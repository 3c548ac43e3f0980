import CSQLite
import Database

/// What a `Transaction` is made of.
extension Connection: Session {
    /// The statement is marked as in use until its `end`.
    func start(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> any Query {
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

    /// Rows changed since the connection was opened, by triggers and foreign key actions too.
    var totalChanges: Int64 { unsafe sqlite3_total_changes64(handle) }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    var lastChanges: Int { unsafe Int(sqlite3_changes64(handle)) }

    func newNumber(for table: NumberedTable) -> SQLValue { .null }

    var lastNumber: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// False between BEGIN and COMMIT, true again when SQLite rolled back on its own.
    var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

    /// Runs one of the library's own transaction statements.
    func control(_ sql: StaticString) throws(DatabaseError) {
        let statement = try statement(sql)
        defer { statement.reset() }
        let code = unsafe sqlite3_step(statement.handle)
        guard code == SQLITE_DONE else { throw error() }
    }

    /// True when a deferred foreign key of the transaction is violated, which would fail its COMMIT.
    var hasDeferredViolations: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        let status = SQLITE_DBSTATUS_DEFERRED_FKS
        unsafe sqlite3_db_status(handle, status, &current, &highest, 0)
        return current != 0
    }

    private func openSavepoint() throws(DatabaseError) {
        try control("SAVEPOINT body")
        savepoint = .open
    }
}
