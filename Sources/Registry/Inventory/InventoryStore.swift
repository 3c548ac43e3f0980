package import Database
package import Values

/// What facilities have in stock, as they last reported it. Every query names the facility.
///
/// A medicine is known by its code, lot and expiry, a bag of blood by the number of its donation
/// (contract § 6).
package enum InventoryStore {
    /// A count older than the one that is known changes nothing; lines of one upload add up.
    ///
    /// - Throws: `Refusal` 422 when the upload says of one bag that it is another.
    package static func store(
        _ item: StockItem, from source: StockSource, in tx: borrowing Transaction
    ) throws -> StockOutcome {
        switch item {
        case .pharmacy(let item): try store(item, from: source, in: tx)
        case .blood(let item): try store(item, from: source, in: tx)
        }
    }

    /// Most lines of one upload that are added up under one key.
    private static let lineLimit = 1_000

    /// What is known under a line's key.
    private struct Known {
        let row: Int64
        let quantity: Int
        let asOf: Int64
        let uploadID: String
        let lines: [UInt8]
        /// Whether it says the same as the line.
        let isSame: Bool

        func has(_ line: [UInt8]) -> Bool {
            stride(from: 0, to: lines.count - 7, by: 8).contains {
                lines[$0..<($0 + 8)].elementsEqual(line)
            }
        }

        /// What is to become of a line, and the quantity and lines that count then.
        func step(
            _ quantity: Int, asOf: Timestamp, from source: StockSource
        ) throws -> (outcome: StockOutcome, quantity: Int, lines: [UInt8]) {
            if uploadID.utf8.elementsEqual(source.uploadID.utf8) {
                if has(source.line) { return (.repeated, self.quantity, lines) }
                guard lines.count < InventoryStore.lineLimit * 8 else {
                    throw Refusal.validation(
                        "quantity", "has \(InventoryStore.lineLimit) lines in this upload already")
                }
                let total = min(self.quantity + quantity, InventoryStore.quantityLimit)
                return (.added(total: total), total, lines + source.line)
            }
            if asOf.milliseconds < self.asOf { return (.outdated, self.quantity, lines) }
            return (isSame ? .unchanged : .stored, quantity, source.line)
        }
    }

    private static let quantityLimit = 1_000_000_000_000

    // MARK: Pharmacy

    private static func store(
        _ item: PharmacyItem, from source: StockSource, in tx: borrowing Transaction
    ) throws -> StockOutcome {
        let key: [SQLValue] = [
            .text(source.facilityID), .text(item.drugCode), .text(item.batch),
            .text(item.expiresOn?.description ?? ""),
        ]
        let known = try tx.first(
            """
            SELECT seq, quantity, as_of, upload_id, lines,
                name = ?5 AND quantity = ?6 AND unit IS NOT DISTINCT FROM ?7
                    AND reorder_level IS NOT DISTINCT FROM ?8
            FROM pharmacy_stock
            WHERE facility_id = ?1 AND drug_code = ?2 AND batch = ?3 AND expires_on = ?4
            """,
            key + [
                .text(item.name), .int(item.quantity), .optional(item.unit),
                .optional(item.reorderLevel),
            ], known)
        guard let known else {
            try tx.run(
                """
                INSERT INTO pharmacy_stock (facility_id, drug_code, batch, expires_on, name, quantity,
                    unit, reorder_level, as_of, upload_id, lines)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                key + [
                    .text(item.name), .int(item.quantity), .optional(item.unit),
                    .optional(item.reorderLevel), .integer(item.asOf.milliseconds),
                    .text(source.uploadID), .blob(source.line),
                ])
            return .stored
        }
        let step = try known.step(item.quantity, asOf: item.asOf, from: source)
        if step.outcome == .repeated || step.outcome == .outdated { return step.outcome }
        try tx.run(
            """
            UPDATE pharmacy_stock SET name = ?, quantity = ?, unit = ?, reorder_level = ?, as_of = ?,
                upload_id = ?, lines = ?
            WHERE seq = ?
            """,
            [
                .text(item.name), .int(step.quantity), .optional(item.unit),
                .optional(item.reorderLevel), .integer(max(known.asOf, item.asOf.milliseconds)),
                .text(source.uploadID), .blob(step.lines), .integer(known.row),
            ])
        return step.outcome
    }

    private static func known(_ row: borrowing Row) throws -> Known {
        Known(
            row: row.int64(0), quantity: row.int(1), asOf: row.int64(2), uploadID: row.text(3),
            lines: row.blob(4), isSame: row.int(5) == 1)
    }

    /// - Parameter place: the `place` of the last line before.
    package static func pharmacy(
        facilityID: String, after place: [String] = [], limit: Int, in tx: borrowing Transaction
    ) throws -> [PharmacyItem] {
        try tx.all(
            """
            SELECT drug_code, name, batch, quantity, unit, expires_on, reorder_level, as_of
            FROM pharmacy_stock
            WHERE facility_id = ? AND (drug_code, batch, expires_on) > (?, ?, ?)
            ORDER BY drug_code, batch, expires_on LIMIT ?
            """, [.text(facilityID)] + bindings(place, count: 3) + [.int(limit)]
        ) { row in
            PharmacyItem(
                drugCode: row.text(0), name: row.text(1), batch: row.text(2),
                quantity: row.int(3), unit: row.textOrNil(4), expiresOn: CalendarDate(row.text(5)),
                reorderLevel: row.intOrNil(6), asOf: Timestamp(milliseconds: row.int64(7)))
        }
    }

    /// Medicines by code, each once for each unit in which it is counted; one of which everything has
    /// expired is there with a quantity of 0. A sum stays far below what an integer holds: a line has at
    /// most 10¹².
    ///
    /// - Parameter place: the `place` of the last one before.
    package static func drugs(
        facilityID: String, on today: CalendarDate, after place: [String], limit: Int,
        in tx: borrowing Transaction
    ) throws -> [DrugStock] {
        try tx.all(
            """
            WITH drugs AS (
                SELECT drug_code, COALESCE(unit, '') AS unit,
                    SUM(CASE WHEN expires_on = '' OR expires_on >= ?2 THEN quantity ELSE 0 END)
                        AS quantity,
                    MAX(reorder_level) AS reorder_level
                FROM pharmacy_stock
                WHERE facility_id = ?1 AND drug_code >= ?3
                    AND (drug_code, COALESCE(unit, '')) > (?3, ?4)
                GROUP BY drug_code, COALESCE(unit, '')
                ORDER BY drug_code, COALESCE(unit, '') LIMIT ?5
            )
            SELECT drug_code, unit, quantity, reorder_level, (
                SELECT name FROM pharmacy_stock AS batch
                WHERE batch.facility_id = ?1 AND batch.drug_code = drugs.drug_code
                    AND COALESCE(batch.unit, '') = drugs.unit
                ORDER BY as_of DESC, batch.batch, expires_on LIMIT 1),
                EXISTS (SELECT 1 FROM pharmacy_stock AS batch
                WHERE batch.facility_id = ?1 AND batch.drug_code = drugs.drug_code
                    AND COALESCE(batch.unit, '') <> drugs.unit)
            FROM drugs ORDER BY drug_code, unit
            """,
            [.text(facilityID), .text(today.description)] + bindings(place, count: 2)
                + [.int(limit)]
        ) { row in
            let unit = row.text(1)
            return DrugStock(
                drugCode: row.text(0), isOneOfSeveral: row.int(5) == 1, name: row.text(4),
                unit: unit.isEmpty ? nil : unit, quantity: row.int(2),
                reorderLevel: row.intOrNil(3))
        }
    }

    /// How many items `drugs` has in all, and how many of them are low or out.
    package static func drugCounts(
        facilityID: String, on today: CalendarDate, in tx: borrowing Transaction
    ) throws -> (all: Int, low: Int) {
        try tx.first(
            """
            SELECT COUNT(*),
                COALESCE(SUM(CASE WHEN quantity <= COALESCE(reorder_level, ?3) THEN 1 END), 0)
            FROM (
                SELECT SUM(CASE WHEN expires_on = '' OR expires_on >= ?2 THEN quantity ELSE 0 END)
                        AS quantity, MAX(reorder_level) AS reorder_level
                FROM pharmacy_stock WHERE facility_id = ?1
                GROUP BY drug_code, COALESCE(unit, '')) AS drugs
            """,
            [
                .text(facilityID), .text(today.description),
                .int(PharmacyItem.defaultReorderLevel),
            ]
        ) { (all: $0.int(0), low: $0.int(1)) } ?? (0, 0)
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

    // MARK: Blood

    package static func newestBlood(
        facilityID: String, in tx: borrowing Transaction
    ) throws -> Timestamp? {
        try tx.first(
            "SELECT MAX(as_of) FROM blood_stock WHERE facility_id = ?", [.text(facilityID)]
        ) { $0.int64OrNil(0) }?.map { Timestamp(milliseconds: $0) }
    }

    /// Only screened blood is ever stored.
    private static func store(
        _ item: BloodItem, from source: StockSource, in tx: borrowing Transaction
    ) throws -> StockOutcome {
        let key: [SQLValue] = [
            .text(source.facilityID), .text(item.group), .text(item.component.rawValue),
            .text(item.batch), .text(item.donation), .text(item.expiresOn?.description ?? ""),
        ]
        let known =
            item.donation.isEmpty
            ? try tx.first(
                """
                SELECT seq, units, as_of, upload_id, lines, units = ?7
                FROM blood_stock
                WHERE facility_id = ?1 AND blood_group = ?2 AND component = ?3 AND batch = ?4
                    AND donation = ?5 AND expires_on = ?6
                """, key + [.int(item.units)], known)
            : try tx.first(
                """
                SELECT seq, units, as_of, upload_id, lines,
                    blood_group = ?2 AND batch = ?4 AND expires_on = ?6
                FROM blood_stock WHERE facility_id = ?1 AND donation = ?5 AND component = ?3
                    AND donation <> ''
                """, key, known)
        guard let known else {
            try tx.run(
                """
                INSERT INTO blood_stock (facility_id, blood_group, component, batch, donation,
                    expires_on, units, screening, as_of, upload_id, lines)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'screened', ?, ?, ?)
                """,
                key + [
                    .int(item.units), .integer(item.asOf.milliseconds), .text(source.uploadID),
                    .blob(source.line),
                ])
            return .stored
        }
        let step = try known.step(item.units, asOf: item.asOf, from: source)
        switch step.outcome {
        case .repeated, .outdated: return step.outcome
        case .added where !item.donation.isEmpty:
            // A bag is one; what else the line says may not matter.
            guard known.isSame else {
                throw Refusal.validation(
                    "donation_number",
                    "is that of another bag in this upload, which says otherwise: send the right one "
                        + "alone")
            }
            return .repeated
        default: break
        }
        try tx.run(
            """
            UPDATE blood_stock SET blood_group = ?, batch = ?, expires_on = ?, units = ?, as_of = ?,
                upload_id = ?, lines = ?
            WHERE seq = ?
            """,
            [
                .text(item.group), .text(item.batch), .text(item.expiresOn?.description ?? ""),
                .int(step.quantity), .integer(max(known.asOf, item.asOf.milliseconds)),
                .text(source.uploadID), .blob(step.lines), .integer(known.row),
            ])
        return step.outcome
    }

    /// - Parameter place: the `place` of the last line before.
    package static func blood(
        facilityID: String, after place: [String] = [], limit: Int, in tx: borrowing Transaction
    ) throws -> [BloodItem] {
        try tx.all(
            """
            SELECT blood_group, component, batch, donation, units, expires_on, as_of
            FROM blood_stock
            WHERE facility_id = ?
                AND (blood_group, component, batch, donation, expires_on) > (?, ?, ?, ?, ?)
            ORDER BY blood_group, component, batch, donation, expires_on LIMIT ?
            """, [.text(facilityID)] + bindings(place, count: 5) + [.int(limit)]
        ) { row in
            BloodItem(
                group: row.text(0),
                component: BloodComponent(rawValue: row.text(1)) ?? .wholeBlood,
                batch: row.text(2), donation: row.text(3), units: row.int(4),
                expiresOn: CalendarDate(row.text(5)),
                asOf: Timestamp(milliseconds: row.int64(6)))
        }
    }
}
