import HTTP
import JSON
import Registry
import Values

/// What a clinic's desktop system has synced, read back (contract § 7). Only the key's facility.
package enum HealthcareListRoutes {
    package static let all = [
        Route(.get, "/api/healthcare/clinics", "listClinics", scope: .apiKey) {
            try await list(.clinic, $0, $1)
        },
        Route(.get, "/api/healthcare/clinics/{code}", "showClinic", scope: .apiKey) {
            try await show(.clinic, $0, $1)
        },
        Route(.get, "/api/healthcare/doctors", "listDoctors", scope: .apiKey) {
            try await list(.doctor, $0, $1)
        },
        Route(.get, "/api/healthcare/doctors/{code}", "showDoctor", scope: .apiKey) {
            try await show(.doctor, $0, $1)
        },
        Route(.get, "/api/healthcare/patients", "listPatients", scope: .apiKey) {
            try await list(.patient, $0, $1)
        },
        Route(.get, "/api/healthcare/patients/{code}", "showPatient", scope: .apiKey) {
            try await show(.patient, $0, $1)
        },
        Route(.get, "/api/healthcare/appointments", "listAppointments", scope: .apiKey) {
            try await list(.appointment, $0, $1)
        },
        Route(.get, "/api/healthcare/appointments/{code}", "showAppointment", scope: .apiKey) {
            try await show(.appointment, $0, $1)
        },
    ]

    private static func list(
        _ entity: HealthcareEntity, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try BridgeRoutes.facility(of: context.client, context)
        var query = QueryParameters(request)
        let limit = query.limit()
        let since = query.time("updatedSince")
        // Each facility's list is its own.
        let place = query.place(in: entity.plural, 2)
        try query.finish()
        try place?.require(of: facility.id)
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = entity.plural
            var page = HealthcarePage(facility: try FacilityStore.seq(of: facility.id, in: tx))
            page.limit = limit + 1
            if let since { page.since = since }
            page.after = place.map { ($0.numbers[0], $0.numbers[1]) }
            let found = try HealthcareView.list(entity, page, in: tx)
            let views = found.prefix(
                ListPage.count(of: found, limit: limit) { $0.row.fields.count + 256 })
            entry.batchPatientIDs = Set(views.compactMap(\.row.patientID)).sorted()
            var json = JSONWriter(reserving: 256 + views.count * 768)
            try json.object { json in
                try json.memberArray(entity.plural) { json in
                    for view in views {
                        try json.element { json in try json.describe(view, entity) }
                    }
                }
                json.member(
                    "next_cursor",
                    found.count > views.count
                        ? views.last.map { view in
                            ListCursor.text(
                                entity.plural, of: facility.id,
                                after: view.row.updatedAt.milliseconds, view.row.seq)
                        } : nil)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    private static func show(
        _ entity: HealthcareEntity, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try BridgeRoutes.facility(of: context.client, context)
        let code = request.parameter("code") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = entity.rawValue + "/" + String(code.prefix(255))
            guard
                let view = try HealthcareView.find(
                    entity, code: code, facility: FacilityStore.seq(of: facility.id, in: tx),
                    in: tx)
            else {
                throw Problem(
                    .notFound, "This clinic's system has synced no such \(entity.rawValue).")
            }
            if let patientID = view.row.patientID, let healthID = view.row.healthID {
                entry.patientID = patientID
                entry.entity = "patient/" + healthID
            }
            var json = JSONWriter(reserving: 1024)
            try json.object { json in try json.describe(view, entity) }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}

extension JSONWriter {
    /// The documented fields as they are now, then `extra` and what the server adds.
    fileprivate mutating func describe(
        _ view: HealthcareView, _ entity: HealthcareEntity
    ) throws {
        member("id", view.row.id)
        if entity.isOfPatient { member("healthId", view.row.healthID) }
        let fields = try JSONDocument(view.row.fields, limits: .stored).root
        for (name, value) in fields.members where view.current[name] == nil {
            member(name, value)
        }
        for (name, value) in view.current.sorted(by: { $0.key < $1.key }) { member(name, value) }
        if entity == .doctor {
            memberArray("clinics") { json in
                for clinic in view.clinics {
                    json.element { json in
                        json.member("code", clinic.code)
                        json.member("id", clinic.id)
                    }
                }
            }
        }
        member("createdAt", view.row.createdAt.rfc3339)
        member("updatedAt", view.row.updatedAt.rfc3339)
    }
}
