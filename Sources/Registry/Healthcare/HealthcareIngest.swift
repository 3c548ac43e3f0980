package import Database

/// Stores records of one facility's desktop system in the caller's transaction.
///
/// A refused record has changed nothing: each is checked to its end before it is written.
package struct HealthcareIngest {
    package let principal: Principal
    package let facility: Facility
    /// What stands for it in the rows.
    package let facilitySeq: Int64
    package let origin: Origin
    package let source: RecordStore.Source
    /// Those of the list who may have to be registered, by their place in it.
    package let newcomers: [Int: ClinicPerson]
    /// Codes that were looked up: a batch of one kind adds none of another.
    private var knownCodes: [CodeName: Bool] = [:]
    package var outcome: HealthcareOutcome
    /// Appointments of the list that wait for a slot.
    package var waiting = HealthcareWaiting()

    private struct CodeName: Hashable {
        let entity: HealthcareEntity
        let key: String
    }

    package init(
        _ entity: HealthcareEntity, count: Int, for principal: Principal, at facility: Facility,
        origin: Origin, newcomers: [Int: ClinicPerson], in tx: borrowing Transaction
    ) throws {
        self.principal = principal
        self.facility = facility
        facilitySeq = try FacilityStore.seq(of: facility.id, in: tx)
        self.origin = origin
        source = RecordStore.Source(
            facilityID: facility.id, clientID: principal.clientID, now: origin.now)
        self.newcomers = newcomers
        outcome = HealthcareOutcome(entity, count: count)
    }

    /// Stores one record, or keeps the reason why not.
    ///
    /// - Throws: what loses the whole batch.
    package mutating func ingest(_ draft: HealthcareDraft, in tx: borrowing Transaction) throws {
        do {
            outcome.append(try stored(draft, in: tx))
        } catch let refusal as Refusal {
            outcome.append(refusal)
        } catch DatabaseError.unreadable(let row) {
            outcome.append(Refusal(unreadable: row))
        }
    }

    package mutating func stored(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        var stored =
            switch draft.entity {
            case .clinic: try clinic(draft, in: tx)
            case .doctor: try doctor(draft, in: tx)
            case .patient: try patient(draft, in: tx)
            case .appointment: try appointment(draft, in: tx)
            }
        if !draft.warnings.isEmpty { stored.warnings = draft.warnings + stored.warnings }
        return stored
    }

    // MARK: What is wrong

    /// - Throws: `Refusal` 422 with what is wrong with a record's form and, where it would have to
    ///   be a new row, all that is missing for one.
    package func check(
        _ draft: HealthcareDraft, isNew: Bool,
        further: [(path: String, messages: [String])] = []
    ) throws {
        var complaints = draft.complaints
        for (path, messages) in further + (isNew ? draft.missing : []) {
            for message in messages { complaints.add(message, at: path) }
        }
        guard complaints.isEmpty else { throw Refusal(invalid: complaints) }
    }

    /// 409 for keys that lead to different rows.
    package static func conflict(
        _ entity: HealthcareEntity, _ left: (key: String, id: String),
        _ right: (key: String, id: String)
    ) -> Refusal {
        var refusal = Refusal(
            .keyConflict,
            "\(left.key) belongs to \(left.id) and \(right.key) to \(right.id): two different "
                + "\(entity.plural). Nothing was changed.")
        refusal.fieldErrors = [
            (left.key, ["belongs to \(left.id)"]), (right.key, ["belongs to \(right.id)"]),
        ]
        return refusal
    }

    package mutating func isKnown(
        _ entity: HealthcareEntity, code: String, in tx: borrowing Transaction
    ) throws -> Bool {
        let name = CodeName(entity: entity, key: HealthcareDraft.key(of: code))
        if let known = knownCodes[name] { return known }
        let isKnown =
            switch entity {
            case .clinic:
                try ClinicStore.find(codeKey: name.key, facility: facilitySeq, in: tx) != nil
            default:
                try DoctorStore.find(codeKey: name.key, facility: facilitySeq, in: tx) != nil
            }
        knownCodes[name] = isKnown
        return isKnown
    }

    // MARK: Clinics

    private func clinic(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let known = try draft.keys.codeKey.flatMap {
            try ClinicStore.find(codeKey: $0, facility: facilitySeq, in: tx)
        }
        try check(draft, isNew: known == nil)
        guard let codeKey = draft.keys.codeKey else {
            preconditionFailure("check() lets no clinic without a code through.")
        }
        var stored: HealthcareOutcome.Stored
        if let known {
            let fields = try known.fields == draft.fields ? nil : draft.merged(onto: known.fields)
            if let fields, fields != known.fields {
                try ClinicStore.update(known, to: fields, at: origin.now, in: tx)
                stored = HealthcareOutcome.Stored(.updated, id: known.id)
            } else {
                stored = HealthcareOutcome.Stored(.unchanged, id: known.id)
            }
        } else {
            let id = try ClinicStore.insert(
                draft, codeKey: codeKey, facility: facilitySeq, at: origin.now, in: tx)
            stored = HealthcareOutcome.Stored(.created, id: id)
        }
        stored.code = draft.keys.code
        return stored
    }

    // MARK: Doctors

    private mutating func doctor(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let byCode = try draft.keys.codeKey.flatMap {
            try DoctorStore.find(codeKey: $0, facility: facilitySeq, in: tx)
        }
        let byLicense = try draft.keys.licenseKey.flatMap {
            try DoctorStore.find(licenseKey: $0, facility: facilitySeq, in: tx)
        }
        try check(draft, isNew: byCode == nil && byLicense == nil)
        if let byCode, let byLicense, byCode.row.seq != byLicense.row.seq {
            throw HealthcareIngest.conflict(
                .doctor, ("code", byCode.row.id), ("licenseNumber", byLicense.row.id))
        }
        var warnings: [String] = []
        for code in draft.keys.clinicCodes where try !isKnown(.clinic, code: code, in: tx) {
            warnings.append(
                "clinicCodes: \(code) is not a clinic yet; it is linked once the clinic arrives.")
        }
        var stored: HealthcareOutcome.Stored
        if let known = byCode ?? byLicense {
            stored = try change(known, to: draft, warnings: &warnings, in: tx)
        } else {
            let id = try DoctorStore.insert(
                draft, facility: facilitySeq, at: origin.now, in: tx)
            stored = HealthcareOutcome.Stored(.created, id: id)
        }
        stored.code = draft.keys.code
        stored.warnings = warnings
        return stored
    }

    private func change(
        _ known: DoctorStore.Doctor, to draft: HealthcareDraft, warnings: inout [String],
        in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let unchanged = HealthcareOutcome.Stored(.unchanged, id: known.row.id)
        if known.row.fields == draft.fields { return unchanged }
        let fields = try draft.merged(onto: known.row.fields)
        if fields == known.row.fields { return unchanged }
        let codeKey = draft.keys.codeKey ?? (draft.clears("code") ? nil : known.codeKey)
        let licenseKey =
            draft.keys.licenseKey ?? (draft.clears("licenseNumber") ? nil : known.licenseKey)
        guard codeKey != nil || licenseKey != nil else {
            throw Refusal.validation("code", "and licenseNumber cannot both be cleared")
        }
        if known.codeKey != nil, codeKey != nil, known.codeKey != codeKey,
            let old = try known.row.text("code")
        {
            warnings.append("code: the doctor's code was \(old); it was found by licenseNumber.")
        }
        try DoctorStore.update(
            known.row, codeKey: codeKey, licenseKey: licenseKey, fields: fields, at: origin.now,
            in: tx)
        return HealthcareOutcome.Stored(.updated, id: known.row.id)
    }
}
