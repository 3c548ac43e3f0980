import Identity
package import Database
import Values

/// A clinic's patients are the same people as Connect's (contract § 5 and § 7): each file leads to one
/// national identity, found or registered in the same transaction.
extension HealthcareIngest {
    package mutating func patient(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let (known, others) = try file(of: draft, in: tx)
        try check(draft, isNew: known == nil)
        var stored: HealthcareOutcome.Stored
        if let known {
            try checkPerson(draft, known, in: tx)
            stored = try change(known, to: draft, in: tx)
        } else {
            stored = try create(draft, besides: others, in: tx)
        }
        stored.code = draft.keys.patientNo
        if stored.isUnidentified {
            stored.warnings.append(
                "dateOfBirth: a Health ID needs a given name, a family name and a birth date; send "
                    + "them when they are known.")
        }
        return stored
    }

    // MARK: Finding

    /// The file that a record is about; else, whose phone and name are the same although another
    /// number says that they are somebody else.
    private func file(
        of draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> (known: PatientFile?, others: [PatientFile]) {
        let keys = draft.keys
        let byNumber = try keys.patientNoKey.flatMap {
            try PatientFileStore.find(patientNo: $0, facility: facilitySeq, in: tx)
        }
        // What the first key led to has the same national id already, more often than not.
        if let byNumber, keys.nationalIDKey == nil || byNumber.keys.nationalID == keys.nationalIDKey
        {
            return (byNumber, [])
        }
        let byNationalID = try keys.nationalIDKey.flatMap {
            try PatientFileStore.find(nationalID: $0, facility: facilitySeq, in: tx)
        }
        if let byNumber, let byNationalID, byNumber.row.seq != byNationalID.row.seq {
            throw HealthcareIngest.conflict(
                .patient, ("patientNo", byNumber.row.id), ("nationalID", byNationalID.row.id))
        }
        if let known = byNumber ?? byNationalID { return (known, []) }
        guard let mobile = keys.mobileKey, let name = keys.nameKey else { return (nil, []) }
        let namesakes = try PatientFileStore.all(
            mobile: mobile, name: name, facility: facilitySeq, in: tx)
        let others = try namesakes.filter { file in
            try HealthcareIngest.areDifferent(file.keys, keys.patientNoKey, keys.nationalIDKey)
                || hasOtherBirthDate(draft, file, in: tx)
        }
        let same = namesakes.filter { file in
            !others.contains { $0.row.seq == file.row.seq }
        }
        if same.count < 2 { return (same.first, others) }
        // A number of the record's own, which is nobody's yet, says more than phone and name.
        if keys.patientNoKey != nil || keys.nationalIDKey != nil { return (nil, namesakes) }
        throw HealthcareIngest.conflict(
            .patient, ("mobile", same[0].row.id), ("name", same[1].row.id))
    }

    /// Another number on both sides is another person (contract § 7).
    private static func areDifferent(
        _ keys: PatientFile.Keys, _ patientNo: String?, _ nationalID: String?
    ) -> Bool {
        patientNo != nil && keys.patientNo != nil && patientNo != keys.patientNo
            || nationalID != nil && keys.nationalID != nil && nationalID != keys.nationalID
    }

    /// Files of one phone and name that are known to be other people's.
    private func others(
        besides file: PatientFile, in tx: borrowing Transaction
    ) throws -> [PatientFile] {
        guard let mobile = file.keys.mobile else { return [] }
        return try PatientFileStore.all(
            mobile: mobile, name: file.keys.name, facility: facilitySeq, in: tx
        ).filter {
            HealthcareIngest.areDifferent($0.keys, file.keys.patientNo, file.keys.nationalID)
        }
    }

    /// Father and son may share a phone and a name; they do not share a birth date.
    private func hasOtherBirthDate(
        _ draft: HealthcareDraft, _ file: PatientFile, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let born = draft.keys.birthDate, let ownerID = file.row.ownerID,
            let patient = try PatientStore.find(id: ownerID, in: tx)
        else { return false }
        return !patient.dateOfBirth.agrees(with: born)
    }

    /// - Throws: `Refusal` 409 when the record cannot be of the person whose file its number names: a
    ///   number given to somebody else, or a slip in one.
    private func checkPerson(
        _ draft: HealthcareDraft, _ known: PatientFile, in tx: borrowing Transaction
    ) throws {
        guard known.row.fields != draft.fields else { return }
        let person = try newcomer(draft)
        let file = try ClinicPerson(
            fields: known.row.fields, countryCode: facility.countryCode)
        let patient = try known.row.ownerID.flatMap { try PatientStore.find(id: $0, in: tx) }
        let found = person.contradictions(of: file, patient)
        guard !found.isEmpty else { return }
        let key =
            draft.keys.patientNoKey != nil && draft.keys.patientNoKey == known.keys.patientNo
            ? "patientNo" : "nationalID"
        let what = found.map(\.rawValue).joined(separator: " and ")
        var refusal = Refusal(
            .keyConflict,
            "\(key) belongs to \(known.row.id), which has another \(what). Nothing was changed. If "
                + "this is somebody else, send their own numbers; if it is the same person, correct "
                + (found.contains(.nationalID)
                    ? "nationalID step by step: null first, then the right one."
                    : "one of them at a time."))
        refusal.fieldErrors = [
            (key, ["belongs to \(known.row.id), which has another \(what)"])
        ]
        throw refusal
    }

    // MARK: A new file

    private mutating func create(
        _ draft: HealthcareDraft, besides others: [PatientFile], in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let keys = PatientFile.Keys(
            patientNo: draft.keys.patientNoKey, nationalID: draft.keys.nationalIDKey,
            mobile: draft.keys.mobileKey, name: draft.keys.nameKey ?? "")
        let identity = try identify(
            newcomer(draft), numbered: draft.keys.patientNo, besides: others, in: tx)
        let id = try PatientFileStore.insert(
            draft, keys, facility: facilitySeq, ownerID: identity?.ownerID,
            isMismatch: identity?.isMismatch ?? false, at: origin.now, in: tx)
        var stored = HealthcareOutcome.Stored(.created, id: id)
        stored.healthID = identity?.healthID
        stored.patientID = identity?.patientID
        stored.isUnidentified = identity == nil
        if identity?.isMismatch == true { stored.warnings.append(Self.mismatch) }
        return stored
    }

    private struct Identity {
        let patientID: Int64
        let healthID: String
        /// Who has these very demographics: the patient, or one who is merged into them.
        let ownerID: Int64
        /// Whether another blood type is known.
        let isMismatch: Bool
    }

    /// Whom a record says that a patient is: what the look ahead found out, or the record alone.
    private func newcomer(_ draft: HealthcareDraft) throws -> ClinicPerson {
        try newcomers[draft.index]
            ?? ClinicPerson(fields: draft.fields, countryCode: facility.countryCode)
    }

    /// Whom the clinic's word leads to; `nil` while it does not say enough.
    private mutating func identify(
        _ person: ClinicPerson, numbered patientNo: String?, besides others: [PatientFile],
        in tx: borrowing Transaction
    ) throws -> Identity? {
        guard let demographics = person.demographics else { return nil }
        let query = ResolveQuery(
            reference: nil, demographics: demographics, claims: person.claims,
            externalReference: patientNo, purpose: nil)
        let strangers = Set(others.compactMap(\.row.patientID))
        guard
            let resolution = try PatientStore.findOrRegister(
                query, by: principal, mayCreate: true, besides: strangers, within: &outcome.cases,
                origin: origin, in: tx)
        else { preconditionFailure("Whoever may create gets a patient or an error.") }
        // One phone and one name, but two numbers: a person decides.
        let alike = strangers.subtracting([resolution.patient.id])
        let others =
            alike.isEmpty
            ? []
            : alike.subtracting(try DuplicateCases.toldApart(from: resolution.patient.id, in: tx))
        for stranger in outcome.cases.take(others.sorted()) {
            guard
                let match = try BlockingStore.comparison(of: demographics, with: stranger, in: tx)
            else { continue }
            try DuplicateCaseStore.open(match, for: resolution.patient.id, at: origin.now, in: tx)
        }
        let patient = resolution.patient
        return Identity(
            patientID: patient.id, healthID: patient.healthID,
            ownerID: try resolution.isCreated
                ? patient.id : MergedPatients.ownerID(named: demographics, heldBy: patient, in: tx),
            isMismatch: resolution.isMismatch)
    }

    // MARK: A known file

    private mutating func change(
        _ known: PatientFile, to draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        guard known.row.fields != draft.fields else { return try unchanged(known, in: tx) }
        let fields = try draft.merged(onto: known.row.fields)
        guard fields != known.row.fields else { return try unchanged(known, in: tx) }
        var file = known
        file.keys = keys(of: known, with: draft)
        guard !file.keys.isEmpty else {
            throw Refusal.validation(
                "patientNo", "and nationalID and mobile cannot all be cleared")
        }
        let person = try ClinicPerson(fields: fields, countryCode: facility.countryCode)
        var isNewlyKnown = false
        if let patientID = known.row.patientID, let ownerID = known.row.ownerID {
            file.isMismatch = try compare(person, sent: draft, with: ownerID, in: tx)
            if let number = draft.keys.patientNo, file.keys.patientNo != known.keys.patientNo {
                try PatientStore.link(
                    number, clientID: principal.referenceOwner, facilityID: facility.id,
                    to: patientID, ownerID: ownerID, at: origin.now, in: tx)
            }
        } else if let identity = try identify(
            person, numbered: draft.keys.patientNo, besides: try others(besides: file, in: tx),
            in: tx)
        {
            file.row.ownerID = identity.ownerID
            file.row.patientID = identity.patientID
            file.row.healthID = identity.healthID
            file.isMismatch = identity.isMismatch
            isNewlyKnown = true
            try PatientFileStore.identify(file, as: identity.ownerID, in: tx)
        }
        try PatientFileStore.update(file, fields: fields, at: origin.now, in: tx)
        if !isNewlyKnown, let ownerID = file.row.ownerID, let healthID = file.row.healthID {
            try EventStore.append(
                Event(.patientUpdated, patientID: ownerID, data: [("health_id", healthID)]),
                from: origin, in: tx)
        }
        var stored = answer(file, .updated)
        if known.keys.patientNo != nil, file.keys.patientNo != nil,
            known.keys.patientNo != file.keys.patientNo,
            let old = try known.row.text("patientNo")
        {
            stored.warnings.append(
                "patientNo: the number was \(old); the patient was found by nationalID.")
        }
        return stored
    }

    /// The file's word is said once more: since the last time somebody may have verified or corrected the
    /// patient.
    private mutating func unchanged(
        _ known: PatientFile, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        guard known.isVerified, let ownerID = known.row.ownerID,
            let patient = try PatientStore.find(id: ownerID, in: tx)
        else { return answer(known, .unchanged) }
        let person = try ClinicPerson(
            fields: known.row.fields, countryCode: facility.countryCode)
        try IdentityContradictions.review(
            person.claims, of: ownerID, by: principal, within: &outcome.cases, from: origin, in: tx)
        var file = known
        file.isMismatch = file.isMismatch || Matching.disagrees(person.claims, with: patient)
        return answer(file, .unchanged)
    }

    private func keys(
        of known: PatientFile, with draft: HealthcareDraft
    ) -> PatientFile.Keys {
        PatientFile.Keys(
            patientNo: draft.keys.patientNoKey
                ?? (draft.clears("patientNo") ? nil : known.keys.patientNo),
            nationalID: draft.keys.nationalIDKey
                ?? (draft.clears("nationalID") ? nil : known.keys.nationalID),
            mobile: draft.keys.mobileKey ?? (draft.clears("mobile") ? nil : known.keys.mobile),
            name: draft.keys.nameKey ?? known.keys.name)
    }

    /// Whether the clinic's word speaks against the national identity. It leads there all the same,
    /// and overwrites nothing: what was not known is learnt, what differs is told.
    ///
    /// - Parameter ownerID: the patient whose file it is, even while they are merged into another.
    private mutating func compare(
        _ person: ClinicPerson, sent draft: HealthcareDraft, with ownerID: Int64,
        in tx: borrowing Transaction
    ) throws -> Bool {
        guard let patient = try PatientStore.find(id: ownerID, in: tx) else {
            throw DatabaseError.unreadable(row: "patients \(ownerID)")
        }
        guard !Matching.disagrees(person.claims, with: patient) else {
            try IdentityContradictions.review(
                person.claims, of: ownerID, by: principal, within: &outcome.cases, from: origin,
                in: tx)
            return true
        }
        // What the file has kept since it spoke of somebody else is not this person's: only what is
        // said beside the right name is learnt.
        let said = try ClinicPerson(fields: draft.fields, countryCode: facility.countryCode).claims
        var demographics = person.demographics
        demographics?.sex = said.sex
        demographics?.phoneNumber = said.phoneNumber
        demographics?.nationalID = said.nationalID
        demographics?.facts = said.facts
        let query = ResolveQuery(
            reference: nil, demographics: demographics, claims: said,
            externalReference: nil, purpose: nil)
        var resolution = Resolution(
            patient: patient, healthID: patient.healthID, decision: .externalReference)
        _ = try PatientStore.fillMissing(from: query, about: resolution, at: origin.now, in: tx)
        _ = try PatientStore.storeFacts(
            from: query, about: &resolution, at: origin.now, in: tx)
        return resolution.isMismatch
    }

    private func answer(
        _ file: PatientFile, _ status: HealthcareOutcome.Status
    ) -> HealthcareOutcome.Stored {
        var stored = HealthcareOutcome.Stored(status, id: file.row.id)
        stored.healthID = file.row.healthID
        stored.patientID = file.row.patientID
        stored.isUnidentified = file.row.patientID == nil
        if file.isMismatch { stored.warnings.append(Self.mismatch) }
        return stored
    }

    private static let mismatch =
        "healthId: name, birth date, gender, phone, national id or blood type differ from the "
        + "national identity, which is unchanged; confirm who this is."
}
