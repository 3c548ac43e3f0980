package import Database
import Values

/// Appointments with their versions.
package enum AppointmentStore {
    // MARK: Repairing

    package static func hasDaysOutside(in tx: borrowing Transaction) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM appointments WHERE date < '1900-01-01' OR date > '2200-12-31' LIMIT 1"
        ) { $0.int(0) } != nil
    }

    /// - Returns: how many now have the nearest day that a list can show.
    package static func repairDays(in tx: borrowing Transaction) throws -> Int {
        // The year 0000 is how 10000 was printed.
        let outside = try tx.all(
            """
            SELECT seq, CASE WHEN date >= '0001-01-01' AND date < '1900-01-01' THEN '1900-01-01'
                ELSE '2200-12-31' END
            FROM appointments WHERE date < '1900-01-01' OR date > '2200-12-31' ORDER BY seq
            """
        ) { (seq: $0.int64(0), day: $0.text(1)) }
        return try outside.reduce(0) { count, row in
            // A slot that is taken keeps who has it.
            count
                + (try tx.execute(
                    """
                    UPDATE appointments SET date = ?2 WHERE seq = ?1 AND NOT EXISTS (
                        SELECT 1 FROM appointments taken
                        WHERE taken.facility = appointments.facility AND taken.date = ?2
                            AND taken.time_from = appointments.time_from
                            AND (taken.patient_id = appointments.patient_id
                                OR taken.file_seq = appointments.file_seq)
                            AND taken.status <> 'cancelled' AND appointments.status <> 'cancelled')
                    """, [.integer(row.seq), .text(row.day)]))
        }
    }

    // MARK: Finding

    /// - Parameter ownerID: the holder's patient.
    package static func appointment(_ row: borrowing Row, ownerID: Int64?) throws -> Appointment {
        guard let date = CalendarDate(row.text(4)),
            let status = AppointmentStatus(rawValue: row.text(6))
        else { throw DatabaseError.unreadable(row: "appointments \(row.int64(0))") }
        let holder: Appointment.Holder
        switch (row.int64OrNil(3), ownerID) {
        case (let seq?, _): holder = .file(seq: seq)
        case (nil, let id?): holder = .patient(id: id)
        case (nil, nil): throw DatabaseError.unreadable(row: "appointments \(row.int64(0))")
        }
        let fields = row.isNull(9) ? nil : row.utf8(9)
        return Appointment(
            seq: row.int64(0), nonce: row.int64(1),
            createdAt: Timestamp(milliseconds: row.int64(2)), holder: holder, ownerID: ownerID,
            date: date, timeFrom: row.text(5), status: status, version: row.int(7),
            payload: row.isNull(8) ? fields ?? [] : row.utf8(8), fields: fields,
            externalID: row.textOrNil(10), doctorCode: row.textOrNil(11),
            clinicCode: row.textOrNil(12), timeTo: row.textOrNil(13), clientID: row.text(14),
            updatedAt: Timestamp(milliseconds: row.int64(15)))
    }

    package static func find(
        externalID: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> Appointment? {
        try tx.first(
            """
            SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id)
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            WHERE a.facility = ? AND a.external_id = ?
            """, [.integer(facility), .text(externalID)]
        ) { try appointment($0, ownerID: $0.int64OrNil(16)) }
    }
}
