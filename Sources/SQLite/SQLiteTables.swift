import CSQLite
import Database

/// The tables of one file.
final class SQLiteTables: TableEngine {
    private let connection: Connection
    private var statements: [String: Statement] = [:]
    private var isClosed = false

    /// Pages in the log at which it is written to the file.
    private static let logLimit = 4096

    /// - Throws: `DatabaseError.cannotOpen` when there is no file to read from.
    init(path: String, _ access: TableAccess) throws(DatabaseError) {
        let options = DatabaseOptions()
        connection =
            switch access {
            case .source:
                try Connection.reading(
                    path: path, cacheBytes: options.writerCacheBytes,
                    busyTimeout: options.busyTimeout)
            case .target:
                // Entries of its indexes come in no order.
                try Connection(
                    path: path, access: .create, cacheBytes: 4 * options.writerCacheBytes,
                    busyTimeout: options.busyTimeout)
            }
    }

    var session: any Session { connection }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        statements = [:]
        if connection.access != .readOnly, connection.isAutocommit {
            // Should somebody read, the log stays and the next start reads it.
            try? connection.checkpoint(.truncate, wait: 1_000)
        }
        connection.close()
    }

    // MARK: Transactions

    func begin() throws(DatabaseError) {
        switch connection.access {
        case .readOnly: try connection.control("BEGIN")
        case .readWrite, .create: try connection.control("BEGIN IMMEDIATE")
        }
    }

    func commit() throws(DatabaseError) {
        try connection.control("COMMIT")
        connection.batchState = nil
        guard connection.logFrames > Self.logLimit else { return }
        // What fails now is tried again after the next one, and a disk that fails shows there.
        try? connection.checkpoint(.restart, wait: 1_000)
    }

    func rollback() {
        connection.batchState = nil
        // Closing rolls back in any case.
        if !connection.isAutocommit { try? connection.control("ROLLBACK") }
    }

    // MARK: Tables

    func tables() throws(DatabaseError) -> [Table] {
        let references = try references()
        let columns = try connection.prepare(
            """
            SELECT m.name, p.name, p.type, p.pk
            FROM sqlite_schema m JOIN pragma_table_info(m.name) p
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            ORDER BY m.name, p.cid
            """)
        var drafts: [TableDraft] = []
        while try connection.step(columns) {
            let row = Row(columns)
            let table = row.text(0)
            if drafts.last?.name != table { drafts.append(TableDraft(name: table)) }
            drafts[drafts.count - 1].add(
                row.text(1), ColumnType(rawValue: row.text(2)), keyPlace: row.int(3))
        }
        return drafts.compactMap { $0.table(references[$0.name] ?? []) }
    }

    /// By table: a column, and the table whose rows it names.
    private func references() throws(DatabaseError) -> [String: [(String, String)]] {
        let query = try connection.prepare(
            """
            SELECT m.name, f."from", f."table"
            FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
            """)
        var found: [String: [(String, String)]] = [:]
        while try connection.step(query) {
            let row = Row(query)
            found[row.text(0), default: []].append((row.text(1), row.text(2)))
        }
        return found
    }

    func start(_ text: String, _ bindings: [SQLValue]) throws(DatabaseError) -> any Query {
        let statement = try statement(text)
        do {
            try statement.bind(bindings)
        } catch {
            statement.reset()
            throw error
        }
        return statement
    }

    private func statement(_ text: String) throws(DatabaseError) -> Statement {
        if let known = statements[text] { return known }
        let statement = try connection.prepare(text)
        statements[text] = statement
        return statement
    }

    func insert(_ rows: [[SQLValue]], into table: Table) throws(DatabaseError) {
        let statement = try statement(table.insertion(rows: 1))
        defer { statement.reset() }
        for row in rows {
            try statement.bind(row)
            while try connection.step(statement) {}
            statement.reset()
        }
    }

    /// SQLite finds numbers by the rows there are, and the server's statements need no statistics of its.
    func settle(_ tables: [Table]) {}
}
