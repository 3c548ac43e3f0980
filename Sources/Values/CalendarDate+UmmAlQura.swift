import Foundation

/// The civil Hijri calendar of Saudi Arabia, in which many birth dates are written down. From 1420 to
/// 1450 the days are those of the printed calendar; in other years a month may begin a day away from
/// it, since the rule by which it is worked out was another one.
extension CalendarDate {
    /// Whether a text begins with a Hijri year: 1300 to 1500, which is 1882 to 2077.
    package static func isUmmAlQura(_ text: String) -> Bool {
        let year = text.utf8.prefix(5)
        guard year.count == 5, year.last == UInt8(ascii: "-"),
            year.dropLast().allSatisfy({ (48...57).contains($0) })
        else { return false }
        return text >= "1300" && text < "1501"
    }

    /// The day that `YYYY-MM-DD` names in this calendar; `nil` when there is none, such as a day 30 of
    /// a month of 29.
    package init?(ummAlQura text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(ummAlQura: year, month: month, day: day)
    }

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
