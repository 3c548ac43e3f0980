/// Words and numbers that stand for nothing: they never identify, link or contradict (contract § 1).
package enum Placeholder {
    /// What programs write for "no value", in any field: `NULL`, `N/A`, `\N`, `NaN`, `undefined`.
    ///
    /// Their spelling counts: `Null` and `NA` are family names, and `na` may be sodium.
    package static func isNull(_ text: String) -> Bool {
        guard (2...16).contains(text.utf8.count) else { return false }
        return nulls.contains(text)
    }

    /// Whether any of them begins with the byte: most texts are told apart by it.
    package static func beginsNull(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "("), UInt8(ascii: "<"),
            UInt8(ascii: "["), UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "u"),
            UInt8(ascii: "U"), UInt8(ascii: "D"), UInt8(ascii: "S"), UInt8(ascii: "'"), 0x22:
            true
        default: false
        }
    }

    private static let nulls: Set<String> = [
        "NULL", "null", "(NULL)", "(null)", "<NULL>", "<null>", "[NULL]", "[null]", "#NULL", "\\N",
        "N/A", "n/a", "N/a", "N.A.", "n.a.", "N/D", "n/d", "N.D.", "n.d.", "N/C", "n/c",
        "NaN", "nan", "<NA>", "<na>", "NaT", "undefined", "UNDEFINED", "DBNull", "System.DBNull",
        "System.String", "System.String[]", "System.Object", "System.Object[]",
        "(blank)", "(vide)", "(empty)", "(none)", "(aucun)", "[object Object]", "''", "\"\"",
    ]

    /// The same where a person's name was: also `None`, `nil` and `Infinity`; `Nil` is a given name.
    package static func isNoName(_ text: String) -> Bool {
        isNull(text) || ["None", "none", "NONE", "nil", "Infinity", "-Infinity"].contains(text)
    }

    /// Whether a word or number stands for "none", "unknown" or "not yet", in a field that describes or
    /// identifies something: also `-`, `aucun`, `néant`, `لا يوجد`.
    package static func isNothing(_ text: String) -> Bool {
        guard text.utf8.count <= 96 else { return false }
        let shape = Shape(text)
        return shape.hasDigits ? shape.isZero : isNothingInWords(text)
    }

    private static func isNothingInWords(_ text: String) -> Bool {
        let word = text.foldedWord
        return word.isEmpty || isNull(text) || words.contains(word)
    }

    /// The same of what is to be one person's: also `0000000000`, `XXXX` and `123456789`.
    package static func isNoIdentifier(_ text: String) -> Bool {
        let shape = Shape(text)
        if shape.hasDigits { return shape.isFiller }
        guard text.utf8.count <= 96 else { return false }
        return isNothingInWords(text) || Shape(text.foldedWord).isFiller
            || pending.contains(text.foldedWord)
    }

    /// The same of the numbers that a system gives: `123456` and `1111` are some record's, `00000` and
    /// `99999` fill a field.
    package static func isNoReference(_ text: String) -> Bool {
        let shape = Shape(text)
        if shape.hasDigits { return shape.isFillerOfReference }
        guard text.utf8.count <= 96 else { return false }
        return isNothingInWords(text) || Shape(text.foldedWord).isFillerOfReference
            || pending.contains(text.foldedWord)
    }

    /// What a line of totals says where records have their number; `nil` where it is none.
    package static func totalFault(_ text: String) -> String? {
        // Nearly every number of a record is told from them by its first two bytes.
        guard (3...64).contains(text.utf8.count), mayBeTotal(text) else { return nil }
        let folded = text.foldedWord
        // SUM12 is a code, Total 45 is none.
        let word =
            folded.utf8.count > 5
            ? String(folded.unicodeScalars.filter { !(48...57).contains($0.value) }) : folded
        guard totals.contains(word) else { return nil }
        return
            "is the word of a line of totals (\(text)): take the line out, or enter the record's number"
    }

    /// Whether it begins as one of `totals` does: `to`, `gr`, `so`, `su`, `ov`, `mo`, `me`, `no`, `co`,
    /// `av`, or in Arabic.
    static func mayBeTotal(_ text: String) -> Bool {
        let start = text.utf8.prefix(2)
        guard let first = start.first, let second = start.last else { return false }
        if first >= 0x80 || second >= 0x80 { return true }
        return switch second | 0x20 {
        case UInt8(ascii: "o"): "tsmnc".utf8.contains(first | 0x20)
        case UInt8(ascii: "v"): "oa".utf8.contains(first | 0x20)
        case UInt8(ascii: "r"): first | 0x20 == UInt8(ascii: "g")
        case UInt8(ascii: "u"): first | 0x20 == UInt8(ascii: "s")
        case UInt8(ascii: "e"): first | 0x20 == UInt8(ascii: "m")
        default: false
        }
    }

    private static let totals = folded(
        """
        total,totals,totaux,grand total,total general,total général,sous total,sous totaux,subtotal,\
        sub total,overall total,total amount,montant total,somme totale,\
        somme,sommes,sum,nombre,nombre total,count,average,avg,moyenne,moy,mean,median,médiane,\
        المتوسط,متوسط,المعدل,العدد,المجموع,مجموع,الإجمالي,إجمالي,\
        المجموع الكلي,المجموع العام,الإجمالي العام
        """)

    /// What one look at a text's letters and digits tells. Only words have other letters than ASCII,
    /// and no word of the lists has digits.
    private struct Shape {
        private var isASCII = true
        private var count = 0
        private var digits = 0
        private var first: UInt8 = 0
        private var isRepeated = true
        private var climbs = true
        private var falls = true

        init(_ text: String) {
            var last: UInt8 = 0
            for sent in text.utf8 {
                let byte = (0x41...0x5a).contains(sent) ? sent | 0x20 : sent
                let isDigit = (48...57).contains(byte)
                if byte >= 0x80 { isASCII = false }
                guard isDigit || (0x61...0x7a).contains(byte) else { continue }
                if isDigit { digits += 1 }
                if count == 0 {
                    first = byte
                } else {
                    let step = (Int(byte) - Int(last) + 10) % 10
                    isRepeated = isRepeated && byte == first
                    climbs = climbs && step == 1
                    falls = falls && step == 9
                }
                last = byte
                count += 1
            }
        }

        var hasDigits: Bool { isASCII && digits > 0 }
        var isZero: Bool { count == 1 && first == 48 }

        /// `0000`, `X`, `1111`, and `1234567`, `987654321`: what fills a field that had to be filled. A
        /// file may be number 7.
        var isFiller: Bool {
            guard isASCII else { return false }
            if isRepeated { return count >= 4 || first == 48 || first == UInt8(ascii: "x") }
            return count >= 6 && digits == count && (climbs || falls)
        }

        var isFillerOfReference: Bool {
            guard isASCII, isRepeated else { return false }
            if digits > 0 { return first == 48 || first == 57 && count >= 5 }
            return count >= 4 || first == UInt8(ascii: "x")
        }
    }

    private static let pending = folded(
        """
        pending,in progress,in process,to follow,to be provided,to be completed,to be confirmed,tbc,\
        tbd,tba,awaiting,applied for,later,test,en cours,en attente,à compléter,à renseigner,à venir,\
        à fournir,à confirmer,plus tard,pas encore,قيد الانتظار,قيد الإجراء,لاحقا,ليس بعد
        """)

    private static let words = folded(
        """
        0,na,nc,nd,nr,ns,nsp,nil,no,none,null,nan,infinity,undefined,nothing,empty,blank,missing,void,\
        none known,not known,unk,unkn,unknown,not applicable,not available,not recorded,not provided,\
        not given,not specified,not stated,not reported,not registered,no data,no value,no number,\
        no id,no phone,no mobile,has none,without,unspecified,\
        non,aucun,aucune,aucun connu,aucune connue,néant,rien,ras,rien à signaler,sans,sans objet,\
        sans numéro,sans téléphone,pas de numéro,pas de téléphone,pas de cni,pas,so,inconnu,inconnue,\
        inconnus,inconnues,non connu,non connue,non connues,non renseigné,non renseignée,\
        non communiqué,non communiquée,non disponible,non applicable,non précisé,non précisée,\
        non fourni,non fournie,indisponible,indéterminé,indéterminée,vide,\
        لا يوجد,لا توجد,لا شيء,غير معروف,غير معروفة,مجهول,مجهولة,بدون,بلا,بدون رقم,لا ينطبق,غير متوفر,\
        غير متوفرة,غير متاح,غير محدد,غير مسجل,فارغ,ليس لديه,ليس لديها
        """)

    static func folded(_ list: String) -> Set<String> {
        Set(list.split(separator: ",").map { String($0).foldedWord })
    }
}
