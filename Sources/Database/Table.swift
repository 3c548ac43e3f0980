/// A table as its database describes it.
package struct Table: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        package let name: String
        package let type: ColumnType

        package init(name: String, type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// A column that names rows of a table, by their key.
    package struct Reference: Sendable, Hashable {
        package let column: Int
        package let table: String

        package init(column: Int, table: String) {
            self.column = column
            self.table = table
        }
    }

    package let name: String
    package let columns: [Column]
    /// Indexes of the primary key's columns, in the key's order.
    package let key: [Int]
    /// Known of SQLite alone; both engines have the same.
    package let references: [Reference]

    /// - Returns: nil when it is none of ours: a name that is not written in lower case, digits and
    ///   underscores, no column, or no primary key.
    package init?(name: String, columns: [Column], key: [Int], references: [Reference] = []) {
        let names = [name] + columns.map(\.name)
        guard names.allSatisfy(Self.isPlain), !columns.isEmpty, !key.isEmpty,
            key.allSatisfy(columns.indices.contains)
        else { return nil }
        self.name = name
        self.columns = columns
        self.key = key
        self.references = references
    }

    private static func isPlain(_ name: String) -> Bool {
        1...63 ~= name.utf8.count
            && name.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F }
    }

    /// Whether rows of one fit the other.
    package func hasLayout(of other: Table) -> Bool {
        name == other.name && columns == other.columns && key == other.key
    }

    package func key(of row: [SQLValue]) -> [SQLValue] { key.map { row[$0] } }

    /// The columns that name rows of this very table.
    package var ownReferences: [Int] { references.filter { $0.table == name }.map(\.column) }
}

// MARK: Statements

/// In words that SQLite and PostgreSQL share.
extension Table {
    private var quoted: String { "\"\(name)\"" }

    private func list(_ indexes: some Sequence<Int>) -> String {
        indexes.map { "\"\(columns[$0].name)\"" }.joined(separator: ", ")
    }

    private func places(_ count: Int) -> String {
        "(" + repeatElement("?", count: count).joined(separator: ", ") + ")"
    }

    /// Rows in the key's order, behind the key that the parameters name.
    func selection(isBehindKey: Bool, limit: Int) -> String {
        let condition = isBehindKey ? " WHERE (\(list(key))) > \(places(key.count))" : ""
        return "SELECT \(list(columns.indices)) FROM \(quoted)\(condition) "
            + "ORDER BY \(list(key)) LIMIT \(limit)"
    }

    var selectionOfLastKey: String {
        let order = key.map { list([$0]) + " DESC" }.joined(separator: ", ")
        return "SELECT \(list(key)) FROM \(quoted) ORDER BY \(order) LIMIT 1"
    }

    var count: String { "SELECT COUNT(*) FROM \(quoted)" }

    /// Keys of rows that name one behind themselves, and what they name: behind the key that the parameter is.
    func selectionOfForwardReferences(_ column: Int, limit: Int) -> String {
        let (key, column) = (list(key), list([column]))
        return "SELECT \(key), \(column) FROM \(quoted) WHERE \(column) > \(key) AND \(key) > ? "
            + "ORDER BY \(key) LIMIT \(limit)"
    }

    func update(_ column: Int) -> String {
        "UPDATE \(quoted) SET \(list([column])) = ? WHERE \(list(key)) = ?"
    }

    var deletion: String { "DELETE FROM \(quoted)" }

    /// With the values of so many rows as parameters, one row's after the other's.
    package func insertion(rows: Int) -> String {
        "INSERT INTO \(quoted) (\(list(columns.indices))) VALUES "
            + repeatElement(places(columns.count), count: rows).joined(separator: ", ")
    }
}

/// A table while its description is read, column by column.
package struct TableDraft {
    package let name: String
    private var columns: [Table.Column] = []
    /// Indexes of columns by their place in the key.
    private var places: [Int: Int] = [:]
    private var hasForeignType = false

    package init(name: String) { self.name = name }

    /// - Parameters:
    ///   - type: nil when it is none that is stored.
    ///   - keyPlace: where it stands in the primary key, from 1 on; 0 outside of it.
    package mutating func add(_ column: String, _ type: ColumnType?, keyPlace: Int) {
        hasForeignType = hasForeignType || type == nil
        if keyPlace > 0 { places[keyPlace] = columns.count }
        columns.append(Table.Column(name: column, type: type ?? .null))
    }

    /// - Parameter references: columns, and the tables whose rows they name.
    /// - Returns: nil when it is no table of ours.
    package func table(_ references: [(column: String, table: String)] = []) -> Table? {
        guard !hasForeignType else { return nil }
        let known = references.compactMap { reference in
            columns.firstIndex { $0.name == reference.column }
                .map { Table.Reference(column: $0, table: reference.table) }
        }
        return Table(
            name: name, columns: columns, key: places.sorted { $0.key < $1.key }.map(\.value),
            references: known.sorted { $0.column < $1.column })
    }
}
