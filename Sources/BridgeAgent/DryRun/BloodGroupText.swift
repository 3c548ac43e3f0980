/// Blood groups as people write them, as the server reads them.
enum BloodGroupText {
    /// Whether it names one group: `A+`, `o pos`, `O Rh+`, `AB-negative`, `A Rh(D) positif`.
    static func isOne(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        var rest = Substring(letters(of: text))
        rest.removeFirst(rest.hasPrefix("AB") ? 2 : min(rest.count, 1))
        let group = letters(of: text).dropLast(rest.count)
        rest = Substring(rest.filter { $0 != "(" && $0 != ")" })
        if let rhesus = ["RHESUS", "RHD", "RH"].first(where: rest.hasPrefix) {
            rest.removeFirst(rhesus.count)
        }
        if ["-POS", "-POSITIVE", "-POSITIF"].contains(rest),
            text.contains(where: { $0.isWhitespace || $0 == "(" })
        {
            return false
        }
        return ["A", "B", "AB", "O", "0"].contains(group) && signs.contains(String(rest))
    }

    private static let signs: Set<String> = [
        "+", "+VE", "POS", "POSITIVE", "POSITIF", "PLUS", "+POS", "+POSITIVE", "+POSITIF", "-POS",
        "-POSITIVE", "-POSITIF", "-", "-VE", "NEG", "NEGATIVE", "NEGATIF", "MINUS", "MOINS",
        "-NEG", "-NEGATIVE", "-NEGATIF",
    ]

    /// Words that say that no group is known.
    static let unknown: Set<String> = [
        "0", "na", "n/a", "nc", "nd", "nr", "nil", "no", "none", "null", "nan", "unk", "unknown",
        "not known", "non", "aucun", "inconnu", "inconnue", "non connu", "neant", "néant", "ras",
        "-", "--", "/", "?", ".",
    ]

    /// In upper case, without spaces, dots, accents and marks of direction, signs in ASCII.
    private static func letters(of text: String) -> String {
        var letters = String.UnicodeScalarView()
        for scalar in text.uppercased().unicodeScalars {
            switch scalar.value {
            case 0x2010...0x2013, 0x2212, 0xFE63, 0xFF0D: letters.append("-")
            case 0xFE62, 0xFF0B: letters.append("+")
            case 0xC9: letters.append("E")
            case 0x2E, 0x301, 0x200B...0x200F, 0xFEFF: continue
            default:
                if !scalar.properties.isWhitespace { letters.append(scalar) }
            }
        }
        return String(letters)
    }
}
