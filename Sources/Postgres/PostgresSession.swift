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
    private let reads = SharedReads()
    /// Whether the body in progress runs side by side with others.
    private var isSideBySide = false
    /// Whether it has been left where it asked for what is not answered yet.
    private(set) var isSuspended = false
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
    func beginBody(sideBySide: Bool = false) {
        isDirty = false
        failure = nil
        isSuspended = false
        isSideBySide = sideBySide
    }

    // MARK: Side by side

    func beginSharedReads() throws(DatabaseError) { try reads.begin(on: connection) }

    /// For whatever may have changed what was read.
    func endSharedReads() { reads.forget() }

    /// Waits for what the bodies have asked for that were left.
    func collectSharedReads() throws(DatabaseError) {
        let start = Deadline(after: .zero)
        try reads.collect(on: connection)
        if isFirst { turnNanoseconds = start.nanosecondsAgo }
        isFirst = false
    }

    /// What the body runs into where it is left: it runs anew.
    private static let suspension = DatabaseError.conflict(.serialization)

    /// The answer that there is; `nil` for what has to be asked now.
    ///
    /// - Throws: `suspension`.
    private func shared(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> Answer? {
        guard !isSuspended else { throw Self.suspension }
        guard !isDirty, try connection.isRead(sql) else { return nil }
        let bindings = Self.findable(bindings, by: sql)
        var answer = reads.answer(to: sql, bindings)
        if answer == nil, isSideBySide {
            answer = try reads.ask(sql, bindings, on: connection)
        }
        guard let answer, !answer.isInUse else { return nil }
        if !answer.isComplete {
            isSuspended = isSideBySide
            guard !isSuspended else { throw Self.suspension }
            try collectSharedReads()
        }
        answer.use()
        return answer
    }

    func start(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> any Query {
        do {
            if let answer = try shared(sql, bindings) { return answer }
            let start = isFirst ? Deadline(after: .zero) : nil
            let answer = try connection.query(sql, Self.findable(bindings, by: sql))
            if let start {
                turnNanoseconds = start.nanosecondsAgo
                isFirst = false
            }
            if !answer.isReadOnly { noteChange() }
            return answer
        } catch {
            if !isSuspended { failure = error }
            throw error
        }
    }

    func run(_ sql: StaticString, _ bindings: [SQLValue]) throws(DatabaseError) {
        guard !isSuspended else { throw Self.suspension }
        noteChange()
        do {
            try connection.run(sql, bindings)
        } catch {
            failure = error
            throw error
        }
    }

    private func noteChange() {
        isDirty = true
        if !isSideBySide { reads.forget() }
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
            case .records: try connection.query("SELECT nextval('records_seq_seq')")
            case .clinics: try connection.query("SELECT nextval('clinics_seq_seq')")
            case .doctors: try connection.query("SELECT nextval('doctors_seq_seq')")
            case .appointments: try connection.query("SELECT nextval('appointments_seq_seq')")
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
