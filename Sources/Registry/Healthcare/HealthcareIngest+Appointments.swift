import Identity
package import Database
package import Values

/// Bookings: found by the clinic's own id, by the slot they move from, or by their slot.
extension HealthcareIngest {
    /// Whose appointment it is, and the patient whom others see it under: the survivor, while that
    /// patient is merged; `nil` while a file has no national identity.
    package struct AppointmentOwner {
        package let holder: Appointment.Holder
        let ownerID: Int64?
        package let patientID: Int64?
        package let healthID: String?
    }

    /// - Throws: `Refusal` 422 naming each code that is not known, 409 when the keys lead to two
    ///   appointments; before anything is changed.
    package mutating func appointment(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> HealthcareOutcome.Stored {
        let keys = draft.keys
        let named = try keys.externalID.flatMap {
            try AppointmentStore.find(externalID: $0, facility: facilitySeq, in: tx)
        }
        var unknown = try unknownCodes(of: draft, in: tx)
        let sent = try appointmentOwner(draft, in: tx)
        if sent == nil, keys.patientNoKey != nil || keys.nationalIDKey != nil {
            unknown.append(
                (
                    keys.patientNoKey == nil ? "nationalID" : "patientNo",
                    ["is not a patient of this clinic; send the patient first"]
                ))
        }
        try check(draft, isNew: named == nil, further: unknown)
        let found = try sent ?? named.map { try appointmentOwner($0, in: tx) }
        guard let found, let date = keys.date ?? named?.date,
            let timeFrom = keys.timeFrom ?? named?.timeFrom
        else { preconditionFailure("check() lets nothing incomplete through.") }
        if let named, try !isSame(named, found, in: tx) {
            throw Refusal.validation(
                "externalId", "names an appointment of another patient of this clinic")
        }
        var previous: AppointmentStore.Slot?
        if keys.previousDate != nil || keys.previousTimeFrom != nil {
            previous = slot(
                keys.previousDate ?? date, keys.previousTimeFrom ?? timeFrom, of: found)
        }
        let moved = try previous.flatMap {
            try AppointmentStore.bookings(in: $0, in: tx)
                .named(keys.externalID, isCancelled: draft.isCancelled)
        }
        let owner = try place(of: named ?? moved, found, in: tx)
        let target = slot(date, timeFrom, of: owner)
        if let previous,
            let made = try made(draft, named, moved, from: previous, to: target, in: tx)
        {
            return try unchanged(draft, made, for: place(of: made.appointment, found, in: tx))
        }
        let known = try known(draft, named, moved, from: previous, in: target, in: tx)
        try checkName(draft, known, named)
        let change = try changed(draft, known, date: date, timeFrom: timeFrom)
        try checkTimes(change, known, isSent: keys.timeTo != nil)
        try checkAwaited(known, isUnchanged: known?.says(change) ?? false)
        let stored = try store(change, known, for: owner, in: tx)
        if let known, stored.outcome == .unchanged { confirm(known, draft) }
        var result = HealthcareOutcome.Stored(
            stored.outcome == .created
                ? .created : stored.outcome == .unchanged ? .unchanged : .updated, id: stored.id)
        result.code = keys.externalID
        result.healthID = owner.healthID
        result.patientID = owner.patientID
        if stored.outcome == .created, keys.previousDate != nil || keys.previousTimeFrom != nil {
            let slot = "\(keys.previousDate ?? date) \(keys.previousTimeFrom ?? timeFrom)"
            result.warnings.append(
                "\(draft.previousName): this patient has no appointment at \(slot); a new one was "
                    + "booked.")
        }
        return result
    }

    // MARK: Who and what is named

    private mutating func unknownCodes(
        of draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> [(path: String, messages: [String])] {
        var unknown: [(path: String, messages: [String])] = []
        if let code = draft.keys.doctorCode, try !isKnown(.doctor, code: code, in: tx) {
            unknown.append(("doctorCode", ["\(code) is not a doctor here; send the doctor first"]))
        }
        if let code = draft.keys.clinicCode, try !isKnown(.clinic, code: code, in: tx) {
            unknown.append(("clinicCode", ["\(code) is not a clinic here; send the clinic first"]))
        }
        return unknown
    }

    private func appointmentOwner(
        _ draft: HealthcareDraft, in tx: borrowing Transaction
    ) throws -> AppointmentOwner? {
        let byNumber = try draft.keys.patientNoKey.flatMap {
            try PatientFileStore.find(patientNo: $0, facility: facilitySeq, in: tx)
        }
        let byNationalID = try draft.keys.nationalIDKey.flatMap {
            try PatientFileStore.find(nationalID: $0, facility: facilitySeq, in: tx)
        }
        if let byNumber, let byNationalID, byNumber.row.seq != byNationalID.row.seq {
            throw HealthcareIngest.conflict(
                .patient, ("patientNo", byNumber.row.id), ("nationalID", byNationalID.row.id))
        }
        if let file = byNumber ?? byNationalID { return appointmentOwner(file.row) }
        let numbered = try draft.keys.patientNo.flatMap {
            try PatientFileStore.patient(numbered: $0, facilityID: facility.id, in: tx)
        }
        guard let numbered else { return nil }
        // A number that the patient's file had before, or has never had.
        let file = try PatientFileStore.onlyOne(
            ownerID: numbered.ownerID, facility: facilitySeq, in: tx)
        if let file { return appointmentOwner(file.row) }
        return AppointmentOwner(
            holder: .patient(id: numbered.ownerID), ownerID: numbered.ownerID,
            patientID: numbered.patient.id, healthID: numbered.patient.healthID)
    }

    private func appointmentOwner(_ file: HealthcareRow) -> AppointmentOwner {
        AppointmentOwner(
            holder: .file(seq: file.seq), ownerID: file.ownerID, patientID: file.patientID,
            healthID: file.healthID)
    }

    private func appointmentOwner(
        _ appointment: Appointment, in tx: borrowing Transaction
    ) throws -> AppointmentOwner {
        let patient = try appointment.ownerID.flatMap {
            try PatientStore.survivor(withID: $0, in: tx)
        }
        return AppointmentOwner(
            holder: appointment.holder, ownerID: appointment.ownerID, patientID: patient?.id,
            healthID: patient?.healthID)
    }

    /// Where an appointment that is known stays: in the file that it was sent for, if any.
    private func place(
        of known: Appointment?, _ sent: AppointmentOwner, in tx: borrowing Transaction
    ) throws -> AppointmentOwner {
        guard let known, case .file = known.holder, known.holder != sent.holder else { return sent }
        return try appointmentOwner(known, in: tx)
    }

    /// Two files are never one, though their patients be merged; what was sent for a Health ID may be
    /// any of that patient's.
    private func isSame(
        _ named: Appointment, _ owner: AppointmentOwner, in tx: borrowing Transaction
    ) throws -> Bool {
        if case .file = named.holder, case .file = owner.holder {
            return named.holder == owner.holder
        }
        return try AppointmentStore.isSame(named.ownerID, owner.patientID, in: tx)
    }

    package func slot(
        _ date: CalendarDate, _ timeFrom: String, of owner: AppointmentOwner
    ) -> AppointmentStore.Slot {
        AppointmentStore.Slot(
            date, timeFrom, of: owner.holder, ownerID: owner.ownerID, facility: facilitySeq)
    }

    /// The one appointment that all keys lead to.
    ///
    /// - Throws: `Refusal` 409 when they lead to two, or when the slot would hold two.
    private mutating func known(
        _ draft: HealthcareDraft, _ named: Appointment?, _ moved: Appointment?,
        from previous: AppointmentStore.Slot?, in slot: AppointmentStore.Slot,
        in tx: borrowing Transaction
    ) throws -> Appointment? {
        let bookings = try AppointmentStore.bookings(in: slot, in: tx)
        if let named, let moved, let previous, named.seq != moved.seq {
            // What was moved here is meant by its id, whoever has its previous slot now.
            if named.isIn(slot),
                try AppointmentStore.hasBeen(
                    named.seq, on: previous.date, at: previous.timeFrom, in: tx)
            {
                return named
            }
            throw HealthcareIngest.conflict(
                .appointment, ("externalId", named.id), ("previousDate", moved.id))
        }
        guard let known = named ?? moved else {
            return bookings.named(draft.keys.externalID, isCancelled: draft.isCancelled)
        }
        // What is cancelled, or stays so, holds no slot.
        if let living = bookings.living, living.seq != known.seq, status(draft, known) != .cancelled
        {
            block(by: living, known)
            throw HealthcareIngest.conflict(
                .appointment, (named == nil ? "previousDate" : "externalId", known.id),
                ("timeFrom", living.id))
        }
        return known
    }

    /// Two ids of the clinic's own are two bookings, and one slot holds one.
    private mutating func checkName(
        _ draft: HealthcareDraft, _ known: Appointment?, _ named: Appointment?
    ) throws {
        guard named == nil, let known, let new = draft.keys.externalID,
            let old = known.externalID, old != new
        else { return }
        block(by: known, nil)
        let slot = "\(known.date) \(known.timeFrom)"
        var refusal = Refusal(
            .keyConflict,
            "The slot \(slot) of this patient belongs to externalId \(old) (\(known.id)), and "
                + "externalId \(new) is another booking. Nothing was changed. Cancel or move \(old) "
                + "first, or send its own externalId.")
        refusal.fieldErrors = [
            ("externalId", ["\(new) is not \(old), which has the slot \(slot)"]),
            ("timeFrom", ["belongs to \(known.id)"]),
        ]
        throw refusal
    }

    /// An end that can only be before the beginning is a slip.
    ///
    /// - Parameter isSent: whether the end is the record's own, or what was stored before.
    private func checkTimes(
        _ draft: AppointmentDraft, _ known: Appointment?, isSent: Bool
    ) throws {
        guard let timeTo = draft.timeTo, !HealthcareDraft.isInterval(draft.timeFrom, timeTo),
            isSent || known?.timeFrom != draft.timeFrom
        else { return }
        throw Refusal.validation(
            "timeTo",
            isSent
                ? "is before timeFrom, \(draft.timeFrom)"
                : "is still \(timeTo), before timeFrom, \(draft.timeFrom); send it too, or null")
    }

    // MARK: Storing

    /// What it is after the record.
    private func status(
        _ draft: HealthcareDraft, _ known: Appointment?
    ) -> AppointmentStatus {
        draft.keys.status ?? (draft.clears("status") ? .booked : known?.status ?? .booked)
    }

    package func changed(
        _ draft: HealthcareDraft, _ known: Appointment?, date: CalendarDate, timeFrom: String
    ) throws -> AppointmentDraft {
        let keys = draft.keys
        func kept(_ sent: String?, _ name: StaticString, _ known: String?) -> String? {
            sent ?? (draft.clears(name) ? nil : known)
        }
        var fields = draft.fields
        if let stored = known?.fields, stored != fields {
            fields = try draft.merged(onto: stored)
        }
        return AppointmentDraft(
            externalID: kept(keys.externalID, "externalId", known?.externalID), date: date,
            timeFrom: timeFrom,
            timeTo: kept(keys.timeTo, "timeTo", known?.timeTo),
            status: status(draft, known),
            doctorCode: kept(keys.doctorCode, "doctorCode", known?.doctorCode),
            clinicCode: kept(keys.clinicCode, "clinicCode", known?.clinicCode),
            payload: draft.payload, fields: fields)
    }

    private mutating func store(
        _ draft: AppointmentDraft, _ known: Appointment?, for owner: AppointmentOwner,
        in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let stored: StoredAppointment
        if let known {
            let isUnchanged = known.says(draft)
            stored = StoredAppointment(
                id: known.id, outcome: isUnchanged ? .unchanged : .amended, status: draft.status,
                previousStatus: known.status)
            if !isUnchanged {
                try AppointmentStore.change(
                    known, to: draft, for: owner.holder, from: source, facility: facilitySeq,
                    in: tx)
                leave(known, draft)
            }
        } else {
            stored = try AppointmentStore.insert(
                draft, for: owner.holder, from: source, facility: facilitySeq, in: tx)
        }
        try EventStore.append(
            stored.events(patientID: owner.ownerID, healthID: owner.healthID), from: origin,
            in: tx)
        return stored
    }
}

extension HealthcareDraft {
    /// Whether the record says that the appointment is cancelled.
    fileprivate var isCancelled: Bool { keys.status == .cancelled }
}

extension Appointment {
    /// Whether it is there now.
    func isIn(_ slot: AppointmentStore.Slot) -> Bool {
        date == slot.date && timeFrom == slot.timeFrom
    }

    /// Whether a record says nothing new.
    package func says(_ draft: AppointmentDraft) -> Bool {
        fields == draft.fields && date == draft.date && timeFrom == draft.timeFrom
            && timeTo == draft.timeTo && status == draft.status && doctorCode == draft.doctorCode
            && clinicCode == draft.clinicCode
            && externalID == draft.externalID
    }
}
