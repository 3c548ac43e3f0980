import Database
import Glibc

/// The tables of one database, on a connection that no server of ours stands beside.
final class PostgresTables: TableEngine {
    private let access: TableAccess
    private let postgres: PostgresSession

    private var connection: Connection { postgres.connection }

    /// How often a server or a move is looked for that may be about to end, and how long each time: a second
    /// in all.
    private static let looks = 20
    private static let lookMicroseconds: UInt32 = 50_000
    /// Values of one INSERT; its rows are a power of two.
    private static let insertedValues = 1024
    private static let insertedRows = 64

    /// - Throws: `DatabaseError.refused` when a server runs on the database, or another move.
    init(_ target: ConnectionString, _ access: TableAccess) throws(DatabaseError) {
        self.access = access
        postgres = PostgresSession(try HostList(target, limits: .copying).connect())
        var isAlone = try takeDuties()
        for _ in 0..<Self.looks where !isAlone {
            usleep(Self.lookMicroseconds)
            isAlone = try takeDuties()
        }
        guard isAlone else {
            connection.close()
            throw .refused(
                reason: "a server runs on this database, or another move: stop it first, on every "
                    + "machine")
        }
    }

    /// What one server does for all is ours from here on; and nobody else of ours is there.
    private func takeDuties() throws(DatabaseError) -> Bool {
        let lock = try connection.query(
            "SELECT pg_try_advisory_lock(?)", [.integer(PostgresDuties.lockNumber)])
        guard try lock.next(), Row(lock).bool(0) else { return false }
        let others = try connection.query(
            """
            SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND application_name IN ('opescare', current_setting('application_name'))
            """)
        guard try others.next(), Row(others).int(0) == 0 else {
            _ = try connection.query(
                "SELECT pg_advisory_unlock(?)", [.integer(PostgresDuties.lockNumber)])
            return false
        }
        return true
    }

    var session: any Session { postgres }

    func close() { connection.close() }

    // MARK: Transactions

    /// Nobody else's transaction writes meanwhile: see `WritingSessions.begin`.
    func begin() throws(DatabaseError) {
        postgres.batchState = nil
        postgres.beginBody()
        switch access {
        case .source: try connection.begin(.readOnly)
        case .target: try connection.begin(.readWrite)
        }
        try connection.run("LOCK TABLE write_turn IN EXCLUSIVE MODE")
    }

    func commit() throws(DatabaseError) {
        postgres.batchState = nil
        try connection.commit()
    }

    func rollback() {
        postgres.batchState = nil
        connection.rollback()
    }

    // MARK: Tables

    func tables() throws(DatabaseError) -> [Table] {
        let columns = try connection.query(
            """
            SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), CAST(a.atttypid AS BIGINT),
                COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)
                AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            ORDER BY c.relname, a.attnum
            """)
        var drafts: [TableDraft] = []
        while try columns.next() {
            let row = Row(columns)
            let table = row.text(0)
            if drafts.last?.name != table { drafts.append(TableDraft(name: table)) }
            let type = ValueType(rawValue: Int32(truncatingIfNeeded: row.int64(2)))
            // What has a width of its own would not keep every value.
            let stored: [ValueType] = [.int8, .text, .bytea, .float8]
            drafts[drafts.count - 1].add(
                row.text(1), type.flatMap { stored.contains($0) ? $0.columnType : nil },
                keyPlace: row.int(3))
        }
        return drafts.compactMap { $0.table() }
    }

    func start(_ text: String, _ bindings: [SQLValue]) throws(DatabaseError) -> any Query {
        try connection.query(made: text, bindings)
    }

    /// Nothing is waited for: the server works on rows while the next are read.
    func insert(_ rows: [[SQLValue]], into table: Table) throws(DatabaseError) {
        var rest = rows[...]
        var count = Self.insertedRows
        while !rest.isEmpty {
            while count > 1, count > rest.count || count * table.columns.count > Self.insertedValues
            {
                count /= 2
            }
            let text = table.insertion(rows: count)
            while rest.count >= count {
                try connection.run(made: text, rest.prefix(count).flatMap { $0 })
                rest = rest.dropFirst(count)
            }
        }
    }

    /// The statement that it makes is made by PostgreSQL, of names that it quotes.
    func settle(_ tables: [Table]) throws(DatabaseError) {
        let numbers = try connection.query(
            """
            SELECT CAST(c.relname AS TEXT), format(
                'SELECT setval(%L, GREATEST(COALESCE(MAX(%I), 0) + 1, 1), false) FROM %I',
                pg_get_serial_sequence(quote_ident(c.relname), a.attname), a.attname, c.relname)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
            WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) AND NOT a.attisdropped
            ORDER BY c.relname
            """)
        var statements: [String] = []
        while try numbers.next() {
            let row = Row(numbers)
            let name = row.text(0)
            if tables.contains(where: { $0.name == name }) { statements.append(row.text(1)) }
        }
        for text in statements { _ = try connection.query(made: text, []) }
        // Plans made on empty tables are scans.
        try connection.runScript(["ANALYZE"])
    }
}

extension ConnectionLimits {
    /// Of one connection that reads and writes much, on which nobody waits but whoever moves a database.
    static let copying = {
        var limits = ConnectionLimits()
        limits.answer = .seconds(615)
        limits.outputBytes = 1 << 20
        limits.settings =
            planning + [
                ("statement_timeout", "600s"), ("lock_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "0"), ("tcp_keepalives_idle", "10"),
                ("tcp_user_timeout", "15s"),
            ]
        return limits
    }()
}
