package import Database
package import Identity
import Values

/// Deciding about cases, in the caller's transaction. That is taken back in Corrections.
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
        for one in try cases(.open, asking: pair, in: tx) {
            try DuplicateDecisionStore.decide(
                .dismissed, one, mergeID: nil, note: note, by: entry.principal, at: origin.now,
                in: tx)
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

    /// A merge answers every question whether two of whom it joins are one, and asks nobody again about two
    /// who were told apart, of whom it joins one with somebody else.
    static func close(
        answeredBy merge: MergeStore.Merge, asking caseID: String?, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let apart = try toldApart(from: merge.survivorID, in: tx)
        for one in try cases(.open, ofAllIn: merge.survivorID, in: tx) {
            let (id, other) = try survivors(of: one, in: tx)
            if id == other {
                let isAsked = one.id == caseID
                try DuplicateDecisionStore.decide(
                    isAsked ? .merged : .closed, one, mergeID: merge.id,
                    note: isAsked ? merge.reason : "the two are one by another merge",
                    by: merge.mergedBy, at: now, in: tx)
            } else if apart.contains(id == merge.survivorID ? other : id) {
                try DuplicateDecisionStore.decide(
                    .closed, one, mergeID: merge.id,
                    note: "one of the two was told apart from the other before",
                    by: merge.mergedBy, at: now, in: tx)
            }
        }
    }

    /// Who is apart again may be asked about again: those who were merged, and who they were merged into.
    static func reopen(
        apart people: [Int64], from survivorID: Int64, by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let all = try people + [survivorID] + MergedPatients.retired(into: survivorID, in: tx)
        for id in all {
            for state in [DuplicateCase.State.merged, .closed] {
                for one in try DuplicateCaseStore.cases(state, of: id, in: tx) {
                    let decision = try DuplicateDecisionStore.standing(of: one.id, in: tx)
                    guard decision?.mergeID != nil, try !isAnswered(one, in: tx) else { continue }
                    try DuplicateDecisionStore.undo(of: one.id, by: principal, at: now, in: tx)
                }
            }
        }
    }

    /// Whether the two are one person, or were told apart.
    private static func isAnswered(
        _ one: DuplicateCase, in tx: borrowing Transaction
    ) throws -> Bool {
        let (id, other) = try survivors(of: one, in: tx)
        return try id == other || toldApart(from: id, in: tx).contains(other)
    }

    private static func survivors(
        of one: DuplicateCase, in tx: borrowing Transaction
    ) throws -> (Int64, Int64) {
        guard let patient = try PatientStore.survivor(withID: one.patientID, in: tx),
            let candidate = try PatientStore.survivor(withID: one.candidateID, in: tx)
        else { throw DatabaseError.unreadable(row: "duplicate_cases \(one.id)") }
        return (patient.id, candidate.id)
    }

    /// Who is not the person that a patient is, as somebody has said of them or of two who lie in them by
    /// now.
    package static func toldApart(
        from survivorID: Int64, in tx: borrowing Transaction
    ) throws -> Set<Int64> {
        Set(
            try cases(.dismissed, ofAllIn: survivorID, in: tx).flatMap {
                let (id, other) = try survivors(of: $0, in: tx)
                return [id, other]
            }
        ).subtracting([survivorID])
    }

    /// The cases of a patient and of who lies in them, each once.
    private static func cases(
        _ state: DuplicateCase.State, ofAllIn survivorID: Int64, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        var seen: Set<String> = []
        return try ([survivorID] + MergedPatients.retired(into: survivorID, in: tx))
            .flatMap { try DuplicateCaseStore.cases(state, of: $0, in: tx) }
            .filter { seen.insert($0.id).inserted }
    }

    /// The cases that ask about the same two people since merges have made several questions one.
    static func cases(
        _ state: DuplicateCase.State, asking pair: DuplicatePair, in tx: borrowing Transaction
    ) throws -> [DuplicateCase] {
        let (id, other) = try survivors(of: pair.duplicate, in: tx)
        return try cases(state, ofAllIn: id, in: tx).filter {
            let asked = try survivors(of: $0, in: tx)
            return asked == (id, other) || asked == (other, id)
        }
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
