import Identity
package import Database
import Values

extension AppointmentStore {
    /// Stores an appointment that was sent for a Health ID, or changes the one that has its external id
    /// or, without, its slot.
    ///
    /// - Parameters:
    ///   - facility: the number of the source's facility.
    ///   - isSameUpload: whether what was last sent, given as JSON, came with the same upload.
    ///   - isRepeated: whether what was last sent, given as JSON, says the same.
    /// - Throws: `Refusal` 422 when the external id is another patient's, or the slot is another
    ///   appointment's, 409 when a belated one is older than what is stored; before anything is changed.
    package static func push(
        _ draft: AppointmentDraft, for subject: RecordSubject, from source: RecordStore.Source,
        facility: Int64,
        isSameUpload: (_ payload: [UInt8]) throws -> Bool,
        isRepeated: (_ payload: [UInt8]) throws -> Bool, in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let named = try draft.externalID.flatMap { externalID in
            try find(externalID: externalID, facility: facility, in: tx)
        }
        if let named, try !isSame(named.ownerID, subject.patientID, in: tx) {
            throw Refusal.validation(
                "external_id", "names an appointment of another patient of this facility")
        }
        let ownerID = named?.ownerID ?? subject.namedID
        let bookings = try bookings(
            in: Slot(
                draft.date, draft.timeFrom, of: named?.holder ?? .patient(id: ownerID),
                ownerID: ownerID, facility: facility), in: tx)
        if let named, draft.status != .cancelled, let living = bookings.living,
            named.seq != living.seq
        {
            throw Refusal.validation(
                "time_from", "is another appointment of this patient already")
        }
        let isCancelled = draft.status == .cancelled
        let found = named ?? bookings.named(draft.externalID, isCancelled: isCancelled)
        guard let known = found else {
            return try insert(
                draft, for: .patient(id: ownerID), from: source, facility: facility, in: tx)
        }
        // Two ids are two bookings, and a slot holds one that is not cancelled.
        if let new = draft.externalID, let old = known.externalID, old != new {
            throw Refusal.validation(
                "time_from", "is the appointment \(old) of this patient, and \(new) is another one")
        }
        if try isRepeated(known.payload) {
            return StoredAppointment(
                id: known.id, outcome: .unchanged, status: known.status,
                previousStatus: known.status)
        }
        if named != nil, try isSameUpload(known.payload) {
            throw Refusal.validation(
                "external_id",
                "names an appointment of this upload already, which says otherwise: send the right one "
                    + "alone")
        }
        try source.requireNewer(than: known.updatedAt)
        // An agent that names no id takes none away.
        var change = draft
        change.externalID = draft.externalID ?? known.externalID
        try self.change(
            known, to: change, for: known.holder, from: source, facility: facility, in: tx)
        return StoredAppointment(
            id: known.id, outcome: .amended, status: draft.status, previousStatus: known.status)
    }

    /// Whether somebody is a patient, or is merged into them.
    package static func isSame(
        _ ownerID: Int64?, _ patientID: Int64?, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let ownerID, let patientID else { return false }
        return try ownerID == patientID
            || PatientStore.survivor(withID: ownerID, in: tx)?.id == patientID
    }

    /// - Parameter facility: the number of the source's facility.
    package static func insert(
        _ draft: AppointmentDraft, for holder: Appointment.Holder,
        from source: RecordStore.Source, facility: Int64, in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let nonce = Identifier.nonce()
        let row = try tx.insert(
            into: .appointments,
            """
            INSERT INTO appointments (seq, nonce, facility, patient_id, file_seq, client_id,
                external_id, date, time_from, time_to, status, doctor_code, clinic_code, payload,
                fields, version, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
            """,
            [
                nil, .integer(nonce), .integer(facility), .optional(holder.patientID),
                .optional(holder.fileSeq), .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), draft.ownPayload,
                draft.fields.map { .utf8($0) } ?? .null,
                .integer(source.now.milliseconds), .integer(source.now.milliseconds),
            ])
        let id = Identifier.make(
            Appointment.idPrefix, at: source.now, nonce: nonce, row: row)
        return StoredAppointment(
            id: id, outcome: .created, status: draft.status, previousStatus: nil)
    }

    /// - Parameters:
    ///   - holder: whose it is from now on; what an agent booked becomes the file's that a clinic sends
    ///     it for.
    ///   - facility: the number of the source's facility.
    package static func change(
        _ known: Appointment, to draft: AppointmentDraft, for holder: Appointment.Holder,
        from source: RecordStore.Source, facility: Int64, in tx: borrowing Transaction
    ) throws {
        let isMoved = known.date != draft.date || known.timeFrom != draft.timeFrom
        // VALUES, and no column of a foreign key below unless it changes: SQLite keeps a journal of its
        // own for a statement that may write several rows or end half-way, and inside a savepoint it
        // walks that journal at each one's end. A list of 5,000 would take seconds.
        try tx.run(
            """
            INSERT INTO appointment_versions (appointment, version, client_id, date, time_from,
                status, payload, updated_at, facility, patient_id, file_seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(known.seq), .int(known.version), .text(known.clientID),
                .text(known.date.description), .text(known.timeFrom),
                .text(known.status.rawValue), .utf8(known.payload),
                .integer(known.updatedAt.milliseconds), isMoved ? .integer(facility) : .null,
                isMoved ? .optional(holder.patientID) : .null,
                isMoved ? .optional(holder.fileSeq) : .null,
            ])
        try tx.run(
            """
            UPDATE appointments SET client_id = ?, external_id = ?,
                date = ?, time_from = ?, time_to = ?, status = ?, doctor_code = ?,
                clinic_code = ?, payload = ?, fields = COALESCE(?, fields),
                version = version + 1, updated_at = ?
            WHERE seq = ?
            """,
            [
                .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), draft.ownPayload,
                draft.fields.map { .utf8($0) } ?? .null,
                .integer(source.now.milliseconds), .integer(known.seq),
            ])
        guard holder != known.holder else { return }
        try tx.run(
            "UPDATE appointments SET patient_id = ?, file_seq = ? WHERE seq = ?",
            [.optional(holder.patientID), .optional(holder.fileSeq), .integer(known.seq)])
    }
}

extension AppointmentDraft {
    /// NULL where it is the same as the fields: a record in the documents' order, without spaces.
    fileprivate var ownPayload: SQLValue {
        fields?[...] == payload ? .null : .utf8Slice(payload)
    }
}

extension Appointment.Holder {
    fileprivate var fileSeq: Int64? {
        if case .file(let seq) = self { seq } else { nil }
    }

    fileprivate var patientID: Int64? {
        if case .patient(let id) = self { id } else { nil }
    }
}
