/// The row of the column names: the first filled one, or one below the title that some exports have
/// above their table.
struct FileHeading {
    /// How many rows of a file may come before the column names, and one.
    static let searchedRows = 10

    let row: CSVRow
    let layout: FileLayout
    /// Of the text, behind the row.
    let offset: Int
    /// The rows above that are not blank.
    private(set) var skippedRows: [Int] = []

    /// - Throws: `FileRefusal` when there is no such row.
    init(
        of input: borrowing InputFile, _ dialect: CSVDialect, _ type: FileType? = nil,
        named: [String: String] = [:]
    ) throws {
        var reader = RowReader(dialect, offset: dialect.headerOffset, number: 0)
        guard let first = try reader.nextFilled(from: input) else {
            throw FileRefusal("The file has no rows, not even one with the column names.")
        }
        var found = (row: first, offset: reader.offset)
        let encoding = dialect.encoding
        let isNamed = !named.isEmpty && Self.isHeading(first, encoding, named)
        if !isNamed, !Self.isHeading(first, encoding) {
            var above = [first]
            while let row = try reader.nextFilled(from: input), row.number <= Self.searchedRows {
                if Self.isHeading(row, below: above, encoding) {
                    found = (row, reader.offset)
                    skippedRows = above.map(\.number)
                    break
                }
                above.append(row)
            }
        }
        row = found.row
        offset = found.offset
        layout = try FileLayout(heading: found.row, encoding, type, named: named)
    }

    /// What was passed over; `nil` when nothing was.
    var remark: String? {
        guard !skippedRows.isEmpty else { return nil }
        let rows = skippedRows.map(String.init).joined(separator: ", ")
        return "the column names are in row \(row.number), and what is above them was passed over "
            + "(row \(rows))"
    }

    /// Several names, at least one of them ours.
    static func isHeading(
        _ row: CSVRow, _ encoding: TextEncoding, _ named: [String: String] = [:]
    ) -> Bool {
        row.fault == nil && filledCount(row) > 1 && knownCount(row, encoding, named) > 0
    }

    /// One of our names may stand in a row of data as well, and rows that are passed over are not
    /// sent: below anything but lines of plain text it takes two.
    private static func isHeading(
        _ row: CSVRow, below rows: [CSVRow], _ encoding: TextEncoding
    ) -> Bool {
        let isBelowTitle = rows.allSatisfy {
            filledCount($0) == 1 && knownCount($0, encoding) == 0
        }
        return isHeading(row, encoding) && (isBelowTitle || knownCount(row, encoding) > 1)
    }

    static func knownCount(
        _ row: CSVRow, _ encoding: TextEncoding, _ named: [String: String] = [:]
    ) -> Int {
        (0..<row.count).count { ColumnNames.isKnown(encoding.string(row[$0]), named) }
    }

    private static func filledCount(_ row: CSVRow) -> Int {
        (0..<row.count).count { !row[$0].allSatisfy(CSVRow.isBlank) }
    }
}
