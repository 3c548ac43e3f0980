package import Values

/// One line of a facility's report.
package enum StockItem: Sendable {
    case pharmacy(PharmacyItem)
    case blood(BloodItem)

    /// What a facility has one line for.
    var key: String {
        switch self {
        case .pharmacy(let item): item.drugCode + "\0" + item.batch
        case .blood(let item): item.group + "\0" + item.component.rawValue + "\0" + item.batch
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

    package var place: [String] { [drugCode, batch] }

    package var weight: Int { 192 + drugCode.utf8.count + name.utf8.count + batch.utf8.count }

    /// Below this many, without a level of its own, stock counts as low.
    private static let defaultReorderLevel = 10

    package func status(on today: CalendarDate) -> String {
        if let expiresOn, expiresOn < today { return "expired" }
        if quantity == 0 { return "out" }
        return quantity <= reorderLevel ?? Self.defaultReorderLevel ? "low" : "in_stock"
    }
}

/// Units of one blood group and component.
package struct BloodItem: StockLine, Sendable {
    /// One of `BloodGroup`.
    package let group: String
    package let component: BloodComponent
    package let batch: String
    package let units: Int
    package let expiresOn: CalendarDate?
    package let asOf: Timestamp

    package var place: [String] { [group, component.rawValue, batch] }

    package var weight: Int { 192 + batch.utf8.count }
}

/// How old a report may be before it counts as stale.
package enum Freshness {
    package static let staleSeconds: Int64 = 24 * 3600

    package static func isStale(_ asOf: Timestamp, at now: Timestamp) -> Bool {
        asOf.adding(seconds: staleSeconds) < now
    }
}
