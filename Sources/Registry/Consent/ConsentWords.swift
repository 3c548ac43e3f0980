package import Values

/// Words that ask for consent: `full_record`, record types, and the scopes that published clients and
/// pages name instead, with colons or dots (contract-sdk-widget.md § 2).
package struct ConsentWords: Sendable {
    /// What the words that need consent come to.
    package private(set) var types: Set<RecordType> = []
    /// Words for what needs no consent: adding records, and what an emergency shows anyway.
    package private(set) var needless: [String] = []
    /// Words that are none of these.
    package private(set) var unknown: [String] = []

    package init(_ words: [String]) {
        for word in words {
            switch ConsentWords.meaning(of: word) {
            case .some(let types) where types.isEmpty: needless.append(word)
            case .some(let types): self.types.formUnion(types)
            case nil: unknown.append(word)
            }
        }
    }

    /// `nil` where a word is unknown, or nothing needs consent.
    package var coverage: Consent.Coverage? {
        unknown.isEmpty && !types.isEmpty ? Consent.Coverage(types: types) : nil
    }

    /// The records that a word opens, none where it needs no consent; `nil` for an unknown word.
    private static func meaning(of word: String) -> Set<RecordType>? {
        let parts = word.lowercased().split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == ":" || $0 == "." }
        ).map(String.init)
        guard let subject = parts.first, !parts.contains("") else { return nil }
        switch (parts.count, parts.last) {
        case (1, _): return allergies.contains(subject) ? [] : types(of: subject)
        case (2, "read"):
            if allergies.contains(subject) { return [] }
            return people.contains(subject) ? all : types(of: subject)
        case (2, "summary"): return people.contains(subject) ? all : nil
        // A facility adds its own records without being allowed to read others'.
        case (2, "write"), (2, "push"):
            let isKnown =
                types(of: subject) != nil || people.contains(subject) || allergies.contains(subject)
                || others.contains(subject)
            return isKnown ? [] : nil
        case (3, "read"):
            switch (subject, parts[1]) {
            case ("patient", "profile"), ("patient", "summary"), ("patient", "diagnostics"):
                return all
            case ("patient", "allergies"): return []
            case ("lab", "results"): return [.labResult]
            default: return nil
            }
        default: return nil
        }
    }

    private static func types(of subject: String) -> Set<RecordType>? {
        if let type = RecordType(reading: subject) { return [type] }
        return wholes.contains(subject) ? all : nil
    }

    private static let all = Consent.Coverage.fullRecord.types
    private static let people: Set<String> = ["patient", "patients"]
    private static let wholes: Set<String> = ["full_record", "full", "all", "records"]
    private static let allergies: Set<String> = ["allergy", "allergies"]
    /// What may be written and is no record.
    private static let others: Set<String> = [
        "appointment", "appointments", "consents", "pharmacy",
    ]
}
