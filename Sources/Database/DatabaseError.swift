import Glibc

/// Everything that can go wrong between us and the file, or the server that keeps it.
///
/// `description` is safe to log: it names tables, columns and paths, never a bound value.
@usableFromInline package enum DatabaseError: Error, Hashable, Sendable {
    @usableFromInline package enum Constraint: String, Sendable {
        case unique, foreignKey, check, notNull
        /// RAISE in a trigger, or a value of the wrong type for a STRICT table.
        case other
    }

    /// How transactions of several connections collide.
    @usableFromInline package enum Conflict: String, Sendable {
        /// What was read has been changed since (40001).
        case serialization
        /// Each waited for the other (40P01).
        case deadlock
        /// Another transaction kept a lock for too long (55P03).
        case lockTimeout
        /// A statement was prepared for tables that have been altered since (0A000, 26000).
        case stalePlan
    }

    /// `detail` is the engine's own sentence, such as "UNIQUE constraint failed: clients.id".
    case constraint(Constraint, detail: String)
    /// Another process kept the lock for longer than the busy timeout.
    case busy
    case full
    case readOnly
    case corrupt
    case notADatabase
    case cannotOpen(reason: String)
    /// `code` is SQLite's extended result code.
    case ioError(code: Int32)
    /// The writer's queue is full; nothing was applied.
    case overloaded
    /// The writer was closed; nothing was applied.
    case closed
    case migration(reason: String)
    /// Another server runs on this database; `pid` is nil when it has not yet written it down.
    case lockedBy(pid: Int32?)
    /// A column held NULL or another type than the one asked for; what was read is discarded.
    case unexpectedValue(column: Int, wanted: String, found: String)
    /// What a row holds cannot be what was stored; `row` names it by its table and key. A list leaves
    /// it out.
    case unreadable(row: String)
    /// The whole transaction is undone and may do if it is run again.
    case conflict(Conflict)
    /// The database's server cannot be reached, is going, or takes no writes: its connection is closed, and
    /// another one is worth a try. A transaction that was not being committed is undone.
    case unavailable(reason: String)
    /// The database's server was reached and says no, as it will the next time: a wrong password, a missing
    /// database, an old version.
    case refused(reason: String)
    /// COMMIT was sent and its outcome is unknown: it may be durable now, later or never.
    case inDoubt(reason: String)
    /// Any other error of the database's server. `message` is empty where it might quote a value.
    case server(sqlState: String, message: String)
    /// Any other SQLite result code, with its message.
    case other(code: Int32, message: String)
}

extension DatabaseError {
    /// Whether the file took no write, whatever was to be written.
    package var isOfFile: Bool {
        switch self {
        case .busy, .full, .readOnly, .cannotOpen, .ioError: true
        default: false
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    @usableFromInline package var description: String {
        switch self {
        case .constraint(_, let detail): detail
        case .busy: "the database is locked by another process; try again when it has finished"
        case .full:
            "the disk of the database is full, or its files may grow no further (quota, "
                + "LimitFSIZE, ulimit -f): free some space or raise the limit; writing resumes by "
                + "itself"
        case .readOnly:
            "the database cannot be written: check that its file, its folder and the mount are "
                + "writable by this user"
        case .corrupt:
            "the database file is damaged: stop the server, keep a copy of the file with its "
                + "-wal, and restore the last backup"
        case .notADatabase:
            "the file is not a SQLite database: check the configured path, or restore a backup"
        case .cannotOpen(let reason):
            "cannot open the database: \(reason): check that the path exists and that this user "
                + "may read and write the file and its folder"
        case .ioError(let code):
            "the disk of the database fails (SQLite \(code)): check the system log, the disk, and any "
                + "limit on the size of files (LimitFSIZE, ulimit -f)"
        case .overloaded: "too many writes are waiting"
        case .closed: "the database is closed"
        case .migration(let reason): reason
        case .lockedBy(let pid?):
            "another server (pid \(pid)) runs on this database: stop it first, or use another "
                + "folder"
        case .lockedBy(nil):
            "another server runs on this database: stop it first, or use another folder"
        case .unexpectedValue(let column, let wanted, let found):
            "column \(column) holds \(found) where \(wanted) was expected"
        case .unreadable(let row): "what is stored as \(row) cannot be read"
        case .conflict(let conflict):
            "another transaction was in the way (\(conflict.rawValue)); try again"
        case .unavailable(let reason): "the database cannot be reached: \(reason)"
        case .refused(let reason): "the database refuses: \(reason)"
        case .inDoubt(let reason): "whether the transaction was committed is not known: \(reason)"
        case .server(let sqlState, let message):
            message.isEmpty ? "PostgreSQL error \(sqlState)" : "\(message) (PostgreSQL \(sqlState))"
        case .other(let code, let message): "\(message) (SQLite \(code))"
        }
    }
}

extension DatabaseError: CustomDebugStringConvertible {
    /// The same: bound values are never kept, so there is nothing more to show.
    @usableFromInline package var debugDescription: String { description }
}

extension DatabaseError {
    /// The system's words for `errno`, or nil for 0.
    package static func reason(_ errno: Int32) -> String? {
        guard errno != 0, let text = unsafe strerror(errno) else { return nil }
        return unsafe String(cString: text)
    }
}
