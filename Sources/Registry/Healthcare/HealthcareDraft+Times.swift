import Foundation
import JSON
import Values

/// Days and times, as they are written at the branch.
extension HealthcareDraft {
    mutating func takeDay(
        _ value: JSONValue, _ field: HealthcareField, in reading: HealthcareReading
    ) -> Bool {
        // What the documents print, and nearly every system sends.
        if let sent = value.string, let day = HealthcareDraft.plainDay(sent) {
            return keep(BirthDate(day), value, field, isHijri: false)
        }
        guard let sent = value.textOrDigits else {
            refuse(field.name, "must be a date such as 2026-06-15")
            return false
        }
        switch WrittenDate.read(sent) {
        // SQL Server's least small date; of births it is somebody's guess, and never matches.
        case .value(let written, _)
        where written.date == CalendarDate.events.lowerBound && !field.isBirth:
            refuse(field.name, "is required; \(sent.prefix(32)) stands for no date")
            return false
        case .nothing:
            // .NET's least and greatest dates say nothing, but where a day has to be.
            if field.isKey {
                refuse(field.name, "is required; \(sent.prefix(32)) stands for no date")
            }
            return false
        case .refused(let sentence):
            refuse(field.name, sentence)
            return false
        case .value(let written, let remark):
            if let remark = written.remark ?? remark {
                warnings.append("\(field.name): \(remark).")
            }
            guard written.precision == .day else {
                guard field.isBirth else {
                    refuse(field.name, "must be a day, such as 2026-06-15")
                    return false
                }
                return keep(
                    BirthDate(written.date, precision: written.precision), value, field,
                    isHijri: false)
            }
            guard let day = written.day(in: reading.zone) else { return false }
            return keep(BirthDate(day), value, field, isHijri: written.remark != nil)
        }
    }

    /// `YYYY-MM-DD`, alone or at midnight.
    private static func plainDay(_ text: String) -> CalendarDate? {
        let rest = text.utf8.dropFirst(10)
        guard rest.isEmpty || rest.elementsEqual(HealthcareDraft.midnight.description.utf8),
            let day = CalendarDate(String(text.utf8.prefix(10)) ?? ""),
            day > CalendarDate.events.lowerBound
        else { return nil }
        return day
    }

    private mutating func keep(
        _ date: BirthDate, _ value: JSONValue, _ field: HealthcareField, isHijri: Bool
    ) -> Bool {
        guard field.days.contains(date.date) else {
            refuse(field.name, CalendarDate.refusal(of: field.days))
            return false
        }
        if field.isCommand {
            keys.previousDate = date.date
        } else {
            keepAsSent(isHijri ? value : nil, as: field, date.date)
            keys.date = date.date
            if field.isBirth { keys.birthDate = date }
        }
        fields.append("\"")
        fields.append(contentsOf: date.description.utf8)
        if case .dayAtMidnight = field.kind { fields.append(HealthcareDraft.midnight) }
        fields.append("\"")
        return true
    }

    /// A day of another calendar stays among the further fields, under the name it was sent by, for as
    /// long as it is the same day.
    mutating func keepAsSent(
        _ value: JSONValue?, as field: HealthcareField, _ day: CalendarDate? = nil
    ) {
        let name = field.name.description
        if let value { return keep(name, value) }
        let sent = extra.first { $0.name == name }?.value
        // What was read here comes back with both.
        if let day, let sent, let text = try? JSONDocument(sent).root.string,
            let written = WrittenDate.read(text).value, written.remark != nil, written.date == day
        {
            return
        }
        extra.removeAll { $0.name == name }
        extra.append((name, nil))
    }

    private static let midnight: StaticString = "T00:00:00"

    mutating func takeClockTime(_ value: JSONValue, _ field: HealthcareField) -> Bool {
        guard let text = value.textOrDigits else {
            refuse(field.name, "must be a time such as 10:30 or 10:30:00")
            return false
        }
        let time: String
        switch ClockTime.read(text) {
        case .value(let clock, _): time = clock.text
        case .nothing: return false
        case .refused(let sentence):
            refuse(field.name, sentence)
            return false
        }
        let slot = String(time.prefix(5))
        switch field.meaning {
        case .timeFrom: keys.timeFrom = slot
        case .timeTo: keys.timeTo = slot
        default: keys.previousTimeFrom = slot
        }
        fields.append("\"")
        fields.append(contentsOf: time.utf8)
        fields.append("\"")
        return true
    }
}

extension JSONValue {
    /// A text, or a number as it was written.
    fileprivate var textOrDigits: String? {
        kind == .number ? String(decoding: raw, as: UTF8.self) : string
    }
}
