/// What a date that somebody wrote tells of the order of day and month.
package enum OrderEvidence: Sendable, Equatable {
    /// It is the same day in either, or no date.
    case none
    /// It is a date only so.
    case only(DateOrder)
    case either(dayFirst: CalendarDate, monthFirst: CalendarDate)
}

extension WrittenDate {
    package static func orderEvidence(_ text: String) -> OrderEvidence {
        guard let (first, second, year) = threeNumbers(text) else {
            return evidence(
                read(text, order: .dayFirst).value?.date,
                read(text, order: .monthFirst).value?.date)
        }
        return evidence(
            CalendarDate(year: year, month: second, day: first),
            CalendarDate(year: year, month: first, day: second))
    }

    private static func evidence(
        _ dayFirst: CalendarDate?, _ monthFirst: CalendarDate?
    ) -> OrderEvidence {
        switch (dayFirst, monthFirst) {
        case (let day?, let month?):
            day == month ? .none : .either(dayFirst: day, monthFirst: month)
        case (_?, nil): .only(.dayFirst)
        case (nil, _?): .only(.monthFirst)
        case (nil, nil): .none
        }
    }

    /// Whether it is three numbers, the year one of four digits.
    static func isWholeDay(_ text: String) -> Bool {
        threeNumbers(text) != nil
            || text.utf8.count == 10 && text.utf8.dropFirst(4).first == UInt8(ascii: "-")
                && read(text).value?.precision == .day
    }

    /// `25/12/1985` without anything else: nearly every date that has an order, told without reading it
    /// twice. Years before 1800 may be those of another calendar.
    private static func threeNumbers(_ text: String) -> (Int, Int, Int)? {
        var reader = ByteReader(text.utf8)
        guard let first = reader.digits(upTo: 2), let mark = reader.next, "/-.".utf8.contains(mark)
        else { return nil }
        reader.skip()
        guard let second = reader.digits(upTo: 2), reader.next == mark else { return nil }
        reader.skip()
        guard let year = reader.digits(upTo: 4), year.count == 4, reader.isAtEnd,
            (1800...2200).contains(year.value)
        else { return nil }
        return (first.value, second.value, year.value)
    }
}
