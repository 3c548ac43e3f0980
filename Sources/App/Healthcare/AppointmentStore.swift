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
            try find(externalID: externalID, facilityID: source.facilityID, in: tx)
        }
        if let named, named.patientID != subject.patientID {
            throw Problem.validation(
                "external_id", "names an appointment of another patient of this facility")
        }
        let inSlot = try find(
            patientID: subject.patientID, date: draft.date, timeFrom: draft.timeFrom,
            facilityID: source.facilityID, in: tx)
        if let named, let inSlot, named.id != inSlot.id {
            throw Problem.validation(
                "time_from", "is another appointment of this patient already")
        }
        guard let known = named ?? inSlot else {
            return try insert(
                draft, patientID: subject.patientID, fileSeq: nil, from: source, in: tx)
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

    // MARK: Finding

    private static func appointment(_ row: borrowing Row) throws -> Appointment {
        guard let date = CalendarDate(row.text(2)),
            let status = Appointment.Status(rawValue: row.text(4))
        else { throw DatabaseError.corrupt }
        return Appointment(
            id: row.text(0), patientID: row.int64OrNil(1), fileSeq: row.int64OrNil(7), date: date,
            timeFrom: row.text(3), status: status, version: row.int(5), payload: row.utf8(6),
            fields: row.isNull(8) ? nil : row.utf8(8), externalID: row.textOrNil(9),
            doctorCode: row.textOrNil(10), clinicCode: row.textOrNil(11),
            timeTo: row.textOrNil(12))
    }

    package static func find(
        externalID: String, facilityID: String, in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT id, patient_id, date, time_from, status, version, payload, file_seq, fields,
                external_id, doctor_code, clinic_code, time_to
            FROM appointments WHERE facility_id = ? AND external_id = ?
            """, [.text(facilityID), .text(externalID)], appointment)
    }

    package static func find(
        patientID: Int64, date: CalendarDate, timeFrom: String, facilityID: String,
        in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT id, patient_id, date, time_from, status, version, payload, file_seq, fields,
                external_id, doctor_code, clinic_code, time_to
            FROM appointments
            WHERE patient_id = ? AND date = ? AND time_from = ? AND facility_id = ?
            """,
            [
                .integer(patientID), .text(date.description), .text(timeFrom), .text(facilityID),
            ], appointment)
    }

    /// Of a clinic's patient without a national identity.
    package static func find(
        fileSeq: Int64, date: CalendarDate, timeFrom: String, in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT id, patient_id, date, time_from, status, version, payload, file_seq, fields,
                external_id, doctor_code, clinic_code, time_to
            FROM appointments
            WHERE file_seq = ? AND date = ? AND time_from = ? AND patient_id IS NULL
            """, [.integer(fileSeq), .text(date.description), .text(timeFrom)], appointment)
    }

    /// The patient of a file is known now: so are their appointments. One in a slot where the patient
    /// has another one already stays the file's.
    package static func attach(
        fileSeq: Int64, to patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE appointments SET patient_id = ?1
            WHERE file_seq = ?2 AND patient_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM appointments AS kept
                WHERE kept.patient_id = ?1 AND kept.date = appointments.date
                    AND kept.time_from = appointments.time_from
                    AND kept.facility_id = appointments.facility_id)
            """, [.integer(patientID), .integer(fileSeq)])
    }

    /// What desktop systems sent, as it changed.
    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [(row: HealthcareRow, appointment: Appointment)] {
        try tx.all(
            """
            SELECT a.id, a.patient_id, a.date, a.time_from, a.status, a.version, a.payload,
                a.file_seq, a.fields, a.external_id, a.doctor_code, a.clinic_code, a.time_to,
                a.seq, a.created_at, a.updated_at, p.health_id
            FROM appointments a LEFT JOIN patients p ON p.id = a.patient_id
            WHERE a.facility_id = ?1 AND a.fields IS NOT NULL AND a.updated_at >= ?2
                AND (a.updated_at > ?3 OR a.seq > ?4)
            ORDER BY a.updated_at, a.seq LIMIT ?5
            """, page.bindings, listed)
    }

    /// One that a desktop system sent, by its id.
    package static func find(
        id: String, facilityID: String, in tx: borrowing Transaction
    ) throws -> (row: HealthcareRow, appointment: Appointment)? {
        try tx.first(
            """
            SELECT a.id, a.patient_id, a.date, a.time_from, a.status, a.version, a.payload,
                a.file_seq, a.fields, a.external_id, a.doctor_code, a.clinic_code, a.time_to,
                a.seq, a.created_at, a.updated_at, p.health_id
            FROM appointments a LEFT JOIN patients p ON p.id = a.patient_id
            WHERE a.id = ? AND a.facility_id = ? AND a.fields IS NOT NULL
            """, [.text(id), .text(facilityID)], listed)
    }

    private static func listed(
        _ row: borrowing Row
    ) throws -> (row: HealthcareRow, appointment: Appointment) {
        let appointment = try appointment(row)
        var listed = HealthcareRow(
            seq: row.int64(13), id: appointment.id, fields: appointment.fields ?? [],
            createdAt: Timestamp(milliseconds: row.int64(14)),
            updatedAt: Timestamp(milliseconds: row.int64(15)))
        listed.patientID = appointment.patientID
        listed.healthID = row.textOrNil(16)
        return (listed, appointment)
    }

    // MARK: Changing

    package static func insert(
        _ draft: AppointmentDraft, patientID: Int64?, fileSeq: Int64?,
        from source: RecordStore.Source, in tx: borrowing Transaction
    ) throws -> StoredAppointment {
        let id = Identifier.make("apt_", at: source.now)
        try tx.execute(
            """
            INSERT INTO appointments (id, facility_id, patient_id, file_seq, client_id, external_id,
                date, time_from, time_to, status, doctor_code, clinic_code, payload, fields,
                version, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
            """,
            [
                .text(id), .text(source.facilityID), .optional(patientID),
                .optional(fileSeq), .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), .utf8Slice(draft.payload),
                draft.fields.map { .utf8($0) } ?? .null,
                .integer(source.now.milliseconds), .integer(source.now.milliseconds),
            ])
        return StoredAppointment(
            id: id, outcome: .created, status: draft.status, previousStatus: nil)
    }

    package static func change(
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
                clinic_code = ?, payload = ?, fields = COALESCE(?, fields),
                version = version + 1, updated_at = ?
            WHERE id = ?
            """,
            [
                .text(source.clientID), .optional(draft.externalID),
                .text(draft.date.description), .text(draft.timeFrom), .optional(draft.timeTo),
                .text(draft.status.rawValue), .optional(draft.doctorCode),
                .optional(draft.clinicCode), .utf8Slice(draft.payload),
                draft.fields.map { .utf8($0) } ?? .null,
                .integer(source.now.milliseconds), .text(known.id),
            ])
    }
}
