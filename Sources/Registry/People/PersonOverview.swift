package import Database
package import Identity
package import Values

/// All that an administrator sees of one person at once: who they are, where that comes from, and what has
/// been done about it. Of records how many there are, and nothing that they say.
package struct PersonOverview: Sendable {
    package struct Reference: Sendable {
        /// A client, or `facility:ID`.
        package let owner: String
        package let number: String
        package let createdAt: Timestamp
    }

    package struct Records: Sendable {
        package let type: RecordType
        package let count: Int
        package let newest: Timestamp?
    }

    package struct Allowance: Sendable {
        package let id: String
        package let clientID: String
        package let state: String
        package let coverage: String
        package let expiresAt: Timestamp
    }

    package let patient: Patient
    package let fields: PatientFields
    package let createdBy: String
    package let facilityID: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let formerIDs: [String]
    package let references: [Reference]
    package let records: [Records]
    package let consents: [Allowance]
    package let corrections: [PatientCorrection]
    package let merges: [MergeStore.Merge]
    /// Open ones, with the other's Health ID.
    package let cases: [(id: String, healthID: String, bits: Double, band: String)]

    /// Most of each kind.
    private static let limit = 100

    /// - Parameter people: the patient, then whoever was merged into them.
    package init(
        of patient: Patient, _ people: [Int64], in tx: borrowing Transaction
    ) throws {
        self.patient = try PatientStore.merged(patient, of: people, in: tx)
        fields = try PatientFieldStore.fields(of: patient.id, in: tx)
        let details = try PatientDetails(patient, of: people, owner: "", in: tx)
        formerIDs = details.formerIDs
        updatedAt = details.updatedAt
        let origin = try tx.first(
            "SELECT created_by, facility_id, created_at FROM patients WHERE id = ?",
            [.integer(patient.id)]
        ) { ($0.text(0), $0.textOrNil(1), Timestamp(milliseconds: $0.int64(2))) }
        guard let origin else { throw DatabaseError.corrupt }
        (createdBy, facilityID, createdAt) = origin
        references = try people.flatMap { try PersonOverview.references(of: $0, in: tx) }
        records = try PersonOverview.records(of: people, in: tx)
        consents = try PersonOverview.consents(of: patient.id, in: tx)
        corrections = try PatientCorrections.all(
            of: people, before: nil, limit: PersonOverview.limit, in: tx)
        merges = try MergeStore.all(of: patient.id, limit: PersonOverview.limit, in: tx)
        cases = try DuplicateCaseStore.open(of: patient.id, limit: PersonOverview.limit, in: tx)
    }

    private static func references(
        of id: Int64, in tx: borrowing Transaction
    ) throws -> [Reference] {
        try tx.all(
            """
            SELECT client_id, reference, created_at FROM external_references WHERE patient_id = ?
            ORDER BY client_id, reference LIMIT ?
            """, [.integer(id), .int(limit)]
        ) {
            Reference(
                owner: $0.text(0), number: $0.text(1),
                createdAt: Timestamp(milliseconds: $0.int64(2)))
        }
    }

    private static func records(
        of people: [Int64], in tx: borrowing Transaction
    ) throws -> [Records] {
        var counts: [RecordType: (count: Int, newest: Timestamp?)] = [:]
        try RecordStore.forEach(nil, of: people, hasContent: false, in: tx) { line in
            var entry = counts[line.type] ?? (0, nil)
            let time = line.occurredAt ?? line.receivedAt
            entry = (entry.count + 1, entry.newest.map { max($0, time) } ?? time)
            counts[line.type] = entry
        }
        return RecordType.allCases.compactMap { type in
            counts[type].map { Records(type: type, count: $0.count, newest: $0.newest) }
        }
    }

    private static func consents(
        of id: Int64, in tx: borrowing Transaction
    ) throws -> [Allowance] {
        try tx.all(
            """
            SELECT id, client_id, state, coverage, expires_at FROM consents WHERE patient_id = ?
            ORDER BY created_at DESC, id DESC LIMIT ?
            """, [.integer(id), .int(limit)]
        ) {
            Allowance(
                id: $0.text(0), clientID: $0.text(1), state: $0.text(2), coverage: $0.text(3),
                expiresAt: Timestamp(milliseconds: $0.int64(4)))
        }
    }
}

extension MergeStore {
    /// Those in which a patient is the survivor or the retired one, newest first.
    fileprivate static func all(
        of id: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [Merge] {
        let ids = try tx.all(
            "SELECT id FROM merges WHERE survivor_id = ?1 OR retired_id = ?1 ORDER BY id DESC LIMIT ?2",
            [.integer(id), .int(limit)]
        ) { $0.text(0) }
        return try ids.compactMap { try find($0, in: tx) }
    }
}

extension DuplicateCaseStore {
    fileprivate static func open(
        of id: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [(id: String, healthID: String, bits: Double, band: String)] {
        try tx.all(
            """
            SELECT duplicate_cases.id, patients.health_id, bits, band
            FROM duplicate_cases JOIN patients
                ON patients.id = CASE WHEN patient_id = ?1 THEN candidate_id ELSE patient_id END
            WHERE state = 'open' AND (patient_id = ?1 OR candidate_id = ?1)
            ORDER BY bits DESC LIMIT ?2
            """, [.integer(id), .int(limit)]
        ) { ($0.text(0), $0.text(1), $0.real(2), $0.text(3)) }
    }
}
