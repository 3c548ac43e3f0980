import HTTP
import JSON
import Values

/// One page on a patient: for a colleague with consent, and for an emergency.
enum SummaryRoutes {
    static let all = [
        Route(
            .get, "/api/v1/connect/patients/{id}/summary", "getPatientSummary",
            scope: .scope(anyOf: [.patientRead, .diagnosticsRead]), getPatientSummary),
        Route(
            .get, "/api/v1/connect/patients/{id}/emergency-profile", "getEmergencyProfile",
            scope: .scope(anyOf: [.patientRead, .emergencyAccess]), getEmergencyProfile),
    ]

    /// Rows of each kind.
    private static let rowLimit = 10

    private static let activeMedications = RecordStore.Query(
        type: .prescription, isActive: true, limit: rowLimit)

    private static func newest(_ type: RecordType) -> RecordStore.Query {
        RecordStore.Query(type: type, limit: rowLimit)
    }

    @Sendable static func getPatientSummary(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let patientID = found.patient.id
            try ConsentStore.require(
                [.prescription, .labResult, .encounter], of: patientID,
                by: context.client.clientID, at: context.now, auditing: &entry, in: tx)
            let people = try entry.people(shownAs: patientID, in: tx)
            let sections = [
                (
                    "active_medications",
                    try RecordStore.list(activeMedications, of: people, in: tx)
                ),
                (
                    "recent_lab_results",
                    try RecordStore.list(newest(.labResult), of: people, in: tx)
                ),
                (
                    "recent_encounters",
                    try RecordStore.list(newest(.encounter), of: people, in: tx)
                ),
            ]
            let patient = try PatientStore.united(found.patient, of: people, in: tx)
            var json = JSONWriter(reserving: 4096)
            json.object { json in
                json.member("health_id", found.healthID)
                if found.isViaMergedAlias { json.member("resolved_via_alias", true) }
                json.describe(patient)
                for (name, rows) in sections {
                    json.memberArray(name) { json in
                        for row in rows { json.element(raw: row.view(of: found.healthID)) }
                    }
                }
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    /// Blood type and allergies, which may decide within minutes; medicines only where consent or
    /// break-glass opens them.
    @Sendable static func getEmergencyProfile(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let patientID = found.patient.id
            let isOpen = try ConsentStore.opens(
                [.prescription], of: patientID, by: context.client.clientID, at: context.now,
                auditing: &entry, in: tx)
            let people = try entry.people(shownAs: patientID, in: tx)
            let medications =
                isOpen ? try RecordStore.list(activeMedications, of: people, in: tx) : []
            entry.purpose = entry.purpose ?? "emergency-profile"
            let patient = try PatientStore.united(found.patient, of: people, in: tx)
            var json = JSONWriter(reserving: 2048)
            json.object { json in
                json.member("health_id", found.healthID)
                json.member("name", patient.displayName)
                json.member("sex", patient.sex?.rawValue)
                json.member("date_of_birth", patient.dateOfBirth.description)
                json.member("blood_type", patient.bloodType)
                json.member("allergies", raw: Array(patient.allergies.utf8))
                json.memberArray("active_medications") { json in
                    for row in medications { json.element(raw: row.view(of: found.healthID)) }
                }
                json.member("medications_withheld", !isOpen)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}
