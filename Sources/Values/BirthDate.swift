import Foundation

/// When somebody was born, as exactly as it is known (FHIR `date`): a day, a month or a year.
package struct BirthDate: Hashable, Sendable, CustomStringConvertible {
    /// The first day that it may be.
    package let date: CalendarDate
    package let precision: DatePrecision

    package init(_ date: CalendarDate, precision: DatePrecision = .day) {
        self.date = date
        self.precision = precision
    }

    /// Reads exactly `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    package init?(_ text: String) {
        let (rest, precision): (String, DatePrecision) =
            switch text.utf8.count {
            case 4: ("-01-01", .year)
            case 7: ("-01", .month)
            default: ("", .day)
            }
        guard let date = CalendarDate(text + rest) else { return nil }
        self.init(date, precision: precision)
    }

    package var year: Int { date.year }

    /// East of Greenwich it is tomorrow already.
    package func isFuture(at now: Timestamp) -> Bool {
        date > now.adding(seconds: 86_400).day(in: .gmt)
    }

    /// As it is shown and stored: a day that nobody knows is not made up.
    package var description: String {
        switch precision {
        case .day: date.description
        case .month: String(date.description.prefix(7))
        case .year: String(date.description.prefix(4))
        }
    }

    /// What is compared with other days: of a year or a month 1 January, which tells nobody apart.
    package var compared: CalendarDate {
        precision == .day ? date : CalendarDate(year: date.year, month: 1, day: 1) ?? date
    }

    /// 1 January and 31 December are where unknown days are put.
    package var standsForYear: Bool { compared.standsForYear }

    /// Whether both say the same, as far as each is known.
    package func agrees(with other: BirthDate) -> Bool {
        let count = min(description.utf8.count, other.description.utf8.count)
        return description.utf8.prefix(count).elementsEqual(other.description.utf8.prefix(count))
    }
}

extension CalendarDate {
    package var standsForYear: Bool { (month, day) == (1, 1) || (month, day) == (12, 31) }
}
