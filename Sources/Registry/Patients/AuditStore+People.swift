import Identity
package import Database

extension AuditStore {
    /// The patient whom an id names, with whoever was merged into them.
    package static func people(
        _ text: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [Int64] {
        let patient = try PatientStore.named(text, auditing: &entry, in: tx).patient
        return [patient.id] + (try MergedPatients.retired(into: patient.id, in: tx))
    }
}
