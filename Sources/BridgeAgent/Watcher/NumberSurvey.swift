import Values

/// What parts thousands in each column of numbers, decided over the whole file as the order of dates
/// is: `14,468` may be 14.468 or 14468, and beside `1,234.5` or `12,345,678` it is the latter.
struct NumberSurvey {
    /// Separators that were seen where they part thousands, and before decimals.
    private var grouping: Set<UInt8> = []
    private var decimal: Set<UInt8> = []

    /// What the column tells; `nil` where it says nothing, or contradicts itself.
    private var separator: UInt8? {
        let told = grouping.subtracting(decimal)
        return told.count == 1 && grouping.count == 1 ? told.first : nil
    }

    /// One for each column.
    static func separators(
        of input: borrowing InputFile, _ dialect: CSVDialect, _ heading: FileHeading
    ) throws(FileError) -> [UInt8?] {
        let columns = heading.layout.columns
        var surveys = [NumberSurvey](repeating: NumberSurvey(), count: columns.count)
        var reader = RowReader(dialect, offset: heading.offset, number: heading.row.number)
        while let row = try reader.next(from: input) {
            guard row.fault == nil else { continue }
            for index in 0..<min(row.count, columns.count) where columns[index].kind == .number {
                if let range = number(in: row[index]) { surveys[index].take(row[index][range]) }
            }
        }
        return surveys.map(\.separator)
    }

    private mutating func take(_ number: ArraySlice<UInt8>) {
        let separators = number.filter { !Self.isDigit($0) }
        let groups = number.split(omittingEmptySubsequences: false) { !Self.isDigit($0) }
        guard let first = separators.first, let last = separators.last,
            !groups.contains(where: \.isEmpty)
        else { return }
        let heads = groups.dropFirst().dropLast()
        let isGroupedAhead = groups[0].count <= 3 && heads.allSatisfy { $0.count == 3 }
        let isOfThree = groups[groups.count - 1].count == 3
        if separators.count == 1 {
            // Three digits behind it say nothing, unless what is before them is no group.
            if !isOfThree || groups[0].count > 3 || groups[0].first == UInt8(ascii: "0") {
                decimal.insert(first)
            }
        } else if separators.allSatisfy({ $0 == first }) {
            if isGroupedAhead, isOfThree { grouping.insert(first) }
        } else if isGroupedAhead, separators.dropLast().allSatisfy({ $0 == first }) {
            grouping.insert(first)
            decimal.insert(last)
        }
    }

    /// Where the only number of a cell lies, between signs of currency or units without digits.
    private static func number(in cell: ArraySlice<UInt8>) -> Range<Int>? {
        guard cell.count <= 64, let start = cell.firstIndex(where: isDigit),
            let last = cell.lastIndex(where: isDigit),
            cell[start...last].allSatisfy({ isDigit($0) || isSeparator($0) })
        else { return nil }
        return start..<last + 1
    }

    /// Where the separator of a cell lies that may part thousands or be the decimal point.
    static func doubtfulSeparator(in cell: ArraySlice<UInt8>) -> Int? {
        guard let range = number(in: cell), (5...7).contains(range.count) else { return nil }
        let at = range.upperBound - 4
        guard cell[range].count(where: isSeparator) == 1, isSeparator(cell[at]),
            cell[range.lowerBound] != UInt8(ascii: "0")
        else { return nil }
        return at
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: ".")
    }
}

extension RecordBuilder {
    /// Finds out what a row's dates or numbers depend on, from the whole file.
    ///
    /// - Throws: `FileWait` where nobody can tell how dates are to be read.
    mutating func decide(
        isNumber: Bool, of input: borrowing InputFile, _ dialect: CSVDialect,
        _ heading: FileHeading, _ order: DateOrder?
    ) throws {
        if isNumber {
            separators = try NumberSurvey.separators(of: input, dialect, heading)
        } else {
            orders = try DateSurvey.orders(of: input, dialect, heading, configured: order)
        }
    }
}
