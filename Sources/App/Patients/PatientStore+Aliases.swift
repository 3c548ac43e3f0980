package import SQLite

extension PatientStore {
    package enum AliasKind: String, Sendable {
        /// An `OPC-…` id of the first generation.
        case legacy
        /// Retired by a merge.
        case merged
    }

    /// Lets a further id lead to a patient, to whom the records that waited for it then belong.
    ///
    /// - Throws: `DatabaseError.constraint` when the id leads somewhere already.
    package static func addAlias(
        _ alias: String, _ kind: AliasKind, to patient: RecordSubject, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO patient_aliases (alias, patient_id, kind, created_at) VALUES (?, ?, ?, ?)
            """,
            [
                .text(alias), .integer(patient.patientID), .text(kind.rawValue),
                .integer(now.milliseconds),
            ])
        try PendingRecords.attach(under: alias, to: patient, at: now, in: tx)
    }
}
