package import Database
package import Identity
import Values

/// Taking back what was corrected, confirmed, or taken from people by the corrections of others.
extension PatientCorrections {
    /// A facility undoes what it corrected or confirmed itself, an administrator whatever there is.
    ///
    /// - Throws: `Refusal` 404 for one that is not theirs; 403 for another's; 409 when it was undone, or what
    ///   it changed was corrected again.
    package static func undo(
        _ id: String, under healthID: String, by client: Principal, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (correction: PatientCorrection, patient: Patient) {
        let found = try PatientStore.named(healthID, auditing: &entry, in: tx)
        let (patient, principal) = (found.patient, client.auditName)
        let people = try entry.addMerged(of: patient.id, in: tx)
        let rows = try PatientCorrectionStore.rows(id, in: tx)
        guard let first = rows.first, rows.contains(where: { people.contains($0.patientID) })
        else {
            try requireRight(of: client, to: people, at: origin.now, in: tx)
            throw Refusal.unknown("correction")
        }
        try requireAuthor(client, of: first, people, at: origin.now, in: tx)
        // Whoever was merged when it was made, and is apart since, is changed too.
        entry.batchPatientIDs = Set(entry.batchPatientIDs + rows.map(\.patientID))
            .subtracting([patient.id]).sorted()
        guard
            try PatientCorrectionStore.markUndone(
                id, by: principal, at: origin.now, in: tx)
        else { throw Refusal(.conflict, "This correction was undone before.") }
        if first.kind == .confirmation {
            try part(first, from: origin, auditing: entry, in: tx)
            try unlink(first, in: tx)
        } else {
            for row in rows where row.undoneAt == nil {
                try takeBack(row, at: origin.now, in: tx)
            }
        }
        try tell(of: rows, patient, from: origin, in: tx)
        try review(patient.id, rows, by: principal, at: origin.now, in: tx)
        guard let undone = try PatientCorrectionStore.rows(id, in: tx).first else {
            throw DatabaseError.corrupt
        }
        return (undone, patient)
    }

    private static func requireAuthor(
        _ client: Principal, of correction: PatientCorrection, _ people: [Int64],
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        if case .administrator = client.kind { return }
        if let facilityID = client.facilityID, correction.facilityID == facilityID { return }
        try requireRight(of: client, to: people, at: now, in: tx)
        throw Refusal(
            .facilityForbidden,
            "Somebody else corrected this: they undo it, or an administrator does.")
    }

    /// Undoes the merge that a confirmation brought about, unless somebody has done that.
    private static func part(
        _ confirmation: PatientCorrection, from origin: Origin, auditing entry: AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        guard let id = confirmation.mergeID, let merge = try MergeStore.find(id, in: tx) else {
            return
        }
        guard merge.undoneAt == nil else {
            throw Refusal(.conflict, "What this confirmed was undone before, as merge \(id).")
        }
        // The row is the confirmation's.
        var ofMerge = entry
        _ = try Merges.undo(id, from: origin, auditing: &ofMerge, in: tx)
    }

    /// Takes back the number that a confirmation gave, unless it leads elsewhere by now.
    private static func unlink(
        _ confirmation: PatientCorrection, in tx: borrowing Transaction
    ) throws {
        guard let reference = confirmation.reference, let owner = confirmation.referenceOwner,
            let survivor = try PatientStore.survivor(withID: confirmation.patientID, in: tx)
        else { return }
        // While the patient is merged into another, it is with them.
        let people = try MergedPatients.retired(into: survivor.id, in: tx) + [survivor.id]
        for id in people {
            try tx.run(
                "DELETE FROM external_references WHERE client_id = ? AND reference = ? AND patient_id = ?",
                [.text(owner), .text(reference), .integer(id)])
        }
    }

    private static func takeBack(
        _ correction: PatientCorrection, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let old = try PatientFieldStore.fields(of: correction.patientID, in: tx)
        var new = old
        for (field, change) in correction.changes {
            // That it says the same again does not mean that nobody has corrected it since.
            guard isSame(old[field], change.to),
                try !PatientCorrectionStore.isChangedAgain(field, since: correction, in: tx)
            else {
                throw Refusal(
                    .conflict,
                    "\(field.rawValue) was changed again since. Undo the later correction first.")
            }
            new[field] = change.from
        }
        try requireNotVerifiedSince(correction, old, in: tx)
        guard isBornBeforeDeath(new) else {
            throw Refusal(
                .conflict, "Before the date of birth would lie the date of death. Undo that first.")
        }
        try put(new, instead: old, takingBack: correction, at: now, in: tx)
    }

    private static func put(
        _ new: PatientFields, instead old: PatientFields, takingBack correction: PatientCorrection,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard let patient = try PatientStore.find(id: correction.patientID, in: tx) else {
            throw DatabaseError.corrupt
        }
        try PatientFieldStore.set(new, instead: old, of: patient, at: now, in: tx)
        for key in try removedAllergies(from: old, to: new) {
            try KeptResourceStore.withdraw(key, of: patient.id, at: now, in: tx)
        }
        for key in try removedAllergies(from: new, to: old) {
            try KeptResourceStore.restore(
                key, of: patient.id, withdrawnAt: correction.madeAt, in: tx)
        }
    }

    /// What somebody has verified since is what it says now, not what it said before.
    private static func requireNotVerifiedSince(
        _ correction: PatientCorrection, _ fields: PatientFields, in tx: borrowing Transaction
    ) throws {
        guard fields[.verificationStatus] == "verified",
            !PatientField.identity.isDisjoint(with: correction.changes.keys)
        else { return }
        for field in [PatientField.verificationStatus, .verificationMethod, .verificationDocument]
        where try PatientCorrectionStore.isChangedAgain(field, since: correction, in: tx) {
            throw Refusal(
                .conflict,
                "This person was verified since. Undo the verification first, or correct what is wrong."
            )
        }
    }

    static func removedAllergies(
        from old: PatientFields, to new: PatientFields
    ) throws -> Set<String> {
        func keys(_ fields: PatientFields) throws -> Set<String> {
            let facts = try EmergencyFacts(allergiesJSON: fields[.allergies] ?? "[]")
            return Set(facts.allergies.map(EmergencyFacts.key))
        }
        guard !isSame(old[.allergies], new[.allergies]) else { return [] }
        return try keys(old).subtracting(keys(new))
    }

    /// Gives back to people who are apart again what corrections of the one whom they were in took from them: blood
    /// type and allergies are theirs, since they are shown with nobody else's.
    static func giveBack(
        to people: [Int64], joinedBy merge: String, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        for person in people {
            for row in try PatientCorrectionStore.all(of: person, through: merge, in: tx) {
                try giveBack(row, at: now, in: tx)
                try PatientCorrectionStore.markUndone(
                    row.id, of: person, by: principal, at: now, in: tx)
            }
        }
    }

    /// What was told of them since, under their own id, stays too.
    private static func giveBack(
        _ correction: PatientCorrection, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let old = try PatientFieldStore.fields(of: correction.patientID, in: tx)
        var new = old
        for (field, change) in correction.changes {
            if isSame(old[field], change.to) {
                new[field] = change.from
            } else if field == .allergies {
                var facts = try EmergencyFacts(allergiesJSON: change.from ?? "[]")
                let since = try EmergencyFacts(allergiesJSON: old[.allergies] ?? "[]")
                _ = facts.add(since.allergies, limit: .max)
                new[.allergies] = facts.allergiesJSON
            }
        }
        try put(new, instead: old, takingBack: correction, at: now, in: tx)
    }

    /// Takes back what a merge confirmed that is undone.
    static func undoConfirmation(
        of merge: String, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        for row in try PatientCorrectionStore.confirmations(of: merge, in: tx) {
            guard try PatientCorrectionStore.markUndone(row.id, by: principal, at: now, in: tx)
            else { continue }
            try unlink(row, in: tx)
        }
    }
}
