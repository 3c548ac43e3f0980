package import Values

/// One line of a facility's report.
package enum StockItem: Sendable {
    case pharmacy(PharmacyItem)
    case blood(BloodItem)
}

/// Where a line of stock comes from.
package struct StockSource: Sendable {
    package let facilityID: String
    /// Of all lines of one file or report.
    package let uploadID: String
    /// Eight bytes of what the line says (`RecordDigest.line`).
    package let line: [UInt8]

    package init(facilityID: String, uploadID: String, line: [UInt8]) {
        self.facilityID = facilityID
        self.uploadID = uploadID
        self.line = line
    }
}

/// What became of a line of stock.
package enum StockOutcome: Sendable, Equatable {
    case stored
    /// The last report said the same.
    case unchanged
    /// The upload has a line for it that says otherwise; both count.
    case added(total: Int)
    /// The same line stands in the upload twice, and counts once.
    case repeated
    /// A newer count is known.
    case outdated

    /// What the sender should know.
    package var remark: String? {
        switch self {
        case .added(let total):
            "another line of this upload has the same key; they were added up to \(total)"
        case .repeated: "the same line stands in this upload twice; it was counted once"
        case .outdated: "a newer count is known; this one changed nothing"
        case .stored, .unchanged: nil
        }
    }
}

/// A line as a list shows it.
package protocol StockLine {
    /// What lists go by; within a facility no two lines share it.
    var place: [String] { get }
    /// About how many bytes it takes in an answer.
    var weight: Int { get }
}

/// One medicine, by batch, as a facility reported it.
package struct PharmacyItem: StockLine, Sendable {
    package let drugCode: String
    package let name: String
    /// Empty where the facility keeps none.
    package let batch: String
    package let quantity: Int
    package let unit: String?
    package let expiresOn: CalendarDate?
    package let reorderLevel: Int?
    package let asOf: Timestamp

    package var place: [String] { [drugCode, batch, expiresOn?.description ?? ""] }

    package var weight: Int { 192 + drugCode.utf8.count + name.utf8.count + batch.utf8.count }

    /// Below this many, without a level of its own, stock counts as low.
    static let defaultReorderLevel = 10

    package func status(on today: CalendarDate) -> String {
        if let expiresOn, expiresOn < today { return "expired" }
        return Self.status(of: quantity, reorderLevel: reorderLevel)
    }

    /// Of what can be given today.
    static func status(of quantity: Int, reorderLevel: Int?) -> String {
        if quantity == 0 { return "out" }
        return quantity <= reorderLevel ?? defaultReorderLevel ? "low" : "in_stock"
    }
}

/// One medicine, all its batches together that are counted in one unit: tablets and boxes have no sum.
package struct DrugStock: Sendable {
    package let drugCode: String
    /// Whether the medicine is counted in other units too.
    package let isOneOfSeveral: Bool
    /// As the newest report has it.
    package let name: String
    package let unit: String?
    /// What has not expired.
    package let quantity: Int
    /// The highest that is told of a batch.
    package let reorderLevel: Int?

    package var status: String { PharmacyItem.status(of: quantity, reorderLevel: reorderLevel) }

    package var place: [String] { [drugCode, unit ?? ""] }

    /// Its own in the list: the medicine's code, and its unit where that alone names two.
    package var id: String { isOneOfSeveral ? place.joined(separator: "/") : drugCode }
}

/// Units of one blood group and component.
package struct BloodItem: StockLine, Sendable {
    /// One of `BloodGroup`.
    package let group: String
    package let component: BloodComponent
    package let batch: String
    /// The number of one bag, which is one unit; empty for counted units.
    package let donation: String
    package let units: Int
    package let expiresOn: CalendarDate?
    package let asOf: Timestamp

    package var place: [String] {
        [group, component.rawValue, batch, donation, expiresOn?.description ?? ""]
    }

    package var weight: Int { 208 + batch.utf8.count + donation.utf8.count }
}

/// How old a report may be before it counts as stale.
package enum Freshness {
    package static let staleSeconds: Int64 = 24 * 3600

    package static func isStale(_ asOf: Timestamp, at now: Timestamp) -> Bool {
        asOf.adding(seconds: staleSeconds) < now
    }
}
