package import Database
package import Identity

/// Joining two registrations of one person and taking that back, in the caller's transaction, each
/// with the events that tell of it.
package enum Merges {
    /// - Throws: `Refusal` 409 `merge_conflict` when one of them was merged away before.
    package static func merge(
        _ retired: Patient, into survivor: Patient, caseID: String?, reason: String?,
        by principal: String, from origin: Origin, in tx: borrowing Transaction
    ) throws -> MergeStore.Merge {
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

    /// Both are told of: each is somebody again.
    ///
    /// - Throws: `Refusal` 404 `not_found`, 409 `merge_conflict` when it was undone before or a later
    ///   merge stands in the way.
    package static func undo(
        _ id: String, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> (merge: MergeStore.Merge, survivor: Patient, retired: Patient) {
        entry.entity = "merge/" + id
        guard let merge = try MergeStore.find(id, in: tx),
            let survivor = try PatientStore.find(id: merge.survivorID, in: tx),
            let retired = try PatientStore.find(id: merge.retiredID, in: tx)
        else { throw Refusal.unknown("merge") }
        entry.name(survivor)
        entry.furtherPatients = [("patient/" + retired.healthID, retired.id)]
        let apart = try MergeStore.undo(merge, by: entry.principal, at: origin.now, in: tx)
        try DuplicateCases.reopen(
            apart: apart, from: survivor.id, by: entry.principal, at: origin.now, in: tx)
        for patient in [survivor, retired] {
            let data = [("health_id", patient.healthID)]
            try EventStore.append(
                Event(.patientUpdated, patientID: patient.id, data: data), from: origin, in: tx)
        }
        guard let undone = try MergeStore.find(id, in: tx) else { throw DatabaseError.corrupt }
        return (undone, survivor, retired)
    }
}
