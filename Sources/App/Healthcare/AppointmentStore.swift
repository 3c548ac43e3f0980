package import SQLite

/// Appointments with their versions.
package enum AppointmentStore {
    // MARK: Finding

    static func appointment(_ row: borrowing Row) throws -> Appointment {
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
