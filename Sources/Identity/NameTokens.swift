/// The words of a name that tell people apart, in comparable spelling (matching.md § 5).
///
/// Titles and the words between names (bin, épouse, al-) are gone; a name that consists of nothing
/// else keeps them.
package struct NameTokens: Sendable, Equatable {
    package let tokens: [String]

    package init(_ text: String) { self.init(words: PersonName.tokens(of: text)) }

    /// - Parameter words: as `PersonName.tokens` gives them.
    init(words: [String]) {
        var tokens: [String] = []
        var isAfterServant = false
        for word in words {
            if NameTokens.separators.contains(word) { continue }
            let token = NameTokens.withoutArticle(word)
            // "Abd al-Rahman", "عبد الرحمن" and "Abdulrahman" are one name.
            if isAfterServant, let servant = tokens.popLast() {
                tokens.append(NameTokens.joined(servant, with: word))
                isAfterServant = false
            } else {
                isAfterServant = NameTokens.servants.contains(token)
                tokens.append(NameTokens.latinServants.contains(token) ? "abd" : token)
            }
        }
        self.tokens = tokens.isEmpty ? words : tokens
    }

    package var isEmpty: Bool { tokens.isEmpty }

    /// All words in one, as letters.
    package var joined: [Unicode.Scalar] { Array(tokens.joined().unicodeScalars) }

    private static let separators: Set<String> = [
        // Titles.
        "mr", "mme", "mlle", "mrs", "ms", "dr", "pr", "prof", "hadja", "hadj", "alhaji", "alhadji",
        "elhadj", "hajj", "pere", "soeur", "sr", "jr", "miss", "madame", "monsieur", "mademoiselle",
        "docteur", "doctor", "professeur", "rev", "reverend", "pasteur", "pastor", "maitre",
        "mallam",
        "malam",
        // Between married and birth name.
        "epse", "epouse", "ep", "nee", "ne", "veuve", "vve",
        // Son, daughter, the.
        "bin", "ibn", "bint", "ben", "bent", "ould", "mint", "al", "el", "as", "ash", "an", "ar",
        "بن", "ابن", "بنت", "ولد", "ال",
    ]

    private static func joined(_ servant: String, with word: String) -> String {
        if servant == "عبد" || servant == "ابو" { return servant + word }
        return word == "allah" ? "abdullah" : "abdul" + word
    }

    private static let latinServants: Set<String> = ["abd", "abdel", "abdul", "abdoul", "abdou"]
    /// With "Abu Bakr", "أبو بكر": in Latin letters Abou is a name by itself as well.
    private static let servants = latinServants.union(["عبد", "ابو"])

    /// An article that is written as part of the word: "العتيبي" is "عتيبي".
    private static func withoutArticle(_ word: String) -> String {
        guard word.hasPrefix("ال"), word.unicodeScalars.count > 4 else { return word }
        return String(word.unicodeScalars.dropFirst(2))
    }
}
