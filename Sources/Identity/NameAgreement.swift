/// How far two names agree.
package enum NameAgreement: Int, Sendable {
    /// The same words, in any order.
    case exact
    /// Known spellings or short forms of one name, or the same to the ear.
    case variant
    /// Similarity from 0.95, or 0.88; or one name is part of the other.
    case close, similar
    case distant
    case different

    /// For choosing between two ways to lay names side by side.
    var similarity: Double {
        switch self {
        case .exact: 1
        case .variant: 0.97
        case .close: 0.95
        case .similar: 0.9
        case .distant: 0.8
        case .different: 0.4
        }
    }

    /// `nil` when either name is unknown.
    package init?(_ left: PersonFacts.Name, _ right: PersonFacts.Name) {
        guard !left.tokens.isEmpty, !right.tokens.isEmpty else { return nil }
        if left.letters == right.letters
            || left.tokens.count > 1 && left.tokens.sorted() == right.tokens.sorted()
        {
            self = .exact
            return
        }
        if let areSame = NameAgreement.areSame(left.tokens, right.tokens) {
            self = areSame ? .variant : .different
            return
        }
        if NameAgreement.areInDifferentScripts(left, right) {
            // Letters cannot be compared; the ear can, and is wrong more often.
            let isHeardAlike = zip(left.tokens, right.tokens).allSatisfy {
                PhoneticCode.of($0) == PhoneticCode.of($1)
            }
            self = left.tokens.count == right.tokens.count && isHeardAlike ? .similar : .different
            return
        }
        if NameVariants.areHeardAlike(left.tokens, right.tokens) {
            self = .variant
            return
        }
        if NameAgreement.differInLongVowels(left, right) {
            self = .distant
            return
        }
        let similarity = StringDistance.jaroWinkler(left.letters, right.letters)
        let whole = NameAgreement(similarity: similarity)
        if whole.rawValue > NameAgreement.similar.rawValue,
            NameAgreement.isPart(left.tokens, of: right.tokens)
                || NameAgreement.isPart(right.tokens, of: left.tokens)
        {
            self = .similar
        } else {
            self = whole
        }
    }

    private init(similarity: Double) {
        self =
            switch similarity {
            case 0.95...: .close
            case 0.88...: .similar
            case 0.8...: .distant
            default: .different
            }
    }

    /// By the table of variants, word by word in any order; `nil` when it does not know them all.
    private static func areSame(_ left: [String], _ right: [String]) -> Bool? {
        guard left.count == right.count else { return nil }
        if left.count == 1 { return NameVariants.areSame(left[0], right[0]) }
        var rest = right
        for word in left {
            let twin = rest.firstIndex { $0 == word || NameVariants.areSame(word, $0) == true }
            guard let twin else { return nil }
            rest.remove(at: twin)
        }
        return true
    }

    /// Whether all words of the shorter name are among those of the longer one.
    private static func isPart(_ part: [String], of whole: [String]) -> Bool {
        guard part.count < whole.count else { return false }
        return part.allSatisfy { word in
            whole.contains { other in
                word == other || NameVariants.areSame(word, other) ?? false
                    || StringDistance.jaroWinkler(
                        Array(word.unicodeScalars), Array(other.unicodeScalars)) >= 0.95
            }
        }
    }

    /// Arabic names of the same consonants are different names when their long vowels differ: كريم is not
    /// كرم, and سالم not سليم.
    private static func differInLongVowels(
        _ left: PersonFacts.Name, _ right: PersonFacts.Name
    ) -> Bool {
        func consonants(_ name: PersonFacts.Name) -> [Unicode.Scalar] {
            name.letters.filter { !"اوي".unicodeScalars.contains($0) }
        }
        return isArabic(left) && isArabic(right) && consonants(left) == consonants(right)
    }

    private static func areInDifferentScripts(
        _ left: PersonFacts.Name, _ right: PersonFacts.Name
    ) -> Bool {
        isArabic(left) != isArabic(right)
    }

    private static func isArabic(_ name: PersonFacts.Name) -> Bool {
        name.letters.contains { (0x600...0x6ff).contains($0.value) }
    }
}
