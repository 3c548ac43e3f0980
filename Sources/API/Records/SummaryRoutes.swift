package import HTTP
import Identity
import JSON
import Registry
import Values

/// One page on a patient: for a colleague with consent, and for an emergency.
package enum SummaryRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/connect/patients/{id}/summary", "getPatientSummary",
            scope: .scope(anyOf: [.patientRead, .diagnosticsRead]), getPatientSummary),
        Route(
            .get, "/api/v1/connect/patients/{id}/emergency-profile", "getEmergencyProfile",
            scope: .scope(anyOf: [.patientRead, .emergencyAccess]), getEmergencyProfile),
    ]

    /// Rows of each kind.
    private static let rowLimit = 10

    private static let activeMedications = newest(.prescription, .active)
    private static let medicationAlerts = newest(.prescription, .alert)

    private static func newest(
        _ type: RecordType, _ standing: RecordStore.Standing = .valid
    ) -> RecordStore.Query {
        RecordStore.Query(type: type, standing: standing, limit: rowLimit)
    }

    @Sendable package static func getPatientSummary(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await summarise(request, context, allergies: "allergies") { _, _, _ in }
    }

    /// - Parameters:
    ///   - name: the member that has the allergies as texts.
    ///   - more: writes what a dialect has besides.
    static func summarise(
        _ request: HTTPRequest, _ context: Context, allergies name: String,
        _ more: (inout JSONWriter, Patient, _ allergies: [String]) -> Void
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let patientID = found.patient.id
            try ConsentStore.require(
                [.prescription, .labResult, .encounter], of: patientID,
                by: context.client.clientID, at: context.now, auditing: &entry, in: tx)
            let withheld = try ConsentStore.withheld(
                [.diagnosis, .vital], of: patientID, by: context.client.clientID, at: context.now,
                auditing: &entry, in: tx)
            let people = try entry.addMerged(of: patientID, in: tx)
            let visits = try RecordStore.list(newest(.encounter), of: people, in: tx)
            let sections = [
                (
                    "active_medications",
                    try RecordStore.list(activeMedications, of: people, in: tx)
                ),
                (
                    "medication_alerts",
                    try RecordStore.list(medicationAlerts, of: people, in: tx)
                ),
                (
                    "recent_lab_results",
                    try RecordStore.list(newest(.labResult), of: people, in: tx)
                ),
                ("recent_encounters", visits),
            ]
            let patient = try PatientStore.merged(found.patient, of: people, in: tx)
            let allergies = try EmergencyFacts(patient).allergies
            let contents = try visits.map { try JSONDocument($0.content, limits: .stored).root }
            var json = JSONWriter(reserving: 4096)
            json.object { json in
                json.member("health_id", found.healthID)
                if found.isViaMergedAlias { json.member("resolved_via_alias", true) }
                json.describe(patient, allergies: name)
                more(&json, patient, allergies)
                json.member("patient") { json in
                    json.member("first_name", patient.firstName)
                    json.member("last_name", patient.lastName)
                    json.member("date_of_birth", patient.dateOfBirth.description)
                    json.member("sex", patient.sex?.rawValue)
                    json.member("blood_group", patient.bloodType)
                }
                json.memberArray("active_allergies") { json in
                    for substance in allergies {
                        json.element { json in json.member("substance", substance) }
                    }
                }
                for (name, rows) in sections {
                    json.memberArray(name) { json in
                        for row in rows {
                            json.element { json in
                                row.writeView(of: found.healthID, without: withheld, to: &json)
                            }
                        }
                    }
                }
                json.memberArray("recent_visits") { json in
                    for (visit, content) in zip(visits, contents) {
                        json.element { json in json.outline(visit, content) }
                    }
                }
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    /// Blood type and allergies, which may decide within minutes; medicines only where consent or
    /// break-glass opens them.
    @Sendable package static func getEmergencyProfile(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let patientID = found.patient.id
            let isOpen = try ConsentStore.opens(
                [.prescription], of: patientID, by: context.client.clientID, at: context.now,
                auditing: &entry, in: tx)
            let people = try entry.addMerged(of: patientID, in: tx)
            let medications =
                isOpen ? try RecordStore.list(activeMedications, of: people, in: tx) : []
            let alerts = isOpen ? try RecordStore.list(medicationAlerts, of: people, in: tx) : []
            entry.purpose = entry.purpose ?? "emergency-profile"
            let patient = try PatientStore.merged(found.patient, of: people, in: tx)
            var json = JSONWriter(reserving: 2048)
            json.object { json in
                json.member("health_id", found.healthID)
                json.member("name", patient.displayName)
                json.member("sex", patient.sex?.rawValue)
                json.member("date_of_birth", patient.dateOfBirth.description)
                json.member("blood_type", patient.bloodType)
                json.member("blood_group", patient.bloodType)
                json.member("allergies", raw: Array(patient.allergies.utf8))
                json.memberArray("active_medications") { json in
                    for row in medications {
                        json.element { json in
                            row.writeView(of: found.healthID, without: [], to: &json)
                        }
                    }
                }
                json.memberArray("medication_alerts") { json in
                    for row in alerts {
                        json.element { json in
                            row.writeView(of: found.healthID, without: [], to: &json)
                        }
                    }
                }
                json.member("medications_withheld", !isOpen)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}

extension JSONWriter {
    /// A visit in a line, as the SDK's pages print one.
    mutating func outline(_ visit: RecordStore.Line, _ content: JSONValue) {
        member("id", visit.recordID)
        member("visit_type", content["encounter_type"]?.string)
        member("chief_complaint", content["chief_complaint"]?.string)
        member("date", visit.occurredAt.map { String($0.rfc3339.prefix(10)) })
        member("occurred_at", visit.occurredAt?.rfc3339)
        member("facility_id", visit.facilityID)
        member("status", content["status"]?.string)
    }
}
