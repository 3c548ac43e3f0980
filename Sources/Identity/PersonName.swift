import Values

/// A person's name as it is compared: NFKC, case folded, without diacritics, punctuation or spaces,
/// and with the given names in any order (contract § 5). Arabic and other scripts keep their letters.
package struct PersonName: Hashable, Sendable {
    package let given: String
    package let family: String

    package init(first: String, last: String) {
        self.init(given: PersonName.tokens(of: first), family: PersonName.tokens(of: last))
    }

    /// - Parameters: words as `tokens` gives them.
    init(given words: [String], family: [String]) {
        given = UnnamedChild.isKinOf(words) ? UnnamedChild.word : words.sorted().joined()
        self.family = family.joined()
    }

    /// A word that stands for "no name yet": such a patient never matches another.
    package var isPlaceholder: Bool {
        given.isEmpty || PersonName.placeholders.contains(given)
            || PersonName.placeholders.contains(family)
            || PersonName.placeholders.contains(given + family)
    }

    /// Compared after normalisation, so one spelling each.
    private static let placeholders: Set<String> = [
        "unknown", "unk", "inconnu", "inconnue", "anonymous", "anonyme",
        "xx", "xxx", "xxxx", "johndoe", "janedoe", UnnamedChild.word, "anon", "nn", "nomennescio",
        "unidentified", "nonidentifie", "nonidentifiee", "noname", "sansnom", "unnamed", "notknown",
        "nonconnu", "nonconnue", "xinconnu", "patientinconnu", "unknownpatient", "unknownmale",
        "unknownfemale", "sansprenom", "prenominconnu", "nominconnu",
        "مجهول", "مجهوله", "غيرمعروف", "غيرمعروفه", "مجهولالهويه", "بدوناسم",
    ]

    /// Whether a family name says that somebody has one name only: a dash or a dot.
    package static func saysNone(_ family: String) -> Bool {
        family.unicodeScalars.count <= 3
            && family.plainCode.utf8.allSatisfy { "-._".utf8.contains($0) }
    }

    /// People with one name share it with too many: a further fact has to say who it is (contract § 5).
    package var isSingle: Bool { family.isEmpty }

    /// The words of a name as it is compared, in the order given.
    package static func tokens(of text: String) -> [String] {
        let words = text.foldedWords
        return UnnamedChild.isOne(words) ? [UnnamedChild.word] : words
    }
}
