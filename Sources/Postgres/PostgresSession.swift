import Database

/// What a `Transaction` is made of, on one connection.
final class PostgresSession: Session {
    let connection: Connection
    var batchState: (any Sendable)?
    var unreadableCount = 0
    var isDirty = false
    /// What the last statement of the body failed with: from there on its transaction takes no other.
    private(set) var failure: DatabaseError?
    /// How long the first answer of the transaction took, which comes when the turn does.
    private(set) var turnNanoseconds: UInt64 = 0
    private var isFirst = true
    /// Numbers that this connection has taken from each table's sequence: the next, and the end.
    private var numbers: [NumberedTable: Range<Int64>] = [:]

    init(_ connection: Connection) { self.connection = connection }

    func beginTransaction() {
        batchState = nil
        unreadableCount = 0
        turnNanoseconds = 0
        isFirst = true
    }

    /// Forgets what the body before has left behind.
    func beginBody() {
        isDirty = false
        failure = nil
    }

    func start(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> any Query {
        do {
            let start = isFirst ? Deadline(after: .zero) : nil
            let answer = try connection.query(sql, Self.findable(bindings, by: sql))
            if let start {
                turnNanoseconds = start.nanosecondsAgo
                isFirst = false
            }
            if !answer.isReadOnly { isDirty = true }
            return answer
        } catch {
            failure = error
            throw error
        }
    }

    func run(_ sql: StaticString, _ bindings: [SQLValue]) throws(DatabaseError) {
        isDirty = true
        do {
            try connection.run(sql, bindings)
        } catch {
            failure = error
            throw error
        }
    }

    /// PostgreSQL takes no text with U+0000, and has none: whoever looks for one finds nothing, as in SQLite.
    private static func findable(_ bindings: [SQLValue], by sql: StaticString) -> [SQLValue] {
        guard bindings.contains(where: hasNUL), sql.description.hasPrefix("SELECT") else {
            return bindings
        }
        return bindings.map { hasNUL($0) ? .text("\u{FFFF}\u{FFFF}") : $0 }
    }

    private static func hasNUL(_ value: SQLValue) -> Bool {
        switch value {
        case .text(let text): text.hasNUL
        case .utf8(let bytes): bytes.contains(0)
        case .utf8Slice(let bytes): bytes.contains(0)
        case .null, .integer, .real, .blob: false
        }
    }

    // MARK: Numbers

    /// As many as the sequences of `migrations/0001_initial/postgres.sql` go on by.
    private static let blockSize: Int64 = 32

    func newNumber(for table: NumberedTable) throws(DatabaseError) -> SQLValue {
        var block = numbers[table] ?? 0..<0
        if block.isEmpty {
            let start = try nextBlock(of: table)
            block = start..<(start + Self.blockSize)
        }
        numbers[table] = block.dropFirst()
        return .integer(block.lowerBound)
    }

    private func nextBlock(of table: NumberedTable) throws(DatabaseError) -> Int64 {
        let query =
            switch table {
            case .records: try start("SELECT nextval('records_seq_seq')", [])
            case .clinics: try start("SELECT nextval('clinics_seq_seq')", [])
            case .doctors: try start("SELECT nextval('doctors_seq_seq')", [])
            case .appointments: try start("SELECT nextval('appointments_seq_seq')", [])
            }
        defer { query.end() }
        // Far below the end of numbers, whatever the sequence says.
        guard try query.next(), (1..<1 << 62).contains(query.integer(0)) else {
            throw .server(
                sqlState: "2200H", message: "the sequence of \(table.rawValue) is used up")
        }
        return query.integer(0)
    }

    /// Never asked for: every number is known before its row is there.
    var lastNumber: Int64 { 0 }
}
