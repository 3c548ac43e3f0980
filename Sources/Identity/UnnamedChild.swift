/// How wards write down a child that has no name yet: a word for a child, then whose it is, a number or
/// a letter. Such a child never matches another (contract § 5).
package enum UnnamedChild {
    /// Stands for all of them; no name folds to it.
    package static let word = "babyof"

    /// "Baby of Marie", "Bébé 2 Fouda", "Nouveau-né de Ngo", "Jumeau A", "BB1 Fouda", "مولود فاطمة".
    ///
    /// - Parameter words: of a given name, a family name or both, folded.
    package static func isOne(_ words: [String]) -> Bool {
        guard let first = words.first else { return false }
        let role = role(of: first)
        if words.count == 1 { return role.contains(.alone) || isNumbered(first) }
        if role.contains(.newborn) || isNumbered(first) { return true }
        let second = words[1]
        if role.contains(.beforeAnother),
            // Mort-né may have its feminine ending apart.
            pairs.contains(first + second) || pairs.contains(first + second.prefix(2))
        {
            return true
        }
        // B/O Marie, D/O and S/O: baby, daughter and son of.
        if words.count > 2, second == "o", ["b", "d", "s", "w"].contains(first) { return true }
        if role.contains(.kin), isRelation(second) || isCount(second) { return true }
        // "Fouda bébé", "Fouda jumeau 2", "Marie baby of".
        return words.indices.dropFirst().contains { index in
            guard isNumbered(words[index]) || Self.role(of: words[index]).contains(.child) else {
                return false
            }
            guard index + 1 < words.count else { return true }
            return isRelation(words[index + 1]) || isCount(words[index + 1])
        }
    }

    /// Whether given names alone say "son of Fatima", which is no family's name.
    static func isKinOf(_ words: [String]) -> Bool {
        words.count > 1 && words.first.map(arabicKin.contains) ?? false
    }

    /// What a word may be in how a child is written down.
    private struct Role: OptionSet {
        let rawValue: UInt8

        /// Of a child wherever it stands.
        static let child = Role(rawValue: 1)
        /// Of a child where it comes first.
        static let newborn = Role(rawValue: 2)
        /// A name of nobody even by itself; "Infant" and "Twin" are family names too.
        static let alone = Role(rawValue: 4)
        /// Of a child where whose it is or its number follows.
        static let kin = Role(rawValue: 8)
        /// The first of two words for a child.
        static let beforeAnother = Role(rawValue: 16)
    }

    /// Names have none, and are asked again and again: one look tells.
    private static func role(of word: String) -> Role { roles[word] ?? [] }

    private static let roles: [String: Role] = {
        let words: [(Role, String)] = [
            (
                [.child, .newborn],
                """
                baby babyboy babygirl bebe bb newborn nouveaune nouveaunee nouveaunes jumeau jumelle \
                twin triplet triple neonat مولود مولوده رضيع رضيعه \(word)
                """
            ),
            (
                .newborn,
                """
                infant twins jumeaux jumelles triplee neonate nourrisson nn nne طفل طفله توام enfant
                """
            ),
            (
                .alone,
                """
                baby babyboy babygirl bebe bb newborn nouveaune nouveaunee neonate nourrisson jumeau \
                jumelle مولود مولوده رضيع رضيعه \(word)
                """
            ),
            (
                .kin,
                """
                boy girl son daughter child fils fille garcon ne nee bebes male female masculin \
                feminin ابن بنت ابنه ولد
                """
            ),
            (
                .beforeAnother,
                """
                nouveau nouvelle new mort still طفل طفله n neonat male female baby enfant child boy
                """
            ),
        ]
        var roles: [String: Role] = [:]
        for (role, list) in words {
            for word in list.split(separator: " ") { roles[String(word), default: []].insert(role) }
        }
        return roles
    }()

    private static let pairs: Set<String> = [
        "nouveaune", "nouveaunee", "nouvellenee", "nouvellene", "newborn", "mortne", "mortnee",
        "stillborn", "طفلحديث", "طفلهحديثه", "nne", "nnee", "neonatde", "maleinfant",
        "femaleinfant", "babyboy", "babygirl", "enfantsans", "childwithout", "boyinfant",
    ]
    private static let arabicKin: Set<String> = ["ابن", "ابنه", "بنت"]

    private static func isRelation(_ word: String) -> Bool {
        ["of", "de", "du", "des", "d", "to", "a", "mme", "mrs", "madame", "السيده", "الام"]
            .contains(word)
    }

    /// A number or letter that tells siblings of one birth apart: 2, II, B.
    private static func isCount(_ word: String) -> Bool {
        word.unicodeScalars.count == 1 && !isRelation(word) || ["ii", "iii", "iv"].contains(word)
            || word.utf8.count <= 2 && word.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// `bb1`, `baby2`, `jumeau1`, `j1` of twins, `twina`.
    private static func isNumbered(_ word: String) -> Bool {
        guard let last = word.utf8.last, (49...57).contains(last) else { return false }
        return role(of: String(decoding: word.utf8.dropLast(), as: UTF8.self)).contains(.newborn)
    }
}
