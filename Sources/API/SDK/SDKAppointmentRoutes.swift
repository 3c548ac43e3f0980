import Foundation
import HTTP
import Identity
import JSON
import Registry
import Values

/// Appointments of the caller's facility (contract, SDK § 2).
enum SDKAppointmentRoutes {
    static let all = [
        Route(
            .get, "/api/v1/sdk/appointments", "listSDKAppointments",
            scope: .sdk(.readAppointments), listSDKAppointments),
        Route(
            .post, "/api/v1/sdk/appointments", "createSDKAppointment",
            scope: .sdk(.writeAppointments), createSDKAppointment),
        Route(
            .get, "/api/v1/sdk/appointments/{id}", "getSDKAppointment",
            scope: .sdk(.readAppointments), getSDKAppointment),
        Route(
            .post, "/api/v1/sdk/appointments/{id}/cancel", "cancelSDKAppointment",
            scope: .sdk(.writeAppointments), cancelSDKAppointment),
    ]

    @Sendable static func listSDKAppointments(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try context.ownFacility()
        var query = QueryParameters(request)
        let named = query.text("facility_id").map { [$0] } ?? []
        let date = query.date("date") ?? context.now.day(in: facility.zone)
        let limit = query.limit()
        let list = "sdk_appointments/\(facility.id)/\(date)"
        let place = query.cursor(of: list).flatMap(AppointmentStore.Place.init(text:))
        let purpose = query.purpose()
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            entry.entity = "facility/" + facility.id
            try FacilityStore.requireOwn(named, of: facility.id, in: tx)
            let (entries, isMore) = try Appointments.page(
                of: facility.id, on: date, after: place, limit: limit, in: tx)
            entry.name(entries.compactMap(\.patient))
            // Who was merged may read who looked, once they are apart.
            entry.batchPatientIDs = Set(
                entries.filter { $0.appointment.ownerID != $0.patient?.id }
                    .compactMap(\.appointment.ownerID)
            ).sorted()
            return try .object { json in
                json.member("facility_id", facility.id)
                json.member("date", date.description)
                try json.memberArray("appointments") { json in
                    for entry in entries {
                        try json.element { json in try json.describe(entry, at: facility) }
                    }
                }
                let last = isMore ? entries.last?.appointment.place : nil
                json.member("next_cursor", last.map { ListCursor.text(list, after: $0.text) })
            }
        }
    }

    @Sendable static func createSDKAppointment(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try context.ownFacility()
        var body = try ObjectReader(request, zone: facility.zone)
        guard body.raw.count <= RecordDraft.maximumBytes else {
            throw Problem(.payloadTooLarge, "A record \(RecordDraft.tooLarge).")
        }
        let healthID = body.requiredText(["health_id", "patient_id", "patient_health_id"])
        let named = body.facilities()
        let draft = AppointmentDraft(booking: &body, at: context.now)
        let words = [
            ("appointment_type", body.text("appointment_type", maximum: 64)),
            ("reason", body.text(["reason"], maximum: 4_000)),
        ]
        try body.finish()
        guard let draft else { preconditionFailure("finish() let it through.") }
        return try await context.write(auditing: .create) { tx, entry in
            try FacilityStore.requireOwn(named, of: facility.id, in: tx)
            let found = try PatientStore.named(healthID, auditing: &entry, in: tx)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let booked = try Appointments.book(
                draft, for: found, people: people, from: context.source(facility),
                origin: context.origin, in: tx)
            return try .object(booked.isUnchanged ? .ok : .created) { json in
                try json.describe(booked, as: found.healthID, at: facility)
                guard booked.isUnchanged else { return }
                json.member("duplicate", true)
                let warnings = try booked.appointment.warnings(about: words)
                if !warnings.isEmpty { json.member("warnings", warnings) }
            }
        }
    }

    @Sendable static func getSDKAppointment(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        let facility = try context.ownFacility()
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "appointment/" + id.prefix(64)
            let found = try Appointments.find(id, of: facility.id, in: tx)
            if let patient = found.patient, let ownerID = found.appointment.ownerID {
                try entry.name(patient, named: ownerID, in: tx)
            }
            return try .object { json in try json.describe(found, at: facility) }
        }
    }

    @Sendable static func cancelSDKAppointment(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        let facility = try context.ownFacility()
        return try await context.write(auditing: .update) { tx, entry in
            entry.entity = "appointment/" + id.prefix(64)
            let known = try Appointments.find(id, of: facility.id, in: tx)
            if let patient = known.patient, let ownerID = known.appointment.ownerID {
                try entry.name(patient, named: ownerID, in: tx)
            }
            let cancelled = try Appointments.cancel(
                known, from: context.source(facility), origin: context.origin, in: tx)
            return try .object { json in try json.describe(cancelled, at: facility) }
        }
    }
}

extension Context {
    /// - Throws: `Problem` 403 `facility_forbidden` for a client that belongs to none.
    fileprivate func ownFacility() throws -> Facility {
        guard let id = client.facilityID, let facility = try facility(id) else {
            throw Problem(
                .facilityForbidden,
                "This client belongs to no facility, so it has no appointments.")
        }
        return facility
    }

    fileprivate func source(_ facility: Facility) -> RecordStore.Source {
        RecordStore.Source(facilityID: facility.id, clientID: client.clientID, now: now)
    }
}

extension AppointmentStore.Place {
    /// As it stands in a cursor.
    fileprivate var text: String { timeFrom + "\n" + String(seq) }

    fileprivate init?(text: String) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard parts.count == 2, let seq = Int64(parts[1]) else { return nil }
        self.init(timeFrom: String(parts[0]), seq: seq)
    }
}

extension Appointment {
    fileprivate func words() throws -> (type: String?, reason: String?) {
        let sent = try JSONDocument(payload, limits: .stored).root
        // What agents and desktop systems send is called notes.
        func said(_ name: String) -> String? {
            sent[name]?.string.flatMap { $0.withoutInvisibleMarks.isEmpty ? nil : $0 }
        }
        return (said("appointment_type"), said("reason") ?? said("notes"))
    }

    /// Which words of a second booking are others than those that it keeps, as sentences.
    fileprivate func warnings(about sent: [(name: String, text: String?)]) throws -> [String] {
        let words = try words()
        return sent.compactMap { name, text in
            let kept = name == "reason" ? words.reason : words.type
            guard let text, text != kept?.trimmingCharacters(in: .whitespacesAndNewlines) else {
                return nil
            }
            return "\(name) is not changed: the patient's appointment at this time keeps its own"
        }
    }
}

extension AppointmentStatus {
    /// The SDKs' word.
    fileprivate var sdkWord: String { self == .booked ? "scheduled" : rawValue }
}

extension JSONWriter {
    /// - Parameter healthID: how the caller named the patient.
    fileprivate mutating func describe(
        _ entry: Appointments.Entry, as healthID: String? = nil, at facility: Facility
    ) throws {
        let appointment = entry.appointment
        let words = try appointment.words()
        let time = appointment.timeFrom.isEmpty ? nil : appointment.timeFrom
        let moment = time.flatMap {
            Timestamp(localTime: "\(appointment.date)T\($0)", in: facility.zone)
        }
        member("appointment_id", appointment.id)
        member("status", appointment.status.sdkWord)
        member("scheduled_at", moment?.rfc3339)
        member("patient", entry.patient?.healthID)
        member("patient_id", entry.patient?.healthID)
        member("health_id", healthID ?? entry.patient?.healthID)
        member("patient_name", entry.patient?.displayName)
        member("facility_id", facility.id)
        member("appointment_type", words.type)
        member("reason", words.reason)
        member("date", appointment.date.description)
        member("time", time)
    }
}
