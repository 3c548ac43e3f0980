package import Database
package import Identity
import Values

/// Deciding about cases and taking that back, in the caller's transaction.
package enum DuplicateCases {
    /// They are one person.
    ///
    /// - Parameters:
    ///   - survivorID: the Health ID that stays; the proposed one's without any.
    ///   - version: that of the case when it was opened, where the caller says it.
    /// - Throws: `Refusal` 404; 409 for one that was decided, or is not what the caller saw.
    package static func merge(
        _ id: String, survivorID: String?, version: String?, reason: String?,
        from origin: Origin, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (merge: MergeStore.Merge, survivor: Patient, retired: Patient) {
        let pair = try undecided(id, version, auditing: &entry, in: tx)
        let people = pair.people.map(\.patient)
        var survivor = pair.proposal.survivor
        if let survivorID {
            let reference = PatientReference(survivorID)?.text
            guard let named = people.first(where: { $0.healthID == reference }) else {
                throw Refusal(
                    .mergeConflict, "survivor must be one of the two Health IDs of the case.")
            }
            survivor = named
        }
        let retired = people[survivor.id == people[0].id ? 1 : 0]
        let merge = try Merges.merge(
            retired, into: survivor, caseID: id, reason: reason, by: entry.principal,
            from: origin, in: tx)
        return (merge, survivor, retired)
    }

    /// They are two people.
    ///
    /// - Throws: as `merge`.
    package static func dismiss(
        _ id: String, version: String?, note: String?, from origin: Origin,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        let pair = try undecided(id, version, auditing: &entry, in: tx)
        try DuplicateDecisionStore.decide(
            .dismissed, pair.duplicate, mergeID: nil, note: note, by: entry.principal,
            at: origin.now, in: tx)
        return try DuplicatePair.find(id, naming: &entry, in: tx)
    }

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
            try DuplicateDecisionStore.undo(of: id, by: entry.principal, at: origin.now, in: tx)
        }
        return try DuplicatePair.find(id, naming: &entry, in: tx)
    }

    private static func undecided(
        _ id: String, _ version: String?, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        let pair = try DuplicatePair.find(id, naming: &entry, in: tx)
        if let decision = pair.duplicate.decision { throw decided(decision) }
        if let version, version != pair.version {
            var refusal = Refusal(
                .mergeConflict,
                "What is known of these two has changed since. Open the case again.")
            refusal.members = [("case_state", DuplicateCase.State.open.rawValue)]
            throw refusal
        }
        return pair
    }

    /// With what happened to the case.
    private static func decided(_ decision: DuplicateDecision) -> Refusal {
        var refusal = Refusal(
            .mergeConflict,
            "This case was decided already: \(decision.state.rawValue) by \(decision.decidedBy).")
        refusal.members = [
            ("case_state", decision.state.rawValue), ("decided_by", decision.decidedBy),
            ("decided_at", decision.decidedAt.rfc3339),
        ]
        return refusal
    }

    // MARK: What follows from elsewhere

    /// A merge answers every question whether two of whom it joins are one.
    static func close(
        answeredBy merge: MergeStore.Merge, asking caseID: String?, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let joined = [merge.retiredID] + (try MergedPatients.retired(into: merge.retiredID, in: tx))
        for id in joined {
            for one in try DuplicateCaseStore.cases(.open, of: id, in: tx)
            where try isOne(one, in: tx) {
                let isAsked = one.id == caseID
                try DuplicateDecisionStore.decide(
                    isAsked ? .merged : .closed, one, mergeID: merge.id,
                    note: isAsked ? merge.reason : "the two are one by another merge",
                    by: merge.mergedBy, at: now, in: tx)
            }
        }
    }

    /// Who is apart again may be asked about again.
    static func reopen(
        apart people: [Int64], by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        for id in people {
            for state in [DuplicateCase.State.merged, .closed] {
                for one in try DuplicateCaseStore.cases(state, of: id, in: tx) {
                    let decision = try DuplicateDecisionStore.standing(of: one.id, in: tx)
                    guard decision?.mergeID != nil, try !isOne(one, in: tx) else { continue }
                    try DuplicateDecisionStore.undo(of: one.id, by: principal, at: now, in: tx)
                }
            }
        }
    }

    private static func isOne(
        _ one: DuplicateCase, in tx: borrowing Transaction
    ) throws -> Bool {
        try PatientStore.survivor(withID: one.patientID, in: tx)?.id
            == PatientStore.survivor(withID: one.candidateID, in: tx)?.id
    }

    /// Closes what only a correction had opened and another one, or its undo, has settled: the two look
    /// alike no more.
    static func closeSettled(
        of patientID: Int64, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        for one in try DuplicateCaseStore.correctedCases(of: patientID, in: tx) {
            let pair = try DuplicatePair(one, in: tx)
            guard pair.band == .unlikely else { continue }
            try DuplicateDecisionStore.decide(
                .closed, one, mergeID: nil, note: "corrected: the two look alike no more",
                by: principal, at: now, in: tx)
        }
    }
}
