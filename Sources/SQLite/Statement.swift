import CSQLite
import Database

/// One prepared statement, owned by its connection's cache and used on that connection's thread.
///
/// A class because the cache and the query in progress share it. Life: idle → in use → idle.
@safe final class Statement: Query {
    let handle: OpaquePointer
    /// True when running it leaves the file as it is (sqlite3_stmt_readonly).
    let isReadOnly: Bool
    /// BEGIN, COMMIT and their kind: the library runs them, a transaction's body must not.
    let isControl: Bool
    /// Set while a query steps through the statement, whose body may ask for the same SQL again.
    var isInUse = false
    private(set) var misread: DatabaseError?

    /// Owns the statement, or outlives the query that has the only reference to it.
    private unowned(unsafe) let connection: Connection
    private let parameterCount: Int
    /// Bound text lives here until the statement is reset, so that SQLite need not copy it into
    /// allocations of its own. Allocated at the first use, freed with the statement.
    private var arena: UnsafeMutableRawBufferPointer?
    private static let arenaBytes = 2048

    /// Takes over `handle`.
    @safe init(_ handle: OpaquePointer, of connection: Connection, isControl: Bool) {
        unsafe self.handle = handle
        unsafe self.connection = connection
        self.isControl = isControl
        isReadOnly = unsafe sqlite3_stmt_readonly(handle) != 0
        parameterCount = unsafe Int(sqlite3_bind_parameter_count(handle))
    }

    deinit {
        unsafe sqlite3_finalize(handle)
        unsafe arena?.deallocate()
    }

    /// Makes the statement ready for its next use and drops every reference to bound bytes.
    func reset() {
        // The result repeats the error of the last step, which was thrown already.
        unsafe sqlite3_reset(handle)
        if parameterCount > 0 { unsafe sqlite3_clear_bindings(handle) }
        misread = nil
        isInUse = false
    }

    func end() { reset() }

    func note(_ misread: DatabaseError) { self.misread = misread }

    func next() throws(DatabaseError) -> Bool { try unsafe connection.step(self) }

    func run() throws(DatabaseError) -> Int {
        let connection = unsafe connection
        let before = connection.totalChanges
        while try connection.step(self) {}
        return connection.totalChanges == before ? 0 : connection.lastChanges
    }

    // MARK: The current row

    func type(_ column: Int) -> ColumnType {
        precondition(
            unsafe column >= 0 && column < Int(sqlite3_data_count(handle)), "no such column")
        return switch unsafe sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        default: .blob
        }
    }

    func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(handle, Int32(column)) }

    func real(_ column: Int) -> Double { unsafe sqlite3_column_double(handle, Int32(column)) }

    @unsafe func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        // An empty value has no address. TEXT is UTF-8, so that asking for a BLOB converts nothing.
        guard let bytes = unsafe sqlite3_column_blob(handle, Int32(column)) else {
            return unsafe UnsafeBufferPointer(start: nil, count: 0)
        }
        let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
        return unsafe UnsafeBufferPointer(
            start: bytes.assumingMemoryBound(to: UInt8.self), count: count)
    }

    // MARK: Parameters

    /// Binds all parameters, in the order of their first appearance.
    func bind(_ values: [SQLValue]) throws(DatabaseError) {
        precondition(values.count == parameterCount, "as many values as parameters")
        var used = 0
        for index in values.indices {
            let code = bind(values[index], at: Int32(index + 1), used: &used)
            guard code == SQLITE_OK else {
                throw unsafe DatabaseError(on: sqlite3_db_handle(handle))
            }
        }
    }

    /// Inlined, so that an array's element is not copied first: statements have up to twenty.
    @inline(__always)
    private func bind(_ value: SQLValue, at index: Int32, used: inout Int) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let value): return unsafe sqlite3_bind_int64(handle, index, value)
        case .real(let value): return unsafe sqlite3_bind_double(handle, index, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bind(UnsafeRawBufferPointer(bytes), at: index, isText: true, used: &used)
            }
        case .utf8(let value):
            return unsafe value.withUnsafeBytes { bytes in
                bind(bytes, at: index, isText: true, used: &used)
            }
        case .utf8Slice(let value):
            return unsafe value.withUnsafeBytes { bytes in
                bind(bytes, at: index, isText: true, used: &used)
            }
        case .blob(let value):
            return unsafe value.withUnsafeBytes { bytes in
                bind(bytes, at: index, isText: false, used: &used)
            }
        }
    }

    /// Binds bytes by length, so that NUL is a character like any other.
    ///
    /// They are copied into what `used` leaves of the arena, where they stay until `reset`; when
    /// they do not fit there, SQLite makes its own copy.
    @safe private func bind(
        _ bytes: UnsafeRawBufferPointer, at index: Int32, isText: Bool, used: inout Int
    ) -> Int32 {
        let arena = unsafe arena ?? makeArena()
        let start = unsafe arena.baseAddress?.advanced(by: used)
        var source = UnsafeRawPointer(start)
        var destructor: sqlite3_destructor_type?
        if bytes.count <= arena.count - used {
            // An empty value ends here too: its address is the arena's, never nil, which would
            // bind NULL.
            if let from = bytes.baseAddress {
                unsafe start?.copyMemory(from: from, byteCount: bytes.count)
            }
            used += bytes.count
        } else {
            unsafe source = bytes.baseAddress
            unsafe destructor = opescare_sqlite_transient()
        }
        let count = UInt64(bytes.count)
        guard isText else {
            return unsafe sqlite3_bind_blob64(handle, index, source, count, destructor)
        }
        let text = unsafe source?.assumingMemoryBound(to: CChar.self)
        let encoding = UInt8(SQLITE_UTF8)
        return unsafe sqlite3_bind_text64(handle, index, text, count, destructor, encoding)
    }

    private func makeArena() -> UnsafeMutableRawBufferPointer {
        let new = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.arenaBytes, alignment: 16)
        unsafe arena = new
        return unsafe new
    }
}
