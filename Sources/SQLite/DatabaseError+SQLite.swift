import CSQLite
import Database

extension DatabaseError {
    /// The error that `connection` has just reported.
    @safe init(on connection: OpaquePointer) {
        let code = unsafe sqlite3_extended_errcode(connection)
        let message = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        let errno = unsafe sqlite3_system_errno(connection)
        self.init(code: code, message: message ?? "", errno: errno)
    }

    /// Sorts an extended result code. The low byte is the primary code (sqlite.org/rescode.html).
    init(code: Int32, message: String, errno: Int32) {
        switch code & 0xff {
        case SQLITE_CONSTRAINT: self = .constraint(Constraint(code: code), detail: message)
        case SQLITE_MISMATCH: self = .constraint(.other, detail: message)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .full
        case SQLITE_READONLY: self = .readOnly
        case SQLITE_CORRUPT: self = .corrupt
        case SQLITE_NOTADB: self = .notADatabase
        case SQLITE_CANTOPEN: self = .cannotOpen(reason: Self.reason(errno) ?? message)
        case SQLITE_IOERR: self = .ioError(code: code)
        default: self = .other(code: code, message: message)
        }
    }
}

extension DatabaseError.Constraint {
    fileprivate init(code: Int32) {
        switch code {
        // A primary key is unique, whichever way SQLite stores it.
        case opescare_sqlite_constraint_unique(), opescare_sqlite_constraint_primary_key(),
            opescare_sqlite_constraint_rowid():
            self = .unique
        case opescare_sqlite_constraint_foreign_key(): self = .foreignKey
        case opescare_sqlite_constraint_check(): self = .check
        case opescare_sqlite_constraint_not_null(): self = .notNull
        default: self = .other
        }
    }
}
