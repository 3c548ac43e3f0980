import Database
import Identity
import Values

/// Corrections, each with a row for every registration that it changed: of somebody who was merged there
/// are several.
enum PatientCorrectionStore {
    static func insert(
        _ correction: PatientCorrection, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO patient_corrections (id, patient_id, kind, changes, reference,
                reference_owner, reason, made_by, confirmed_by, facility_id, made_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(correction.id), .integer(correction.patientID),
                .text(correction.kind.rawValue), .text(try correction.changes.json),
                .optional(correction.reference), .optional(correction.referenceOwner),
                .text(correction.reason), .text(correction.madeBy),
                .optional(correction.confirmedBy), .optional(correction.facilityID),
                .integer(correction.madeAt.milliseconds),
            ])
    }

    private static func correction(_ row: borrowing Row) throws -> PatientCorrection {
        let changes = row.text(3)
        guard let read = try? [PatientField: FieldChange](json: changes) else {
            throw DatabaseError.unreadable(row: "patient_corrections \(row.text(0))")
        }
        return PatientCorrection(
            id: row.text(0), kind: PatientCorrection.Kind(rawValue: row.text(2)) ?? .correction,
            patientID: row.int64(1), changes: read, reference: row.textOrNil(4),
            referenceOwner: row.textOrNil(5), reason: row.text(6), madeBy: row.text(7),
            confirmedBy: row.textOrNil(8), facilityID: row.textOrNil(9),
            madeAt: Timestamp(milliseconds: row.int64(10)),
            undoneAt: row.int64OrNil(11).map { Timestamp(milliseconds: $0) },
            undoneBy: row.textOrNil(12))
    }

    /// All rows of one, by the number of the registration.
    static func rows(
        _ id: String, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        try tx.all(
            """
            SELECT id, patient_id, kind, changes, reference, reference_owner, reason, made_by,
                confirmed_by, facility_id, made_at, undone_at, undone_by
            FROM patient_corrections WHERE id = ? ORDER BY patient_id
            """, [.text(id)], correction)
    }

    /// A registration's, newest first.
    static func all(
        of patientID: Int64, before id: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        try tx.all(
            """
            SELECT id, patient_id, kind, changes, reference, reference_owner, reason, made_by,
                confirmed_by, facility_id, made_at, undone_at, undone_by
            FROM patient_corrections WHERE patient_id = ? AND id < ? ORDER BY id DESC LIMIT ?
            """, [.integer(patientID), .text(id ?? "~"), .int(limit)], correction)
    }

    /// - Returns: `false` when it was undone before.
    static func markUndone(
        _ id: String, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE patient_corrections SET undone_at = ?, undone_by = ?
            WHERE id = ? AND undone_at IS NULL
            """, [.integer(now.milliseconds), .text(principal), .text(id)]) > 0
    }
}
