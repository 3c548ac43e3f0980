import Foundation

/// A person's name as it is compared: NFKC, case folded, without diacritics, punctuation or spaces,
/// and with the given names in any order (contract § 5). Arabic and other scripts keep their letters.
package struct PersonName: Hashable, Sendable {
    package let given: String
    package let family: String

    package init(first: String, last: String) {
        given = PersonName.tokens(of: first).sorted().joined()
        family = PersonName.tokens(of: last).joined()
    }

    /// A word that stands for "no name yet": such a patient never matches another.
    package var isPlaceholder: Bool {
        given.isEmpty || family.isEmpty
            || PersonName.placeholders.contains(given) || PersonName.placeholders.contains(family)
            || PersonName.placeholders.contains(given + family)
    }

    /// Compared after normalisation, so one spelling each.
    private static let placeholders: Set<String> = [
        "unknown", "unk", "inconnu", "inconnue", "anonymous", "anonyme", "noname", "sansnom",
        "baby", "bebe", "newborn", "nouveaune", "xx", "xxx", "johndoe", "janedoe", "babyof",
        "مجهول", "مجهوله", "غيرمعروف",
    ]

    /// "Baby of Marie", "Bébé Fouda": a child without a name yet. Seen before sorting hides it.
    private static func isNewborn(_ words: [String]) -> Bool {
        guard let first = words.first else { return false }
        return words.count > 1 && (first == "baby" || first == "bebe" || first == "bb")
    }

    /// The words of a name as it is compared, in the order given.
    package static func tokens(of text: String) -> [String] {
        let words = text.utf8.allSatisfy({ $0 < 0x80 }) ? asciiWords(text) : words(folding: text)
        return isNewborn(words) ? ["babyof"] : words
    }

    /// The same result as `words(folding:)` for text that has nothing to fold, without Foundation.
    private static func asciiWords(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7a, 0x30...0x39: word.append(byte)
            case 0x41...0x5a: word.append(byte | 0x20)
            case UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: "`"): break
            default:
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static func words(folding text: String) -> [String] {
        let folded = text.folding(options: .caseInsensitive, locale: nil)
            .decomposedStringWithCompatibilityMapping
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars {
            if let folded = foldedLetters[scalar] {
                word.append(contentsOf: folded.unicodeScalars)
            } else if isJoined(scalar) {
                continue
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                word.append(scalar)
            } else if !word.isEmpty {
                words.append(String(word))
                word.removeAll()
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words
    }

    /// Marks and punctuation that stand inside a word: diacritics, apostrophes, the Arabic tatweel,
    /// directional and zero-width controls.
    private static func isJoined(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark:
            // Accents and Arabic or Hebrew points; the vowel signs of Indic scripts, which are
            // letters to their readers, have the class 0 and are kept.
            scalar.properties.canonicalCombiningClass.rawValue >= 10
        case .enclosingMark, .format, .modifierLetter, .modifierSymbol: true
        default: scalar == "'" || scalar == "’" || scalar == "‘" || scalar == "." || scalar == "ʼ"
        }
    }

    /// Letters that Unicode does not decompose, though people type them either way; and the Arabic
    /// spellings that are one letter to every reader (matching.md § 5).
    private static let foldedLetters: [Unicode.Scalar: String] = [
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae", "ß": "ss",
        "þ": "th", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ɛ": "e", "ɔ": "o", "ə": "e", "ƴ": "y",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": "",
        // Persian and Urdu keyboards.
        "ی": "ي", "ک": "ك", "ھ": "ه", "ہ": "ه",
    ]
}
