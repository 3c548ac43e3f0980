package import SQLite
package import Values

/// What facilities have in stock, as they last reported it. Every query names the facility.
package enum InventoryStore {
    /// A count older than the one that is known changes nothing.
    package static func store(
        _ item: StockItem, facilityID: String, in tx: borrowing Transaction
    ) throws {
        switch item {
        case .pharmacy(let item): try store(item, facilityID: facilityID, in: tx)
        case .blood(let item): try store(item, facilityID: facilityID, in: tx)
        }
    }

    /// Whether the facility's last report of it says the same.
    package static func holds(
        _ item: StockItem, facilityID: String, in tx: borrowing Transaction
    ) throws -> Bool {
        let known: Int? =
            switch item {
            case .pharmacy(let item):
                try tx.first(
                    """
                    SELECT 1 FROM pharmacy_stock
                    WHERE facility_id = ? AND drug_code = ? AND batch = ? AND name = ?
                        AND quantity = ? AND unit IS NOT DISTINCT FROM ?
                        AND expires_on IS NOT DISTINCT FROM ?
                        AND reorder_level IS NOT DISTINCT FROM ?
                    """,
                    [
                        .text(facilityID), .text(item.drugCode), .text(item.batch),
                        .text(item.name), .int(item.quantity), .optional(item.unit),
                        .optional(item.expiresOn?.description), .optional(item.reorderLevel),
                    ]
                ) { $0.int(0) }
            case .blood(let item):
                try tx.first(
                    """
                    SELECT 1 FROM blood_stock
                    WHERE facility_id = ? AND blood_group = ? AND component = ? AND batch = ?
                        AND units = ? AND expires_on IS NOT DISTINCT FROM ?
                    """,
                    [
                        .text(facilityID), .text(item.group), .text(item.component.rawValue),
                        .text(item.batch), .int(item.units),
                        .optional(item.expiresOn?.description),
                    ]
                ) { $0.int(0) }
            }
        return known != nil
    }

    /// - Parameter place: the `place` of the last line before.
    package static func pharmacy(
        facilityID: String, after place: [String] = [], limit: Int, in tx: borrowing Transaction
    ) throws -> [PharmacyItem] {
        try tx.all(
            """
            SELECT drug_code, name, batch, quantity, unit, expires_on, reorder_level, as_of
            FROM pharmacy_stock WHERE facility_id = ? AND (drug_code, batch) > (?, ?)
            ORDER BY drug_code, batch LIMIT ?
            """, [.text(facilityID)] + bindings(place, count: 2) + [.int(limit)]
        ) { row in
            PharmacyItem(
                drugCode: row.text(0), name: row.text(1), batch: row.text(2),
                quantity: row.int(3), unit: row.textOrNil(4),
                expiresOn: row.textOrNil(5).flatMap { CalendarDate($0) },
                reorderLevel: row.intOrNil(6), asOf: Timestamp(milliseconds: row.int64(7)))
        }
    }

    /// A place that this list has not given out is its beginning.
    private static func bindings(_ place: [String], count: Int) -> [SQLValue] {
        place.count == count
            ? place.map { .text($0) } : [SQLValue](repeating: .text(""), count: count)
    }

    package static func newestPharmacy(
        facilityID: String, in tx: borrowing Transaction
    ) throws -> Timestamp? {
        try tx.first(
            "SELECT MAX(as_of) FROM pharmacy_stock WHERE facility_id = ?", [.text(facilityID)]
        ) { $0.int64OrNil(0) }?.map { Timestamp(milliseconds: $0) }
    }

    package static func newestBlood(
        facilityID: String, in tx: borrowing Transaction
    ) throws -> Timestamp? {
        try tx.first(
            "SELECT MAX(as_of) FROM blood_stock WHERE facility_id = ?", [.text(facilityID)]
        ) { $0.int64OrNil(0) }?.map { Timestamp(milliseconds: $0) }
    }

    private static func store(
        _ item: PharmacyItem, facilityID: String, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO pharmacy_stock (facility_id, drug_code, batch, name, quantity, unit,
                expires_on, reorder_level, as_of)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (facility_id, drug_code, batch) DO UPDATE SET
                name = excluded.name, quantity = excluded.quantity, unit = excluded.unit,
                expires_on = excluded.expires_on, reorder_level = excluded.reorder_level,
                as_of = excluded.as_of
            WHERE excluded.as_of >= pharmacy_stock.as_of
            """,
            [
                .text(facilityID), .text(item.drugCode), .text(item.batch), .text(item.name),
                .int(item.quantity), .optional(item.unit),
                .optional(item.expiresOn?.description), .optional(item.reorderLevel),
                .integer(item.asOf.milliseconds),
            ])
    }

    /// - Parameter place: the `place` of the last line before.
    package static func blood(
        facilityID: String, after place: [String] = [], limit: Int, in tx: borrowing Transaction
    ) throws -> [BloodItem] {
        try tx.all(
            """
            SELECT blood_group, component, batch, units, expires_on, as_of FROM blood_stock
            WHERE facility_id = ? AND (blood_group, component, batch) > (?, ?, ?)
            ORDER BY blood_group, component, batch LIMIT ?
            """, [.text(facilityID)] + bindings(place, count: 3) + [.int(limit)]
        ) { row in
            BloodItem(
                group: row.text(0),
                component: BloodComponent(rawValue: row.text(1)) ?? .wholeBlood,
                batch: row.text(2), units: row.int(3),
                expiresOn: row.textOrNil(4).flatMap { CalendarDate($0) },
                asOf: Timestamp(milliseconds: row.int64(5)))
        }
    }

    /// Only screened blood is ever stored.
    private static func store(
        _ item: BloodItem, facilityID: String, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO blood_stock (facility_id, blood_group, component, batch, units, expires_on,
                screening, as_of)
            VALUES (?, ?, ?, ?, ?, ?, 'screened', ?)
            ON CONFLICT (facility_id, blood_group, component, batch) DO UPDATE SET
                units = excluded.units, expires_on = excluded.expires_on, as_of = excluded.as_of
            WHERE excluded.as_of >= blood_stock.as_of
            """,
            [
                .text(facilityID), .text(item.group), .text(item.component.rawValue),
                .text(item.batch), .int(item.units), .optional(item.expiresOn?.description),
                .integer(item.asOf.milliseconds),
            ])
    }
}
