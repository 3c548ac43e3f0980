import HTTP
import Identity
import JSON
import Registry
import Values

/// Correcting and verifying what is registered of a person, and taking it back (contract § 5): for clients
/// with `patient:write` of patients whom their facility knows, for administrators of all.
enum PatientCorrectionRoutes {
    static let all = [
        Route(
            .patch, "/api/v1/connect/patients/{id}", "correctPatient",
            scope: .scope(anyOf: .patientWrite), correct),
        Route(
            .post, "/api/v1/connect/patients/{id}/verification", "verifyPatient",
            scope: .scope(anyOf: .patientWrite), verify),
        Route(
            .get, "/api/v1/connect/patients/{id}/corrections", "listPatientCorrections",
            scope: .scope(anyOf: .patientWrite), query: ["limit", "cursor"], list),
        Route(
            .post, "/api/v1/connect/patients/{id}/corrections/{correction_id}/undo",
            "undoPatientCorrection", scope: .scope(anyOf: .patientWrite), undo),
        Route(
            .patch, "/api/v1/admin/patients/{health_id}", "correctAnyPatient", scope: .admin,
            correct),
        Route(
            .post, "/api/v1/admin/patients/{health_id}/verification", "verifyAnyPatient",
            scope: .admin,
            verify),
        Route(
            .get, "/api/v1/admin/patients/{health_id}/corrections", "listAnyPatientsCorrections",
            scope: .admin, query: ["limit", "cursor"], list),
        Route(
            .post, "/api/v1/admin/patients/{health_id}/corrections/{correction_id}/undo",
            "undoAnyPatientsCorrection", scope: .admin, undo),
    ]

    @Sendable private static func correct(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let change = PatientChange(&body, today: context.now)
        if body.complaints.isEmpty, change.fields.isEmpty {
            body.refuse("body", "names nothing to correct, such as first_name or remove")
        }
        try body.finish()
        return try await make(change, .correction, of: request.healthID, context)
    }

    @Sendable private static func verify(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let change = PatientChange(verification: &body)
        try body.finish()
        return try await make(change, .verification, of: request.healthID, context)
    }

    private static func make(
        _ change: PatientChange, _ kind: PatientCorrection.Kind, of id: String, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.write(auditing: .update, .changesLast) { tx, entry in
            entry.purpose = change.reason
            let (patient, people) = try PatientCorrections.subject(
                id, for: context.client, at: context.now, auditing: &entry, in: tx)
            let correction = try PatientCorrections.correct(
                patient, people, change, kind, by: context.client.auditName,
                from: context.origin, in: tx)
            let shown = try PatientStore.survivor(withID: patient.id, in: tx) ?? patient
            let merged = try PatientStore.merged(shown, of: people, in: tx)
            return try .object { json in
                json.member("health_id", patient.healthID)
                json.member("correction_id", correction?.id)
                json.member("changes") { json in json.describe(correction?.changes ?? [:]) }
                json.member("patient") { json in json.describe(merged) }
                if !change.warnings.isEmpty { json.member("warnings", change.warnings) }
            }
        }
    }

    @Sendable private static func list(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.healthID
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "corrections")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let (_, people) = try PatientCorrections.subject(
                id, for: context.client, at: context.now, auditing: &entry, in: tx)
            let found = try PatientCorrections.all(
                of: people, before: cursor, limit: limit + 1, in: tx)
            return try .page("corrections", found, limit: limit, after: \.id) { json, one in
                json.describe(one)
            }
        }
    }

    @Sendable private static func undo(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.healthID
        let correctionID = request.parameter("correction_id") ?? ""
        var body = try ObjectReader(optional: request)
        let reason = body.text(["reason", "note"], maximum: 500)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            entry.purpose = reason ?? entry.purpose
            let (undone, patient) = try PatientCorrections.undo(
                correctionID, under: id, by: context.client, from: context.origin,
                auditing: &entry, in: tx)
            return try .object { json in
                json.member("health_id", patient.healthID)
                json.describe(undone)
            }
        }
    }
}

extension HTTPRequest {
    /// Of a patient's path; administrators' paths call it by its full name.
    var healthID: String { parameter("health_id") ?? parameter("id") ?? "" }
}

extension JSONWriter {
    fileprivate mutating func describe(_ changes: [PatientField: FieldChange]) {
        for field in PatientField.allCases {
            guard let change = changes[field] else { continue }
            member(field.rawValue) { json in
                for (name, value) in [("from", change.from), ("to", change.to)] {
                    if field == .allergies, let value {
                        json.member(name, raw: Array(value.utf8))
                    } else {
                        json.member(name, value)
                    }
                }
            }
        }
    }

    mutating func describe(_ correction: PatientCorrection) {
        member("id", correction.id)
        member("kind", correction.kind.rawValue)
        member("changes") { json in json.describe(correction.changes) }
        member("reason", correction.reason)
        member("made_by", correction.madeBy)
        member("confirmed_by", correction.confirmedBy)
        member("facility_id", correction.facilityID)
        member("made_at", correction.madeAt.rfc3339)
        member("undone_at", correction.undoneAt?.rfc3339)
        member("undone_by", correction.undoneBy)
    }
}
