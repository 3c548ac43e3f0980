/// What a name sounds like, in one alphabet for French, English and Arabic spellings: consonant
/// classes without vowels. A blocking key, never a proof: محمد and محمود share theirs.
package enum PhoneticCode {
    /// At most four classes, such as `nd` for Mohamadou, Muhammad, Mamadou and محمد. Empty for text
    /// without letters.
    package static func of(_ token: String) -> String {
        let letters = Array(token.unicodeScalars)
        var code: [UInt8] = []
        var index = 0
        while index < letters.count, code.count < 4 {
            let (sound, length) = sound(at: index, in: letters)
            index += length
            guard let sound else {
                // A vowel is heard only where a name begins with it.
                if code.isEmpty, index == length { code.append(UInt8(ascii: "a")) }
                continue
            }
            if sound != code.last { code.append(sound) }
        }
        return String(decoding: code, as: UTF8.self)
    }

    /// The class of the sound at a place, `nil` for vowels and what is silent; and how many letters
    /// spell it.
    private static func sound(
        at index: Int, in letters: [Unicode.Scalar]
    ) -> (sound: UInt8?, length: Int) {
        let letter = letters[index]
        if letter.value > 0x7f, let arabic = arabic[letter] {
            return (arabic == 0 ? nil : arabic, 1)
        }
        let next = index + 1 < letters.count ? letters[index + 1] : " "
        switch (letter, next) {
        case ("t", "c"), ("t", "s"), ("c", "h"), ("s", "h"), ("c", "z"), ("s", "c"):
            let isLong = index + 2 < letters.count && letters[index + 2] == "h"
            return (UInt8(ascii: "s"), isLong ? 3 : 2)
        case ("d", "j"), ("d", "g"): return (UInt8(ascii: "j"), 2)
        case ("g", "n"): return (UInt8(ascii: "n"), 2)
        case ("p", "h"): return (UInt8(ascii: "f"), 2)
        case ("q", "u"), ("k", "h"), ("c", "k"): return (UInt8(ascii: "k"), 2)
        case ("g", "h"): return (UInt8(ascii: "j"), 2)
        case ("t", "h"): return (UInt8(ascii: "t"), 2)
        case ("d", "h"): return (UInt8(ascii: "d"), 2)
        case ("c", "e"), ("c", "i"), ("c", "y"): return (UInt8(ascii: "s"), 1)
        default: return (latin(letter), 1)
        }
    }

    private static func latin(_ letter: Unicode.Scalar) -> UInt8? {
        switch letter {
        case "b", "p": UInt8(ascii: "b")
        case "f", "v": UInt8(ascii: "f")
        case "k", "q", "c": UInt8(ascii: "k")
        case "j", "g": UInt8(ascii: "j")
        case "s", "x", "z": UInt8(ascii: "s")
        case "n", "m": UInt8(ascii: "n")
        case "d", "t", "l", "r": UInt8(letter.value)
        default: nil
        }
    }

    /// 0 for letters that are vowels or fall silent in Latin spellings.
    private static let arabic = table([
        ("b", "بپ"), ("t", "تط"), ("s", "ثسشصزژ"), ("j", "جغگ"), ("k", "خقكک"), ("d", "دذضظ"),
        ("r", "ر"), ("f", "فڤ"), ("l", "ل"), ("n", "نم"),
        ("\0", "اأإآٱىيیئءؤوةهحعے"),
    ])

    private static func table(
        _ rows: [(sound: Character, letters: String)]
    ) -> [Unicode.Scalar: UInt8] {
        var table: [Unicode.Scalar: UInt8] = [:]
        for row in rows {
            for letter in row.letters.unicodeScalars { table[letter] = row.sound.asciiValue ?? 0 }
        }
        return table
    }
}
