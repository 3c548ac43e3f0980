package import SQLite

/// Appointments with their versions.
package enum AppointmentStore {
    // MARK: Finding

    private static func appointment(_ row: borrowing Row) throws -> Appointment {
        guard let date = CalendarDate(row.text(2)),
            let status = Appointment.Status(rawValue: row.text(4))
        else { throw DatabaseError.corrupt }
        let ownerID = row.int64OrNil(1)
        let holder: Appointment.Holder
        switch (row.int64OrNil(7), ownerID) {
        case (let seq?, _): holder = .file(seq: seq)
        case (nil, let id?): holder = .patient(id: id)
        case (nil, nil): throw DatabaseError.corrupt
        }
        return Appointment(
            id: row.text(0), holder: holder, ownerID: ownerID, date: date, timeFrom: row.text(3),
            status: status, version: row.int(5), payload: row.utf8(6),
            fields: row.isNull(8) ? nil : row.utf8(8), externalID: row.textOrNil(9),
            doctorCode: row.textOrNil(10), clinicCode: row.textOrNil(11),
            timeTo: row.textOrNil(12), clientID: row.text(13),
            updatedAt: Timestamp(milliseconds: row.int64(14)))
    }

    package static func find(
        externalID: String, facilityID: String, in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT a.id, COALESCE(f.patient_id, a.patient_id), a.date, a.time_from, a.status,
                a.version, a.payload, a.file_seq, a.fields, a.external_id, a.doctor_code,
                a.clinic_code, a.time_to, a.client_id, a.updated_at
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            WHERE a.facility_id = ? AND a.external_id = ?
            """, [.text(facilityID), .text(externalID)], appointment)
    }

    /// What a holder has in a slot. An agent and a desktop system may book the same one, by Health ID
    /// and by number: where it is plain whose it is, it is one appointment.
    ///
    /// - Parameter ownerID: the holder's patient.
    package static func find(
        in slot: (date: CalendarDate, timeFrom: String), of holder: Appointment.Holder,
        ownerID: Int64?, facilityID: String, in tx: borrowing Transaction
    ) throws -> Appointment? {
        switch holder {
        case .file(let seq):
            if let known = try find(in: slot, ofFile: seq, in: tx) { return known }
            return try ownerID.flatMap {
                try find(in: slot, ofPatient: $0, facilityID: facilityID, in: tx)
            }
        case .patient(let id):
            if let known = try find(in: slot, ofPatient: id, facilityID: facilityID, in: tx) {
                return known
            }
            let known = try tx.all(
                """
                SELECT a.id, f.patient_id, a.date, a.time_from, a.status, a.version, a.payload,
                    a.file_seq, a.fields, a.external_id, a.doctor_code, a.clinic_code, a.time_to,
                    a.client_id, a.updated_at
                FROM patient_files f JOIN appointments a ON a.file_seq = f.seq
                WHERE f.patient_id = ? AND f.facility_id = ? AND a.date = ? AND a.time_from = ?
                LIMIT 2
                """,
                [
                    .integer(id), .text(facilityID), .text(slot.date.description),
                    .text(slot.timeFrom),
                ], appointment)
            return known.count == 1 ? known[0] : nil
        }
    }

    private static func find(
        in slot: (date: CalendarDate, timeFrom: String), ofFile seq: Int64,
        in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT a.id, f.patient_id, a.date, a.time_from, a.status, a.version, a.payload,
                a.file_seq, a.fields, a.external_id, a.doctor_code, a.clinic_code, a.time_to, a.client_id, a.updated_at
            FROM appointments a JOIN patient_files f ON f.seq = a.file_seq
            WHERE a.file_seq = ? AND a.date = ? AND a.time_from = ?
            """, [.integer(seq), .text(slot.date.description), .text(slot.timeFrom)], appointment)
    }

    private static func find(
        in slot: (date: CalendarDate, timeFrom: String), ofPatient id: Int64, facilityID: String,
        in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT id, patient_id, date, time_from, status, version, payload, file_seq, fields,
                external_id, doctor_code, clinic_code, time_to, client_id, updated_at
            FROM appointments
            WHERE patient_id = ? AND date = ? AND time_from = ? AND facility_id = ?
            """,
            [
                .integer(id), .text(slot.date.description), .text(slot.timeFrom),
                .text(facilityID),
            ], appointment)
    }

    /// What desktop systems sent, as it changed.
    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [(row: HealthcareRow, appointment: Appointment)] {
        try tx.all(
            """
            SELECT a.id, COALESCE(f.patient_id, a.patient_id), a.date, a.time_from, a.status,
                a.version, a.payload, a.file_seq, a.fields, a.external_id, a.doctor_code,
                a.clinic_code, a.time_to, a.client_id, a.updated_at, a.seq, a.created_at,
                p.health_id, p.merged_into
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            LEFT JOIN patients p ON p.id = COALESCE(f.patient_id, a.patient_id)
            WHERE a.facility_id = ?1 AND a.fields IS NOT NULL AND a.updated_at >= ?2
                AND (a.updated_at > ?3 OR a.seq > ?4)
            ORDER BY a.updated_at, a.seq LIMIT ?5
            """, page.bindings, listed
        ).map { (row: try $0.row.following(mergedInto: $0.mergedInto, in: tx), $0.appointment) }
    }

    /// One that a desktop system sent, by its id.
    package static func find(
        id: String, facilityID: String, in tx: borrowing Transaction
    ) throws -> (row: HealthcareRow, appointment: Appointment)? {
        try tx.first(
            """
            SELECT a.id, COALESCE(f.patient_id, a.patient_id), a.date, a.time_from, a.status,
                a.version, a.payload, a.file_seq, a.fields, a.external_id, a.doctor_code,
                a.clinic_code, a.time_to, a.client_id, a.updated_at, a.seq, a.created_at,
                p.health_id, p.merged_into
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            LEFT JOIN patients p ON p.id = COALESCE(f.patient_id, a.patient_id)
            WHERE a.id = ? AND a.facility_id = ? AND a.fields IS NOT NULL
            """, [.text(id), .text(facilityID)], listed
        ).map { (row: try $0.row.following(mergedInto: $0.mergedInto, in: tx), $0.appointment) }
    }

    private static func listed(
        _ row: borrowing Row
    ) throws -> (row: HealthcareRow, mergedInto: Int64?, appointment: Appointment) {
        let appointment = try appointment(row)
        var listed = HealthcareRow(
            seq: row.int64(15), id: appointment.id, fields: appointment.fields ?? [],
            createdAt: Timestamp(milliseconds: row.int64(16)), updatedAt: appointment.updatedAt)
        listed.ownerID = appointment.ownerID
        listed.patientID = appointment.ownerID
        listed.healthID = row.textOrNil(17)
        return (listed, row.int64OrNil(18), appointment)
    }
}
