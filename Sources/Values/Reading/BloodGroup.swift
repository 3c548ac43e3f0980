/// A blood group: ABO and Rh D.
package enum BloodGroup: String, Sendable, CaseIterable {
    case aPositive = "A+"
    case aNegative = "A-"
    case bPositive = "B+"
    case bNegative = "B-"
    case abPositive = "AB+"
    case abNegative = "AB-"
    case oPositive = "O+"
    case oNegative = "O-"

    /// Reads what people write: `o pos`, `O Rh+`, `AB-negative`, `A Rh(D) positif`, `0 +ve`.
    ///
    /// `nil` for what names no group, or may name two (`A- positive`): somebody may be given blood
    /// by what is read here.
    package init?(reading text: String) {
        if let exact = BloodGroup(rawValue: text) {
            self = exact
            return
        }
        guard text.utf8.count <= 64 else { return nil }
        var rest = Substring(BloodGroup.letters(of: text))
        let letters = rest.hasPrefix("AB") ? "AB" : String(rest.prefix(1))
        rest.removeFirst(letters.count)
        rest = Substring(rest.filter { $0 != "(" && $0 != ")" })
        if let rhesus = ["RHESUS", "RHD", "RH"].first(where: rest.hasPrefix) {
            rest.removeFirst(rhesus.count)
        }
        let sign: String
        switch rest {
        case "+", "+VE", "POS", "POSITIVE", "POSITIF", "PLUS", "+POS", "+POSITIVE", "+POSITIF":
            sign = "+"
        case "-", "-VE", "NEG", "NEGATIVE", "NEGATIF", "MINUS", "MOINS", "-NEG", "-NEGATIVE",
            "-NEGATIF":
            sign = "-"
        // A hyphen within one word; beside a space it may be a minus.
        case "-POS", "-POSITIVE", "-POSITIF":
            guard !text.contains(where: { $0.isWhitespace || $0 == "(" }) else { return nil }
            sign = "+"
        default: return nil
        }
        self.init(rawValue: (letters == "0" ? "O" : letters) + sign)
    }

    /// In upper case, without spaces, dots, accents and marks of direction; hyphens and signs in
    /// ASCII, however word processors wrote them.
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
