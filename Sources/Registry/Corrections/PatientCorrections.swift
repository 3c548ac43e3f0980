package import Database
package import Identity
package import Values

/// Putting right what is registered of a person, and taking that back, in the caller's transaction, with
/// the event that names the fields. What was known before is kept.
package enum PatientCorrections {
    // MARK: Who may

    /// A client may correct whom its facility registered, or treats with the patient's consent; an
    /// administrator anybody. That somebody whom it registered turned out to be another's patient gives no
    /// right to these: it may have said so itself.
    ///
    /// - Throws: `Refusal` 403 `facility_forbidden` otherwise.
    static func requireRight(
        of client: Principal, to people: [Int64], at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        if case .administrator = client.kind { return }
        guard let facilityID = client.facilityID else { throw stranger }
        guard let patientID = people.first else { throw stranger }
        if try PatientStore.facility(of: patientID, in: tx) == facilityID { return }
        let facility = try FacilityStore.seq(of: facilityID, in: tx)
        guard
            // Break-glass is for reading in an emergency, and one kind of record says nothing of who somebody is.
            try ConsentStore.active(
                clientID: client.clientID, patientID: patientID, at: now, in: tx
            ).contains(where: { $0.basis == .patient && $0.coverage == .fullRecord }),
            try people.contains(where: {
                try RecordStore.isKnown($0, at: facility, in: tx)
            })
        else { throw stranger }
    }

    private static let stranger = Refusal(
        .facilityForbidden,
        "Only the facility that registered a patient corrects what is known of them, or one that has "
            + "records of them and their consent. Tell that facility, or an administrator.")

    /// Whom an id names, and who was merged into them, once the caller may correct them.
    ///
    /// - Throws: `Refusal` 422, 404 or 403 `facility_forbidden`.
    package static func subject(
        _ id: String, for client: Principal, at now: Timestamp, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> (patient: Patient, people: [Int64]) {
        let found = try PatientStore.named(id, auditing: &entry, in: tx)
        let people = try entry.addMerged(of: found.patient.id, in: tx)
        try requireRight(of: client, to: people, at: now, in: tx)
        return (found.patient, people)
    }

    // MARK: Correcting

    /// - Returns: `nil` where nothing differs from what is known.
    /// - Throws: `Refusal` 422 for what cannot be, before anything is changed.
    package static func correct(
        _ patient: Patient, _ people: [Int64], _ change: PatientChange,
        _ kind: PatientCorrection.Kind, by principal: String, from origin: Origin,
        in tx: borrowing Transaction
    ) throws -> PatientCorrection? {
        let id = Identifier.make("cor_", at: origin.now)
        var made: [PatientCorrection] = []
        for person in people {
            guard let one = try PatientStore.find(id: person, in: tx) else {
                throw DatabaseError.corrupt
            }
            let old = try PatientFieldStore.fields(of: person, in: tx)
            let new =
                person == patient.id
                ? applied(change.fields, to: old) : removed(change.fields, from: old)
            let changes = differences(old, new)
            guard !changes.isEmpty else { continue }
            if person == patient.id { try check(old, new, changes, change) }
            try PatientFieldStore.set(new, instead: old, of: one, at: origin.now, in: tx)
            for key in try removedAllergies(from: old, to: new) {
                try KeptResourceStore.withdraw(key, of: person, at: origin.now, in: tx)
            }
            made.append(
                PatientCorrection(
                    id: id, kind: kind, patientID: person, changes: changes, reference: nil,
                    referenceOwner: nil, reason: change.reason, madeBy: principal,
                    confirmedBy: nil,
                    mergeID: try MergedPatients.merge(joining: person, to: patient.id, in: tx),
                    facilityID: origin.facilityID, madeAt: origin.now,
                    undoneAt: nil, undoneBy: nil))
        }
        guard let first = made.first else { return nil }
        for correction in made { try PatientCorrectionStore.insert(correction, in: tx) }
        try tell(of: made, patient, from: origin, in: tx)
        try review(patient.id, made, by: principal, at: origin.now, in: tx)
        return first
    }

    private static func applied(
        _ change: [PatientField: String?], to old: PatientFields
    ) -> PatientFields {
        var new = old
        for (field, value) in change { new[field] = value }
        // That somebody has died takes no date away that is known.
        if new[.dateOfDeath] == "unknown" { new[.dateOfDeath] = old[.dateOfDeath] ?? "unknown" }
        return new
    }

    /// Of who was merged into a patient, blood type and allergies are shown with the patient's: what the
    /// patient does not have, they do not have either.
    private static func removed(
        _ change: [PatientField: String?], from old: PatientFields
    ) -> PatientFields {
        var new = old
        for field in [PatientField.bloodType, .allergies] where change[field] != nil {
            new[field] = nil
        }
        return new
    }

    private static func differences(
        _ old: PatientFields, _ new: PatientFields
    ) -> [PatientField: FieldChange] {
        var changes: [PatientField: FieldChange] = [:]
        for field in PatientField.allCases where !isSame(old[field], new[field]) {
            changes[field] = FieldChange(from: old[field], to: new[field])
        }
        return changes
    }

    /// Byte for byte: é in one letter or in two are two spellings.
    static func isSame(_ one: String?, _ other: String?) -> Bool {
        one.map { Array($0.utf8) } == other.map { Array($0.utf8) }
    }

    private static func check(
        _ old: PatientFields, _ new: PatientFields, _ changes: [PatientField: FieldChange],
        _ change: PatientChange
    ) throws {
        guard isBornBeforeDeath(new) else {
            throw Refusal.validation("date_of_death", "must not lie before the birth")
        }
        let isIdentity = !PatientField.identity.isDisjoint(with: changes.keys)
        let method = (change.fields[.verificationMethod] ?? nil).flatMap(VerificationMethod.init)
        let wasSeen = old[.verificationMethod].flatMap(VerificationMethod.init) == .document
        guard old[.verificationStatus] == "verified", isIdentity || (wasSeen && method != nil)
        else {
            return
        }
        guard let method, method == .document || !wasSeen else {
            throw Refusal.validation(
                "verification_method",
                "must be \(wasSeen ? "document" : "given"): this person was verified by "
                    + "\(old[.verificationMethod] ?? "somebody"), and what a document says is corrected by "
                    + "a document")
        }
    }

    /// Keeps who decided that a caller's own number means a patient.
    package static func note(
        confirming reference: String?, of owner: String, as patient: Patient,
        _ demographics: Demographics?, confirmedBy: String, merging merge: MergeStore.Merge?,
        by principal: String,
        from origin: Origin, in tx: borrowing Transaction
    ) throws -> String {
        let id = Identifier.make("cor_", at: origin.now)
        try PatientCorrectionStore.insert(
            PatientCorrection(
                id: id, kind: .confirmation,
                patientID: patient.id, changes: [:], reference: reference, referenceOwner: owner,
                reason: "confirmed", madeBy: principal, confirmedBy: confirmedBy,
                said: demographics.flatMap(said),
                mergeID: merge?.id, facilityID: origin.facilityID, madeAt: origin.now,
                undoneAt: nil, undoneBy: nil),
            in: tx)
        return id
    }

    /// As far as both are known.
    static func isBornBeforeDeath(_ fields: PatientFields) -> Bool {
        guard let died = fields[.dateOfDeath], let born = fields[.dateOfBirth] else { return true }
        return isPlausible(death: died, ofBorn: born)
    }

    package static func isPlausible(death died: String, ofBorn born: String) -> Bool {
        guard died != "unknown" else { return true }
        let known = min(died.utf8.count, born.utf8.count)
        return died.prefix(known) >= born.prefix(known)
    }

    // MARK: What follows

    static func tell(
        of corrections: [PatientCorrection], _ patient: Patient, from origin: Origin,
        in tx: borrowing Transaction
    ) throws {
        let fields = Set(corrections.flatMap(\.changes.keys).map(\.rawValue)).sorted()
        guard !fields.isEmpty else { return }
        let data = [
            ("health_id", patient.healthID), ("fields", fields.joined(separator: " ")),
        ]
        // An administrator stands for no facility: the one that registered the patient is told.
        let facilityID =
            try origin.facilityID ?? PatientStore.facility(of: patient.id, in: tx)
        try EventStore.append(
            Event(.patientUpdated, patientID: patient.id, data: data),
            from: Origin(
                facilityID: facilityID, clientID: origin.clientID, requestID: origin.requestID,
                now: origin.now),
            in: tx)
    }

    /// Under the new name somebody else may turn out to be the same person: a person decides. Whoever looked so
    /// by an earlier correction, and does no more, needs no decision.
    static func review(
        _ id: Int64, _ corrections: [PatientCorrection], by principal: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let changed = Set(corrections.flatMap(\.changes.keys))
        for person in Set(corrections.map(\.patientID)).sorted() {
            try IdentityContradictions.settle(of: person, by: principal, at: now, in: tx)
        }
        guard !changed.isDisjoint(with: PatientField.matching),
            let patient = try PatientStore.find(id: id, in: tx)
        else { return }
        var cases = CaseAllowance()
        let person = try PatientFieldStore.demographics(
            PatientFieldStore.fields(of: id, in: tx), of: patient)
        let others = try DuplicateCases.toldApart(from: id, in: tx).union([id])
        let alike = try NearMatchSearch.matches(of: person, in: tx)
            .filter { !others.contains($0.patient.id) }
        for other in cases.take(alike.map(\.patient.id)) {
            guard let match = alike.first(where: { $0.patient.id == other }) else { continue }
            try DuplicateCaseStore.open(match, for: id, isCorrected: true, at: now, in: tx)
        }
        // Of who was merged into a patient the cases are their own.
        for person in Set(corrections.map(\.patientID) + [id]).sorted() {
            try DuplicateCases.closeSettled(of: person, by: principal, at: now, in: tx)
        }
    }

    /// How many corrections of a person are looked through.
    private static let historyLimit = 50

    /// Whether a patient was registered under these names and this birth date before a correction: a program
    /// that has not heard of it sends them under its own number, and nobody else is meant.
    package static func wereKnown(
        as demographics: Demographics, _ patient: Patient, in tx: borrowing Transaction
    ) throws -> Bool {
        try earlier(patient, in: tx).contains { Matching.agrees(demographics, with: $0) }
    }

    /// `nil` for placeholders.
    private static func said(_ demographics: Demographics) -> String? {
        demographics.matchingKeys.name.map { "\($0) \(demographics.dateOfBirth)" }
    }

    /// Whether somebody has decided that a caller's number, with these names and this birth date, means a patient.
    package static func wereConfirmed(
        as demographics: Demographics, under reference: String, of owner: String,
        _ patient: Patient, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let said = said(demographics) else { return false }
        let people = try [patient.id] + MergedPatients.retired(into: patient.id, in: tx)
        return try all(of: people, before: nil, limit: historyLimit, in: tx).contains {
            $0.kind == .confirmation && $0.undoneAt == nil && $0.said == said
                && $0.reference.map { Array($0.utf8) } == Array(reference.utf8)
                && $0.referenceOwner == owner
        }
    }

    /// A patient as they were registered before each correction that stands, the latest first; not what was
    /// verified, which says nothing of who they are.
    static func earlier(
        _ patient: Patient, in tx: borrowing Transaction
    ) throws -> [Patient] {
        var past = patient
        let corrections = try PatientCorrectionStore.all(
            of: patient.id, before: nil, limit: historyLimit, in: tx)
        return corrections.sorted(by: { $0.ordinal > $1.ordinal }).filter { $0.undoneAt == nil }
            .map { correction in
                past = past.before(correction.changes)
                return past
            }
    }

    /// What was corrected of a patient and of those who were merged into them, newest first.
    package static func all(
        of people: [Int64], before id: String?, limit: Int, in tx: borrowing Transaction
    ) throws -> [PatientCorrection] {
        let rows = try people.flatMap {
            try PatientCorrectionStore.all(of: $0, before: id, limit: limit, in: tx)
        }
        return Array(rows.sorted { ($1.id, $0.patientID) < ($0.id, $1.patientID) }.prefix(limit))
    }
}

extension Patient {
    /// Who somebody was before these changes.
    fileprivate func before(_ changes: [PatientField: FieldChange]) -> Patient {
        Patient(
            self, firstName: changes[.firstName]?.from, lastName: changes[.lastName]?.from,
            dateOfBirth: changes[.dateOfBirth]?.from.flatMap { BirthDate($0) },
            sex: changes[.sex].map { $0.from.flatMap(Sex.init(rawValue:)) },
            nationalID: changes[.nationalID].map(\.from))
    }
}
