package import Database
import Registry

/// The tables that a move copies, as this version's migrations make them: whatever a database has besides is not
/// ours.
package struct MovedSchema {
    /// Each behind those whose rows it names.
    package let tables: [Table]
    /// What tables hold before anything is stored.
    let initial: DatabaseSummary

    /// Each database says by itself which steps it has, and whether it is whole.
    private static let ownAffairs: Set<String> = ["schema_migrations", UnfinishedMove.table]

    /// - Throws: `MoveError` when no order of tables is right.
    package init() throws {
        (tables, initial) = try Schema.withEmpty { storage in
            let copy = try storage.openTables(.source)
            let tables = try Self.ordered(
                copy.tables().filter { !Self.ownAffairs.contains($0.name) })
            var initial = DatabaseSummary()
            try copy.transaction { _ in
                for table in tables {
                    var digest = TableDigest()
                    try copy.forEachPage(of: table) { page in page.rows.forEach { digest.add($0) } }
                    initial[table] = digest.finish()
                }
            }
            return (tables, initial)
        }
    }

    private static func ordered(_ tables: [Table]) throws -> [Table] {
        // Rows that name others of their table are compared with them by number.
        for table in tables where !table.ownReferences.isEmpty {
            guard table.key.count == 1, table.columns[table.key[0]].type == .integer else {
                throw MoveError("\(table.name) names its own rows, and not by a number.")
            }
        }
        var ordered: [Table] = []
        var rest = tables
        while !rest.isEmpty {
            let names = Set(rest.map(\.name))
            let next = rest.filter { table in
                table.references.allSatisfy { $0.table == table.name || !names.contains($0.table) }
            }
            guard !next.isEmpty else {
                throw MoveError("The tables \(names.sorted()) name each other's rows.")
            }
            ordered += next
            rest.removeAll { table in next.contains { $0.name == table.name } }
        }
        return ordered
    }

    /// - Throws: `MoveError` when a table is missing or is made otherwise, by whoever changed it.
    func require(of copy: TableCopy, _ place: String) throws {
        let found = Dictionary(
            try copy.tables().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for table in tables where found[table.name]?.hasLayout(of: table) != true {
            throw MoveError(
                "The table \(table.name) of \(place) is not as this version makes it. Nothing was "
                    + "moved.")
        }
    }
}

/// Why a database was not moved, in a sentence for the operator.
package struct MoveError: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) { self.description = description }
}
