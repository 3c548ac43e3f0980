package import Foundation
import Identity
package import JSON
package import Values

/// Where records come from, as far as reading them depends on it.
package struct HealthcareReading {
    package let entity: HealthcareEntity
    package let zone: TimeZone
    package let now: Timestamp

    package init(_ entity: HealthcareEntity, at facility: Facility, now: Timestamp) {
        self.entity = entity
        zone = TimeZone(identifier: facility.timeZone) ?? .gmt
        self.now = now
    }
}

extension HealthcareDraft {
    /// Most unknown members, and most bytes of one's value.
    private static let extraLimit = 64
    private static let extraBytes = 16_384

    package init(_ object: JSONValue, at index: Int, in reading: HealthcareReading) {
        self.init(reading.entity, at: index)
        payload = object.raw
        guard object.kind == .object else {
            isObject = false
            complaints.add("must be an object", at: "[\(index)]")
            return
        }
        guard object.raw.count <= RecordDraft.maximumBytes else {
            isObject = false
            complaints.add(RecordDraft.tooLarge, at: "[\(index)]")
            return
        }
        let documented = entity.fields
        var values = [JSONValue?](repeating: nil, count: documented.count)
        var next = 0
        for (key, value) in object.membersUTF8 {
            if let found = documented.place(of: key, near: next) {
                values[found] = value
                next = found + 1
            } else {
                keep(key, value)
                if hasTooMuch { break }
            }
        }
        fields.reserveCapacity(object.raw.count + 16)
        fields.append(UInt8(ascii: "{"))
        for place in documented.indices {
            guard let value = values[place] else { continue }
            take(value, as: documented[place], at: place, in: reading)
        }
        if !extra.isEmpty {
            HealthcareDraft.append(
                extra: extra.compactMap { one in one.value.map { (one.name, $0[...]) } },
                to: &fields)
        }
        fields.append(UInt8(ascii: "}"))
        if let nationalID = keys.nationalIDKey, entity == .patient,
            !ClinicPerson.isChecked(nationalID: nationalID)
        {
            warnings.append("nationalID: the check digit is wrong; it was stored as it is.")
        }
        if entity == .appointment, let from = keys.timeFrom, let to = keys.timeTo,
            !HealthcareDraft.isInterval(from, to)
        {
            refuse("timeTo", "is before timeFrom, \(from)")
        }
        if let born = keys.birthDate, born.isFuture(at: reading.now) {
            refuse("dateOfBirth", "must not lie in the future")
        }
    }

    /// Whether the second time follows the first, on the same day or after midnight. What would last
    /// half a day is a slip, such as 2:30 for 14:30.
    static func isInterval(_ from: String, _ to: String) -> Bool {
        // Where only the day is known, nothing speaks against an end.
        guard let from = ClockTime.read(from).value, let to = ClockTime.read(to).value else {
            return true
        }
        let length = to.milliseconds - from.milliseconds
        return length >= 0 || length + 86_400_000 < 43_200_000
    }

    package mutating func refuse(_ path: StaticString, _ message: String) {
        complaints.add(message, at: path.description)
    }

    // MARK: Documented fields

    private mutating func take(
        _ value: JSONValue, as field: HealthcareField, at place: Int, in reading: HealthcareReading
    ) {
        if value.isNull || value.isBlank || Self.isNoName(value, field, of: entity) {
            clear(field, at: place, isNull: value.isNull)
            return
        }
        let start = fields.count
        HealthcareDraft.append(name: field.name, to: &fields)
        let isGood =
            switch field.kind {
            case .text(let maximum): takeText(value, field, maximum)
            case .flag: takeFlag(value, field)
            case .codes: takeCodes(value, field)
            case .day, .dayAtMidnight: takeDay(value, field, in: reading)
            case .clockTime: takeClockTime(value, field)
            }
        if !isGood || field.isCommand { fields.removeLast(fields.count - start) }
    }

    /// Whether it is what programs write for nobody where a patient's name belongs.
    /// Static, so that the many fields of a draft are not copied for the call.
    private static func isNoName(
        _ value: JSONValue, _ field: HealthcareField, of entity: HealthcareEntity
    ) -> Bool {
        guard field.meaning == .partOfName || entity == .patient && field.meaning == .name,
            let text = value.string
        else { return false }
        return Placeholder.isNoName(text)
    }

    private mutating func clear(_ field: HealthcareField, at place: Int, isNull: Bool) {
        guard !field.isCommand, isNull || !field.isKey else { return }
        switch (entity, field.meaning) {
        case (_, .name), (.clinic, .code), (.appointment, .date), (.appointment, .timeFrom):
            refuse(field.name, "cannot be cleared")
        case (.appointment, .patientNo), (.appointment, .nationalID):
            return
        default: cleared |= 1 << UInt32(place)
        }
        if field.isDay { keepAsSent(nil, as: field) }
    }

    private mutating func takeText(
        _ value: JSONValue, _ field: HealthcareField, _ maximum: Int
    ) -> Bool {
        let text: String
        switch value.kind {
        case .string:
            if let raw = value.plainRaw(maximum: maximum) {
                fields.append(contentsOf: raw)
                if field.meaning != nil { note(value.string ?? "", for: field) }
                return true
            }
            text = (value.string ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        case .number: text = String(decoding: value.raw, as: UTF8.self)
        default:
            refuse(field.name, "must be a text")
            return false
        }
        guard !text.isEmpty else { return false }
        guard text.unicodeScalars.count <= maximum else {
            refuse(field.name, "must be at most \(maximum) characters long")
            return false
        }
        let hasLines = maximum >= 1_000
        let isClean = !text.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control
                && !(hasLines && ["\n", "\r", "\t"].contains(scalar))
        }
        guard isClean else {
            refuse(field.name, "must not contain control characters")
            return false
        }
        fields.append(contentsOf: JSONText.string(text).utf8)
        note(text, for: field)
        return true
    }

    /// Keeps what rows are found by.
    private mutating func note(_ text: String, for field: HealthcareField) {
        guard let text = identifying(text, field) else { return }
        switch field.meaning {
        case .name:
            if entity == .patient, let fault = Placeholder.nameFault(text) {
                refuse(field.name, fault)
            } else if entity == .patient, !HealthcareDraft.hasNameKey(text) {
                refuse(field.name, "must have letters")
            } else {
                keys.name = text
            }
        case .code:
            keys.code = text
            keys.codeKey = HealthcareDraft.key(of: text)
        case .partOfName:
            if let fault = Placeholder.nameFault(text) { refuse(field.name, fault) }
        case .licenseNumber: keys.licenseKey = HealthcareDraft.key(of: text)
        case .patientNo:
            keys.patientNo = text
            keys.patientNoKey = HealthcareDraft.key(of: text)
        case .nationalID:
            let key = Matching.identifierKey(text)
            if !Matching.isIdentifier(key) {
                warnings.append("nationalID: it stands for none; nobody is found by it.")
            } else {
                keys.nationalIDKey = key
            }
        case .mobile:
            keys.mobileKey = Matching.phoneKey(text)
        case .externalID: keys.externalID = text
        case .doctorCode: keys.doctorCode = text
        case .clinicCode: keys.clinicCode = text
        case .status:
            keys.status = AppointmentStatus(reading: text)
            if keys.status == nil {
                refuse(
                    field.name,
                    "must be booked, checked_in, completed, cancelled or no_show; "
                        + "\(text.prefix(64)) is not known here")
            }
        case .gender:
            if Sex.read(text).refusal != nil {
                warnings.append(
                    "gender: it is not male, female, other or unknown; it was stored as it is, and the "
                        + "national record has no sex from it.")
            }
        case .bloodType:
            if BloodGroup(reading: text) == nil, !EmergencyFacts.isPlaceholder(text) {
                warnings.append(
                    "bloodType: it is no blood group such as A+ or O-; it was stored as it is, and is "
                        + "not shown in the national record.")
            }
        default: break
        }
    }

    /// What a row is found by, as it was meant; `nil` for what identifies nothing.
    private mutating func identifying(_ text: String, _ field: HealthcareField) -> String? {
        let reading: Reading<String>
        switch field.meaning {
        case .licenseNumber, .nationalID: reading = IdentifierText.read(text)
        case .code, .patientNo, .externalID, .doctorCode, .clinicCode:
            reading = IdentifierText.readReference(text)
        case .mobile: reading = PhoneText.read(text)
        default: return text
        }
        switch reading {
        case .value(let value, let remark):
            if let remark { warnings.append("\(field.name): it \(remark).") }
            return value
        case .nothing:
            warnings.append("\(field.name): it stands for none; nothing is found by it.")
            return nil
        case .refused(let sentence):
            // A patient whose number was destroyed is registered without it, as by Connect.
            let isDebris =
                field.meaning == .nationalID
                || field.meaning == .mobile && Placeholder.spreadsheetFault(text.plainCode) != nil
            if isDebris {
                warnings.append("\(field.name): not kept nationally; it \(sentence).")
            } else {
                refuse(field.name, sentence)
            }
            return nil
        }
    }

    /// Whether `nameKey` is not empty: an ASCII letter or digit, which nearly every name has, is part
    /// of it.
    private static func hasNameKey(_ name: String) -> Bool {
        name.utf8.contains {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        } || !nameKey(name).isEmpty
    }

    /// The words of a whole name, in any order.
    static func nameKey(_ name: String) -> String {
        PersonName.tokens(of: name).sorted().joined(separator: " ")
    }

    private mutating func takeFlag(_ value: JSONValue, _ field: HealthcareField) -> Bool {
        if let flag = value.bool {
            fields.append(flag ? "true" : "false")
            return true
        }
        let word = value.string ?? String(decoding: value.raw, as: UTF8.self)
        guard let flag = FlagText.read(word) ?? FlagText.isActive(word) else {
            refuse(field.name, "must be true or false")
            return false
        }
        fields.append(flag ? "true" : "false")
        return true
    }

    private mutating func takeCodes(_ value: JSONValue, _ field: HealthcareField) -> Bool {
        var codes: [String] = []
        let elements = value.kind == .array ? Array(value.elements) : [value]
        for element in elements {
            switch element.kind {
            case .string:
                // One text of a spreadsheet's cell may hold several.
                let parts =
                    value.kind == .array
                    ? [element.string ?? ""]
                    : (element.string ?? "").split(separator: ",").map(String.init)
                codes += parts.map { $0.trimmingCharacters(in: .whitespaces) }
            case .number: codes.append(String(decoding: element.raw, as: UTF8.self))
            case .null: continue
            default:
                refuse(field.name, "must be a list of codes")
                return false
            }
        }
        var seen: Set<String> = []
        codes = codes.filter { !$0.isEmpty && seen.insert(HealthcareDraft.key(of: $0)).inserted }
        guard codes.count <= 100, codes.allSatisfy({ $0.unicodeScalars.count <= 255 }) else {
            refuse(field.name, "must be at most 100 codes of at most 255 characters")
            return false
        }
        keys.clinicCodes = codes
        var json = JSONWriter()
        json.array { json in for code in codes { json.element(code) } }
        fields.append(contentsOf: json.finish())
        return true
    }

    // MARK: Other fields

    private mutating func keep(_ key: ArraySlice<UInt8>, _ value: JSONValue) {
        let name = String(decoding: key, as: UTF8.self)
        if entity.answered.contains(where: { $0.matches(key) }) { return }
        // What comes back as it was read lies there already.
        if ("extra" as StaticString).matches(key), value.kind == .object {
            for (inner, member) in value.members where !hasTooMuch { keep(inner, member) }
        } else {
            keep(name, value)
        }
    }

    /// Whether more further fields can only be refused: a record may have one for every six bytes.
    private var hasTooMuch: Bool {
        !complaints.isEmpty
            && (complaints.unnamed > 0 || extra.count >= HealthcareDraft.extraLimit)
    }

    package mutating func keep(_ name: String, _ value: JSONValue) {
        guard extra.count < HealthcareDraft.extraLimit, name.utf8.count <= 255,
            value.raw.count <= HealthcareDraft.extraBytes
        else {
            complaints.add(
                "is too much: at most 64 further fields of 16 KiB each are kept",
                at: String(decoding: name.utf8.prefix(64), as: UTF8.self))
            return
        }
        extra.removeAll { HealthcareDraft.isSameName($0.name, name) }
        extra.append((name, value.isNull ? nil : value.compact))
    }

}

extension ClinicPerson {
    /// Whom stored fields of a patient speak of.
    package init(fields: [UInt8], countryCode: String) throws {
        let root = try JSONDocument(fields, limits: .stored).root
        self.init(
            name: root["name"]?.string, first: root["firstName"]?.string,
            second: root["secondName"]?.string, last: root["lastName"]?.string,
            born: root["dateOfBirth"]?.string.flatMap { BirthDate($0) },
            gender: root["gender"]?.string,
            phone: root["mobile"]?.string ?? root["phone"]?.string,
            nationalID: root["nationalID"]?.string, bloodType: root["bloodType"]?.string,
            countryCode: countryCode)
    }
}

extension [HealthcareField] {
    /// A documented field's place, whatever the case of the letters.
    ///
    /// - Parameter near: where it is if the record keeps the documents' order.
    fileprivate func place(of key: ArraySlice<UInt8>, near: Int) -> Int? {
        if near < count, self[near].name.matches(key) { return near }
        return firstIndex { $0.name.matches(key) }
    }
}

extension String {
    /// Without spaces at either end, which few have.
    package var trimmed: String {
        guard let first = utf8.first, let last = utf8.last,
            !(0x21...0x7e).contains(first)
                || !(0x21...0x7e).contains(last)
        else { return self }
        return trimmingCharacters(in: .whitespaces)
    }
}

extension JSONValue {
    /// A text that can be kept as it stands: no escapes, nothing to trim, no control characters.
    fileprivate func plainRaw(maximum: Int) -> ArraySlice<UInt8>? {
        let raw = raw
        let last = raw.endIndex - 1
        guard raw.count <= maximum, raw[raw.startIndex + 1] != 32, raw[last - 1] != 32 else {
            return nil
        }
        // C2, E2 and E3 lead to control characters and to spaces beyond ASCII.
        let isPlain = raw[(raw.startIndex + 1)..<last].allSatisfy { byte in
            byte != 0x5C && byte != 0x7F && byte != 0xC2 && byte != 0xE2 && byte != 0xE3
        }
        return isPlain ? raw : nil
    }

    /// The value in one spelling: no white space, the fewest escapes.
    fileprivate var compact: [UInt8] {
        var json = JSONWriter(reserving: raw.count + 2)
        json.array { $0.element(compacting: self) }
        return Array(json.finish().dropFirst().dropLast())
    }
}

extension JSONWriter {
    fileprivate mutating func element(compacting value: JSONValue) {
        switch value.kind {
        case .object: element { json in json.members(compacting: value) }
        case .array:
            elementArray { json in
                for inner in value.elements { json.element(compacting: inner) }
            }
        case .string: element(utf8: value.utf8 ?? [])
        default: element(raw: value.raw)
        }
    }

    private mutating func members(compacting value: JSONValue) {
        for (key, inner) in value.members {
            switch inner.kind {
            case .object: member(key) { json in json.members(compacting: inner) }
            case .array:
                memberArray(key) { json in
                    for element in inner.elements { json.element(compacting: element) }
                }
            case .string: member(key, utf8: inner.utf8 ?? [])
            default: member(key, raw: inner.raw)
            }
        }
    }
}
