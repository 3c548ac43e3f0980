import Foundation
import Values

/// What columns are called: whatever a file says in English, French or Arabic becomes a name that the
/// server knows, which may depend on what the rows are; a name unknown to both is sent in snake_case,
/// since the server ignores what it does not need.
enum ColumnNames {
    /// What an agent adds to the rows of an error file; ignored when such a file is dropped again.
    static let errorRow = "error_row"
    static let errorReason = "error_reason"
    private static let ofErrors: Set<String> = [errorRow, errorReason, ErrorID.member]

    /// The name to send for a column's heading; `nil` for a column that is not sent.
    ///
    /// - Parameter columns: what the configuration says, by `key`.
    static func name(
        for heading: String, _ type: FileType?, _ columns: [String: String] = [:]
    ) -> String? {
        let name = snakeCase(heading)
        if name.isEmpty || ofErrors.contains(name) || PossibleDuplicate.shown.contains(name) {
            return nil
        }
        return known(heading, type, columns) ?? name
    }

    /// `nil` for a heading that says nothing to us.
    static func known(
        _ heading: String, _ type: FileType?, _ columns: [String: String] = [:]
    ) -> String? {
        for key in keys(heading) {
            let found = columns[key] ?? type.flatMap { names[$0]?[key] } ?? common[key]
            if let found { return found }
        }
        return nil
    }

    /// Whether the heading is one of ours rather than data, whatever the rows are.
    static func isKnown(_ heading: String, _ columns: [String: String] = [:]) -> Bool {
        keys(heading).contains { all.contains($0) || columns[$0] != nil || $0 == errorRow }
    }

    static func isDate(_ name: String) -> Bool {
        name == "dob" || name == "date" || name.hasSuffix("_date") || name.hasSuffix("_at")
            || name.hasSuffix("_on")
            || name.hasPrefix("date_") || name == "expiry"
    }

    /// Lower case, without accents, words joined by underscores: "Date de naissance" becomes
    /// `date_de_naissance`.
    static func snakeCase(_ heading: String) -> String {
        // `HbA1c` is one word.
        let hasDigit = heading.utf8.contains { (48...57).contains($0) }
        return words(heading, splitting: !hasDigit).joined(separator: "_")
    }

    /// `DateOfBirth` is three words, and `SpO2` one.
    private static func keys(_ heading: String) -> [String] {
        [key(heading), key(heading, splitting: false)]
    }

    /// What headings are compared by: without what forms add to a name (`Sexe (M/F) *`), and without
    /// articles.
    static func key(_ heading: String, splitting: Bool = true) -> String {
        var plain = heading
        for (open, close) in [("(", ")"), ("[", "]")] {
            while let start = plain.range(of: open),
                let end = plain.range(of: close, range: start.upperBound..<plain.endIndex)
            {
                plain.removeSubrange(start.lowerBound..<end.upperBound)
            }
        }
        let words = words(plain, splitting: splitting)
        let rest = (words.isEmpty ? Self.words(heading, splitting: splitting) : words).map {
            numbers[$0] ?? $0
        }
        var telling = rest.filter { !articles.contains($0) }
        // `Dossier N°` is `N° dossier`.
        if telling.count > 1, telling.last == "no" { telling.insert(telling.removeLast(), at: 0) }
        return (telling.isEmpty ? rest : telling).joined(separator: "_")
    }

    private static let articles: Set<String> = [
        "de", "du", "des", "d", "la", "le", "les", "l", "of", "the", "en", "au", "a",
    ]
    private static let numbers = [
        "no": "no", "n": "no", "nr": "no", "num": "no", "numero": "no", "number": "no",
        "numeros": "no", "رقم": "رقم",
    ]

    private static func words(_ heading: String, splitting: Bool) -> [String] {
        // Nobody names a column so; what is that long is text.
        guard heading.utf8.count <= 512 else { return [] }
        var spaced = String.UnicodeScalarView()
        let scalars = Array(heading.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let before = index > 0 ? scalars[index - 1] : " "
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalar {
            case "°", "º", "№", "#":
                spaced.append(contentsOf: (isLetter(before) ? " " : " no ").unicodeScalars)
            case "'", "’", "_", "/": spaced.append(" ")
            case "&": spaced.append(contentsOf: " et ".unicodeScalars)
            case "." where index > 1 && isLetter(scalars[index - 2]) && isLetter(next):
                spaced.append(" ")
            default:
                let isStart =
                    splitting && isUpper(scalar)
                    && (isLower(before) || isUpper(before) && isLower(next))
                if isStart { spaced.append(" ") }
                spaced.append(scalar)
            }
        }
        return String(spaced).foldedWords
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic
    }
    private static func isUpper(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isUppercase }
    private static func isLower(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isLowercase || (48...57).contains(scalar.value)
    }

    // MARK: Tables

    static let common = table(HeadingWords.common, identities: HeadingWords.known)
    static let names = HeadingWords.byType.mapValues { table($0, identities: []) }
    private static let all = Set(common.keys).union(names.values.flatMap(\.keys))

    private static func table(
        _ words: [String: String], identities: [String]
    ) -> [String: String] {
        var table: [String: String] = [:]
        for name in identities { table[key(name)] = name }
        for (name, list) in words {
            for word in list.split(separator: ",") { table[key(String(word))] = name }
        }
        return table
    }
}
