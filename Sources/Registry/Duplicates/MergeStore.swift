package import Identity
package import Database
package import Values

/// Merging two patients into one, and undoing it.
///
/// The retired patient stays with names, keys, records, clinics' files, appointments and history, and
/// its id leads to the survivor, for whom they are read too: what is sent meanwhile stays with whom it
/// was sent for. What else hangs on the retired patient moves. Every moved row is noted: undoing a merge
/// moves exactly those back.
package enum MergeStore {
    package struct Merge: Sendable {
        package let id: String
        package let survivorID: Int64
        package let retiredID: Int64
        package let caseID: String?
        package let reason: String?
        package let mergedAt: Timestamp
        package let mergedBy: String
        package let undoneAt: Timestamp?
        package let undoneBy: String?
    }

    private static func merge(_ row: borrowing Row) throws -> Merge {
        Merge(
            id: row.text(0), survivorID: row.int64(1), retiredID: row.int64(2),
            caseID: row.textOrNil(3), reason: row.textOrNil(4),
            mergedAt: Timestamp(milliseconds: row.int64(5)), mergedBy: row.text(6),
            undoneAt: row.isNull(7) ? nil : Timestamp(milliseconds: row.int64(7)),
            undoneBy: row.textOrNil(8))
    }

    package static func find(_ id: String, in tx: borrowing Transaction) throws -> Merge? {
        try tx.first(
            """
            SELECT id, survivor_id, retired_id, case_id, reason, merged_at, merged_by, undone_at,
                undone_by
            FROM merges WHERE id = ?
            """, [.text(id)], merge)
    }

    /// Newest first.
    package static func all(
        before id: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [Merge] {
        try tx.all(
            """
            SELECT id, survivor_id, retired_id, case_id, reason, merged_at, merged_by, undone_at,
                undone_by
            FROM merges WHERE id < ? ORDER BY id DESC LIMIT ?
            """, [.text(id ?? "~"), .int(limit)], merge)
    }

    /// Both must be active and of one country.
    ///
    /// - Throws: `Refusal` 409 otherwise.
    package static func merge(
        _ retired: Patient, into survivor: Patient, caseID: String?, reason: String?,
        by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Merge {
        guard retired.id != survivor.id, retired.identityStatus == .active,
            survivor.identityStatus == .active
        else {
            throw Refusal(
                .mergeConflict,
                "One of the two was merged already. Look both Health IDs up again.")
        }
        let id = Identifier.make("mrg_", at: now)
        try tx.run(
            """
            INSERT INTO merges (id, survivor_id, retired_id, case_id, reason, merged_at, merged_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(id), .integer(survivor.id), .integer(retired.id), .optional(caseID),
                .optional(reason), .integer(now.milliseconds), .text(principal),
            ])
        try ConsentStore.merge(retired.id, into: survivor.id, in: tx)
        try moveReferences(id, retired.id, to: survivor.id, in: tx)
        try tx.run(
            "UPDATE patients SET identity_status = 'merged', merged_into = ? WHERE id = ?",
            [.integer(survivor.id), .integer(retired.id)])
        guard let merge = try find(id, in: tx) else { throw DatabaseError.corrupt }
        return merge
    }

    /// Moves back what the merge moved, and what was noted since as the retired patient's.
    ///
    /// - Returns: who is apart from the survivor again.
    /// - Throws: `Refusal` 409 when it was undone before, or the survivor was merged in turn: that
    ///   merge has to be undone first.
    package static func undo(
        _ merge: Merge, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [Int64] {
        guard merge.undoneAt == nil else {
            throw Refusal(.mergeConflict, "This merge was undone already.")
        }
        guard let survivor = try PatientStore.find(id: merge.survivorID, in: tx),
            survivor.identityStatus == .active
        else {
            throw Refusal(
                .mergeConflict,
                "The survivor was merged since: undo the later merge first.")
        }
        let people = [merge.retiredID] + (try MergedPatients.retired(into: merge.retiredID, in: tx))
        try ConsentStore.part(people, from: merge.survivorID, in: tx)
        try tx.run(
            """
            UPDATE external_references SET patient_id = ? WHERE patient_id = ? AND EXISTS
                (SELECT 1 FROM merge_moves WHERE merge_id = ? AND kind = 'reference'
                    AND key = external_references.reference
                    AND owner = external_references.client_id)
            """, [.integer(merge.retiredID), .integer(merge.survivorID), .text(merge.id)])
        try tx.run(
            "UPDATE patients SET identity_status = 'active', merged_into = NULL WHERE id = ?",
            [.integer(merge.retiredID)])
        try tx.run(
            "UPDATE merges SET undone_at = ?, undone_by = ? WHERE id = ?",
            [.integer(now.milliseconds), .text(principal), .text(merge.id)])
        return people
    }

    // MARK: What moves

    private static func moveReferences(
        _ merge: String, _ retired: Int64, to survivor: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO merge_moves (merge_id, kind, key, owner)
            SELECT ?, 'reference', reference, client_id FROM external_references
            WHERE patient_id = ?
            """, [.text(merge), .integer(retired)])
        try tx.run(
            "UPDATE external_references SET patient_id = ? WHERE patient_id = ?",
            [.integer(survivor), .integer(retired)])
    }

}
