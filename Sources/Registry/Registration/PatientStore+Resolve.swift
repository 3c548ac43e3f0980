import Crypto
package import Identity
package import Database
package import Values

/// Find or create. The writer runs one transaction at a time, and the patients' UNIQUE guards what
/// another process might do: two simultaneous identical calls register one person.
extension PatientStore {
    /// Whom the query means; without a resolution that person has to be registered.
    ///
    /// - Throws: `Refusal` 404 when an id leads nowhere and nothing else is known.
    private static func resolve(
        _ query: ResolveQuery, by client: Principal, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> (
        resolution: Resolution?, candidateSet: CandidateSet?, basis: Matching.Decision?
    ) {
        if let reference = query.reference {
            if let found = try find(reference, in: tx) {
                var resolution = Resolution(
                    patient: found.patient, healthID: found.healthID, decision: .healthID)
                resolution.candidates = 1
                resolution.namedID = found.namedID
                resolution.isMismatch = Matching.disagrees(query.claims, with: found.patient)
                // The caller says whose number it is, and nothing it says speaks against it.
                resolution.isUnlinked = query.externalReference != nil && !resolution.isMismatch
                return (resolution, nil, nil)
            }
            // Whom a person has chosen is there, or was never chosen.
            guard query.demographics != nil, query.confirmedBy == nil else {
                throw notRegistered(reference)
            }
        }
        guard let demographics = query.demographics else { return (nil, nil, nil) }
        let candidateSet = try candidateSet(
            for: demographics, clientID: client.referenceOwner, facilityID: client.facilityID,
            reference: query.externalReference, callHash: query.callHash, at: now, in: tx)
        if let referenced = candidateSet.referenced,
            let owner = try find(
                id: MergedPatients.ownerID(named: demographics, heldBy: referenced, in: tx), in: tx),
            Matching.agrees(demographics, with: owner),
            !Matching.contradicts(demographics, nil, .init(patient: owner))
        {
            return (Resolution(referenced, .externalReference), candidateSet, nil)
        }
        if let referenced = candidateSet.referenced,
            try isDecided(query, demographics, referenced, by: client, in: tx)
        {
            var resolution = Resolution(referenced, .externalReference)
            // Whoever sends what was put right since should know.
            resolution.isMismatch = true
            return (resolution, candidateSet, nil)
        }
        let isUnlinked = query.externalReference != nil && candidateSet.referenced == nil
        if let id = candidateSet.repeated, let patient = try survivor(withID: id, in: tx) {
            return (try Resolution(repeating: patient, by: client, in: tx), candidateSet, nil)
        }
        let decision = try Matching.decide(
            demographics, reference: candidateSet.reference, candidates: candidateSet.candidates
        ) { candidate in
            try MatchEvidence.read(
                for: demographics, candidate, by: Asker(client), at: now, in: tx)
        }
        guard case .link(let id, _) = decision,
            let match = candidateSet.candidates.first(where: { $0.patient.id == id })
        else { return (nil, candidateSet, decision) }
        var resolution = Resolution(match.patient, .exact)
        resolution.isUnlinked = isUnlinked
        resolution.basis = decision
        return (resolution, candidateSet, decision)
    }

    /// From so many people of one name and birth date on, nobody else is looked for.
    private static let commonNameLimit = 10

    /// Who may be the person of a query that `resolve` found nobody for, the most alike first.
    private static func people(
        like demographics: Demographics, _ candidateSet: CandidateSet,
        in tx: borrowing Transaction
    ) throws -> (near: [BlockingStore.NearMatch], ids: [Int64]) {
        // Where many share name and birth date, who is merely like them adds nothing but time.
        let near =
            candidateSet.candidates.count < commonNameLimit
            ? try NearMatchSearch.matches(of: demographics, in: tx) : []
        var seen: Set<Int64> = []
        let ids =
            near.map(\.patient.id) + [candidateSet.referenced?.id].compactMap { $0 }
            + candidateSet.candidates.map(\.patient.id)
        return (near, ids.filter { seen.insert($0).inserted })
    }

    /// Whom resolving a query would find, or with whom it would open a case, the most alike first; nothing
    /// is changed.
    ///
    /// - Parameter limit: of people who are merely alike.
    package static func match(
        _ query: ResolveQuery, by client: Principal, at now: Timestamp, limit: Int,
        in tx: borrowing Transaction
    ) throws -> (found: Resolution?, alike: [BlockingStore.NearMatch]) {
        let (found, candidateSet, _) = try resolve(query, by: client, at: now, in: tx)
        guard found == nil, limit > 0, let demographics = query.demographics, let candidateSet
        else { return (found, []) }
        let (near, ids) = try people(like: demographics, candidateSet, in: tx)
        let alike = try ids.prefix(limit).compactMap { id in
            try near.first { $0.patient.id == id }
                ?? BlockingStore.comparison(of: demographics, with: id, in: tx)
        }
        return (nil, BlockingStore.NearMatch.besideEachOther(alike))
    }

    /// Registers the person of a query that `resolve` found nobody for, in the same transaction.
    private static func register(
        _ query: ResolveQuery, _ demographics: Demographics, _ candidateSet: CandidateSet,
        since basis: Matching.Decision?, by client: Principal, at now: Timestamp,
        within cases: inout CaseAllowance,
        in tx: borrowing Transaction
    ) throws -> Resolution {
        let (near, alike) = try people(like: demographics, candidateSet, in: tx)
        // 55 random bits meet by chance once in millions of years; the UNIQUE of the ids refuses then,
        // of the retired ones too.
        let healthID = HealthID(
            country: demographics.countryCode, random: SecureRandom.uint64())
        let patient = try add(
            demographics, healthID: healthID.description, createdBy: client.auditName,
            facilityID: client.facilityID, at: now, in: tx)
        let others = alike.count
        for other in cases.take(alike) {
            let match =
                try near.first { $0.patient.id == other }
                ?? BlockingStore.comparison(of: demographics, with: other, in: tx)
            guard let match else { continue }
            try DuplicateCaseStore.open(match, for: patient.id, at: now, in: tx)
        }
        // By name and birth date alone a retry might not find this patient: others share them, or a
        // namesake comes meanwhile.
        let findsItself =
            others == 0 && demographics.matchingKeys.name != nil
            && (demographics.phoneNumber ?? demographics.nationalID ?? query.externalReference)
                != nil
        if let call = query.callHash, !findsItself {
            try rememberCall(
                call, clientID: client.referenceOwner, patientID: patient.id, at: now, in: tx)
        }
        var resolution = Resolution(patient, others > 0 ? .possibleDuplicate : .none)
        resolution.candidates = others
        resolution.basis = basis
        resolution.isNearMatch = others > candidateSet.candidates.count
        resolution.isCreated = true
        resolution.isUnlinked = query.externalReference != nil && candidateSet.referenced == nil
        return resolution
    }

    /// Finds or registers the person, remembers what was said of them, and appends the events.
    ///
    /// - Parameters:
    ///   - others: patients who the caller knows to be somebody else.
    ///   - cases: of the whole request.
    /// - Returns: `nil` when nobody is found and `mayCreate` is false.
    /// - Throws: `Refusal` 404 when an id leads nowhere and nothing else is known, before anything
    ///   is changed.
    package static func findOrRegister(
        _ query: ResolveQuery, by client: Principal, mayCreate: Bool,
        besides others: Set<Int64> = [], within cases: inout CaseAllowance,
        origin: Origin, in tx: borrowing Transaction
    ) throws -> Resolution? {
        guard !query.isDryRun else {
            throw Refusal.validation(
                "dry_run", "is for one patient, by POST /api/v1/connect/patients/resolve")
        }
        var (found, candidateSet, basis) = try resolve(query, by: client, at: origin.now, in: tx)
        if let known = found, others.contains(known.patient.id) { found = nil }
        let replaced = try found.flatMap { try ending(in: query, as: $0, by: client, in: tx) }
        if found == nil, mayCreate, let demographics = query.demographics, let candidateSet {
            found = try register(
                query, demographics, candidateSet, since: basis, by: client, at: origin.now,
                within: &cases, in: tx)
        }
        guard var resolution = found else { return nil }
        resolution.warnings = query.claims.warnings
        try review(
            query, resolution, underNumberOf: candidateSet?.referenced, by: client, within: &cases,
            from: origin, in: tx)
        if let confirmedBy = query.confirmedBy {
            resolution.replaced = replaced
            resolution.confirmationID = try confirm(
                query, resolution, confirmedBy, by: client, from: origin, in: tx)
        } else {
            try link(query, to: resolution, by: client, at: origin.now, in: tx)
        }
        let data = [("health_id", resolution.patient.healthID)]
        let id = resolution.patient.id
        let isIdentified = try fillMissing(from: query, about: resolution, at: origin.now, in: tx)
        let isTold = try storeFacts(from: query, about: &resolution, at: origin.now, in: tx)
        if isIdentified || isTold {
            try EventStore.append(
                Event(.patientUpdated, patientID: id, data: data), from: origin, in: tx)
        }
        if resolution.isCreated {
            for kind in [Event.Kind.patientCreated, .healthIDCreated] {
                try EventStore.append(
                    Event(kind, patientID: id, data: data), from: origin, in: tx)
            }
        }
        return resolution
    }

    /// What was said may speak against what was verified: of whom the query led to, or of whom the caller's
    /// own number names.
    private static func review(
        _ query: ResolveQuery, _ resolution: Resolution, underNumberOf referenced: Patient?,
        by client: Principal, within cases: inout CaseAllowance, from origin: Origin,
        in tx: borrowing Transaction
    ) throws {
        if let referenced, let said = query.demographics, referenced.id != resolution.patient.id {
            return try IdentityContradictions.review(
                said, query.claims, underNumberOf: referenced, leadingTo: resolution.patient,
                at: origin.now, in: tx)
        }
        guard resolution.isMismatch else { return }
        try IdentityContradictions.review(
            query.claims, of: resolution.namedID ?? resolution.patient.id, by: client,
            within: &cases, from: origin, in: tx)
    }

    /// Fills in what was not known of a patient who was found by exact agreement, so that whoever
    /// contradicts it later is told apart. Nothing known is overwritten.
    ///
    /// - Returns: whether there was anything to fill in.
    package static func fillMissing(
        from query: ResolveQuery, about resolution: Resolution, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        guard [.exact, .externalReference].contains(resolution.decision),
            let said = query.demographics, resolution.patient.lacks(said),
            let patient = try owner(of: said, in: resolution.patient, in: tx),
            patient.lacks(said)
        else { return false }
        try tx.run(
            """
            UPDATE patients SET sex = COALESCE(sex, ?), phone_number = COALESCE(phone_number, ?),
                phone_key = COALESCE(phone_key, ?), national_id = COALESCE(national_id, ?),
                national_id_key = COALESCE(national_id_key, ?), updated_at = ?
            WHERE id = ?
            """,
            [
                .optional(said.sex?.rawValue), .optional(said.phoneNumber),
                .optional(said.phoneNumber.map(Matching.phoneKey)), .optional(said.nationalID),
                .optional(said.nationalID.map(Matching.identifierKey)),
                .integer(now.milliseconds), .integer(patient.id),
            ])
        tx.memory.newcomers.markChanged(patient.id)
        tx.memory.compared.forget(patient.id)
        return true
    }

    /// Remembers the caller's number for whom it turned out to name.
    package static func link(
        _ query: ResolveQuery, to resolution: Resolution, by client: Principal,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard resolution.isUnlinked, let reference = query.externalReference else { return }
        let patient = resolution.patient
        let ownerID =
            if resolution.isCreated {
                patient.id
            } else if resolution.isViaMergedAlias, let namedID = resolution.namedID {
                namedID
            } else {
                try query.demographics.map {
                    try MergedPatients.ownerID(named: $0, heldBy: patient, in: tx)
                } ?? patient.id
            }
        try link(
            reference, clientID: client.referenceOwner, facilityID: client.facilityID,
            to: patient.id, ownerID: ownerID, at: now, in: tx)
    }

    /// The patient that a caller names, once the audit row names them too.
    ///
    /// - Throws: `Refusal` 422 for what is no Health ID, 404 for one that nobody has.
    package static func named(
        _ text: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Found {
        guard let reference = PatientReference(text) else { throw malformed }
        guard let found = try find(reference, in: tx) else {
            entry.entity = "patient/" + reference.text
            throw notRegistered(reference)
        }
        try entry.name(found.patient, named: found.namedID, in: tx)
        return found
    }

    /// Whom a pushed record belongs to, once the audit row names them too: `named` with as little read as that
    /// takes.
    ///
    /// - Returns: also the id to answer with.
    package static func subject(
        named text: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (subject: RecordSubject, healthID: String) {
        guard let reference = PatientReference(text) else { throw malformed }
        if let subject = try unmergedSubject(of: reference, in: tx) {
            entry.name(subject)
            return (subject, subject.healthID)
        }
        let found = try named(text, auditing: &entry, in: tx)
        return (RecordSubject(found), found.healthID)
    }

    package static var malformed: Refusal {
        var refusal = Refusal(
            .healthIDInvalid,
            "This is not a Health ID, or its check symbol is wrong. The form is "
                + "CC-HID-XXXX-XXXX-XXXX.")
        refusal.fieldErrors = [("health_id", ["is not a valid Health ID"])]
        return refusal
    }

    package static func notRegistered(_ reference: PatientReference) -> Refusal {
        var refusal = Refusal(
            .patientNotFound,
            "No patient is registered under \(reference.text). To register one, resolve with "
                + "first_name, last_name and date_of_birth.")
        refusal.members = [("health_id", reference.text)]
        return refusal
    }

}

extension AuditEntry {
    /// - Parameter id: whom the id that was asked for names: `patient`, or one who was merged into
    ///   them. Should the merge be undone, the access stands in both people's logs.
    package mutating func name(
        _ patient: Patient, named id: Int64, in tx: borrowing Transaction
    ) throws {
        name(patient)
        guard id != patient.id else { return }
        batchPatientIDs = try MergedPatients.retired(from: id, in: tx).sorted()
    }

    /// The patient, and those who were merged into them: whose data is shown as the patient's. Each of
    /// them may read who looked, once they are apart.
    package mutating func addMerged(
        of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        let retired = try MergedPatients.retired(into: patientID, in: tx)
        guard !retired.isEmpty else { return [patientID] }
        batchPatientIDs = Set(batchPatientIDs).union(retired).sorted()
        return [patientID] + retired
    }
}

extension Resolution {
    fileprivate init(_ patient: Patient, _ decision: Decision) {
        self.init(
            patient: patient, healthID: patient.healthID, decision: decision, candidates: 1)
    }

    /// What was answered when the same was asked before: of a registration of the caller's facility that it may
    /// be somebody else's, until somebody has decided that.
    init(repeating patient: Patient, by client: Principal, in tx: borrowing Transaction) throws {
        self.init(patient, .exact)
        let undecided = try DuplicateCaseStore.openCount(asking: patient.id, in: tx)
        guard undecided > 0, let facilityID = client.facilityID,
            try PatientStore.facility(of: patient.id, in: tx) == facilityID
        else { return }
        self.init(
            patient: patient, healthID: patient.healthID, decision: .possibleDuplicate,
            candidates: undecided)
    }
}

extension Patient {
    /// Whether anything is said that is not known of them.
    fileprivate func lacks(_ said: Demographics) -> Bool {
        (sex == nil && said.sex != nil) || (phoneNumber == nil && said.phoneNumber != nil)
            || (nationalID == nil && said.nationalID != nil)
    }
}
