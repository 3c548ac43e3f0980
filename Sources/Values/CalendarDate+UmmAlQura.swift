import Foundation

/// The civil Hijri calendar of Saudi Arabia, in which many birth dates are written down. From 1420 to
/// 1450 the days are those of the printed calendar; in other years a month may begin a day away from
/// it, since the rule by which it is worked out was another one.
extension CalendarDate {
    /// `nil` when the calendar has no such day, such as a day 30 of a month of 29.
    init?(ummAlQura year: Int, month: Int, day: Int) {
        guard
            let date = CalendarDate.hijri.date(
                from: DateComponents(year: year, month: month, day: day))
        else { return nil }
        // What does not exist is taken for a later day.
        let found = CalendarDate.hijri.dateComponents([.year, .month, .day], from: date)
        guard found.year == year, found.month == month, found.day == day else { return nil }
        let days = (date.timeIntervalSince1970 / 86_400).rounded(.down)
        self.init(daysSince1970: Int(days))
    }

    private static let hijri: Calendar = {
        var calendar = Calendar(identifier: .islamicUmmAlQura)
        calendar.timeZone = .gmt
        return calendar
    }()
}
