package import Database
package import Identity

/// Joining two registrations of one person, in the caller's transaction, with the event that tells of it. That is
/// taken back in Corrections, with what was corrected meanwhile.
package enum Merges {
    /// - Throws: `Refusal` 409 `merge_conflict` when one of them was merged away before.
    package static func merge(
        _ retired: Patient, into survivor: Patient, caseID: String?, reason: String?,
        by principal: String, from origin: Origin, in tx: borrowing Transaction
    ) throws -> MergeStore.Merge {
        if try DuplicateCases.toldApart(from: survivor.id, in: tx).contains(retired.id) {
            throw Refusal(
                .mergeConflict,
                "Somebody has decided that these are two people. Undo that decision first: "
                    + "GET /api/v1/admin/duplicates?state=dismissed lists it.")
        }
        let asked = try DuplicateCaseStore.find(retired.id, survivor.id, in: tx)
        let caseID = caseID ?? (asked?.state == .open ? asked?.id : nil)
        let merge = try MergeStore.merge(
            retired, into: survivor, caseID: caseID, reason: reason, by: principal,
            at: origin.now, in: tx)
        try DuplicateCases.close(answeredBy: merge, asking: caseID, at: origin.now, in: tx)
        let data = [
            ("health_id", survivor.healthID), ("retired_health_id", retired.healthID),
        ]
        try EventStore.append(
            Event(.patientMerged, patientID: survivor.id, data: data), from: origin, in: tx)
        return merge
    }
}
