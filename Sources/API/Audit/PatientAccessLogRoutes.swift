import Crypto
import HTTP
import Identity
import JSON
import Registry
import Values

/// Who looked at a patient's chart, for whoever tells the patient (contract, FHIR § 3).
enum PatientAccessLogRoutes {
    static let all = [
        Route(
            .get, "/api/v1/connect/patients/{id}/access-log", "getPatientAccessLog",
            scope: .resource(.auditEvent, .search, or: [.patientRead, .diagnosticsRead]),
            getPatientAccessLog)
    ]

    /// With `system/AuditEvent.rs` everything; otherwise what the caller and its facility did, which is
    /// theirs to know. A page may have fewer rows than asked for, even none, and a cursor.
    @Sendable static func getPatientAccessLog(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "patient_access_log")
        let purpose = query.purpose()
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            try place?.require(of: found.patient.healthID)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            var page = try AuditStore.search(
                AuditStore.Filter(), patientIDs: people, before: place?.numbers[0], limit: limit,
                in: tx)
            page.rows.removeAll { !concerns(context.client, $0.entry) }
            return try .object { json in
                json.member("health_id", found.healthID)
                json.memberArray("accesses") { json in
                    for row in page.rows { json.element { $0.describe(row.entry) } }
                }
                json.member(
                    "next_cursor",
                    page.next.map {
                        ListCursor.text("patient_access_log", of: found.patient.healthID, after: $0)
                    })
            }
        }
    }

    private static func concerns(_ client: Principal, _ entry: AuditEntry) -> Bool {
        if client.smartScopes.allows(.auditEvent, .search) { return true }
        if entry.principal.utf8.elementsEqual(client.auditName.utf8) { return true }
        return client.facilityID != nil && entry.facilityID == client.facilityID
    }
}

extension JSONWriter {
    /// What a patient may be told: no address, and nothing of other patients.
    fileprivate mutating func describe(_ entry: AuditEntry) {
        member("recorded_at", entry.recordedAt.rfc3339)
        member("who", entry.principal)
        member("acting_user", entry.actingUser)
        member("facility_id", entry.facilityID)
        member("operation", entry.operation)
        member("action", entry.action.rawValue)
        member("outcome", entry.outcome)
        member("purpose", entry.purpose)
        member("is_emergency", entry.emergencyAccessID != nil)
        member("request_id", entry.requestID)
    }
}
