package import Database
package import Identity
package import Values

/// A patient with all that stands beside their row.
package struct PatientDetails: Sendable {
    /// With the blood type and allergies of those who were merged into them.
    package let patient: Patient
    package let updatedAt: Timestamp
    package let address: Address
    /// A year, a month or a day; `unknown` of somebody who has died, nobody knows when.
    package let dateOfDeath: String?
    /// OPC ids, and the ids that merges have retired.
    package let formerIDs: [String]
    /// One client's own numbers.
    package let references: [String]
    /// Whose own numbers and words those are.
    package let owner: String
    /// What was sent as resources: of allergies by anybody, of the person by that client; the newest first.
    package let kept: [KeptResource]

    /// - Parameters:
    ///   - people: the patient, then whoever was merged into them.
    ///   - owner: whose own numbers; see `Principal.referenceOwner`.
    package init(
        _ patient: Patient, of people: [Int64], owner: String, in tx: borrowing Transaction
    ) throws {
        self.patient = try PatientStore.merged(patient, of: people, in: tx)
        var updated: Int64 = 0
        var died: String?
        var former: [String] = []
        var references: [String] = []
        var kept: [KeptResource] = []
        for id in people {
            if let (healthID, time, death) = try PatientDetails.standing(of: id, in: tx) {
                if id == patient.id { died = death } else { former.append(healthID) }
                updated = max(updated, time)
            }
            former += try PatientDetails.aliases(of: id, in: tx)
            references += try PatientDetails.references(of: id, owner, in: tx)
            kept += try KeptResourceStore.all(of: id, owner: owner, in: tx)
        }
        updated = max(updated, kept.lazy.map(\.receivedAt.milliseconds).max() ?? 0)
        self.kept = kept
        self.owner = owner
        updatedAt = Timestamp(milliseconds: updated)
        dateOfDeath = died
        address = try BlockingStore.address(of: patient.id, in: tx)
        formerIDs = former
        self.references = references
    }

    private static func standing(
        of id: Int64, in tx: borrowing Transaction
    ) throws -> (healthID: String, updatedAt: Int64, dateOfDeath: String?)? {
        try tx.first(
            "SELECT health_id, updated_at, date_of_death FROM patients WHERE id = ?",
            [.integer(id)]
        ) { ($0.text(0), $0.int64(1), $0.textOrNil(2)) }
    }

    /// So many are shown of each person.
    private static func aliases(of id: Int64, in tx: borrowing Transaction) throws -> [String] {
        try tx.all(
            "SELECT alias FROM patient_aliases WHERE patient_id = ? ORDER BY alias LIMIT 50",
            [.integer(id)]
        ) { $0.text(0) }
    }

    private static func references(
        of id: Int64, _ owner: String, in tx: borrowing Transaction
    ) throws -> [String] {
        try tx.all(
            """
            SELECT reference FROM external_references WHERE patient_id = ? AND client_id = ?
            ORDER BY reference LIMIT 50
            """, [.integer(id), .text(owner)]
        ) { $0.text(0) }
    }
}
