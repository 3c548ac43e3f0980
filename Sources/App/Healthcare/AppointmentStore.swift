package import SQLite

/// Appointments with their versions.
package enum AppointmentStore {
    /// Stores an appointment, or changes the one that has its external id or, without, its slot.
    ///
    /// - Parameter isRepeated: whether what was last sent, given as JSON, says the same.
    /// - Throws: `Problem` 422 when the external id is another patient's, or the slot it moves to is
    ///   taken; before anything is changed.
    package static func push(
        _ draft: AppointmentDraft, for subject: RecordSubject, from source: RecordStore.Source,
        isRepeated: (_ payload: [UInt8]) throws -> Bool, in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let named = try draft.externalID.flatMap { externalID in
            try tx.first(
                """
                SELECT id, patient_id, date, time_from, status, version, payload FROM appointments
                WHERE facility_id = ? AND external_id = ?
                """, [.text(source.facilityID), .text(externalID)], appointment)
        }
        if let named, named.patientID != subject.patientID {
            throw Problem.validation(
                "external_id", "names an appointment of another patient of this facility")
        }
        let inSlot = try tx.first(
            """
            SELECT id, patient_id, date, time_from, status, version, payload FROM appointments
            WHERE patient_id = ? AND date = ? AND time_from = ? AND facility_id = ?
            """,
            [
                .integer(subject.patientID), .text(draft.date.description),
                .text(draft.timeFrom), .text(source.facilityID),
            ], appointment)
        if let named, let inSlot, named.id != inSlot.id {
            throw Problem.validation(
                "time_from", "is another appointment of this patient already")
        }
        guard let known = named ?? inSlot else {
            return try insert(draft, for: subject, from: source, in: tx)
        }
        if try isRepeated(known.payload) {
            return StoredAppointment(
                id: known.id, outcome: .unchanged, status: known.status,
                previousStatus: known.status)
        }
        try change(known, to: draft, from: source, in: tx)
        return StoredAppointment(
            id: known.id, outcome: .amended, status: draft.status, previousStatus: known.status)
    }

    private static func appointment(_ row: borrowing Row) throws -> Appointment {
        guard let date = CalendarDate(row.text(2)),
            let status = Appointment.Status(rawValue: row.text(4))
        else { throw DatabaseError.corrupt }
        return Appointment(
            id: row.text(0), patientID: row.int64(1), date: date, timeFrom: row.text(3),
            status: status, version: row.int(5), payload: row.utf8(6))
    }

    private static func insert(
        _ draft: AppointmentDraft, for subject: RecordSubject, from source: RecordStore.Source,
        in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let id = Identifier.make("apt_", at: source.now)
        try tx.execute(
            """
            INSERT INTO appointments (id, facility_id, patient_id, client_id, external_id, date,
                time_from, time_to, status, doctor_code, clinic_code, payload, version, created_at,
                updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
            """,
            [
                .text(id), .text(source.facilityID), .integer(subject.patientID),
                .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), .utf8Slice(draft.payload),
                .integer(source.now.milliseconds), .integer(source.now.milliseconds),
            ])
        return StoredAppointment(
            id: id, outcome: .created, status: draft.status, previousStatus: nil)
    }

    private static func change(
        _ known: Appointment, to draft: AppointmentDraft, from source: RecordStore.Source,
        in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO appointment_versions (appointment_id, version, client_id, date, time_from,
                status, payload, updated_at)
            SELECT id, version, client_id, date, time_from, status, payload, updated_at
            FROM appointments WHERE id = ?
            """, [.text(known.id)])
        try tx.execute(
            """
            UPDATE appointments SET client_id = ?, external_id = COALESCE(?, external_id),
                date = ?, time_from = ?, time_to = ?, status = ?, doctor_code = ?,
                clinic_code = ?, payload = ?, version = version + 1, updated_at = ?
            WHERE id = ?
            """,
            [
                .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), .utf8Slice(draft.payload),
                .integer(source.now.milliseconds), .text(known.id),
            ])
    }
}
