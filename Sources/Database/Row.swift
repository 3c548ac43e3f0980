/// The current row of a query; valid only inside the closure that it is passed to.
///
/// Columns count from 0. Asking for a type that the column does not hold (NULL included, unless the
/// name ends in `OrNil`) yields a placeholder and makes the query throw
/// `DatabaseError.unexpectedValue` once the closure returns: nothing wrong is ever used, and no
/// damaged row can stop the server.
@usableFromInline package struct Row: ~Copyable {
    @usableFromInline let query: any Query

    @inlinable package init(_ query: any Query) { self.query = query }

    package func isNull(_ column: Int) -> Bool { query.type(column) == .null }

    package func int64(_ column: Int) -> Int64 {
        holds(.integer, column) ? query.integer(column) : 0
    }

    package func int(_ column: Int) -> Int { Int(int64(column)) }

    package func intOrNil(_ column: Int) -> Int? { int64OrNil(column).map { Int($0) } }

    package func int64OrNil(_ column: Int) -> Int64? {
        let type = query.type(column)
        if type == .null { return nil }
        return holds(.integer, column, type) ? query.integer(column) : 0
    }

    /// True for every INTEGER but 0.
    package func bool(_ column: Int) -> Bool { int64(column) != 0 }

    /// A REAL; an INTEGER is converted.
    package func real(_ column: Int) -> Double {
        if query.type(column) == .integer { return Double(query.integer(column)) }
        return holds(.real, column) ? query.real(column) : 0
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    package func text(_ column: Int) -> String {
        unsafe withText(column) { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
    }

    package func textOrNil(_ column: Int) -> String? {
        let type = query.type(column)
        if type == .null { return nil }
        guard holds(.text, column, type) else { return "" }
        return unsafe String(decoding: query.bytes(column), as: UTF8.self)
    }

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
        holds(.blob, column) ? unsafe Array(query.bytes(column)) : []
    }

    package func blobOrNil(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    private func withText<R>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R {
        guard holds(.text, column) else {
            return try unsafe body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return try unsafe body(query.bytes(column))
    }

    private func holds(_ wanted: ColumnType, _ column: Int) -> Bool {
        holds(wanted, column, query.type(column))
    }

    /// Notes the first wrong read of a row, for the query to throw.
    private func holds(_ wanted: ColumnType, _ column: Int, _ found: ColumnType) -> Bool {
        if found != wanted, query.misread == nil {
            query.note(
                .unexpectedValue(column: column, wanted: wanted.rawValue, found: found.rawValue))
        }
        return found == wanted
    }
}
