import Database

/// What either engine can hold, and this one holds as it should.
enum StorableRow {
    /// - Throws: `MoveError` that names the row by its table and key.
    static func require(_ row: [SQLValue], of table: Table) throws {
        for (column, value) in zip(table.columns, row) {
            guard case .utf8(let text) = value, let fault = fault(of: text) else { continue }
            throw MoveError(
                "\(table.name) \(key(of: row, table)) has \(fault) in \(column.name), which "
                    + "PostgreSQL cannot store. Correct it first; nothing was copied.")
        }
    }

    private static func fault(of text: [UInt8]) -> String? {
        // Nearly all text is ASCII.
        if text.allSatisfy({ $0 &- 1 < 0x7F }) { return nil }
        if text.contains(0) { return "a U+0000" }
        return String(validating: text, as: UTF8.self) == nil ? "bytes that are no UTF-8" : nil
    }

    private static func key(of row: [SQLValue], _ table: Table) -> String {
        table.key(of: row).map { value in
            switch value {
            case .integer(let number): String(number)
            // Quoted, and what would move the cursor escaped.
            case .utf8(let text): String(decoding: text, as: UTF8.self).debugDescription
            case .blob(let bytes):
                bytes.prefix(32).map { String($0, radix: 16) }.joined(separator: " ")
            default: "NULL"
            }
        }.joined(separator: ", ")
    }
}
