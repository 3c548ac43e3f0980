import Database
package import Identity
package import Values

/// One of the two people of a case, with what a merge would join.
package struct DuplicatePerson {
    /// What hangs on a person, and on those who were merged into them.
    package struct Holdings: Sendable {
        package let records: Int
        package let references: Int
        package let consents: Int
        package let files: Int
    }

    /// More of a kind are not counted.
    private static let limit = 10_000

    package let patient: Patient
    package let address: Address
    package let holdings: Holdings
    package let registeredAt: Timestamp
    let updatedAt: Timestamp
    let isDead: Bool

    var facts: PersonFacts { PersonFacts(patient, address: address) }
    var isVerified: Bool { patient.verificationStatus == .verified }

    init(_ patient: Patient, in tx: borrowing Transaction) throws {
        self.patient = patient
        address = try BlockingStore.address(of: patient.id, in: tx)
        holdings = try Holdings(of: patient.id, limit: DuplicatePerson.limit, in: tx)
        let row = try tx.first(
            "SELECT created_at, updated_at, date_of_death FROM patients WHERE id = ?",
            [.integer(patient.id)]
        ) {
            (
                Timestamp(milliseconds: $0.int64(0)), Timestamp(milliseconds: $0.int64(1)),
                !$0.isNull(2)
            )
        }
        guard let row else { throw DatabaseError.corrupt }
        (registeredAt, updatedAt, isDead) = row
    }
}

extension DuplicatePerson.Holdings {
    fileprivate init(of patientID: Int64, limit: Int, in tx: borrowing Transaction) throws {
        let people = [patientID] + (try MergedPatients.retired(into: patientID, in: tx))
        func count(_ sql: StaticString) throws -> Int {
            try people.reduce(0) { sum, id in
                let count = try tx.first(sql, [.integer(id), .int(limit)]) { $0.int(0) }
                return min(sum + (count ?? 0), limit)
            }
        }
        records = try count(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM records WHERE patient_id = ? LIMIT ?) AS held
            """)
        references = try count(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM external_references WHERE patient_id = ? LIMIT ?) AS held
            """)
        consents = try count(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM consents WHERE patient_id = ? LIMIT ?) AS held
            """)
        files = try count(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM patient_files WHERE patient_id = ? LIMIT ?) AS held
            """)
    }
}
