package import Identity
package import Database
package import Values

/// What a clinic keeps of a patient, beside the national identity that it leads to.
package struct PatientFile: Sendable {
    package var row: HealthcareRow
    package var keys: Keys
    /// The clinic's word and the national identity disagree.
    package var isMismatch: Bool
    /// Whether somebody verified the national identity whose file it is, or it is somebody's who was merged:
    /// what the file says may speak against that.
    package var isVerified: Bool

    /// What the file is found by, as it is compared.
    package struct Keys: Sendable, Equatable {
        package var patientNo: String?
        package var nationalID: String?
        package var mobile: String?
        package var name: String

        package var isEmpty: Bool { patientNo == nil && nationalID == nil && mobile == nil }
    }
}

package enum PatientFileStore {
    private static func file(_ row: borrowing Row) throws -> Found {
        var stored = HealthcareRow(
            seq: row.int64(0), id: row.text(1), fields: row.utf8(2),
            createdAt: Timestamp(milliseconds: row.int64(3)),
            updatedAt: Timestamp(milliseconds: row.int64(4)))
        stored.ownerID = row.int64OrNil(5)
        stored.patientID = stored.ownerID
        stored.healthID = row.textOrNil(6)
        let file = PatientFile(
            row: stored,
            keys: PatientFile.Keys(
                patientNo: row.textOrNil(7), nationalID: row.textOrNil(8),
                mobile: row.textOrNil(9), name: row.text(10)),
            isMismatch: row.bool(11),
            isVerified: row.textOrNil(13) == Patient.VerificationStatus.verified.rawValue)
        return Found(file: file, mergedInto: row.int64OrNil(12))
    }

    private struct Found {
        let file: PatientFile
        let mergedInto: Int64?

        /// A file is the survivor's for as long as its own patient is merged.
        func following(in tx: borrowing Transaction) throws -> PatientFile {
            var file = file
            file.row = try file.row.following(mergedInto: mergedInto, in: tx)
            file.isVerified = file.isVerified || mergedInto != nil
            return file
        }
    }

    package static func find(
        patientNo: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> PatientFile? {
        try tx.first(
            """
            SELECT f.seq, f.id, f.fields, f.created_at, f.updated_at, f.patient_id, p.health_id,
                f.patient_no_key, f.national_id_key, f.mobile_key, f.name_key, f.is_mismatch,
                p.merged_into, p.verification_status
            FROM patient_files f LEFT JOIN patients p ON p.id = f.patient_id
            WHERE f.facility = ? AND f.patient_no_key = ?
            """, [.integer(facility), .text(patientNo)], file
        ).map { try $0.following(in: tx) }
    }

    package static func find(
        nationalID: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> PatientFile? {
        try tx.first(
            """
            SELECT f.seq, f.id, f.fields, f.created_at, f.updated_at, f.patient_id, p.health_id,
                f.patient_no_key, f.national_id_key, f.mobile_key, f.name_key, f.is_mismatch,
                p.merged_into, p.verification_status
            FROM patient_files f LEFT JOIN patients p ON p.id = f.patient_id
            WHERE f.facility = ? AND f.national_id_key = ?
            """, [.integer(facility), .text(nationalID)], file
        ).map { try $0.following(in: tx) }
    }

    /// Whether either number is one of a file whose patient is known.
    package static func isIdentified(
        patientNo: String?, nationalID: String?, facility: Int64, in tx: borrowing Transaction
    ) throws -> Bool {
        let byNumber = try patientNo.flatMap {
            try tx.first(
                """
                SELECT patient_id FROM patient_files
                WHERE facility = ? AND patient_no_key = ?
                """, [.integer(facility), .text($0)]
            ) { !$0.isNull(0) }
        }
        if byNumber ?? false { return true }
        let byNationalID = try nationalID.flatMap {
            try tx.first(
                """
                SELECT patient_id FROM patient_files
                WHERE facility = ? AND national_id_key = ?
                """, [.integer(facility), .text($0)]
            ) { !$0.isNull(0) }
        }
        return byNationalID ?? false
    }

    /// Who shares a phone and a name, the oldest file first.
    package static func all(
        mobile: String, name: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> [PatientFile] {
        try tx.all(
            """
            SELECT f.seq, f.id, f.fields, f.created_at, f.updated_at, f.patient_id, p.health_id,
                f.patient_no_key, f.national_id_key, f.mobile_key, f.name_key, f.is_mismatch,
                p.merged_into, p.verification_status
            FROM patient_files f LEFT JOIN patients p ON p.id = f.patient_id
            WHERE f.facility = ? AND f.mobile_key = ? AND f.name_key = ?
            ORDER BY f.seq LIMIT 20
            """, [.integer(facility), .text(mobile), .text(name)], file
        ).map { try $0.following(in: tx) }
    }

    /// The one file that a facility has of a patient; `nil` when it has none, or several.
    package static func onlyOne(
        ownerID: Int64, facility: Int64, in tx: borrowing Transaction
    ) throws -> PatientFile? {
        let files = try tx.all(
            """
            SELECT f.seq, f.id, f.fields, f.created_at, f.updated_at, f.patient_id, p.health_id,
                f.patient_no_key, f.national_id_key, f.mobile_key, f.name_key, f.is_mismatch,
                p.merged_into, p.verification_status
            FROM patient_files f LEFT JOIN patients p ON p.id = f.patient_id
            WHERE f.patient_id = ? AND f.facility = ? LIMIT 2
            """, [.integer(ownerID), .integer(facility)], file)
        return try files.count == 1 ? files[0].following(in: tx) : nil
    }

    package static func insert(
        _ draft: HealthcareDraft, _ keys: PatientFile.Keys, facility: Int64, ownerID: Int64?,
        isMismatch: Bool, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> String {
        let id = Identifier.make("pfl_", at: now)
        try tx.run(
            """
            INSERT INTO patient_files (id, facility, patient_id, patient_no_key,
                national_id_key, mobile_key, name_key, is_mismatch, fields, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(id), .integer(facility), .optional(ownerID), .optional(keys.patientNo),
                .optional(keys.nationalID), .optional(keys.mobile), .text(keys.name),
                .bool(isMismatch), .utf8(draft.fields), .integer(now.milliseconds),
                .integer(now.milliseconds),
            ])
        return id
    }

    package static func update(
        _ file: PatientFile, fields: [UInt8], at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        // Whom it leads to is set apart: a statement that sets a foreign key is dear in a long list.
        try tx.run(
            """
            UPDATE patient_files SET patient_no_key = ?, national_id_key = ?, mobile_key = ?,
                name_key = ?, is_mismatch = ?, fields = ?, updated_at = ?
            WHERE seq = ?
            """,
            [
                .optional(file.keys.patientNo), .optional(file.keys.nationalID),
                .optional(file.keys.mobile), .text(file.keys.name), .bool(file.isMismatch),
                .utf8(fields), .integer(now.milliseconds), .integer(file.row.seq),
            ])
    }

    /// A file leads to one patient, once they are known.
    package static func identify(
        _ file: PatientFile, as ownerID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE patient_files SET patient_id = ? WHERE seq = ?",
            [.integer(ownerID), .integer(file.row.seq)])
    }

    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [HealthcareRow] {
        try tx.all(
            """
            SELECT f.seq, f.id, f.fields, f.created_at, f.updated_at, f.patient_id, p.health_id,
                f.patient_no_key, f.national_id_key, f.mobile_key, f.name_key, f.is_mismatch,
                p.merged_into, p.verification_status
            FROM patient_files f LEFT JOIN patients p ON p.id = f.patient_id
            WHERE f.facility = ?1 AND f.updated_at >= ?2 AND (f.updated_at > ?3 OR f.seq > ?4)
            ORDER BY f.updated_at, f.seq LIMIT ?5
            """, page.bindings, file
        ).map { try $0.following(in: tx).row }
    }

    /// Whom a number of the facility's own names that is no file's: an agent may have sent the
    /// patient, or the file has been given another number since.
    package static func patient(
        numbered patientNo: String, facilityID: String, in tx: borrowing Transaction
    ) throws -> (patient: Patient, ownerID: Int64)? {
        let owner = "facility:" + facilityID
        let id = try tx.first(
            "SELECT patient_id FROM external_references WHERE client_id = ? AND reference = ?",
            [.text(owner), .text(patientNo)]
        ) { $0.int64(0) }
        guard let id, let patient = try PatientStore.survivor(withID: id, in: tx) else {
            return nil
        }
        return (
            patient,
            try MergedPatients.ownerID(ofReference: patientNo, of: owner, heldBy: id, in: tx)
        )
    }
}

extension HealthcareRow {
    /// The row as the survivor's, where the patient it leads to is merged.
    func following(
        mergedInto: Int64?, in tx: borrowing Transaction
    ) throws -> HealthcareRow {
        guard let mergedInto else { return self }
        guard let survivor = try PatientStore.survivor(withID: mergedInto, in: tx) else {
            throw DatabaseError.unreadable(row: "patients \(mergedInto)")
        }
        var row = self
        row.patientID = survivor.id
        row.healthID = survivor.healthID
        return row
    }
}
