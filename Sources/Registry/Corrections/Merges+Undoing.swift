package import Database
package import Identity
import Values

extension Merges {
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
        try PatientCorrections.giveBack(
            to: apart, joinedBy: id, by: entry.principal, at: origin.now, in: tx)
        try PatientCorrections.undoConfirmation(
            of: id, by: entry.principal, at: origin.now, in: tx)
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

extension DuplicateCases {
    /// Takes the decision about a case back, whichever it was: the case is open again.
    ///
    /// - Throws: `Refusal` 404; 409 for one that nobody has decided, or whose merge a later one stands
    ///   on.
    package static func undo(
        _ id: String, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        let pair = try DuplicatePair.find(id, naming: &entry, in: tx)
        guard let decision = pair.duplicate.decision, decision.state != .closed else {
            throw Refusal(.mergeConflict, "Nobody has decided this case: there is nothing to undo.")
        }
        if let mergeID = decision.mergeID {
            // The row is the case's, whatever becomes of the merge.
            var ofMerge = entry
            _ = try Merges.undo(mergeID, from: origin, auditing: &ofMerge, in: tx)
        } else {
            // With those that the same word has answered.
            for one in try cases(.dismissed, asking: pair, in: tx)
            where try DuplicateDecisionStore.standing(of: one.id, in: tx)?.isOneAct(with: decision)
                == true
            {
                try DuplicateDecisionStore.undo(
                    of: one.id, by: entry.principal, at: origin.now, in: tx)
            }
        }
        return try DuplicatePair.find(id, naming: &entry, in: tx)
    }
}
