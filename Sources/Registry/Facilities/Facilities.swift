package import Database

/// What administrators do with facilities, in the caller's transaction. Whatever is refused is a
/// `Refusal`.
package enum Facilities {
    /// By name.
    package static func all(in tx: borrowing Transaction) throws -> [Facility] {
        try FacilityStore.all(in: tx)
    }

    /// By name, from the one after the facility `id` on.
    package static func page(
        after id: String?, limit: Int, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> [Facility] {
        entry.entity = "facilities"
        return try FacilityStore.page(after: id, limit: limit, in: tx)
    }

    /// By id or reference.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func find(
        _ name: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Facility {
        try FacilityStore.named(name, auditing: &entry, in: tx)
    }

    /// - Throws: `Refusal` 409 `conflict` when the id is taken, or another facility has such a reference.
    package static func create(
        _ facility: Facility, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        entry.entity = "facility/" + facility.id
        try FacilityStore.insert(facility, at: origin.now, in: tx)
    }

    /// Changes what is given.
    ///
    /// - Parameter name: the facility's id or reference.
    /// - Throws: `Refusal` 404 `facility_not_found`, 409 `conflict` when another facility has such a
    ///   reference.
    package static func update(
        _ name: String, name newName: String?, reference: String?, timeZone: String?,
        district: String? = nil, region: String? = nil,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Facility {
        let old = try find(name, auditing: &entry, in: tx)
        let facility = Facility(
            id: old.id, reference: reference ?? old.reference, name: newName ?? old.name,
            countryCode: old.countryCode, timeZone: timeZone ?? old.timeZone,
            district: district ?? old.district, region: region ?? old.region)
        try FacilityStore.update(facility, in: tx)
        return facility
    }
}
