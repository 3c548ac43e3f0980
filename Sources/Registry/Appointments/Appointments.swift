package import Database
package import Identity
package import Values

/// What partners' apps do with a facility's appointments, in the caller's transaction. They are the rows that
/// bridge agents and desktop systems send: booked by one, an appointment is seen by all.
package enum Appointments {
    /// An appointment, and whom it is seen under: the survivor, while its patient is merged; no patient
    /// where a clinic's file has no national identity.
    package struct Entry: Sendable {
        package let appointment: Appointment
        package let patient: Patient?
        /// Whether it was as it is before the call.
        package var isUnchanged = false
    }

    /// A facility's, from a day to another, in no order; of people, where they are named.
    package static func forEach(
        of facilityID: String, in days: ClosedRange<CalendarDate>, of people: [Int64]?,
        in tx: borrowing Transaction, _ body: (Entry) throws -> Void
    ) throws {
        try AppointmentStore.forEach(
            at: FacilityStore.seq(of: facilityID, in: tx), in: days, of: people, in: tx
        ) { appointment in try body(entry(appointment, in: tx)) }
    }

    private static func entry(
        _ appointment: Appointment, in tx: borrowing Transaction
    ) throws -> Entry {
        Entry(
            appointment: appointment,
            patient: try appointment.ownerID.flatMap {
                try PatientStore.survivor(withID: $0, in: tx)
            })
    }

    /// A facility's day, by time, from behind `place` on; as much as fits into an answer.
    ///
    /// - Returns: the appointments, and whether there are more.
    package static func page(
        of facilityID: String, on date: CalendarDate, after place: AppointmentStore.Place?,
        limit: Int, in tx: borrowing Transaction
    ) throws -> (entries: [Entry], isMore: Bool) {
        let facility = try FacilityStore.seq(of: facilityID, in: tx)
        let found = try AppointmentStore.page(
            on: date, facility: facility, after: place, limit: limit + 1, in: tx)
        let count = ListPage.count(of: found, limit: limit, weight: \.weight)
        return (try found.prefix(count).map { try entry($0, in: tx) }, found.count > count)
    }

    /// - Throws: `Refusal` 404 `not_found`, of another facility's too.
    package static func find(
        _ id: String, of facilityID: String, in tx: borrowing Transaction
    ) throws -> Entry {
        let facility = try FacilityStore.seq(of: facilityID, in: tx)
        guard let found = try AppointmentStore.named(id, facility: facility, in: tx) else {
            throw Refusal(.notFound, "Your facility has no appointment with this id.")
        }
        return try entry(found, in: tx)
    }

    /// Books a slot, or finds what the patient has in it.
    ///
    /// - Parameter people: the patient, and of whom a merge made one with them.
    package static func book(
        _ draft: AppointmentDraft, for found: PatientStore.Found, people: [Int64],
        from source: RecordStore.Source, origin: Origin, in tx: borrowing Transaction
    ) throws -> Entry {
        let facility = try FacilityStore.seq(of: source.facilityID, in: tx)
        for ownerID in people {
            let slot = AppointmentStore.Slot(
                draft.date, draft.timeFrom, of: .patient(id: ownerID), ownerID: ownerID,
                facility: facility)
            if let living = try AppointmentStore.bookings(in: slot, in: tx).living {
                return Entry(appointment: living, patient: found.patient, isUnchanged: true)
            }
        }
        let stored = try AppointmentStore.insert(
            draft, for: .patient(id: found.namedID), from: source, facility: facility, in: tx)
        try EventStore.append(
            stored.events(patientID: found.namedID, healthID: found.healthID),
            from: origin, in: tx)
        return try find(stored.id, of: source.facilityID, in: tx)
    }

    /// - Throws: `Refusal` 409 `conflict` when the patient has been seen.
    package static func cancel(
        _ known: Entry, from source: RecordStore.Source, origin: Origin,
        in tx: borrowing Transaction
    ) throws -> Entry {
        let appointment = known.appointment
        switch appointment.status {
        case .cancelled:
            return Entry(appointment: appointment, patient: known.patient, isUnchanged: true)
        case .completed:
            throw Refusal(.conflict, "This appointment is completed, and cannot be cancelled.")
        case .booked, .checkedIn, .noShow: break
        }
        // What was sent stays its payload, so that it changes nothing when it is sent again.
        let change = AppointmentDraft(
            externalID: appointment.externalID, date: appointment.date,
            timeFrom: appointment.timeFrom, timeTo: appointment.timeTo, status: .cancelled,
            doctorCode: appointment.doctorCode, clinicCode: appointment.clinicCode,
            payload: appointment.payload[...])
        try AppointmentStore.change(
            appointment, to: change, for: appointment.holder, from: source,
            facility: FacilityStore.seq(of: source.facilityID, in: tx), in: tx)
        let stored = StoredAppointment(
            id: appointment.id, outcome: .amended, status: .cancelled,
            previousStatus: appointment.status)
        try EventStore.append(
            stored.events(patientID: appointment.ownerID, healthID: known.patient?.healthID),
            from: origin, in: tx)
        return try find(appointment.id, of: source.facilityID, in: tx)
    }
}
