import Foundation
import Values

/// The order of day and month in each column of dates, decided over the whole file: no cell decides
/// for itself, and no day is swapped in silence.
struct DateSurvey {
    private struct Tally {
        var dayFirst: String?
        var monthFirst: String?
        var either: (text: String, dayFirst: CalendarDate, monthFirst: CalendarDate)?

        /// What the column tells; `nil` where it says nothing, or contradicts itself.
        var order: DateOrder? {
            if dayFirst != nil, monthFirst != nil { return nil }
            return dayFirst != nil ? .dayFirst : monthFirst != nil ? .monthFirst : nil
        }

        mutating func take(_ text: String) {
            switch WrittenDate.orderEvidence(text) {
            case .none: break
            case .only(.dayFirst): dayFirst = dayFirst ?? text
            case .only(.monthFirst): monthFirst = monthFirst ?? text
            case .either(let day, let month): either = either ?? (text, day, month)
            }
        }
    }

    /// One for each column.
    ///
    /// - Parameter configured: decides where it is there.
    /// - Throws: `FileWait` where nobody can tell.
    static func orders(
        of input: borrowing InputFile, _ dialect: CSVDialect, _ heading: FileHeading,
        configured: DateOrder?
    ) throws -> [DateOrder?] {
        let columns = heading.layout.columns
        let dates = DateText(zone: .gmt)
        var tallies = [Tally](repeating: Tally(), count: columns.count)
        var reader = RowReader(dialect, offset: heading.offset, number: heading.row.number)
        while let row = try reader.next(from: input) {
            guard row.fault == nil else { continue }
            for index in 0..<min(row.count, columns.count) where columns[index].kind == .date {
                let value = RecordBuilder.trimmed(row[index])
                if value.isEmpty || value.count > 96 || dates.isISO(value) { continue }
                tallies[index].take(dialect.encoding.string(value))
            }
        }
        let told = Set(tallies.compactMap(\.order))
        return try columns.indices.map { index in
            try order(
                tallies[index], columns[index].name, configured,
                ofOthers: told.count == 1 ? told.first : nil)
        }
    }

    private static func order(
        _ tally: Tally, _ column: String, _ configured: DateOrder?, ofOthers: DateOrder?
    ) throws(FileWait) -> DateOrder? {
        let ways = "export the dates as YYYY-MM-DD"
        if let configured {
            // A date that exists in the other order alone is refused by its row; beside dates that may
            // be two days it tells that the configuration is wrong.
            if let order = tally.order, order != configured, let either = tally.either {
                let against = tally.dayFirst ?? tally.monthFirst ?? ""
                throw FileWait(
                    "date_order is \(configured.rawValue) in bridge_config.json, but the column \(column) "
                        + "has \(against); so \(either.text) would be read wrongly. Correct "
                        + "date_order, or \(ways).")
            }
            return configured
        }
        if let day = tally.dayFirst, let month = tally.monthFirst {
            throw FileWait(
                "The column \(column) has days first and months first: \(day) and \(month). Correct the "
                    + "dates that are wrong, or \(ways); with date_order in bridge_config.json the rows "
                    + "of the other order are refused.")
        }
        if let order = tally.order ?? ofOthers { return order }
        guard let either = tally.either else { return nil }
        throw FileWait(
            "Nothing in the column \(column) tells whether \(either.text) is \(either.dayFirst) or "
                + "\(either.monthFirst). Set \"date_order\": \"dmy\" (day first) or \"mdy\" in "
                + "bridge_config.json, or \(ways).")
    }
}
