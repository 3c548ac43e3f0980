/// One connection to an engine, as far as a `Transaction` needs it.
///
/// Used by one thread at a time, as a transaction is.
@usableFromInline package protocol Session: AnyObject {
    /// A statement with its values bound, ready for its first row. Each text is prepared once.
    ///
    /// SQL that begins or ends transactions, or writes through a reader, is a precondition failure.
    func start(
        _ sql: StaticString, _ bindings: [SQLValue]
    ) throws(DatabaseError) -> any Query

    /// Runs a statement of which nobody wants to know what it did. Should it fail, this call may say so, or the
    /// next statement, or the commit, which all fail then; nothing behind it is carried out.
    func run(_ sql: StaticString, _ bindings: [SQLValue]) throws(DatabaseError)

    /// The number that the next row of `table` is inserted with; NULL where the engine finds one itself.
    func newNumber(for table: NumberedTable) throws(DatabaseError) -> SQLValue
    /// The number that the engine found for the row that the last INSERT made.
    var lastNumber: Int64 { get }
    /// Forgotten when the transaction ends, and whenever anything of it rolls back.
    var batchState: (any Sendable)? { get set }
    /// Rows that the transaction in progress has left out because they cannot be read.
    var unreadableCount: Int { get set }
    /// True once the body in progress has run anything that may change data.
    var isDirty: Bool { get }
}

extension Session {
    package func run(_ sql: StaticString, _ bindings: [SQLValue]) throws(DatabaseError) {
        let query = try start(sql, bindings)
        defer { query.end() }
        _ = try query.run()
    }
}

/// What a `Transaction.batchState` says of the numbered, hashed rows that its batch has added to the end of a
/// table, such as an audit log: whether a COMMIT took place that nobody answered can be seen by the last.
package protocol LedgerState: AnyObject {
    var ledgerEnd: LedgerEnd? { get }
}

package struct LedgerEnd: Sendable, Hashable {
    package let number: Int64
    package let hash: [UInt8]

    package init(number: Int64, hash: [UInt8]) {
        self.number = number
        self.hash = hash
    }
}

/// Tables of which an id is made of a row's number, as soon as the row is there.
@usableFromInline package enum NumberedTable: String, Sendable, CaseIterable {
    case records, clinics, doctors, appointments
}

/// A statement in progress, between `Session.start` and its own `end`.
///
/// What a column holds is asked of the current row alone, and by the type that it has.
@usableFromInline package protocol Query: AnyObject {
    /// True when running it leaves the data as they are.
    var isReadOnly: Bool { get }
    /// What was read wrongly from the current row, to be thrown when the body returns.
    var misread: DatabaseError? { get }
    /// Sets `misread`. A setter in the protocol would have every look at it watched for another access.
    func note(_ misread: DatabaseError)

    /// Moves to the next row; false at the end.
    func next() throws(DatabaseError) -> Bool
    /// Runs it to its end.
    ///
    /// - Returns: how many rows it changed itself, not counting triggers and foreign key actions.
    func run() throws(DatabaseError) -> Int
    /// Makes the statement ready for its next use and drops every reference to bound bytes.
    func end()

    /// A column that the row does not have is a precondition failure.
    func type(_ column: Int) -> ColumnType
    func integer(_ column: Int) -> Int64
    func real(_ column: Int) -> Double
    /// Of TEXT or a BLOB. The engine owns the bytes; they stay where they are until `next` or `end`.
    @unsafe func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8>
}

@usableFromInline package enum ColumnType: String, Sendable {
    case null = "NULL"
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
    case blob = "BLOB"
}

extension Query {
    /// Throws what the body has read wrongly from the current row.
    @inlinable package func checkReads() throws(DatabaseError) {
        if let misread { throw misread }
    }
}
