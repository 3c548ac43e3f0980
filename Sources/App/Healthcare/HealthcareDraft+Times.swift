import Foundation
import JSON

/// Days and times, as they are written at the branch.
extension HealthcareDraft {
    mutating func takeDay(
        _ value: JSONValue, _ field: HealthcareField, in reading: HealthcareReading
    ) -> Bool {
        let sent = (value.string ?? "").trimmed
        let text = sent.asciiDigits
        let hijri = HealthcareDraft.hijriDay(text)
        guard let day = hijri ?? HealthcareDraft.day(text, in: reading.zone) else {
            refuse(field.name, "must be a date that exists, such as 2026-06-15")
            return false
        }
        guard field.days.contains(day) else {
            refuse(field.name, CalendarDate.refusal(of: field.days))
            return false
        }
        if hijri != nil {
            // Until then months began by sight; what is worked out for them may be a day off.
            let isCertain = text >= "1420"
            warnings.append(
                "\(field.name): \(sent.prefix(10)) was read as a day of the Umm al-Qura calendar; it "
                    + "is \(day)\(isCertain ? "" : ", or a day more or less").")
        }
        if field.isCommand {
            keys.previousDate = day
        } else {
            keepAsSent(hijri == nil ? nil : value, as: field, day)
            keys.date = day
        }
        fields.append("\"")
        fields.append(day)
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
            HealthcareDraft.hijriDay(text.asciiDigits) == day
        {
            return
        }
        extra.removeAll { $0.name == name }
        extra.append((name, nil))
        extraNames.insert(name.lowercased())
    }

    /// Years from 1300 to 1500 are Hijri ones: nobody who lives was born in them otherwise.
    static func hijriDay(_ text: String) -> CalendarDate? {
        guard CalendarDate.isUmmAlQura(text) else { return nil }
        let date = CalendarDate(ummAlQura: String(text.prefix(10)))
        let rest = text.dropFirst(10)
        return rest.isEmpty || day("2000-01-01" + rest, in: .gmt) != nil ? date : nil
    }

    private static let midnight: StaticString = "T00:00:00"

    /// The day as it is written, at the branch; only what says `Z` and is not midnight is a moment
    /// elsewhere, such as JavaScript makes of a local midnight.
    static func day(_ text: String, in zone: TimeZone) -> CalendarDate? {
        guard !CalendarDate.isUmmAlQura(text) else { return nil }
        // What the documents print, and nearly every system sends.
        let rest = text.utf8.dropFirst(10)
        if rest.isEmpty || rest.elementsEqual(HealthcareDraft.midnight.description.utf8) {
            return CalendarDate(String(text.utf8.prefix(10)) ?? "")
        }
        let local = text.utf8.count == 16 ? text + ":00" : text
        guard let moment = Timestamp(rfc3339: local) ?? Timestamp(rfc3339: local + "Z") else {
            return nil
        }
        let isElsewhere = text.hasSuffix("Z") && !moment.milliseconds.isMultiple(of: 86_400_000)
        return isElsewhere ? moment.day(in: zone) : CalendarDate(String(text.prefix(10)))
    }

    mutating func takeClockTime(_ value: JSONValue, _ field: HealthcareField) -> Bool {
        guard let time = value.string.flatMap(HealthcareDraft.clockTime) else {
            refuse(field.name, "must be a time such as 10:30 or 10:30:00")
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

    /// `9:30`, `10:30`, `10:30:00`, `10:30:00.0000000` and the time of `2026-06-15T10:30:00`, as
    /// `HH:MM:SS`.
    static func clockTime(_ text: String) -> String? {
        var octets = Array(text.trimmed.asciiDigits.utf8)[...]
        if octets.count > 15,
            let mark = octets.firstIndex(where: { $0 == UInt8(ascii: "T") || $0 == 0x20 })
        {
            octets = octets[(mark + 1)...]
        }
        if let point = octets.firstIndex(of: UInt8(ascii: ".")) { octets = octets[..<point] }
        var time: [UInt8] = []
        time.reserveCapacity(8)
        for place in 0..<3 {
            if place > 0 { time.append(UInt8(ascii: ":")) }
            if place == 2, octets.isEmpty {
                time.append("00")
                continue
            }
            if place > 0, octets.popFirst() != UInt8(ascii: ":") { return nil }
            let part = octets.prefix { (48...57).contains($0) }
            octets = octets[part.endIndex...]
            // Only an hour may have one digit.
            guard part.count == 2 || place == 0 && part.count == 1,
                part.reduce(0, { $0 * 10 + Int($1) - 48 }) < (place == 0 ? 24 : 60)
            else { return nil }
            if part.count == 1 { time.append(48) }
            time += part
        }
        guard octets.isEmpty else { return nil }
        return String(decoding: time, as: UTF8.self)
    }
}
