import CSQLite

/// The current row of a query; valid only inside the closure that it is passed to.
///
/// Columns count from 0. Asking for a type that the column does not hold (NULL included, unless the
/// name ends in `OrNil`) yields a placeholder and makes the query throw
/// `DatabaseError.unexpectedValue` once the closure returns: nothing wrong is ever used, and no
/// damaged row can stop the server.
package struct Row: ~Copyable {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    package func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

    package func int64(_ column: Int) -> Int64 {
        guard expect(type(column) == SQLITE_INTEGER, column, "INTEGER") else { return 0 }
        return unsafe sqlite3_column_int64(statement.handle, Int32(column))
    }

    package func int(_ column: Int) -> Int { Int(int64(column)) }

    package func intOrNil(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

    package func int64OrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    /// True for every INTEGER but 0.
    package func bool(_ column: Int) -> Bool { int64(column) != 0 }

    /// A REAL; an INTEGER is converted.
    package func real(_ column: Int) -> Double {
        let type = type(column)
        guard expect(type == SQLITE_FLOAT || type == SQLITE_INTEGER, column, "REAL") else {
            return 0
        }
        return unsafe sqlite3_column_double(statement.handle, Int32(column))
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    package func text(_ column: Int) -> String {
        unsafe withText(column) { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// TEXT as its bytes: no validation and no `String`.
    package func utf8(_ column: Int) -> [UInt8] {
        unsafe withText(column) { bytes in unsafe Array(bytes) }
    }

    /// Lends the bytes of TEXT without a copy; the span must not outlive `body`.
    package func withUTF8<R>(
        _ column: Int, _ body: (Span<UInt8>) throws -> R
    ) rethrows -> R {
        try unsafe withText(column) { bytes in try unsafe body(bytes.span) }
    }

    package func blob(_ column: Int) -> [UInt8] {
        guard expect(type(column) == SQLITE_BLOB, column, "BLOB"),
            let bytes = unsafe sqlite3_column_blob(statement.handle, Int32(column))
        else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(statement.handle, Int32(column)))
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    package func blobOrNil(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// SQLite owns the bytes; they stay where they are until the next step.
    private func withText<R>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        guard expect(type(column) == SQLITE_TEXT, column, "TEXT"),
            let bytes = unsafe sqlite3_column_text(statement.handle, Int32(column))
        else { return try unsafe body(UnsafeBufferPointer(start: nil, count: 0)) }
        let count = unsafe Int(sqlite3_column_bytes(statement.handle, Int32(column)))
        return try unsafe body(UnsafeBufferPointer(start: bytes, count: count))
    }

    private func type(_ column: Int) -> Int32 {
        precondition(
            unsafe column >= 0 && column < Int(sqlite3_data_count(statement.handle)),
            "no such column")
        return unsafe sqlite3_column_type(statement.handle, Int32(column))
    }

    private func expect(_ holds: Bool, _ column: Int, _ wanted: String) -> Bool {
        if !holds { statement.misread(column, wanted: wanted, found: type(column)) }
        return holds
    }
}

extension Statement {
    /// Notes the first wrong read of a row, for the query to throw.
    fileprivate func misread(_ column: Int, wanted: String, found type: Int32) {
        guard misread == nil else { return }
        let found =
            switch type {
            case SQLITE_NULL: "NULL"
            case SQLITE_INTEGER: "INTEGER"
            case SQLITE_FLOAT: "REAL"
            case SQLITE_TEXT: "TEXT"
            default: "BLOB"
            }
        misread = .unexpectedValue(column: column, wanted: wanted, found: found)
    }
}
