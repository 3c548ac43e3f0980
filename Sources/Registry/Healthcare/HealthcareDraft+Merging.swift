import JSON
import Values

/// A record on top of what is stored.
extension HealthcareDraft {
    /// The stored fields with these on top: absent ones keep their value, `null` clears.
    package func merged(onto stored: [UInt8]) throws -> [UInt8] {
        let known = try JSONDocument(stored, limits: .stored).root
        let sent = try JSONDocument(fields, limits: .stored).root
        var bytes = [UInt8(ascii: "{")]
        bytes.reserveCapacity(stored.count + fields.count)
        for (place, field) in entity.fields.enumerated() where !field.isCommand {
            let isCleared = cleared & 1 << UInt32(place) != 0
            let value = sent[field.name] ?? (isCleared ? nil : known[field.name])
            guard let value else { continue }
            HealthcareDraft.append(name: field.name, to: &bytes)
            bytes.append(contentsOf: value.raw)
        }
        var members = (known["extra"]?.members).map(Array.init) ?? []
        var kept = members.map { (name: $0.key, value: $0.value.raw) }
        members.removeAll()
        for (name, value) in extra {
            let place = kept.firstIndex { HealthcareDraft.isSameName($0.name, name) }
            switch (place, value) {
            case (let place?, let value?): kept[place].value = value[...]
            case (let place?, nil): kept.remove(at: place)
            case (nil, let value?): kept.append((name, value[...]))
            case (nil, nil): break
            }
        }
        HealthcareDraft.append(extra: kept, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Whether an earlier record of the same facility, as JSON, says the same, however it is spelt.
    package func repeats(_ earlier: [UInt8], at facility: Facility) throws -> Bool {
        if payload.elementsEqual(earlier) { return true }
        let other = HealthcareDraft(
            try JSONDocument(earlier, limits: .stored).root, at: index,
            in: HealthcareReading(
                entity, at: facility, now: CalendarDate.events.upperBound.startInUTC))
        func clearedExtra(_ draft: HealthcareDraft) -> [String] {
            draft.extra.filter { $0.value == nil }.map(\.name)
        }
        return other.complaints.isEmpty && fields == other.fields && cleared == other.cleared
            && clearedExtra(self) == clearedExtra(other)
            && keys.previousDate == other.keys.previousDate
            && keys.previousTimeFrom == other.keys.previousTimeFrom
    }

    /// Whether a field is sent as `null`.
    package func clears(_ name: StaticString) -> Bool {
        guard cleared != 0 else { return false }
        let place = entity.fields.firstIndex { $0.name.description == name.description }
        return place.map { cleared & 1 << UInt32($0) != 0 } ?? false
    }

    /// A member's name, for its value to follow.
    package static func append(name: StaticString, to bytes: inout [UInt8]) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(name)
        bytes.append("\":")
    }

    package static func append(
        extra members: [(name: String, value: ArraySlice<UInt8>)], to bytes: inout [UInt8]
    ) {
        guard !members.isEmpty else { return }
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        var json = JSONWriter()
        json.object { json in
            for (name, value) in members { json.member(name, raw: value) }
        }
        bytes.append("\"extra\":")
        bytes.append(contentsOf: json.finish())
    }
}

extension HealthcareRow {
    /// A documented field as it was sent.
    package func text(_ name: StaticString) throws -> String? {
        try JSONDocument(fields, limits: .stored).root[name]?.string
    }
}
