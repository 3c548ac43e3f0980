import Foundation

/// How written words are compared: NFKC, case folded, without diacritics, punctuation and marks of
/// direction. Arabic and other scripts keep their letters (contract § 5).
extension String {
    /// The words of the text, in the order written.
    package var foldedWords: [String] {
        switch foldedShape {
        // Most names are one word.
        case .folded where !isEmpty: [self]
        case .oneWord: [foldedASCII]
        case .folded, .ascii: asciiWords
        case .other: wordsFolding
        }
    }

    /// The words in one: space, accent, case and punctuation do not tell `No Show` from `no-show`.
    package var foldedWord: String {
        switch foldedShape {
        case .folded: self
        case .oneWord, .ascii: foldedASCII
        case .other: wordsFolding.joined()
        }
    }

    private var foldedASCII: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            if let folded = Self.foldedByte(byte) { bytes.append(folded) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private enum FoldedShape {
        /// Small letters and digits of ASCII, or nothing.
        case folded
        /// Letters and digits of ASCII.
        case oneWord
        case ascii, other
    }

    private var foldedShape: FoldedShape {
        let bytes = utf8.span
        var shape = FoldedShape.folded
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x80 else { return .other }
            switch Self.foldedByte(byte) {
            case byte: break
            case nil: shape = .ascii
            default: if shape == .folded { shape = .oneWord }
            }
        }
        return shape
    }

    /// What is left of a byte of ASCII in a word; `nil` for spaces and punctuation.
    private static func foldedByte(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x61...0x7a, 0x30...0x39: byte
        case 0x41...0x5a: byte | 0x20
        default: nil
        }
    }

    /// The same result as `wordsFolding` for text that has nothing to fold, without Foundation.
    private var asciiWords: [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in utf8 {
            if let folded = Self.foldedByte(byte) {
                word.append(folded)
            } else if byte != UInt8(ascii: "'"), byte != UInt8(ascii: "."),
                byte != UInt8(ascii: "`")
            {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private var wordsFolding: [String] {
        let folded = folding(options: .caseInsensitive, locale: nil)
            .decomposedStringWithCompatibilityMapping
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars {
            if let folded = Self.foldedLetters[scalar] {
                word.append(contentsOf: folded.unicodeScalars)
            } else if Self.isJoined(scalar) {
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
    /// spellings that are one letter to every reader.
    private static let foldedLetters: [Unicode.Scalar: String] = [
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae", "ß": "ss",
        "þ": "th", "ŋ": "n", "ɓ": "b", "ɗ": "d", "ɛ": "e", "ɔ": "o", "ə": "e", "ƴ": "y",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": "",
        // Persian and Urdu keyboards.
        "ی": "ي", "ک": "ك", "ھ": "ه", "ہ": "ه",
    ]
}

/// Words of several languages for the values of one field, compared as `foldedWord`.
package struct WordList<Value: Sendable & Equatable>: Sendable {
    private let values: [String: Value]

    /// - Parameter words: each value with its words, separated by commas.
    package init(_ words: [(Value, String)]) {
        var values: [String: Value] = [:]
        for (value, list) in words {
            for word in list.split(separator: ",") {
                let folded = String(word).foldedWord
                let other = values.updateValue(value, forKey: folded)
                precondition(other == nil || other == value, "\(word) has two meanings.")
            }
        }
        self.values = values
    }

    /// `nil` for a word that is not in the list: it never stands for one that is.
    package subscript(_ text: String) -> Value? {
        // Nobody writes such a word at greater length.
        guard text.utf8.count <= 96 else { return nil }
        return values[text.foldedWord]
    }
}
