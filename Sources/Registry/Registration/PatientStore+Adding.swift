import Identity
import Database
import Values

extension PatientStore {
    /// Registers a person, to whom the records that waited for the id then belong.
    ///
    /// - Throws: `DatabaseError.constraint` as `insert` does.
    static func add(
        _ demographics: Demographics, healthID: String, createdBy: String, facilityID: String?,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Patient {
        let patient = try insert(
            demographics, healthID: healthID, createdBy: createdBy, facilityID: facilityID, at: now,
            in: tx)
        try PendingRecords.attach(
            under: healthID, to: RecordSubject(patientID: patient.id, healthID: healthID), at: now,
            in: tx)
        return patient
    }
}
