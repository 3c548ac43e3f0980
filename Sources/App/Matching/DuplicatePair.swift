import SQLite

/// A case with the two people it is about, as they are now.
struct DuplicatePair {
    let duplicate: DuplicateCase
    let patient: Patient
    let candidate: Patient
    let patientAddress: Address
    let candidateAddress: Address

    init(_ duplicate: DuplicateCase, in tx: borrowing Transaction) throws {
        guard let patient = try PatientStore.find(id: duplicate.patientID, in: tx),
            let candidate = try PatientStore.find(id: duplicate.candidateID, in: tx)
        else { throw DatabaseError.unreadable(row: "duplicate_cases \(duplicate.id)") }
        self.duplicate = duplicate
        self.patient = patient
        self.candidate = candidate
        patientAddress = try BlockingStore.address(of: patient.id, in: tx)
        candidateAddress = try BlockingStore.address(of: candidate.id, in: tx)
    }

    /// `nil`, and written down, where one of the two cannot be read.
    static func readable(
        _ duplicate: DuplicateCase, in tx: borrowing Transaction
    ) throws -> DuplicatePair? {
        do {
            return try DuplicatePair(duplicate, in: tx)
        } catch DatabaseError.unreadable(let row) {
            UnreadableRows.note(row)
            return nil
        }
    }

    /// - Throws: `Problem` 404.
    static func find(
        _ id: String, naming entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        entry.entity = "duplicate/" + id
        guard let duplicate = try DuplicateCaseStore.find(id, in: tx) else {
            throw Problem(.notFound, "There is no case with this id.")
        }
        let pair = try DuplicatePair(duplicate, in: tx)
        pair.name(in: &entry)
        return pair
    }

    /// Both people's data is shown: both learn of it.
    func name(in entry: inout AuditEntry) {
        for one in [patient, candidate] {
            let row = (entity: "patient/" + one.healthID, id: one.id)
            if entry.patientID == nil {
                entry.name(one)
            } else if entry.patientID != one.id,
                !entry.furtherPatients.contains(where: { $0.id == one.id })
            {
                entry.furtherPatients.append(row)
            }
        }
    }
}

extension DuplicateRoutes {
    /// One transaction with the event that tells of it.
    static func merge(
        _ retired: Patient, into survivor: Patient, caseID: String?, reason: String?,
        _ context: Context, in tx: borrowing Transaction
    ) throws -> MergeStore.Merge {
        let merge = try MergeStore.merge(
            retired, into: survivor, caseID: caseID, reason: reason,
            by: context.client.auditName, at: context.now, in: tx)
        let data = [
            ("health_id", survivor.healthID), ("retired_health_id", retired.healthID),
        ]
        try EventStore.append(
            Event(.patientMerged, patientID: survivor.id, data: data), from: context.origin,
            in: tx)
        return merge
    }
}
