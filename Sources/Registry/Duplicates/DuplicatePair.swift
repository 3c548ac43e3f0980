package import Identity
package import Database

/// A case with the two people it is about, as they are now.
package struct DuplicatePair {
    package let duplicate: DuplicateCase
    package let patient: Patient
    package let candidate: Patient
    package let patientAddress: Address
    package let candidateAddress: Address

    package init(_ duplicate: DuplicateCase, in tx: borrowing Transaction) throws {
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
    package static func readable(
        _ duplicate: DuplicateCase, in tx: borrowing Transaction
    ) throws -> DuplicatePair? {
        do {
            return try DuplicatePair(duplicate, in: tx)
        } catch DatabaseError.unreadable(let row) {
            UnreadableRows.note(row)
            return nil
        }
    }

    /// - Throws: `Refusal` 404.
    package static func find(
        _ id: String, naming entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        entry.entity = "duplicate/" + id
        guard let duplicate = try DuplicateCaseStore.find(id, in: tx) else {
            throw Refusal(.notFound, "There is no case with this id.")
        }
        let pair = try DuplicatePair(duplicate, in: tx)
        pair.name(in: &entry)
        return pair
    }

    /// Both people's data is shown: both learn of it.
    package func name(in entry: inout AuditEntry) {
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
