import Crypto
package import Identity
package import Database
package import Values

/// Patients, their ids and what they are found by.
package enum PatientStore {
    /// A patient that an id leads to.
    package struct Found: Sendable {
        package let patient: Patient
        /// The id to answer with: an OPC id as it was given, else the patient's own. After a merge, the
        /// survivor's.
        package let healthID: String
        /// Whom the id itself names: `patient`, or one that was merged into them.
        package let namedID: Int64
        package var isViaMergedAlias: Bool { namedID != patient.id }
    }

    package static func patient(_ row: borrowing Row) throws -> Patient {
        Patient(
            id: row.int64(0), healthID: row.text(1), firstName: row.text(2),
            lastName: row.text(3), dateOfBirth: try date(row.text(4), of: row.int64(0)),
            countryCode: row.text(5),
            sex: row.textOrNil(6).flatMap(Sex.init(rawValue:)),
            phoneNumber: row.textOrNil(7), nationalID: row.textOrNil(8),
            bloodType: row.textOrNil(9), allergies: row.text(10),
            verificationStatus: Patient.VerificationStatus(rawValue: row.text(11)) ?? .unverified,
            identityStatus: Patient.IdentityStatus(rawValue: row.text(12)) ?? .active,
            dateOfDeath: row.textOrNil(13))
    }

    private static func date(_ text: String, of id: Int64) throws -> BirthDate {
        guard let date = BirthDate(text) else {
            throw DatabaseError.unreadable(row: "patients \(id)")
        }
        return date
    }

    /// By canonical Health ID, OPC alias or retired id. Registered everywhere, so no facility or
    /// client narrows it: the Health ID is national (contract § 5).
    package static func find(
        _ reference: PatientReference, in tx: borrowing Transaction
    ) throws -> Found? {
        let text = reference.text
        if case .healthID = reference,
            let named = try tx.first(
                """
                SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                    phone_number, national_id, blood_type, allergies, verification_status,
                    identity_status, date_of_death
                FROM patients WHERE health_id = ?
                """, [.text(text)], patient)
        {
            guard let patient = try survivor(of: named, in: tx) else {
                throw DatabaseError.unreadable(row: "patients \(named.id)")
            }
            return Found(patient: patient, healthID: patient.healthID, namedID: named.id)
        }
        let namedID = try tx.first(
            "SELECT patient_id FROM patient_aliases WHERE alias = ?", [.text(text)]
        ) { $0.int64(0) }
        guard let namedID, let patient = try survivor(withID: namedID, in: tx) else { return nil }
        return Found(
            patient: patient, healthID: patient.id == namedID ? text : patient.healthID,
            namedID: namedID)
    }

    /// Whom records under an id belong to: `find` with as little read as that takes.
    ///
    /// The first statement is answered by two indexes. The patient's row would be one more page to
    /// read for every record of a batch.
    package static func subject(
        of reference: PatientReference, in tx: borrowing Transaction
    ) throws -> RecordSubject? {
        try unmergedSubject(of: reference, in: tx)
            ?? find(reference, in: tx).map { RecordSubject($0) }
    }

    /// Who bears a Health ID, unless they were merged into somebody.
    static func unmergedSubject(
        of reference: PatientReference, in tx: borrowing Transaction
    ) throws -> RecordSubject? {
        guard case .healthID(let healthID) = reference else { return nil }
        return try tx.first(
            """
            SELECT id FROM patients WHERE health_id = ? AND NOT EXISTS (
                SELECT 1 FROM merges WHERE retired_id = patients.id AND undone_at IS NULL)
            """, [.text(healthID.description)]
        ) { RecordSubject(patientID: $0.int64(0), healthID: healthID.description) }
    }

    package static func find(id: Int64, in tx: borrowing Transaction) throws -> Patient? {
        try tx.first(
            """
            SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                phone_number, national_id, blood_type, allergies, verification_status,
                identity_status, date_of_death
            FROM patients WHERE id = ?
            """, [.integer(id)], patient)
    }

    /// Patients in the order of their ids, merged ones too.
    package static func page(
        after id: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [Patient] {
        try tx.all(
            """
            SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                phone_number, national_id, blood_type, allergies, verification_status,
                identity_status, date_of_death
            FROM patients WHERE id > ? ORDER BY id LIMIT ?
            """, [.integer(id), .int(limit)], patient)
    }

    /// The facility that registered each patient; of a program of none, the program.
    package static func sources(
        after id: Int64, through end: Int64, in tx: borrowing Transaction
    ) throws -> [Int64: String] {
        let rows = try tx.all(
            "SELECT id, COALESCE(facility_id, created_by) FROM patients WHERE id > ? AND id <= ?",
            [.integer(id), .integer(end)]
        ) { (id: $0.int64(0), source: $0.text(1)) }
        return Dictionary(rows.map { ($0.id, $0.source) }) { first, _ in first }
    }

    /// The patient, or whom they were merged into.
    package static func survivor(
        of patient: Patient, in tx: borrowing Transaction
    ) throws -> Patient? {
        guard patient.identityStatus == .merged else { return patient }
        let survivor = try tx.first(
            "SELECT merged_into FROM patients WHERE id = ?", [.integer(patient.id)]
        ) { $0.isNull(0) ? nil : $0.int64(0) }
        guard let id = survivor ?? nil, let next = try find(id: id, in: tx) else { return nil }
        return try self.survivor(of: next, in: tx)
    }

    package static func survivor(
        withID id: Int64, in tx: borrowing Transaction
    ) throws -> Patient? {
        try find(id: id, in: tx).flatMap { try survivor(of: $0, in: tx) }
    }

    /// Who was merged is found by what they were known under before; each person comes once.
    private static func survivors(
        of patients: [Patient], in tx: borrowing Transaction
    ) throws -> [Patient] {
        var seen: Set<Int64> = []
        return try patients.compactMap { try survivor(of: $0, in: tx) }
            .filter { seen.insert($0.id).inserted }
    }

    /// Most that a search shows: more would be a directory.
    private static let searchLimit = 20

    package static func find(
        phone: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        try survivors(
            of: tx.all(
                """
                SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                    phone_number, national_id, blood_type, allergies, verification_status,
                    identity_status, date_of_death
                FROM patients WHERE phone_key = ? ORDER BY id LIMIT ?
                """, [.text(Matching.phoneKey(phone)), .int(searchLimit)], patient), in: tx)
    }

    package static func find(
        nationalID: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        try survivors(
            of: tx.all(
                """
                SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                    phone_number, national_id, blood_type, allergies, verification_status,
                    identity_status, date_of_death
                FROM patients WHERE national_id_key = ? ORDER BY id LIMIT ?
                """, [.text(Matching.identifierKey(nationalID)), .int(searchLimit)], patient),
            in: tx)
    }

    /// Whom a number of an owner's leads to; see `Principal.referenceOwner`.
    package static func find(
        reference: String, of owner: String, in tx: borrowing Transaction
    ) throws -> Patient? {
        try tx.first(
            "SELECT patient_id FROM external_references WHERE client_id = ? AND reference = ?",
            [.text(owner), .text(reference)]
        ) { $0.int64(0) }.flatMap { try survivor(withID: $0, in: tx) }
    }

    /// Whom a phone leads to, those who were merged as themselves.
    package static func ids(phone: String, in tx: borrowing Transaction) throws -> [Int64] {
        try tx.all(
            "SELECT id FROM patients WHERE phone_key = ? ORDER BY id LIMIT ?",
            [.text(Matching.phoneKey(phone)), .int(searchLimit)]
        ) { $0.int64(0) }
    }

    package static func ids(nationalID: String, in tx: borrowing Transaction) throws -> [Int64] {
        try tx.all(
            "SELECT id FROM patients WHERE national_id_key = ? ORDER BY id LIMIT ?",
            [.text(Matching.identifierKey(nationalID)), .int(searchLimit)]
        ) { $0.int64(0) }
    }

    /// Whether somebody of this name and birth date is registered: a hint, for the name is a hash.
    package static func isRegistered(
        _ demographics: Demographics, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let key = demographics.matchingKeys.name else { return false }
        return try tx.first(
            "SELECT 1 FROM patients WHERE name_key = ? AND date_of_birth = ? LIMIT 1",
            [.integer(key), .text(demographics.dateOfBirth.description)]
        ) { _ in true } ?? false
    }

    /// Who is registered under exactly these names, birth date and country.
    package static func find(
        _ demographics: Demographics, in tx: borrowing Transaction
    ) throws -> [Patient] {
        try candidates(for: demographics, clientID: nil, in: tx).prefix(searchLimit).map(\.patient)
    }

    /// - Throws: `DatabaseError.constraint` when another transaction registered the same name and
    ///   birth date since the candidates were read; the caller looks again.
    static func insert(
        _ demographics: Demographics, healthID: String, createdBy: String, facilityID: String?,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Patient {
        let key = demographics.matchingKeys.name
        let ordinal = try key.map { try nextOrdinal(of: $0, demographics.dateOfBirth, in: tx) }
        let id = try tx.first(
            """
            INSERT INTO patients (health_id, name_key, name_ordinal, first_name, last_name,
                date_of_birth, country_code, sex, phone_number, phone_key, national_id,
                national_id_key, blood_type, allergies, verification_status, identity_status,
                created_by, facility_id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unverified', 'active', ?, ?, ?, ?)
            RETURNING id
            """,
            [
                .text(healthID), .optional(key), .optional(ordinal),
                .text(demographics.firstName), .text(demographics.lastName),
                .text(demographics.dateOfBirth.description), .text(demographics.countryCode),
                .optional(demographics.sex?.rawValue), .optional(demographics.phoneNumber),
                .optional(demographics.phoneNumber.map(Matching.phoneKey)),
                .optional(demographics.nationalID),
                .optional(demographics.nationalID.map(Matching.identifierKey)),
                .optional(demographics.facts.bloodType?.rawValue),
                .text(demographics.facts.allergiesJSON), .text(createdBy), .optional(facilityID),
                .integer(now.milliseconds), .integer(now.milliseconds),
            ]
        ) { $0.int64(0) }
        guard let id else { throw DatabaseError.corrupt }
        try FactCountStore.add(demographics, from: facilityID ?? createdBy, in: tx)
        try BlockingStore.insert(demographics.matchingKeys.blocking, of: id, in: tx)
        if !demographics.address.isEmpty {
            try BlockingStore.insert(demographics.address, of: id, in: tx)
        }
        return Patient(
            demographics, id: id, healthID: healthID, allergies: demographics.facts.allergiesJSON)
    }

    private static func nextOrdinal(
        of key: Int64, _ born: BirthDate, in tx: borrowing Transaction
    ) throws -> Int64 {
        try tx.first(
            """
            SELECT COALESCE(MAX(name_ordinal) + 1, 0) FROM patients
            WHERE name_key = ? AND date_of_birth = ?
            """, [.integer(key), .text(born.description)]
        ) { $0.int64(0) } ?? 0
    }

    /// Takes every patient's name key away, for `setNameKey` to give anew.
    package static func clearNameKeys(in tx: borrowing Transaction) throws {
        try tx.run("UPDATE patients SET name_key = NULL, name_ordinal = NULL")
    }

    /// - Parameter key: `nil` for a placeholder, which nobody is found by.
    package static func setNameKey(
        _ key: Int64?, _ born: BirthDate, of id: Int64, in tx: borrowing Transaction
    ) throws {
        let ordinal = try key.map { try nextOrdinal(of: $0, born, in: tx) }
        try tx.run(
            """
            UPDATE patients SET name_key = ?, name_ordinal = ?, date_of_birth = ? WHERE id = ?
            """,
            [
                .optional(key), .optional(ordinal), .text(born.description), .integer(id),
            ])
    }

    /// Who registered a patient: a facility, or a program of none.
    static func source(of id: Int64, in tx: borrowing Transaction) throws -> String {
        try tx.first(
            "SELECT COALESCE(facility_id, created_by) FROM patients WHERE id = ?", [.integer(id)]
        ) { $0.text(0) } ?? ""
    }

    /// Which facility registered a patient.
    static func facility(of id: Int64, in tx: borrowing Transaction) throws -> String? {
        try tx.first("SELECT facility_id FROM patients WHERE id = ?", [.integer(id)]) {
            $0.textOrNil(0)
        } ?? nil
    }

    /// Remembers the client's own number; a number that names somebody already keeps naming them.
    ///
    /// - Parameter ownerID: whom it names by itself, where that is a patient merged into this one:
    ///   should the merge be undone, the number goes back with them.
    package static func link(
        _ reference: String, clientID: String, facilityID: String?, to patientID: Int64,
        ownerID: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let added = try tx.execute(
            """
            INSERT INTO external_references (client_id, reference, patient_id, facility_id,
                created_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (client_id, reference) DO NOTHING
            """,
            [
                .text(clientID), .text(reference), .integer(patientID), .optional(facilityID),
                .integer(now.milliseconds),
            ])
        guard added == 1, ownerID != patientID else { return }
        try MergedPatients.note(reference: reference, of: clientID, under: ownerID, in: tx)
    }

    /// The same call must find this patient when it is sent again, though nobody would match.
    package static func rememberCall(
        _ callHash: [UInt8], clientID: String, patientID: Int64, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "DELETE FROM resolve_fingerprints WHERE created_at < ?",
            [.integer(now.adding(seconds: -86_400).milliseconds)])
        try tx.run(
            """
            INSERT INTO resolve_fingerprints (client_id, fingerprint, patient_id, created_at)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (client_id, fingerprint) DO UPDATE SET
                patient_id = excluded.patient_id, created_at = excluded.created_at
            """,
            [
                .text(clientID), .blob(callHash),
                .integer(patientID), .integer(now.milliseconds),
            ])
    }
}
