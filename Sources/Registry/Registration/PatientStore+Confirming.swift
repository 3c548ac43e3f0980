import Database
import Identity
import Values

/// What a person has decided about somebody whom a rule must not link.
extension PatientStore {
    /// Whose registration ends because a person has decided that it was somebody else's all along: whom the
    /// query says, or whom the caller's number led to.
    ///
    /// - Throws: `Refusal` 409 where that is an administrator's to decide, before anything is changed.
    static func ending(
        in query: ResolveQuery, as found: Resolution, by client: Principal,
        in tx: borrowing Transaction
    ) throws -> Patient? {
        guard query.confirmedBy != nil else { return nil }
        var ending: Patient?
        if let named = query.replaced {
            guard let owner = try find(named, in: tx) else { throw notRegistered(named) }
            guard !owner.isViaMergedAlias || owner.patient.id == found.patient.id else {
                throw Refusal(
                    .mergeConflict,
                    "\(named.text) is \(owner.healthID) already: undo that first, if it is somebody else."
                )
            }
            // Rows move against each other where a spreadsheet is sorted by some of its columns.
            if !owner.isViaMergedAlias, let said = query.demographics,
                !Matching.agrees(said, with: owner.patient),
                try !PatientCorrections.wereKnown(as: said, owner.patient, in: tx)
            {
                throw Refusal.validation(
                    "replaces",
                    "must be the Health ID that was given to these names and this date of birth")
            }
            ending = owner.patient
        }
        if let reference = query.externalReference,
            let known = try find(reference: reference, of: client.referenceOwner, in: tx),
            known.id != found.patient.id, known.id != ending?.id
        {
            guard ending == nil else {
                throw Refusal(
                    .conflict,
                    "This external_reference leads to \(known.healthID), who is neither of the two."
                )
            }
            ending = known
        }
        guard let ending, ending.id != found.patient.id else { return nil }
        try OwnRegistration.require(ending, of: client, besides: found.patient, in: tx)
        return ending
    }

    /// Remembers that the caller's number is this patient's although something disagrees, and ends the
    /// registration that was theirs as well, since a person has decided it; it can be undone as corrections
    /// are.
    static func confirm(
        _ query: ResolveQuery, _ resolution: Resolution, _ confirmedBy: String,
        by client: Principal, from origin: Origin, in tx: borrowing Transaction
    ) throws -> String? {
        let patient = resolution.patient
        let merge = try resolution.replaced.map { replaced in
            try Merges.merge(
                replaced, into: patient, caseID: nil, reason: "confirmed by \(confirmedBy)",
                by: client.auditName, from: origin, in: tx)
        }
        var isLinked = false
        if let reference = query.externalReference,
            try find(reference: reference, of: client.referenceOwner, in: tx) == nil
        {
            try link(
                reference, clientID: client.referenceOwner, facilityID: client.facilityID,
                to: patient.id, ownerID: resolution.namedID ?? patient.id, at: origin.now, in: tx)
            isLinked = true
        }
        guard isLinked || merge != nil else { return nil }
        return try PatientCorrections.note(
            confirming: query.externalReference, of: client.referenceOwner, as: patient,
            query.demographics, confirmedBy: confirmedBy, merging: merge, by: client.auditName,
            from: origin, in: tx)
    }

    /// Whether a caller's own number means a patient although what is sent beside it is not what is registered:
    /// it was until it was put right, or a person has decided so.
    static func isDecided(
        _ query: ResolveQuery, _ demographics: Demographics, _ patient: Patient,
        by client: Principal, in tx: borrowing Transaction
    ) throws -> Bool {
        if !Matching.contradicts(demographics, nil, .init(patient: patient)),
            try PatientCorrections.wereKnown(as: demographics, patient, in: tx)
        {
            return true
        }
        return try PatientCorrections.wereConfirmed(
            as: demographics, under: query.externalReference ?? "", of: client.referenceOwner,
            patient, in: tx)
    }
}
