package import Identity
import JSON
import Values

// How blood type and allergies are read from requests, and kept as JSON.

extension EmergencyFacts {
    /// What a patient's row says, or all that is shown of them.
    package init(_ patient: Patient) throws {
        self.init()
        bloodType = patient.bloodType.flatMap(BloodGroup.init(rawValue:))
        try add(allergiesJSON: patient.allergies)
    }

    /// Allergies alone.
    package init(allergiesJSON: String) throws {
        self.init()
        try add(allergiesJSON: allergiesJSON)
    }

    private mutating func add(allergiesJSON json: String) throws {
        guard json != "[]" else { return }
        let list = try JSONDocument(Array(json.utf8), limits: .stored).root
        _ = add(list.elements.lazy.compactMap(\.string), limit: .max)
    }

    /// A JSON array of strings.
    package var allergiesJSON: String {
        guard !allergies.isEmpty else { return "[]" }
        var json = JSONWriter()
        json.array { json in for allergy in allergies { json.element(allergy) } }
        return String(decoding: json.finish(), as: UTF8.self)
    }
}

extension ObjectReader {
    /// Entries that are looked at: fifty allergies, and room for what is said twice.
    private static let allergyEntries = 1000

    /// Blood type and allergies in whichever words. Nobody is turned away for them: what cannot be
    /// read is left out, and `warnings` tells.
    mutating func emergencyFacts() -> (facts: EmergencyFacts, warnings: [String]) {
        var facts = EmergencyFacts()
        var warnings: [String] = []
        for name: StaticString in ["blood_type", "blood_group", "bloodType"] {
            guard let value = value([name])?.value else { continue }
            let group = value.string.flatMap(BloodGroup.init(reading:))
            if let group, facts.bloodType == nil || facts.bloodType == group {
                facts.bloodType = group
                fields?.take("blood_type", value, as: group.rawValue)
            } else if let group {
                warnings.append(
                    "\(name): \(group.rawValue) is not kept, for another one stands beside it.")
            } else if value.string.map(EmergencyFacts.isPlaceholder) != true
                || value.string.flatMap(Placeholder.spreadsheetFault) != nil
            {
                warnings.append("\(name): not kept, for it is no blood group such as A+ or O-.")
            }
        }
        for name: StaticString in ["allergies", "allergy"] {
            guard let value = value([name])?.value else { continue }
            let leftOut = facts.addAllergies(value, limit: ObjectReader.allergyEntries)
            if leftOut > 0 {
                warnings.append(
                    "\(name): \(leftOut) not kept; up to \(EmergencyFacts.allergyLimit) are, each a "
                        + "text of at most \(EmergencyFacts.allergyLength) characters.")
            } else {
                // What was left out counts as it was sent.
                fields?.take(
                    "allergies", value, as: facts.allergies.joined(separator: "\u{0}"))
            }
        }
        return (facts, warnings)
    }
}

extension EmergencyFacts {
    /// - Returns: how many were left out.
    fileprivate mutating func addAllergies(_ value: JSONValue, limit: Int) -> Int {
        if let text = value.string {
            return add(EmergencyFacts.list(in: text, limit: limit))
        }
        guard value.kind == .array else { return 1 }
        var others = max(0, value.count - limit)
        var texts: [String] = []
        for element in value.elements.prefix(limit) where !element.isNull {
            if let text = element.string { texts.append(text) } else { others += 1 }
        }
        return add(texts) + others
    }
}
