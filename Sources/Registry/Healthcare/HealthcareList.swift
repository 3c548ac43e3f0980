package import Database

/// A list of one kind of record, as a desktop system sent it.
package struct HealthcareList: Sendable {
    package let entity: HealthcareEntity
    package let drafts: [HealthcareDraft]
    package let principal: Principal
    package let facility: Facility
    package let origin: Origin
    package let newcomers: [Int: ClinicPerson]

    /// Stores a part of the list, whose patients the audit entry names.
    ///
    /// - Parameter begun: what the part before came to; `nil` for the first.
    package func ingest(
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
        try ingest.ingest(drafts, part, in: tx)
        entry.batchPatientIDs = ingest.outcome.patientIDs.sorted()
        if ingest.outcome.created > createdBefore { entry.action = .create }
        return ingest
    }

    package init(
        entity: HealthcareEntity, drafts: [HealthcareDraft], principal: Principal,
        facility: Facility, origin: Origin, newcomers: [Int: ClinicPerson]
    ) {
        self.entity = entity
        self.drafts = drafts
        self.principal = principal
        self.facility = facility
        self.origin = origin
        self.newcomers = newcomers
    }
}
