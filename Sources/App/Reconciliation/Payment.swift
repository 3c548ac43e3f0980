import Foundation

/// One side's account of a payment.
package struct Payment: Sendable {
    package enum Side: String, Sendable, CaseIterable {
        /// What the facility booked.
        case facility
        /// What the provider, usually mobile money, says it moved.
        case provider
    }

    package let side: Side
    package let reference: String
    package let amount: Money
    package let method: String?
    /// `completed`, or another word of the sender's.
    package let status: String
    package let paidAt: Timestamp

    package var isCompleted: Bool { status == "completed" }

    /// What subscribers are told (contract § 8).
    package func completed(facilityID: String) -> Event {
        Event(
            .paymentCompleted, patientID: nil,
            data: [
                ("reference", reference), ("side", side.rawValue), ("facility_id", facilityID),
            ])
    }
}

/// An amount in the smallest unit of its currency: centimes, or francs where there are none.
package struct Money: Sendable, Hashable {
    package let minor: Int64
    /// ISO 4217.
    package let currency: String

    package init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }

    /// Every amount is smaller (contract § 1): nothing that is added up of them overflows.
    package static let limit: Int64 = 1_000_000_000_000_000

    /// Reads a decimal amount: `1500`, `1500.50`, and as French exports have it `1 500,50`. `nil` for
    /// anything else, more decimals than the currency has, or 10^15 minor units and more.
    package init?(decimal sent: String, currency: String) {
        let text = Money.inEnglish(sent)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = Money.decimals(of: currency)
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        // Trailing zeros say nothing: 1500.00 is 1500 francs.
        while fraction.utf8.count > decimals, fraction.hasSuffix("0") { fraction.removeLast() }
        let digits = parts[0] + fraction
        guard !parts[0].isEmpty, fraction.utf8.count <= decimals, digits.utf8.count <= 15,
            digits.utf8.allSatisfy({ (48...57).contains($0) }),
            parts.count == 1 || !parts[1].isEmpty,
            var minor = Int64(digits)
        else { return nil }
        // Fifteen digits, and three more at most.
        for _ in fraction.utf8.count..<decimals { minor *= 10 }
        guard minor < Money.limit else { return nil }
        self.init(minor: minor, currency: currency)
    }

    /// A comma before one or two last digits is a decimal point; blanks between digits group them.
    private static func inEnglish(_ text: String) -> String {
        let blanks: Set<Unicode.Scalar> = [" ", "\u{a0}", "\u{202f}"]
        guard text.unicodeScalars.contains(where: { blanks.contains($0) || $0 == "," }) else {
            return text
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || (1...2).contains(parts[1].utf8.count) else {
            return text
        }
        let groups = parts[0].unicodeScalars.split(
            omittingEmptySubsequences: false, whereSeparator: { blanks.contains($0) })
        guard groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups.first.map({ (1...3).contains($0.count) || groups.count == 1 }) ?? false
        else { return text }
        let whole = groups.map { String(String.UnicodeScalarView($0)) }.joined()
        return parts.count == 1 ? whole : whole + "." + parts[1]
    }

    /// Decimal places (ISO 4217).
    private static func decimals(of currency: String) -> Int {
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
}

/// What both sides have of one currency; wider than any count of amounts.
package struct PaymentTotal: Sendable {
    package let currency: String
    package var facility: Int128 = 0
    package var provider: Int128 = 0
}

/// Both sides of one reference.
package struct ReconciledPayment: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case matched
        case amountMismatch = "amount_mismatch"
        case missingAtFacility = "missing_at_facility"
        case missingAtProvider = "missing_at_provider"
    }

    package let reference: String
    package let facility: Payment?
    package let provider: Payment?

    /// About how many bytes it takes in an answer.
    package var weight: Int {
        [facility, provider].reduce(128 + reference.utf8.count) { sum, side in
            sum + (side == nil ? 8 : 160 + (side?.method?.utf8.count ?? 0))
        }
    }

    package var status: Status {
        switch (facility, provider) {
        case (let facility?, let provider?):
            facility.amount == provider.amount ? .matched : .amountMismatch
        case (nil, _): .missingAtFacility
        case (_, nil): .missingAtProvider
        }
    }
}
