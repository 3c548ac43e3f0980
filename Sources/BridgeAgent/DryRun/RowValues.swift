import Foundation

/// Values as the server reads them.
enum RowValues {
    static let sexes: Set<String> = [
        "male", "m", "masculin", "homme", "female", "f", "feminin", "féminin", "femme", "other",
        "o", "autre", "unknown", "u", "unk", "inconnu",
    ]
    static let appointmentStates: Set<String> = [
        "booked", "scheduled", "confirmed", "pending", "proposed", "planned", "new", "rescheduled",
        "checked_in", "checked-in", "checkedin", "arrived", "in_progress", "completed",
        "fulfilled", "done", "finished", "cancelled", "canceled", "no_show", "no-show", "noshow",
        "missed",
    ]
    static let components: Set<String> = [
        "wholeblood", "whole", "sangtotal", "packedcells", "packedredcells", "prbc", "rbc",
        "redcells", "cgr", "plasma", "ffp", "freshfrozenplasma", "platelets", "plt", "plaquettes",
    ]
    static let screened: Set<String> = [
        "screened", "true", "passed", "negative", "safe", "yes", "complete", "completed",
    ]
    static let countries = Set(
        Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 })
    static let currencies = Set(Locale.Currency.isoCurrencies.map { $0.identifier.uppercased() })

    /// `YYYY-MM-DD`, of a day or of a time; `nil` when there is no such day.
    static func day(_ text: String) -> String? {
        let day = text.prefix(10)
        let dates = DateText(order: .dayFirst, zone: .gmt)
        guard dates.isISO(Array(day.utf8)[...]), day == text || dates.iso(text) != nil else {
            return nil
        }
        return String(day)
    }

    static func day(after day: String) -> String {
        let format = Date.ISO8601FormatStyle().year().month().day()
        guard let date = try? format.parse(day) else { return day }
        return date.addingTimeInterval(86_400).formatted(format)
    }

    static func isPhone(_ text: String) -> Bool {
        let isClean = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.numericType == .decimal || "+-(). /".unicodeScalars.contains(scalar)
        }
        return isClean && (6...15).contains(text.compactMap(\.wholeNumberValue).count)
    }

    /// `8:30`, `08:30` or `08:30:00`.
    static func isClockTime(_ text: String) -> Bool {
        let full = text.utf8.count == 4 ? "0" + text : text
        let parts = full.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }) else {
            return false
        }
        return zip(parts, [23, 59, 60]).allSatisfy { isWhole(String($0), upTo: $1) }
    }

    static func isWhole(_ text: String, upTo limit: Int64) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
        return Int64(text).map { $0 <= limit } ?? false
    }

    // MARK: Amounts

    /// `1500`, `1500.50`, `1 500,50`, with no more decimals than the currency has but zeros.
    static func isAmount(_ sent: String, in currency: String) -> Bool {
        let parts = inEnglish(sent).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var fraction = parts.count > 1 ? parts[1] : ""
        if parts.count > 1, fraction.isEmpty { return false }
        let decimals = Self.decimals(of: currency)
        while fraction.utf8.count > decimals, fraction.hasSuffix("0") { fraction.removeLast() }
        let digits = parts[0] + fraction
        return !parts[0].isEmpty && fraction.utf8.count <= decimals && digits.utf8.count <= 15
            && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// A comma before one or two last digits is a decimal point; blanks between digits group them.
    private static func inEnglish(_ text: String) -> String {
        let blanks: Set<Character> = [" ", "\u{A0}", "\u{202F}"]
        guard text.contains(where: { blanks.contains($0) || $0 == "," }) else { return text }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || (1...2).contains(parts[1].utf8.count) else {
            return text
        }
        let groups = parts[0].split(
            omittingEmptySubsequences: false, whereSeparator: blanks.contains)
        guard groups.dropFirst().allSatisfy({ $0.count == 3 }), let first = groups.first,
            (1...3).contains(first.count) || groups.count == 1
        else { return text }
        return groups.joined() + (parts.count == 1 ? "" : "." + parts[1])
    }

    /// Decimal places (ISO 4217).
    private static func decimals(of currency: String) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
            "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }
}

/// Health IDs as people type them (contract § 2).
enum HealthIDText {
    /// `nil` when it is none, or its check symbol disagrees.
    static func canonical(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let symbols = text.uppercased().unicodeScalars.filter {
            !"- \t".unicodeScalars.contains($0)
        }
        .map { Character($0) }
        if symbols.starts(with: "OPC") { return legacy(symbols) }
        guard symbols.count == 17, symbols[..<2].allSatisfy({ ("A"..."Z").contains($0) }),
            symbols[2] == "H", "I1L".contains(symbols[3]), symbols[4] == "D"
        else { return nil }
        let values = symbols[5...].compactMap(value)
        guard values.count == 12, check(values[..<11]) == values[11] else { return nil }
        return String(symbols[..<2]) + String(values.map { alphabet[$0] })
    }

    /// `OPC-YYYY-XXXXX`, of the first generation, without a check symbol.
    private static func legacy(_ symbols: [Character]) -> String? {
        guard (11...19).contains(symbols.count),
            symbols[3..<7].allSatisfy({ ("0"..."9").contains($0) }),
            symbols[7...].allSatisfy({ ("0"..."9").contains($0) || ("A"..."Z").contains($0) })
        else { return nil }
        return String(symbols)
    }

    /// Crockford's base32.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func value(_ symbol: Character) -> Int? {
        switch symbol {
        case "I", "L": 1
        case "O": 0
        default: alphabet.firstIndex(of: symbol)
        }
    }

    /// Luhn mod 32.
    private static func check(_ values: ArraySlice<Int>) -> Int {
        var sum = 0
        var isDoubled = true
        for value in values.reversed() {
            let addend = isDoubled ? value * 2 : value
            sum += addend / 32 + addend % 32
            isDoubled.toggle()
        }
        return (32 - sum % 32) % 32
    }
}
