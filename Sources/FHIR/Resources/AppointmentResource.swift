import API
import Database
import Foundation
import Identity
import JSON
import Registry
import Values

/// Appointments of the caller's own facility (contract, FHIR § 3).
enum AppointmentResource {
    struct Booking: Sendable {
        let entry: Appointments.Entry
        let facility: Facility
        let doctorID: String?
        let clinicID: String?
        /// As it was last sent.
        let sent: JSONValue

        var appointment: Appointment { entry.appointment }
    }

    static let kind = ListedResource<Booking>(
        type: .appointment, scopes: .appointmentsRead,
        parameters: [
            SearchParameter("date", .date, "Days at the facility.") { booking in
                let day = Timestamp(seconds: Int64(booking.appointment.date.daysSince1970) * 86_400)
                return [.time(day, until: day.adding(seconds: 86_400))]
            },
            SearchParameter("status", .token) { booking in
                [
                    .token(
                        system: "http://hl7.org/fhir/appointmentstatus",
                        code: status(of: booking.appointment))
                ]
            },
        ],
        walked: SearchDeclaration.patient, required: ["patient", "subject", "date"],
        id: { ResourceID.text($0.appointment.id) }, changedAt: { $0.appointment.updatedAt },
        walk: { query, context, entry, tx, body in
            let facility = try facility(context, in: tx)
            entry.entity = "facility/" + facility.id
            var people: [Int64]?
            if let named = try query.patient() {
                let patient = try PatientStore.patient(named: named, auditing: &entry, in: tx)
                    .patient
                people = try entry.addMerged(of: patient.id, in: tx)
            }
            try Appointments.forEach(
                of: facility.id, in: query.days("date"), of: people, in: tx
            ) { try body(booking($0, at: facility, in: tx)) }
        },
        find: { id, context, entry, tx in
            let facility = try facility(context, in: tx)
            guard let own = ResourceID.own(id) else { return nil }
            let found = try Appointments.find(own, of: facility.id, in: tx)
            entry.show(found.patient)
            return try booking(found, at: facility, in: tx)
        },
        write: write)

    private static func facility(
        _ context: Context, in tx: borrowing Transaction
    ) throws -> Facility {
        guard let id = context.client.facilityID, let facility = try FacilityStore.find(id, in: tx)
        else {
            throw Refusal(
                .facilityForbidden, "This client belongs to no facility, so it has no appointments."
            )
        }
        return facility
    }

    private static func booking(
        _ entry: Appointments.Entry, at facility: Facility, in tx: borrowing Transaction
    ) throws -> Booking {
        let seq = try FacilityStore.seq(of: facility.id, in: tx)
        return Booking(
            entry: entry, facility: facility,
            doctorID: try entry.appointment.doctorCode.flatMap {
                try StaffDirectory.doctorID(of: $0, at: seq, in: tx)
            },
            clinicID: try entry.appointment.clinicCode.flatMap {
                try StaffDirectory.clinicIDs(of: [$0], at: seq, in: tx).first
            },
            sent: try JSONDocument(entry.appointment.payload, limits: .stored).root)
    }

    private static func status(of appointment: Appointment) -> String {
        switch appointment.status {
        case .booked: "booked"
        case .checkedIn: "checked-in"
        case .completed: "fulfilled"
        case .cancelled: "cancelled"
        case .noShow: "noshow"
        }
    }

    @Sendable private static func write(
        _ booking: Booking, _ request: FHIRRequest, to json: inout JSONWriter
    ) {
        let appointment = booking.appointment
        if let number = appointment.externalID {
            json.identifiers([(FHIRSystem.facility(booking.facility.id, "appointment"), number)])
        }
        json.member("status", status(of: appointment))
        json.concept("appointmentType", text: booking.sent["appointment_type"]?.string)
        json.concepts("reasonCode", text: booking.sent["reason"]?.string)
        let start = moment(appointment.timeFrom, booking)
        let end = appointment.timeTo.flatMap { moment($0, booking) }
        // Both or neither (invariant app-2), and both but of what was never held (app-3).
        json.time("start", start)
        json.time("end", end.flatMap { end in start.map { $0 <= end } == true ? end : nil })
        json.string("comment", booking.sent["notes"]?.string)
        json.memberArray("participant") { json in writeParticipants(of: booking, to: &json) }
    }

    private static func moment(_ time: String, _ booking: Booking) -> Timestamp? {
        time.isEmpty
            ? nil
            : Timestamp(localTime: "\(booking.appointment.date)T\(time)", in: booking.facility.zone)
    }

    private static func writeParticipants(of booking: Booking, to json: inout JSONWriter) {
        let patient = booking.entry.patient
        let who: [(type: FHIRResourceType, id: String?, name: String?)] = [
            (.patient, patient?.healthID, patient?.displayName),
            (.practitioner, booking.doctorID.map(ResourceID.text), nil),
            (
                booking.clinicID == nil ? .organization : .location,
                booking.clinicID.map(ResourceID.text) ?? booking.facility.id, nil
            ),
        ]
        for (type, id, name) in who {
            guard let id, type != .organization else { continue }
            json.element { json in
                json.reference("actor", type, id, display: name)
                json.member("status", "accepted")
            }
        }
        guard patient == nil, booking.doctorID == nil, booking.clinicID == nil else { return }
        // Somebody comes, and nobody knows who (invariant app-1).
        json.element { json in
            json.concepts("type", text: "A patient without a Health ID")
            json.member("status", "accepted")
        }
    }
}

extension JSONWriter {
    /// A time that is not known says so.
    fileprivate mutating func time(_ name: String, _ time: Timestamp?) {
        if let time { return instant(name, time) }
        member("_" + name) { json in
            json.memberArray("extension") { json in
                json.element { json in
                    json.member(
                        "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason")
                    json.member("valueCode", "unknown")
                }
            }
        }
    }
}

extension AuditEntry {
    /// One more patient whom an answer shows.
    mutating func show(_ patient: Patient?) {
        guard let patient, patient.id != patientID else { return }
        guard patientID != nil else { return name(patient) }
        if !furtherPatients.contains(where: { $0.id == patient.id }) {
            furtherPatients.append(("patient/" + patient.healthID, patient.id))
        }
    }
}

extension SearchQuery {
    /// The days within which all that is asked must lie.
    fileprivate func days(_ name: String) throws -> ClosedRange<CalendarDate> {
        let conditions = try values(name).compactMap { values in
            try values.count == 1 ? SearchQuery.date(name, values[0]) : nil
        }
        var (first, last) = (CalendarDate.events.lowerBound, CalendarDate.events.upperBound)
        for condition in conditions {
            let start = condition.start.day(in: .gmt)
            let end = Timestamp(milliseconds: condition.end.milliseconds &- 1).day(in: .gmt)
            switch condition.prefix {
            case .eq: (first, last) = (max(first, start), min(last, end))
            case .gt, .ge: first = max(first, start)
            case .lt, .le: last = min(last, end)
            }
        }
        return first...max(first, last)
    }
}
