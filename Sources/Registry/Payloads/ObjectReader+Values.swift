import Foundation
import JSON
package import Values

// Values as people and programs write them: every reading is one of `Values`, the same on all paths.

extension ObjectReader {
    /// What was read, with its complaint or remark under the field's name.
    package mutating func value<Value>(of reading: Reading<Value>, at name: StaticString) -> Value?
    {
        switch reading {
        case .value(let value, let remark):
            if let remark { self.remark(name, remark) }
            return value
        case .nothing: return nil
        case .refused(let sentence):
            refuse(name, sentence)
            return nil
        }
    }

    /// A text, or the digits of a number; of more than `maximum` characters it is refused.
    private mutating func written(_ field: Field, maximum: Int = 255) -> String? {
        switch field.value.kind {
        case .number: return String(decoding: field.value.raw, as: UTF8.self)
        case .string:
            guard let text = field.value.string, text.utf8.count <= maximum * 4 else {
                refuse(field.name, "must be at most \(maximum) characters long")
                return nil
            }
            return text
        default:
            refuse(field.name, "must be a text or a number")
            return nil
        }
    }

    /// What is left of an optional value that a spreadsheet or a code page has destroyed: a remark, and
    /// nothing else. Who it belongs to is registered without it.
    private mutating func withoutDebris<Value>(
        _ reading: Reading<Value>, _ fault: String?, at name: StaticString
    ) -> Reading<Value> {
        guard let fault else { return reading }
        remark(name, "not kept; it \(fault).")
        return .nothing
    }

    /// A person's own number, if it is one.
    package mutating func personalNumber(_ names: StaticString..., maximum: Int = 64) -> String? {
        guard let field = value(names), let text = written(field, maximum: maximum) else {
            return nil
        }
        let reading = IdentifierText.read(text)
        guard
            let number = value(
                of: withoutDebris(reading, reading.refusal, at: field.name), at: field.name),
            isLine(number, field, maximum: maximum)
        else { return nil }
        fields?.take(names[0], field.value, as: number)
        return number
    }

    /// Whether what identifies is short and plain; else the complaint says so.
    private mutating func isLine(_ text: String, _ field: Field, maximum: Int) -> Bool {
        // Nearly every one.
        if text.utf8.count <= maximum, text.isVisibleASCII { return true }
        let isLine =
            text.unicodeScalars.count <= maximum
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if !isLine {
            refuse(
                field.name, "must be at most \(maximum) characters long, without control characters"
            )
        }
        return isLine
    }

    /// A number or code by which a system knows one person or thing; what stands for nothing is none.
    package mutating func identifier(_ names: StaticString..., maximum: Int = 255) -> String? {
        identifier(names, maximum: maximum)
    }

    package mutating func identifier(_ names: [StaticString], maximum: Int = 255) -> String? {
        guard let field = value(names), let text = written(field, maximum: maximum),
            let read = value(of: IdentifierText.readReference(text), at: field.name),
            isLine(read, field, maximum: maximum)
        else { return nil }
        fields?.take(names[0], field.value, as: read)
        return read
    }

    package mutating func requiredIdentifier(_ names: [StaticString], maximum: Int = 255) -> String
    {
        guard let text = identifier(names, maximum: maximum) else {
            require(names)
            return ""
        }
        return text
    }

    package mutating func phone(_ names: StaticString...) -> String? {
        guard let field = value(names), let text = written(field, maximum: 100),
            let phone = value(
                of: withoutDebris(
                    PhoneText.read(text), Placeholder.spreadsheetFault(text.plainCode),
                    at: field.name), at: field.name)
        else { return nil }
        fields?.take(names[0], field.value, as: phone)
        return phone
    }

    /// What was measured, as it was written; what a spreadsheet has made of it is refused.
    package mutating func requiredMeasurement(
        _ names: StaticString..., by fault: (String) -> String? = Placeholder.measurementFault
    ) -> String? {
        guard let text = scalar(names, maximum: 4_000) else {
            require(names)
            return nil
        }
        guard !Placeholder.isPlainMeasurement(text) else { return text }
        let code = text.plainCode
        if let fault = fault(code) {
            refuse(value(names)?.name ?? names[0], fault)
            return nil
        }
        if let said = Placeholder.measurementRemark(code) { remark(names[0], "it \(said).") }
        return text
    }

    /// A text that no spreadsheet has destroyed; the remains of another are not kept.
    package mutating func intact(
        _ text: String?, _ name: StaticString, by fault: (String) -> String?
    ) -> String? {
        guard let text, let fault = fault(text.plainCode) else { return text }
        remark(name, "not kept; it \(fault).")
        return nil
    }

    /// A word of a closed list, as `read` reads it.
    package mutating func word<Value>(
        _ names: StaticString..., maximum: Int = 64, by read: (String) -> Reading<Value>
    ) -> Value? {
        let field = value(names) { text in read(text).value.map(Self.spelling) }
        guard let field, let text = written(field, maximum: maximum) else { return nil }
        let value = value(of: read(text), at: field.name)
        // What stands for nothing says nothing in whichever word.
        fields?.take(names[0], field.value, as: value.map(Self.spelling) ?? text)
        return value
    }

    /// Interpolating looks up by name how a type is shown, whatever it is.
    private static func spelling<Value>(_ value: Value) -> String {
        (value as? String) ?? (value as? any CustomStringConvertible)?.description ?? "\(value)"
    }

    /// A day as people write it; of a moment the day that was meant.
    package mutating func date(_ names: StaticString...) -> CalendarDate? {
        guard let (field, written) = writtenDate(names) else { return nil }
        guard written.precision == .day else {
            refuse(field.name, "must be a day, such as 2026-06-15")
            return nil
        }
        return day(written, field, names[0])
    }

    /// The last day of use; of a month (`12/2027`) its last day.
    package mutating func expiry(_ names: StaticString...) -> CalendarDate? {
        guard let (field, written) = writtenDate(names) else { return nil }
        switch written.precision {
        case .day: return day(written, field, names[0])
        case .year:
            refuse(field.name, "must be a day or a month, such as 2027-12-31")
            return nil
        case .month:
            let date = written.date.lastOfMonth
            fields?.take(names[0], field.value, as: date.description)
            return date
        }
    }

    /// As exactly as it is known.
    package mutating func birthDate(_ names: StaticString...) -> BirthDate? {
        guard let (field, written) = writtenDate(names, in: CalendarDate.births) else {
            return nil
        }
        guard written.precision == .day else {
            let born = BirthDate(written.date, precision: written.precision)
            fields?.take(names[0], field.value, as: born.description)
            return born
        }
        return day(written, field, names[0]).map { BirthDate($0) }
    }

    private mutating func writtenDate(
        _ names: [StaticString], in range: ClosedRange<CalendarDate> = CalendarDate.events
    ) -> (Field, WrittenDate)? {
        guard let field = value(names), let text = written(field, maximum: 96),
            let date = value(of: WrittenDate.read(text), at: field.name)
        else { return nil }
        // What SQL Server and spreadsheets make of an empty date.
        if date.date == range.lowerBound, range == CalendarDate.events {
            return nil
        }
        guard range.contains(date.date) else {
            refuse(field.name, CalendarDate.refusal(of: range))
            return nil
        }
        return (field, date)
    }

    private mutating func day(
        _ written: WrittenDate, _ field: Field, _ name: StaticString
    ) -> CalendarDate? {
        guard let day = written.day(in: zone) else {
            refuse(
                field.name,
                "is a moment in UTC, which may be two days: write the day alone, such as 1990-07-22"
            )
            return nil
        }
        fields?.take(name, field.value, as: day, from: field.value.string ?? "")
        return day
    }

    /// A moment: with any offset, or a day, which is its first instant in UTC.
    package mutating func time(_ names: StaticString...) -> Timestamp? { time(names) }

    package mutating func time(_ names: [StaticString]) -> Timestamp? {
        guard let field = value(names) else { return nil }
        if let text = field.value.utf8, let time = Timestamp(rfc3339: text), time.isOfAnEvent {
            // Nearly every time; what follows makes strings of it.
            fields?.take(names[0], field.value, as: time, from: text)
            return time
        }
        guard let text = written(field, maximum: 96),
            let date = value(of: WrittenDate.read(text), at: field.name),
            date.date != CalendarDate.events.lowerBound
        else { return nil }
        let moment = date.clock == nil ? date.date.startInUTC : date.moment(in: zone)
        guard date.precision == .day, let moment else {
            refuse(
                field.name,
                "must be a time that exists, with its offset from UTC, such as 2026-06-01T08:00:00Z"
            )
            return nil
        }
        guard moment.isOfAnEvent else {
            refuse(field.name, CalendarDate.refusal(of: CalendarDate.events))
            return nil
        }
        let isDay = date.clock == nil
        fields?.take(
            names[0], field.value, as: moment,
            from: isDay ? date.date.description.utf8[...] : text.utf8[...])
        return moment
    }

    /// A moment that decides something: what programs write for "no date" is refused.
    package mutating func instant(_ name: StaticString) -> Timestamp? {
        if let time = time(name) { return time }
        if value([name]) != nil, !isRefused(name.description) {
            refuse(
                name,
                "must be a moment from 1900 to 2200, such as 2026-06-01T08:00:00Z")
        }
        return nil
    }

    /// A moment with its time of day; a day alone is refused.
    package mutating func requiredMoment(_ name: StaticString) -> Timestamp? {
        guard let field = value([name]) else {
            require(name.description)
            return nil
        }
        guard let moment = instant(name) else { return nil }
        if let text = field.value.string, let written = WrittenDate.read(text).value,
            written.clock == nil
        {
            refuse(name, "must have its time of day, such as 2026-06-01T08:00:00Z")
        }
        return moment
    }

    /// A time on the clock, as `HH:MM`.
    package mutating func clockTime(_ names: StaticString...) -> String? {
        guard let field = value(names), let text = written(field, maximum: 64),
            let time = value(of: ClockTime.read(text), at: field.name)
        else { return nil }
        let clock = String(time.text.prefix(5))
        fields?.take(names[0], field.value, as: clock)
        return clock
    }

    /// A whole number.
    package mutating func integer(_ names: StaticString..., in range: ClosedRange<Int>) -> Int? {
        guard let field = value(names) else { return nil }
        let value = field.value
        let number: Int?
        switch value.kind {
        case .number: number = value.wholeNumber.flatMap { range.contains($0) ? $0 : nil }
        case .string:
            switch NumberText.readWhole(value.string ?? "", in: range) {
            case .value(let whole, _): number = whole
            case .nothing: return nil
            case .refused(let sentence):
                refuse(field.name, sentence)
                return nil
            }
        default: number = nil
        }
        guard let number else {
            refuse(
                field.name,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// An amount of money, of a number as it stands.
    package mutating func amount(_ names: StaticString..., currency: String) -> Money? {
        guard let field = value(names) else { return nil }
        if field.value.kind == .number, let text = field.value.plainDecimal {
            // A program's number has one reading: 5.000 is five.
            return value(of: Money.read(program: text, currency: currency), at: field.name)
        }
        guard let text = written(field, maximum: 64) else { return nil }
        return value(of: Money.read(text, currency: currency), at: field.name)
    }

    /// `true` or `false`, as a word too; anything else is refused: what it decides is not to be guessed.
    package mutating func yesOrNo(_ names: StaticString...) -> Bool? {
        guard let field = value(names) else { return nil }
        let said = field.value.bool ?? field.value.string.flatMap { Bool($0.lowercased()) }
        guard let said else {
            refuse(field.name, "must be true or false")
            return nil
        }
        fields?.take(names[0], field.value, as: String(said))
        return said
    }

    /// Yes or no, in the words of three languages and of laboratories; what is neither is unknown, and
    /// never no (contract § 6).
    package mutating func flag(_ names: StaticString...) -> Bool? {
        let field = value(names) { text in FlagText.isAbnormal(text).map { String($0) } }
        guard let value = field?.value else { return nil }
        let word = value.string ?? String(decoding: value.raw, as: UTF8.self)
        let plain = FlagText.read(word)
        // A level of a flag says more than yes.
        fields?.take(names[0], value, as: plain.map { String($0) } ?? word.lowercased())
        return FlagText.isAbnormal(word)
    }
}

extension JSONValue {
    /// The digits of a number without an exponent.
    fileprivate var plainDecimal: String? {
        let text = String(decoding: raw, as: UTF8.self)
        return text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } ? nil : text
    }

    /// `120`, `120.0`, `1.2e2`.
    fileprivate var wholeNumber: Int? {
        if let int { return Int(exactly: int) }
        // Beyond 2^53 a program's number may have lost digits.
        guard let number = Double(String(decoding: raw, as: UTF8.self)), abs(number) < 9e15 else {
            return nil
        }
        return Int(exactly: number)
    }
}
