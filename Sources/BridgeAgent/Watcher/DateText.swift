import Foundation
import Values

/// Dates as people write them, turned into what every server reads: a year, a month or a day as FHIR
/// writes them, or RFC 3339 when there is a time.
struct DateText {
    /// Of times without an offset.
    let zone: TimeZone

    /// Whether the text is `YYYY-MM-DD` already, as most are. Earlier days may stand for "no date".
    func isISO(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count == 10 else { return false }
        var numbers = InlineArray<3, Int>(repeating: 0)
        var part = 0
        for (index, byte) in text.enumerated() {
            if index == 4 || index == 7 {
                guard byte == UInt8(ascii: "-") else { return false }
                part += 1
            } else {
                guard 48...57 ~= byte else { return false }
                numbers[part] = numbers[part] * 10 + Int(byte) - 48
            }
        }
        return (1900...2200).contains(numbers[0])
            && CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]) != nil
    }

    /// - Parameter order: of day and month in the text's column.
    func iso(_ text: String, _ order: DateOrder?) -> Reading<String> {
        switch WrittenDate.read(text, order: order) {
        case .nothing: return .nothing
        case .refused(let sentence): return .refused(sentence)
        case .value(let date, _):
            guard let clock = date.clock else {
                return .value(
                    BirthDate(date.date, precision: date.precision).description,
                    remark: date.remark)
            }
            guard let moment = date.moment(in: zone) else {
                return .refused("must be a date that exists, such as 1990-07-22")
            }
            let wall = Int64(date.date.daysSince1970) * 86_400_000 + Int64(clock.milliseconds)
            return .value(
                "\(date.date)T\(clock.text)" + Self.fraction(clock.millisecond)
                    + Self.offset(Int((wall - moment.milliseconds) / 1000)),
                remark: date.remark)
        }
    }

    private static func fraction(_ milliseconds: Int) -> String {
        milliseconds == 0 ? "" : "." + padded(milliseconds, 3)
    }

    private static func offset(_ seconds: Int) -> String {
        if seconds == 0 { return "Z" }
        let minutes = abs(seconds) / 60
        return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
