package import Values

/// Who comes when, as a facility books it. Dates and times are wall time there.
package struct Appointment: Sendable {
    /// Whose it is. While two patients are merged, each of their appointments stays with whom it was
    /// sent for, so that undoing the merge has nothing to take apart.
    package enum Holder: Sendable, Equatable {
        /// A clinic's file, sent by number.
        case file(seq: Int64)
        /// A patient, sent by Health ID; or by a number for which the clinic has no file.
        case patient(id: Int64)
    }

    package static let idPrefix: StaticString = "apt_"

    package let seq: Int64
    package let nonce: Int64
    package let createdAt: Timestamp
    package let holder: Holder
    /// The patient, or the file's; `nil` while it has no national identity.
    package let ownerID: Int64?
    package let date: CalendarDate
    /// `HH:MM`; empty where only the day is known.
    package let timeFrom: String
    package let status: AppointmentStatus
    package let version: Int
    /// JSON, as last sent.
    package let payload: [UInt8]
    /// What a desktop system keeps of it, as JSON; `nil` until one has sent it.
    package let fields: [UInt8]?
    package let externalID: String?
    package let doctorCode: String?
    package let clinicCode: String?
    package let timeTo: String?
    /// Who sent it last, and when.
    package let clientID: String
    package let updatedAt: Timestamp

    package var id: String {
        Identifier.make(Self.idPrefix, at: createdAt, nonce: nonce, row: seq)
    }
}

/// An appointment as it was sent, read but not yet stored.
package struct AppointmentDraft: Sendable {
    /// The facility's own id, as it is from now on.
    package var externalID: String?
    package let date: CalendarDate
    package let timeFrom: String
    package let timeTo: String?
    package let status: AppointmentStatus
    package let doctorCode: String?
    package let clinicCode: String?
    /// JSON, as sent.
    package let payload: ArraySlice<UInt8>
    /// Of a desktop system: all that is known now.
    package var fields: [UInt8]?
}

/// What became of an appointment that was sent.
package struct StoredAppointment: Sendable {
    package let id: String
    package let outcome: StoredRecord.Outcome
    package let status: AppointmentStatus
    package let previousStatus: AppointmentStatus?

    /// What subscribers are told (contract § 8).
    package func events(patientID: Int64?, healthID: String?) -> [Event] {
        let kinds: [Event.Kind] =
            switch (outcome, status) {
            case (.unchanged, _): []
            case (.created, .cancelled): [.appointmentCreated, .appointmentCancelled]
            case (.created, .checkedIn): [.appointmentCreated, .appointmentCheckedIn]
            case (.created, _): [.appointmentCreated]
            case (.amended, .cancelled) where previousStatus != .cancelled:
                [.appointmentCancelled]
            case (.amended, .checkedIn) where previousStatus != .checkedIn:
                [.appointmentCheckedIn]
            case (.amended, _): [.appointmentUpdated]
            }
        var data = [(name: "appointment_id", value: id)]
        if let healthID { data.append((name: "health_id", value: healthID)) }
        return kinds.map { Event($0, patientID: patientID, data: data) }
    }
}
