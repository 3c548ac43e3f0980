import JSON
import Values
package import Database

/// What administrators do with refused records, in the caller's transaction. Whatever is refused is a
/// `Refusal`, and the entry names the record by then.
package enum Quarantine {
    /// Which ones a list shows; `nil` leaves a condition out.
    package struct Filter: Sendable {
        package var agentID: String?
        package var facilityID: String?
        package var state: QuarantinedRecord.State?

        package init() {}
    }

    // MARK: Reading

    /// The newest first; without what was sent.
    package static func list(
        _ filter: Filter, limit: Int, in tx: borrowing Transaction
    ) throws -> [QuarantinedRecord] {
        try QuarantineStore.list(filter, limit: limit, in: tx)
    }

    /// The same, older than `before`; of one facility, by id or reference, or all.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func page(
        _ filter: Filter, facilityName: String?, before: Int64, limit: Int,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [QuarantinedRecord] {
        var filter = filter
        filter.facilityID = try facilityName.map {
            try FacilityStore.named($0, auditing: &entry, in: tx).id
        }
        entry.entity = "quarantine"
        return try QuarantineStore.list(filter, before: before, limit: limit, in: tx)
    }

    /// One with what was sent. Whose data it is, as far as it says so, may see who looked.
    ///
    /// - Throws: `Refusal` 404 `not_found`.
    package static func show(
        _ id: Int64, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> QuarantinedRecord {
        let record = try find(id, auditing: &entry, in: tx)
        if let text = healthID(in: record.payload), let reference = PatientReference(text),
            let found = try PatientStore.find(reference, in: tx)
        {
            try entry.name(found.patient, named: found.namedID, in: tx)
        }
        return record
    }

    private static func healthID(in payload: [UInt8]) -> String? {
        // Kept as it was sent: it need not be what any rule asks for.
        guard let root = try? JSONDocument(payload, limits: .stored).root, root.kind == .object
        else { return nil }
        var body = ObjectReader(root["data"] ?? root, in: root)
        return body.text("health_id", "patient_health_id")
    }

    static func find(
        _ id: Int64, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> QuarantinedRecord {
        entry.entity = "quarantine/\(id)"
        guard let record = try QuarantineStore.find(id, in: tx) else {
            throw Refusal.unknown("quarantined record")
        }
        return record
    }

    static func requireOpen(_ record: QuarantinedRecord) throws {
        guard record.state != .open else { return }
        throw Refusal(
            .conflict,
            "This record was \(record.state.rawValue) by \(record.resolvedBy ?? "somebody").")
    }

    // MARK: One

    /// - Throws: `Refusal` 404 `not_found`, 409 `conflict` when it is not open.
    package static func discard(
        _ id: Int64, note: String?, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> QuarantinedRecord {
        try requireOpen(find(id, auditing: &entry, in: tx))
        _ = try QuarantineStore.discard(
            id, note: note, by: entry.principal, at: origin.now, in: tx)
        return try find(id, auditing: &entry, in: tx)
    }

    // MARK: Many

    /// The first hundred of the chosen ones.
    ///
    /// - Throws: `Refusal` 404 `facility_not_found`.
    package static func discard(
        _ choice: QuarantineSelection, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ResolvedPart {
        let (ids, end) = try choice.part(auditing: &entry, in: tx)
        let results: [ResolvedPart.Result] = try ids.map { id in
            let isDone = try QuarantineStore.discard(
                id, note: choice.note, by: entry.principal, at: origin.now, in: tx)
            return .init(id: id, status: isDone ? .discarded : .notOpen)
        }
        return ResolvedPart(results: results, end: end)
    }
}
