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
        "(blank)", "(vide)", "(empty)", "(none)", "(aucun)", "[object Object]", "''", "\"\"",
    ]

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

    /// The same of what is to be one person's or thing's: also `0000000000`, `XXXX` and `123456789`.
    package static func isNoIdentifier(_ text: String) -> Bool {
        let shape = Shape(text)
        if shape.hasDigits { return shape.isFiller }
        guard text.utf8.count <= 96 else { return false }
        return isNothingInWords(text) || Shape(text.foldedWord).isFiller
            || pending.contains(text.foldedWord)
    }

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
    }

    private static let pending = folded(
        """
        pending,in progress,in process,to follow,to be provided,to be completed,to be confirmed,tbc,\
        tbd,tba,awaiting,applied for,later,test,en cours,en attente,à compléter,à renseigner,à venir,\
        à fournir,à confirmer,plus tard,pas encore,قيد الانتظار,قيد الإجراء,لاحقا,ليس بعد
        """)

    private static let words = folded(
        """
        0,na,nc,nd,nr,ns,nsp,nil,no,none,null,nan,undefined,nothing,empty,blank,missing,void,\
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

    /// What is wrong with what a spreadsheet left behind: one of its errors, or a number cut off to an
    /// exponent; `nil` where it is neither.
    package static func spreadsheetFault(_ text: String) -> String? {
        guard text.utf8.count <= 32 else { return nil }
        if isSpreadsheetError(text) {
            return "is an error of a spreadsheet (\(text)): correct the cell and export it again"
        }
        guard isCutOffNumber(text) else { return nil }
        return
            "is a number that a spreadsheet has cut off (\(text)): format the column as text, enter "
            + "all digits and export it again"
    }

    private static func isSpreadsheetError(_ text: String) -> Bool {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "#") {
            return bytes.count > 1 && bytes.allSatisfy { $0 == UInt8(ascii: "#") }
                || bytes.count > 3
                    && (bytes.last == UInt8(ascii: "!") || bytes.last == UInt8(ascii: "?"))
                || ["#N/A", "#N/D", "#NV", "#N.D", "#GETTING_DATA", "#ERROR", "#ERREUR"].contains(
                    text.uppercased())
        }
        // LibreOffice: Err:502, in French Err :502.
        guard bytes.first == UInt8(ascii: "E") else { return false }
        let plain = text.filter { $0 != " " }.utf8
        return plain.count == 7 && plain.starts(with: "Err:".utf8)
            && plain.dropFirst(4).allSatisfy { (48...57).contains($0) }
    }

    /// `1.04829E+11`, `2,37671E+11`, `6E+08`; `2E5` is a code.
    private static func isCutOffNumber(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        func digits() -> Int {
            let count = bytes.prefix { (48...57).contains($0) }.count
            bytes = bytes.dropFirst(count)
            return count
        }
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") {
            bytes = bytes.dropFirst()
        }
        guard digits() == 1 else { return false }
        var isNumber = false
        if bytes.first == UInt8(ascii: ".") || bytes.first == UInt8(ascii: ",") {
            bytes = bytes.dropFirst()
            guard digits() > 0 else { return false }
            isNumber = true
        }
        guard let mark = bytes.first, mark | 0x20 == UInt8(ascii: "e") else { return false }
        bytes = bytes.dropFirst()
        if bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") {
            bytes = bytes.dropFirst()
            isNumber = true
        }
        return isNumber && (1...3).contains(digits()) && bytes.isEmpty
    }
}
