import Foundation

/// An amount in the smallest unit of its currency: centimes, or francs where there are none.
package struct Money: Sendable, Hashable {
    package let minor: Int64
    /// ISO 4217.
    package let currency: String

    /// Amounts lie below this many minor units (contract § 1), so that a sum of millions of them fits.
    package static let limit: Int64 = 1_000_000_000_000_000

    package init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }

    /// Reads a decimal amount: `1500`, `1 500,50`, `5 000 FCFA`, `€ 12,50`.
    ///
    /// - Parameter currency: one of `currencies`; a sign of another one is refused.
    package static func read(_ sent: String, currency: String) -> Reading<Money> {
        let decimals = Money.decimals(of: currency)
        let text: String
        switch withoutSign(sent.plainCode, currency) {
        case .value(let plain, _): text = plain
        case .refused(let sentence): return .refused(sentence)
        case .nothing: return .nothing
        }
        switch NumberText.read(text, decimals: decimals, unit: "amount in \(currency)") {
        case .nothing: return .nothing
        case .refused(let sentence): return .refused(sentence)
        case .value(let number, let remark):
            let padding = String(repeating: "0", count: decimals - number.fraction.utf8.count)
            let digits = number.whole + number.fraction + padding
            guard digits.utf8.count <= 16, let minor = Int64(digits), minor < limit else {
                return .refused("must be less than 10^\(15 - decimals) \(currency)")
            }
            return .value(Money(minor: minor, currency: currency), remark: remark)
        }
    }

    /// The same of a number that a program wrote, without quotes: `5.000` is five.
    package static func read(program text: String, currency: String) -> Reading<Money> {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 3 else {
            return read(text, currency: currency)
        }
        return read(text + "0", currency: currency)
    }

    /// Without the currency's code or sign at either end.
    private static func withoutSign(_ text: String, _ currency: String) -> Reading<String> {
        let isNumeric = { (scalar: Unicode.Scalar) in
            (48...57).contains(scalar.value) || "+-(.,".unicodeScalars.contains(scalar)
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: isNumeric),
            let last = scalars.lastIndex(where: { (48...57).contains($0.value) || $0 == ")" }),
            first <= last
        else { return .value(text) }
        let amount = String(scalars[first...last])
        let signs = [String(scalars[..<first]), String(scalars[scalars.index(after: last)...])]
        for sign in signs {
            let sign = sign.trimmingCharacters(in: .whitespaces)
            if ["", ",-", ".-", ",--"].contains(sign) { continue }
            guard let named = currencySigns[sign.uppercased().filter { $0 != " " && $0 != "." }]
            else {
                return .value(text)
            }
            guard named.contains(currency) else {
                return .refused("names another currency (\(sign)) than currency, \(currency)")
            }
        }
        return .value(amount)
    }

    private static let currencySigns: [String: Set<String>] = {
        var signs = Dictionary(uniqueKeysWithValues: currencies.map { ($0, Set([$0])) })
        let francs: Set<String> = ["XAF", "XOF"]
        for word in ["FCFA", "CFA", "F", "FRS", "FR", "FRANC", "FRANCS", "FRANCSCFA", "CFAFRANCS"] {
            signs[word] = francs
        }
        for word in ["€", "EURO", "EUROS"] { signs[word] = ["EUR"] }
        for word in ["$", "US$", "DOLLARS", "DOLLAR"] {
            signs[word] = ["USD", "CAD", "AUD", "LRD"]
        }
        for word in ["£", "POUNDS"] { signs[word] = ["GBP", "EGP", "SSP", "SDG", "LBP"] }
        for word in ["₦", "NAIRA", "N"] { signs[word] = ["NGN"] }
        for word in ["SR", "ر.س", "رس", "ريال", "RIYAL", "RIYALS", "﷼"] {
            signs[word] = ["SAR", "QAR", "OMR", "YER"]
        }
        for word in ["KSH", "KES/="] { signs[word] = ["KES"] }
        for word in ["DH", "DHS", "درهم"] { signs[word] = ["MAD", "AED"] }
        for word in ["DT", "DINAR", "DINARS", "دينار"] {
            signs[word] = ["TND", "KWD", "BHD", "IQD", "JOD", "LYD", "DZD"]
        }
        return signs
    }()

    /// Decimal places (ISO 4217).
    package static func decimals(of currency: String) -> Int {
        if withoutDecimals.contains(currency) { return 0 }
        return withThreeDecimals.contains(currency) ? 3 : 2
    }

    private static let withoutDecimals: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
        "XAF", "XOF", "XPF",
    ]
    private static let withThreeDecimals: Set<String> = [
        "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND",
    ]

    package static let currencies = Set(
        Locale.Currency.isoCurrencies.map { $0.identifier.uppercased() })

    /// The code in any case, or what people call francs; `nil` for what is none.
    package static func currency(reading text: String) -> String? {
        let word = text.plainCode.uppercased()
        if currencies.contains(word) { return word }
        // Francs of both zones are called CFA; ours is the central one.
        return ["FCFA", "CFA", "F CFA", "FRANC CFA", "FRANCS CFA", "FCFA BEAC"].contains(word)
            ? "XAF" : nil
    }
}
