package import Database
import Values

/// Desktop systems' own appointments.
extension AppointmentStore {
    /// What desktop systems sent, as it changed.
    package static func list(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [(row: HealthcareRow, appointment: Appointment)] {
        var longer = page
        var found = try readable(longer, in: tx)
        // What is left out makes room for as many more.
        while found.rows.count < page.limit, found.isMore, longer.limit < 10_000 {
            longer.limit += page.limit - found.rows.count
            found = try readable(longer, in: tx)
        }
        return try found.rows.map {
            (row: try $0.row.following(mergedInto: $0.mergedInto, in: tx), $0.appointment)
        }
    }

    private typealias Listed = (row: HealthcareRow, mergedInto: Int64?, appointment: Appointment)

    private static func readable(
        _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> (rows: [Listed], isMore: Bool) {
        var count = 0
        let rows = try tx.all(
            """
            SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id),
                p.health_id, p.merged_into
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            LEFT JOIN patients p ON p.id = COALESCE(f.patient_id, a.patient_id)
            WHERE a.facility = ?1 AND a.fields IS NOT NULL AND a.updated_at >= ?2
                AND (a.updated_at > ?3 OR a.seq > ?4)
            ORDER BY a.updated_at, a.seq LIMIT ?5
            """, page.bindings
        ) { row in
            count += 1
            return try listed(row)
        }
        return (rows, count == page.limit)
    }

    /// One that a desktop system sent, by its id.
    package static func find(
        id: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> (row: HealthcareRow, appointment: Appointment)? {
        guard let named = Identifier.row(of: id, Appointment.idPrefix) else { return nil }
        return try tx.first(
            """
            SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id),
                p.health_id, p.merged_into
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            LEFT JOIN patients p ON p.id = COALESCE(f.patient_id, a.patient_id)
            WHERE a.seq = ? AND a.nonce = ? AND a.created_at = ? AND a.facility = ?
                AND a.fields IS NOT NULL
            """,
            [
                .integer(named.row), .integer(named.nonce), .integer(named.time.milliseconds),
                .integer(facility),
            ], listed
        ).map { (row: try $0.row.following(mergedInto: $0.mergedInto, in: tx), $0.appointment) }
    }

    private static func listed(
        _ row: borrowing Row
    ) throws -> Listed {
        let appointment = try appointment(row, ownerID: row.int64OrNil(16))
        var listed = HealthcareRow(
            seq: appointment.seq, id: appointment.id, fields: appointment.fields ?? [],
            createdAt: appointment.createdAt, updatedAt: appointment.updatedAt)
        listed.ownerID = appointment.ownerID
        listed.patientID = appointment.ownerID
        listed.healthID = row.textOrNil(17)
        return (listed, row.int64OrNil(18), appointment)
    }
}
