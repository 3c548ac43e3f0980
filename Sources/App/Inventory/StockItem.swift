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

/// One medicine, by batch, as a facility reported it.
package struct PharmacyItem: Sendable {
    package let drugCode: String
    package let name: String
    /// Empty where the facility keeps none.
    package let batch: String
    package let quantity: Int
    package let unit: String?
    package let expiresOn: CalendarDate?
    package let reorderLevel: Int?
    package let asOf: Timestamp

    /// Below this many, without a level of its own, stock counts as low.
    private static let defaultReorderLevel = 10

    package func status(on today: CalendarDate) -> String {
        if let expiresOn, expiresOn < today { return "expired" }
        if quantity == 0 { return "out" }
        return quantity <= reorderLevel ?? Self.defaultReorderLevel ? "low" : "in_stock"
    }
}

/// Units of one blood group and component.
package struct BloodItem: Sendable {
    /// One of `BloodGroup`.
    package let group: String
    package let component: BloodComponent
    package let batch: String
    package let units: Int
    package let expiresOn: CalendarDate?
    package let asOf: Timestamp
}

/// How old a report may be before it counts as stale.
package enum Freshness {
    package static let staleSeconds: Int64 = 24 * 3600

    package static func isStale(_ asOf: Timestamp, at now: Timestamp) -> Bool {
        asOf.adding(seconds: staleSeconds) < now
    }
}
