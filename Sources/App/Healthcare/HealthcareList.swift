import SQLite

/// A list of one kind of record, as a desktop system sent it.
struct HealthcareList: Sendable {
    let entity: HealthcareEntity
    let drafts: [HealthcareDraft]
    let principal: Principal
    let facility: Facility
    let origin: EventStore.Origin
    let newcomers: [Int: ClinicPerson]

    /// Stores a part of the list, whose patients the audit entry names.
    ///
    /// - Parameter begun: what the part before came to; `nil` for the first.
    func take(
        _ part: Range<Int>, after begun: HealthcareIngest?, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> HealthcareIngest {
        entry.entity = entity.plural
        var ingest =
            try begun
            ?? HealthcareIngest(
                entity, count: drafts.count, for: principal, at: facility, origin: origin,
                newcomers: newcomers, in: tx)
        let createdBefore = ingest.outcome.created
        ingest.outcome.beginPart()
        try ingest.take(drafts, part, in: tx)
        entry.batchPatientIDs = ingest.outcome.patientIDs.sorted()
        if ingest.outcome.created > createdBefore { entry.action = .create }
        return ingest
    }
}
