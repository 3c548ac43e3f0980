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
        if words.count == 1 { return alone.contains(first) || isNumbered(first) }
        if newborn.contains(first) || isNumbered(first) { return true }
        // Nouveau-né is two words, New born and Mort-né too.
        if pairs.contains(first + words[1]) || pairs.contains(first + words[1].prefix(2)) {
            return true
        }
        // B/O Marie, D/O and S/O: baby, daughter and son of.
        if words.count > 2, words[1] == "o", ["b", "d", "s", "w"].contains(first) { return true }
        if kin.contains(first), isRelation(words[1]) || isCount(words[1]) { return true }
        // "Fouda bébé", "Fouda jumeau 2", "Marie baby of".
        return words.indices.dropFirst().contains { index in
            guard child.contains(words[index]) || isNumbered(words[index]) else { return false }
            guard index + 1 < words.count else { return true }
            return isRelation(words[index + 1]) || isCount(words[index + 1])
        }
    }

    /// The same of given names alone, where "son of Fatima" is no family's name.
    static func isGiven(_ words: [String]) -> Bool {
        isOne(words) || words.count > 1 && words.first.map(arabicKin.contains) ?? false
    }

    private static let newborn: Set<String> = child.union([
        "infant", "twin", "twins", "triplet", "jumeau", "jumelle", "jumeaux", "jumelles", "triplee",
        "neonate", "nourrisson", "nn", "nne", "طفل", "طفله", "توام", "enfant",
    ])
    private static let child: Set<String> = [
        "baby", "babyboy", "babygirl", "bebe", "bb", "newborn", "nouveaune", "nouveaunee",
        "nouveaunes",
        "jumeau", "jumelle", "twin", "triplet", "triple", "neonat", "مولود", "مولوده", "رضيع",
        "رضيعه",
        word,
    ]
    /// Names of nobody even by themselves; "Infant" and "Twin" are family names too.
    private static let alone: Set<String> = [
        "baby", "babyboy", "babygirl", "bebe", "bb", "newborn", "nouveaune", "nouveaunee",
        "neonate",
        "nourrisson", "jumeau", "jumelle", "مولود", "مولوده", "رضيع", "رضيعه", word,
    ]
    private static let pairs: Set<String> = [
        "nouveaune", "nouveaunee", "nouveaune(e)", "nouvellenee", "nouvellene", "newborn", "mortne",
        "mortnee", "stillborn", "طفلحديث", "طفلهحديثه", "nne", "nnee", "neonatde", "maleinfant",
        "femaleinfant", "babyboy", "babygirl", "enfantsans", "childwithout", "boyinfant",
    ]
    private static let kin: Set<String> = [
        "boy", "girl", "son", "daughter", "child", "fils", "fille", "garcon", "ne", "nee", "bebes",
        "male", "female", "masculin", "feminin", "ابن", "بنت", "ابنه", "ولد",
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
        let stem = String(decoding: word.utf8.dropLast(), as: UTF8.self)
        return newborn.contains(stem)
    }
}
