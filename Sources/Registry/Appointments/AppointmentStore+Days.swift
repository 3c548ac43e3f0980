import Database
import Values

/// A facility's appointments by day and by id, whoever has sent them.
extension AppointmentStore {
    /// Where a page of a day ended.
    package struct Place: Sendable {
        package let timeFrom: String
        package let seq: Int64

        package init(timeFrom: String, seq: Int64) {
            self.timeFrom = timeFrom
            self.seq = seq
        }
    }

    /// By time. Patients' own and files' are looked up apart: each has an index of slots.
    static func page(
        on date: CalendarDate, facility: Int64, after place: Place?, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [Appointment] {
        try tx.all(
            within: ListPage.bytes, \.weight,
            """
            SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id)
            FROM (
                SELECT seq FROM appointments
                WHERE facility = ?1 AND date = ?2 AND (time_from, seq) > (?3, ?4)
                    AND patient_id IS NOT NULL
                UNION ALL
                SELECT seq FROM appointments
                WHERE facility = ?1 AND date = ?2 AND (time_from, seq) > (?3, ?4)
                    AND file_seq IS NOT NULL) AS listed
            JOIN appointments a ON a.seq = listed.seq
            LEFT JOIN patient_files f ON f.seq = a.file_seq
            ORDER BY a.time_from, a.seq LIMIT ?5
            """,
            [
                .integer(facility), .text(date.description), .text(place?.timeFrom ?? ""),
                .integer(place?.seq ?? 0), .int(limit),
            ]
        ) { try appointment($0, ownerID: $0.int64OrNil(16)) }
    }

    /// Every appointment of a facility from a day to another; of people, where they are named.
    static func forEach(
        at facility: Int64, in days: ClosedRange<CalendarDate>, of people: [Int64]?,
        in tx: borrowing Transaction, _ body: (Appointment) throws -> Void
    ) throws {
        let limits = [
            SQLValue.integer(facility), .text(days.lowerBound.description),
            .text(days.upperBound.description),
        ]
        guard let people else {
            return try tx.forEach(
                """
                SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                    a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                    a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id)
                FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
                WHERE a.facility = ?1 AND a.date BETWEEN ?2 AND ?3
                """, limits
            ) { row in try body(appointment(row, ownerID: row.int64OrNil(16))) }
        }
        for person in people {
            try tx.forEach(
                """
                SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                    a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                    a.time_to, a.client_id, a.updated_at, CAST(?4 AS BIGINT)
                FROM (SELECT CAST(?4 AS BIGINT) AS owner
                    UNION ALL SELECT -seq FROM patient_files
                        WHERE facility = ?1 AND patient_id = ?4) AS owners
                JOIN appointments a
                    ON a.facility = ?1 AND COALESCE(a.patient_id, -a.file_seq) = owners.owner
                WHERE a.date BETWEEN ?2 AND ?3
                """, limits + [.integer(person)]
            ) { row in try body(appointment(row, ownerID: person)) }
        }
    }

    static func named(
        _ id: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> Appointment? {
        guard let named = Identifier.row(of: id, Appointment.idPrefix) else { return nil }
        return try tx.first(
            """
            SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id)
            FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
            WHERE a.seq = ? AND a.nonce = ? AND a.created_at = ? AND a.facility = ?
            """,
            [
                .integer(named.row), .integer(named.nonce), .integer(named.time.milliseconds),
                .integer(facility),
            ]
        ) { try appointment($0, ownerID: $0.int64OrNil(16)) }
    }
}

extension Appointment {
    /// About how many bytes it takes to read and to show.
    var weight: Int { payload.count + 512 }

    package var place: AppointmentStore.Place {
        AppointmentStore.Place(timeFrom: timeFrom, seq: seq)
    }
}
