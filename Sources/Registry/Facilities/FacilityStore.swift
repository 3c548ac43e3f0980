package import Database
import Values

package enum FacilityStore {
    private static func facility(_ row: borrowing Row) throws -> Facility {
        Facility(
            id: row.text(0), reference: row.textOrNil(1), name: row.text(2),
            countryCode: row.text(3), timeZone: row.text(4), district: row.textOrNil(5),
            region: row.textOrNil(6))
    }

    /// By UUID, or by the short name exactly as it was given.
    package static func find(
        _ idOrReference: String, in tx: borrowing Transaction
    ) throws -> Facility? {
        try tx.first(
            """
            SELECT id, reference, name, country_code, time_zone, district, region FROM facilities
            WHERE id = ? OR reference = ?
            """, [.text(idOrReference.lowercased()), .text(idOrReference)], facility)
    }

    /// The number that stands for a facility where there are many rows.
    ///
    /// - Parameter id: of one that is there.
    package static func seq(of id: String, in tx: borrowing Transaction) throws -> Int64 {
        guard
            let seq = try tx.first(
                "SELECT seq FROM facilities WHERE id = ?", [.text(id)], { $0.int64(0) })
        else { throw DatabaseError.corrupt }
        return seq
    }

    /// The facility that a caller names, once the audit row names it too.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func named(
        _ text: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Facility {
        guard text.utf8.count <= 128, let facility = try find(text, in: tx) else {
            throw Refusal(.facilityNotFound, "There is no facility with this id or reference.")
        }
        entry.entity = "facility/" + facility.id
        return facility
    }

    /// Lets a caller pass who names no facility, or its own, by id or by reference.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`, 403 `facility_forbidden`.
    package static func requireOwn(
        _ named: [String], of facilityID: String, in tx: borrowing Transaction
    ) throws {
        for text in named where !text.lowercased().utf8.elementsEqual(facilityID.utf8) {
            guard text.utf8.count <= 128, let facility = try find(text, in: tx) else {
                throw Refusal(.facilityNotFound, "There is no facility with this id or reference.")
            }
            guard facility.id == facilityID else {
                throw Refusal(
                    .facilityForbidden, "This client may work for its own facility only.")
            }
        }
    }

    /// The facilities of an area, as `Facility.area` has it.
    package static func ids(inArea area: String, in tx: borrowing Transaction) throws -> [String] {
        try tx.all("SELECT id FROM facilities WHERE area = ? LIMIT 100", [.text(area)]) {
            $0.text(0)
        }
    }

    package static func all(in tx: borrowing Transaction) throws -> [Facility] {
        try tx.all(
            """
            SELECT id, reference, name, country_code, time_zone, district, region FROM facilities
            ORDER BY name, id
            """, [], facility)
    }

    /// By name, from the one after the facility `id` on.
    static func page(
        after id: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [Facility] {
        try tx.all(
            """
            SELECT id, reference, name, country_code, time_zone, district, region FROM facilities
            WHERE CAST(?1 AS TEXT) IS NULL OR (name, id) > (SELECT name, id FROM facilities WHERE id = ?1)
            ORDER BY name, id LIMIT ?2
            """, [.optional(id), .int(limit)], facility)
    }

    /// Changes name, reference, time zone and place.
    ///
    /// - Throws: `Refusal` when another facility has such a reference.
    static func update(_ facility: Facility, in tx: borrowing Transaction) throws {
        // Look-alikes from before they were refused keep their references.
        if try find(facility.id, in: tx)?.reference != facility.reference {
            try requireOwnReference(of: facility, in: tx)
        }
        try tx.run(
            """
            UPDATE facilities SET name = ?, reference = ?, time_zone = ?, district = ?, region = ?,
                area = ?
            WHERE id = ?
            """,
            [
                .text(facility.name), .optional(facility.reference), .text(facility.timeZone),
                .optional(facility.district), .optional(facility.region), .optional(facility.area),
                .text(facility.id),
            ])
    }

    private static func requireOwnReference(
        of facility: Facility, in tx: borrowing Transaction
    ) throws {
        guard let reference = facility.reference else { return }
        try LookAlike.refuse(
            reference, "reference", of: "a facility",
            among: "SELECT reference FROM facilities WHERE reference IS NOT NULL AND id <> ?",
            [.text(facility.id)], in: tx)
    }

    /// - Throws: `Refusal` when the id is taken, or another facility has such a reference.
    static func insert(
        _ facility: Facility, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        if try find(facility.id, in: tx) != nil {
            throw Refusal(.conflict, "There is a facility \(facility.id) already.")
        }
        try requireOwnReference(of: facility, in: tx)
        try tx.run(
            """
            INSERT INTO facilities (id, reference, name, country_code, time_zone, district, region,
                area, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(facility.id), .optional(facility.reference), .text(facility.name),
                .text(facility.countryCode), .text(facility.timeZone),
                .optional(facility.district), .optional(facility.region), .optional(facility.area),
                .integer(now.milliseconds),
            ])
    }
}
