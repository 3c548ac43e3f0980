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
                reference_owner, reason, made_by, confirmed_by, facility_id, made_at, merge_id,
                said, ordinal)
            SELECT ?1, CAST(?2 AS BIGINT), ?3, ?4, CAST(?5 AS TEXT), CAST(?6 AS TEXT), ?7, ?8,
                CAST(?9 AS TEXT), CAST(?10 AS TEXT), CAST(?11 AS BIGINT), CAST(?12 AS TEXT),
                CAST(?13 AS TEXT),
                COALESCE(MAX(ordinal), 0) + 1
            FROM patient_corrections WHERE patient_id = ?2
            """,
            [
                .text(correction.id), .integer(correction.patientID),
                .text(correction.kind.rawValue), .text(try correction.changes.json),
                .optional(correction.reference), .optional(correction.referenceOwner),
                .text(correction.reason), .text(correction.madeBy),
                .optional(correction.confirmedBy), .optional(correction.facilityID),
                .integer(correction.madeAt.milliseconds),
                .optional(correction.mergeID), .optional(correction.said),
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
            confirmedBy: row.textOrNil(8), said: row.textOrNil(15),
            mergeID: row.textOrNil(14), facilityID: row.textOrNil(9),
            madeAt: Timestamp(milliseconds: row.int64(10)),
            undoneAt: row.int64OrNil(11).map { Timestamp(milliseconds: $0) },
            undoneBy: row.textOrNil(12), ordinal: row.int64(13))
    }

    /// All rows of one, by the number of the registration.
    static func rows(
        _ id: String, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        try tx.all(
            """
            SELECT id, patient_id, kind, changes, reference, reference_owner, reason, made_by,
                confirmed_by, facility_id, made_at, undone_at, undone_by, ordinal, merge_id, said
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
                confirmed_by, facility_id, made_at, undone_at, undone_by, ordinal, merge_id, said
            FROM patient_corrections WHERE patient_id = ? AND id < ? ORDER BY id DESC LIMIT ?
            """, [.integer(patientID), .text(id ?? "~"), .int(limit)], correction)
    }

    /// What corrections of the one whom a merge joined them to have changed of a registration, and stands; the
    /// latest first.
    static func all(
        of patientID: Int64, through mergeID: String, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        try tx.all(
            """
            SELECT id, patient_id, kind, changes, reference, reference_owner, reason, made_by,
                confirmed_by, facility_id, made_at, undone_at, undone_by, ordinal, merge_id, said
            FROM patient_corrections
            WHERE patient_id = ? AND merge_id = ? AND undone_at IS NULL AND kind <> 'confirmation'
            ORDER BY ordinal DESC
            """, [.integer(patientID), .text(mergeID)], correction)
    }

    /// What a merge confirmed, and stands.
    static func confirmations(
        of mergeID: String, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        try tx.all(
            """
            SELECT c.id, c.patient_id, c.kind, c.changes, c.reference, c.reference_owner, c.reason,
                c.made_by, c.confirmed_by, c.facility_id, c.made_at, c.undone_at, c.undone_by,
                c.ordinal, c.merge_id, c.said
            FROM merges m JOIN patient_corrections c ON c.patient_id = m.survivor_id
            WHERE m.id = ? AND c.merge_id = m.id AND c.undone_at IS NULL AND c.kind = 'confirmation'
            """, [.text(mergeID)], correction)
    }

    /// Whether a later correction of the registration, which stands, has changed a field.
    static func isChangedAgain(
        _ field: PatientField, since correction: PatientCorrection, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            """
            SELECT 1 FROM patient_corrections
            WHERE patient_id = ? AND ordinal > ? AND undone_at IS NULL AND changes LIKE ? LIMIT 1
            """,
            [
                .integer(correction.patientID), .integer(correction.ordinal),
                // A quotation mark within a value has a backslash before it.
                .text("%\"\(field.rawValue)\":{%"),
            ]
        ) { $0.int(0) } != nil
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

    /// Of one registration alone; the others that it changed keep it.
    static func markUndone(
        _ id: String, of patientID: Int64, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE patient_corrections SET undone_at = ?, undone_by = ?
            WHERE id = ? AND patient_id = ? AND undone_at IS NULL
            """,
            [.integer(now.milliseconds), .text(principal), .text(id), .integer(patientID)])
    }
}
