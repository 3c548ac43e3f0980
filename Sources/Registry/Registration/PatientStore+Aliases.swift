package import Database
package import Values

extension PatientStore {
    /// Lets an `OPC-…` id of the first generation lead to a patient, to whom the records that waited for
    /// it then belong.
    ///
    /// - Throws: `DatabaseError.constraint` when the id leads somewhere already.
    package static func addAlias(
        _ alias: String, to patient: RecordSubject, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "INSERT INTO patient_aliases (alias, patient_id, created_at) VALUES (?, ?, ?)",
            [.text(alias), .integer(patient.namedID), .integer(now.milliseconds)])
        try PendingRecords.attach(under: alias, to: patient, at: now, in: tx)
    }
}
