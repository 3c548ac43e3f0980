/// How far a result is out of range, in HL7's codes (v3 ObservationInterpretation).
package enum FlagLevel: String, Sendable, CaseIterable {
    case high = "H", low = "L"
    case criticalHigh = "HH", criticalLow = "LL"
    case abnormal = "A", critical = "AA"
    case normal = "N"

    package var isAbnormal: Bool { self != .normal }

    /// Reads what laboratories write in English, French and Arabic; `nil` for any other word.
    package init?(reading text: String) {
        guard let level = FlagLevel.signs[text] ?? FlagLevel.words[text] else { return nil }
        self = level
    }

    /// What a result's fields say together. Where they contradict each other the more alarming one
    /// counts: nobody is told that a value is normal which somebody has flagged.
    package init?(level: String?, flagged: Bool?, interpretation: String?) {
        let level = level.flatMap { FlagLevel(reading: $0) }
        if let level, level.isAbnormal {
            self = level
            return
        }
        let interpretation = interpretation.flatMap { FlagLevel(reading: $0) }
        if let interpretation, interpretation.isAbnormal {
            self = interpretation
        } else if let flagged {
            self = flagged ? .abnormal : .normal
        } else if let said = level ?? interpretation {
            self = said
        } else {
            return nil
        }
    }

    /// Signs fold away in words.
    private static let signs: [String: FlagLevel] = [
        "*": .abnormal, "**": .abnormal, "***": .abnormal, "!": .abnormal, "!!": .abnormal,
        "+": .abnormal, "++": .abnormal, "+++": .abnormal, "↑": .high, ">": .high,
        "↑↑": .criticalHigh, "↓": .low, "<": .low, "↓↓": .criticalLow,
    ]

    private static let words = WordList<FlagLevel>([
        (
            .high,
            "h,hi,high,above,abnormally high,élevé,élevée,haut,haute,augmenté,augmentée,مرتفع"
        ),
        (
            .low,
            "l,lo,low,below,abnormally low,bas,basse,faible,diminué,diminuée,abaissé,abaissée,منخفض"
        ),
        (
            .criticalHigh,
            "hh,hu,critical high,critically high,high critical,very high,panic high,très élevé,"
                + "très élevée,très haut,critique haut,مرتفع جدا,مرتفع حرج"
        ),
        (
            .criticalLow,
            "ll,lu,bb,critical low,critically low,low critical,very low,panic low,très bas,très basse,"
                + "critique bas,منخفض جدا,منخفض حرج"
        ),
        (
            .abnormal,
            "a,abn,abnormal,out of range,positive,pos,anormal,anormale,positif,positive,hors norme,"
                + "hors normes,pathologique,غير طبيعي,إيجابي"
        ),
        (.critical, "aa,crit,critical,panic,critique,حرج"),
        (
            .normal,
            "n,normal,norm,nl,wnl,normale,negative,neg,within range,in range,within normal limits,"
                + "négatif,négative,dans les normes,طبيعي,سلبي"
        ),
    ])
}
