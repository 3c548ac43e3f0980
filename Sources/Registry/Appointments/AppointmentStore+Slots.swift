package import Database
package import Values

/// What is booked in a slot: at most one appointment that is not cancelled, and any number that were.
package struct SlotBookings {
    package var living: Appointment?
    /// The holder's own first, each by its last change, the latest first.
    package var cancelled: [Appointment] = []

    package var all: [Appointment] { (living.map { [$0] } ?? []) + cancelled }

    /// The one that a record means by naming its slot alone.
    ///
    /// Two external ids are two bookings, so the cancelling of one says nothing about another that
    /// holds the slot. A cancelled booking holds none: a record without an id may book it anew if it
    /// has no id either; otherwise only a record that is itself cancelled is the same word again.
    ///
    /// - Parameter isCancelled: whether the record says so.
    /// - Returns: The living one even where its external id differs, unless the record is cancelled.
    package func named(_ externalID: String?, isCancelled: Bool) -> Appointment? {
        if let living {
            let isAnother =
                externalID != nil && living.externalID != nil && externalID != living.externalID
            return isCancelled && isAnother ? nil : living
        }
        if externalID == nil, let unnamed = cancelled.first(where: { $0.externalID == nil }) {
            return unnamed
        }
        guard isCancelled else { return nil }
        return cancelled.first { $0.externalID == nil || externalID == nil }
    }
}

extension AppointmentStore {
    /// A time at which somebody may be booked.
    package struct Slot {
        package let date: CalendarDate
        package let timeFrom: String
        package let holder: Appointment.Holder
        /// The holder's patient.
        package let ownerID: Int64?
        package let facility: Int64

        package init(
            _ date: CalendarDate, _ timeFrom: String, of holder: Appointment.Holder,
            ownerID: Int64?, facility: Int64
        ) {
            self.date = date
            self.timeFrom = timeFrom
            self.holder = holder
            self.ownerID = ownerID
            self.facility = facility
        }
    }

    /// What a holder has in a slot. An agent and a desktop system may book the same one, by Health ID
    /// and by number: where it is plain whose it is, it is one appointment.
    package static func bookings(
        in slot: Slot, in tx: borrowing Transaction
    ) throws -> SlotBookings {
        var found = SlotBookings()
        func add(_ bookings: [Appointment]) {
            found.living = found.living ?? bookings.first { $0.status != .cancelled }
            let cancelled = bookings.filter { $0.status == .cancelled }
            found.cancelled += cancelled.sorted {
                ($0.updatedAt.milliseconds, $0.seq) > ($1.updatedAt.milliseconds, $1.seq)
            }
        }
        switch slot.holder {
        case .file(let seq):
            add(try all(in: slot, ofFile: seq, in: tx))
            if found.living == nil, let ownerID = slot.ownerID {
                add(try all(in: slot, ofPatient: ownerID, in: tx))
            }
        case .patient(let id):
            add(try all(in: slot, ofPatient: id, in: tx))
            guard found.living == nil else { break }
            // Which of several files is meant, nobody can tell.
            let inFiles = try all(in: slot, ofFilesOf: id, in: tx)
            let living = inFiles.filter { $0.status != .cancelled }
            if living.count == 1 {
                add(living)
            } else if living.isEmpty, inFiles.allSatisfy({ $0.holder == inFiles[0].holder }) {
                add(inFiles)
            }
        }
        return found
    }

    // MARK: Rows of a slot

    // Fifty, the living one first, in the order of the index: nobody cancels one hour more often, and
    // a lookup ends.

    private static func all(
        in slot: Slot, ofFile seq: Int64, in tx: borrowing Transaction
    ) throws -> [Appointment] {
        try tx.all(
            """
            SELECT seq, nonce, created_at, file_seq, date, time_from, status, version, payload,
                fields, external_id, doctor_code, clinic_code, time_to, client_id, updated_at
            FROM appointments
            WHERE facility = ? AND date = ? AND time_from = ? AND file_seq = ?
            ORDER BY (CASE WHEN status <> 'cancelled' THEN 1 END) DESC NULLS LAST, seq DESC
            LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(seq),
            ]
        ) { try appointment($0, ownerID: slot.ownerID) }
    }

    private static func all(
        in slot: Slot, ofPatient id: Int64, in tx: borrowing Transaction
    ) throws -> [Appointment] {
        try tx.all(
            """
            SELECT seq, nonce, created_at, file_seq, date, time_from, status, version, payload,
                fields, external_id, doctor_code, clinic_code, time_to, client_id, updated_at
            FROM appointments
            WHERE facility = ? AND date = ? AND time_from = ? AND patient_id = ?
            ORDER BY (CASE WHEN status <> 'cancelled' THEN 1 END) DESC NULLS LAST, seq DESC
            LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(id),
            ]
        ) { try appointment($0, ownerID: id) }
    }

    private static func all(
        in slot: Slot, ofFilesOf id: Int64, in tx: borrowing Transaction
    ) throws -> [Appointment] {
        try tx.all(
            """
            SELECT seq, nonce, created_at, file_seq, date, time_from, status, version, payload,
                fields, external_id, doctor_code, clinic_code, time_to, client_id, updated_at
            FROM appointments
            WHERE facility = ? AND date = ? AND time_from = ? AND file_seq IN (
                SELECT seq FROM patient_files WHERE patient_id = ? AND facility = ?)
            ORDER BY (CASE WHEN status <> 'cancelled' THEN 1 END) DESC NULLS LAST, seq DESC
            LIMIT 50
            """,
            [
                .integer(slot.facility), .text(slot.date.description), .text(slot.timeFrom),
                .integer(id), .integer(slot.facility),
            ]
        ) { try appointment($0, ownerID: id) }
    }
}
