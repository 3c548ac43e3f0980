package import Values

/// What may decide within minutes. It never decides who somebody is: blood groups are written down
/// wrongly too often, and allergies are shared by strangers.
package struct EmergencyFacts: Sendable, Equatable {
    /// Most allergies that are kept of one person.
    package static let allergyLimit = 50
    /// Most characters of one.
    package static let allergyLength = 255

    package var bloodType: BloodGroup?
    /// In the words they were first told in, each once.
    package private(set) var allergies: [String] = []

    package init() {}

    package var isEmpty: Bool { bloodType == nil && allergies.isEmpty }

    /// Adds the allergies that are not known yet, whatever the case of their letters.
    ///
    /// - Parameter limit: how many there may be in the end.
    /// - Returns: how many were left out: for want of room, or because they are too long or have
    ///   control characters.
    package mutating func add(
        _ told: some Sequence<String>, limit: Int = EmergencyFacts.allergyLimit
    ) -> Int {
        var known = Set(allergies.map(EmergencyFacts.key))
        var leftOut = 0
        for allergy in told {
            let words = EmergencyFacts.words(allergy)
            if EmergencyFacts.isPlaceholder(words) { continue }
            guard words.unicodeScalars.count <= EmergencyFacts.allergyLength,
                !words.unicodeScalars.contains(where: {
                    $0.properties.generalCategory == .control
                })
            else {
                leftOut += 1
                continue
            }
            let key = EmergencyFacts.key(words)
            if known.contains(key) { continue }
            guard allergies.count < limit else {
                leftOut += 1
                continue
            }
            known.insert(key)
            allergies.append(words)
        }
        return leftOut
    }

    /// What another registration of the same person adds: their allergies, and their blood type
    /// where none is known. Nothing of it is left out.
    package mutating func merge(_ other: EmergencyFacts) {
        bloodType = bloodType ?? other.bloodType
        _ = add(other.allergies, limit: .max)
    }

    /// Whether another blood type is known than the one told.
    package func disagrees(with told: EmergencyFacts) -> Bool {
        guard let known = bloodType, let other = told.bloodType else { return false }
        return known != other
    }

    /// As they are kept.
    package static func words(_ told: String) -> String {
        told.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// By which words are the same allergy.
    package static func key(_ allergy: String) -> String { allergy.lowercased() }

    /// The allergies in one text, between commas, semicolons or line breaks; `2,4-D` is one.
    ///
    /// - Parameter limit: how many are read; whatever follows is the last one's.
    package static func list(in text: String, limit: Int) -> [String] {
        var list: [String] = []
        var current = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            if list.count + 1 < limit,
                isSeparator(scalar, after: current.last, before: next)
            {
                list.append(String(current))
                current = String.UnicodeScalarView()
            } else {
                current.append(scalar)
            }
        }
        return list + [String(current)]
    }

    private static func isSeparator(
        _ scalar: Unicode.Scalar, after left: Unicode.Scalar?, before right: Unicode.Scalar?
    ) -> Bool {
        switch scalar {
        case ";", "؛", "،", "\n", "\r": return true
        case ",":
            guard let left, let right else { return true }
            return !("0"..."9").contains(left) || !("0"..."9").contains(right)
        default: return false
        }
    }

    /// Whether a word stands for "none", "none known" or "unknown".
    package static func isPlaceholder(_ text: String) -> Bool {
        Placeholder.isNothing(text)
            || text.utf8.count <= 96 && placeholders.contains(text.foldedWord)
    }

    private static let placeholders: Set<String> = [
        "nka", "nkda", "nkfa", "noallergy", "noallergies", "noknownallergy", "noknownallergies",
        "noknowndrugallergy", "noknowndrugallergies", "noknownfoodallergies", "allergiesnone",
        "aucuneallergie", "aucuneallergieconnue", "pasdallergie", "pasdallergies",
        "pasdallergieconnue", "sansallergie", "لاتوجدحساسيه", "لايوجدحساسيه", "بدونحساسيه",
    ]
}
