package import Database
package import Values

/// Where appointments were before, and what was said of them.
extension AppointmentStore {
    /// Whether an appointment was at a time before.
    package static func hasBeen(
        _ seq: Int64, on date: CalendarDate, at timeFrom: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            """
            SELECT 1 FROM appointment_versions
            WHERE appointment = ? AND date = ? AND time_from = ? LIMIT 1
            """, [.integer(seq), .text(date.description), .text(timeFrom)]
        ) { _ in true } ?? false
    }

    /// Whether an appointment, which is in neither slot now, went from the first to the second at once.
    package static func hasMoved(
        _ seq: Int64, from: Slot, to: Slot, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            """
            SELECT 1 FROM appointment_versions v JOIN appointment_versions n
                ON n.appointment = v.appointment AND n.version = v.version + 1
            WHERE v.appointment = ? AND v.date = ? AND v.time_from = ? AND n.date = ?
                AND n.time_from = ? LIMIT 1
            """,
            [
                .integer(seq), .text(from.date.description), .text(from.timeFrom),
                .text(to.date.description), .text(to.timeFrom),
            ]
        ) { _ in true } ?? false
    }

    /// What was said of an appointment before, as JSON; the last hundred words, the latest first.
    package static func words(
        of seq: Int64, in tx: borrowing Transaction
    ) throws -> [[UInt8]] {
        try tx.all(
            """
            SELECT payload FROM appointment_versions WHERE appointment = ?
            ORDER BY version DESC LIMIT 100
            """, [.integer(seq)]
        ) { $0.utf8(0) }
    }

    /// A holder's appointments that were moved out of a slot and are elsewhere now, those of the latest
    /// move first; a patient's and a file's alike, as `bookings` has them.
    package static func movedAway(
        from slot: Slot, in tx: borrowing Transaction
    ) throws -> [Appointment] {
        let left: [Int64]
        switch slot.holder {
        case .file(let seq):
            left =
                try movedAway(from: slot, ofFile: seq, in: tx)
                + (slot.ownerID.map { try movedAway(from: slot, ofPatient: $0, in: tx) } ?? [])
        case .patient(let id):
            left =
                try movedAway(from: slot, ofPatient: id, in: tx)
                + movedAway(from: slot, ofFilesOf: id, in: tx)
        }
        return try left.compactMap { seq in
            try tx.first(
                """
                SELECT a.seq, a.nonce, a.created_at, a.file_seq, a.date, a.time_from, a.status,
                    a.version, a.payload, a.fields, a.external_id, a.doctor_code, a.clinic_code,
                    a.time_to, a.client_id, a.updated_at, COALESCE(f.patient_id, a.patient_id)
                FROM appointments a LEFT JOIN patient_files f ON f.seq = a.file_seq
                WHERE a.seq = ? AND (a.date <> ? OR a.time_from <> ?)
                """, [.integer(seq), .text(slot.date.description), .text(slot.timeFrom)]
            ) { try appointment($0, ownerID: $0.int64OrNil(16)) }
        }
    }

    // Fifty of each: nobody moves more out of one hour, and a lookup ends.

    private static func movedAway(
        from slot: Slot, ofFile seq: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT appointment FROM appointment_versions
            WHERE facility = ? AND date = ? AND time_from = ? AND file_seq = ?
            GROUP BY appointment ORDER BY MAX(updated_at) DESC, appointment DESC LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(seq),
            ]
        ) { $0.int64(0) }
    }

    private static func movedAway(
        from slot: Slot, ofPatient id: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT appointment FROM appointment_versions
            WHERE facility = ? AND date = ? AND time_from = ? AND file_seq IS NULL
                AND patient_id = ?
            GROUP BY appointment ORDER BY MAX(updated_at) DESC, appointment DESC LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(id),
            ]
        ) { $0.int64(0) }
    }

    private static func movedAway(
        from slot: Slot, ofFilesOf id: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            """
            SELECT appointment FROM appointment_versions
            WHERE facility = ? AND date = ? AND time_from = ? AND file_seq IN (
                SELECT seq FROM patient_files WHERE patient_id = ? AND facility = ?)
            GROUP BY appointment ORDER BY MAX(updated_at) DESC, appointment DESC LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(id), .integer(slot.facility),
            ]
        ) { $0.int64(0) }
    }
}
