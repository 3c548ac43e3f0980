import HTTP
import Identity
import JSON
import Registry
import Values

/// What programs said of people against what was verified, for administrators to decide. Whoever said the
/// right thing is followed by a correction, which closes the case.
enum ContradictionRoutes {
    static let all = [
        Route(
            .get, "/api/v1/admin/contradictions", "listContradictions", scope: .admin,
            query: ["state", "limit", "cursor"], list),
        Route(
            .get, "/api/v1/admin/contradictions/{id}", "showContradiction", scope: .admin, show),
        Route(
            .post, "/api/v1/admin/contradictions/{id}/uphold", "upholdContradiction",
            scope: .admin, uphold),
        Route(
            .post, "/api/v1/admin/contradictions/{id}/undo", "undoContradiction", scope: .admin,
            undo),
    ]

    /// Without what was said of the patient: that is shown, and audited, where one is opened.
    @Sendable private static func list(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let state = query.choice("state", as: IdentityContradiction.State.self) ?? .open
        let name = "contradictions/" + state.rawValue
        let cursor = query.cursor(of: name)
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "contradictions"
            let found = try IdentityContradictionStore.all(
                state, before: cursor, limit: limit + 1, in: tx)
            let lines = try found.map { one in
                (
                    one: one,
                    healthID: try PatientStore.survivor(withID: one.patientID, in: tx)?.healthID
                )
            }
            return try .page(
                "contradictions", lines, limit: limit,
                cursor: { ListCursor.text(name, after: $0.one.id) }
            ) { json, line in json.describe(line.one, of: line.healthID) }
        }
    }

    @Sendable private static func show(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let (one, patient) = try IdentityContradictions.find(id, naming: &entry, in: tx)
            return try .object { $0.describe(one, saidOf: patient) }
        }
    }

    @Sendable private static func uphold(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            try IdentityContradictions.uphold(
                id, note: note, at: context.now, auditing: &entry, in: tx)
            let (one, patient) = try IdentityContradictions.find(id, naming: &entry, in: tx)
            return try .object { $0.describe(one, saidOf: patient) }
        }
    }

    @Sendable private static func undo(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            try IdentityContradictions.undo(id, at: context.now, auditing: &entry, in: tx)
            let (one, patient) = try IdentityContradictions.find(id, naming: &entry, in: tx)
            return try .object { $0.describe(one, saidOf: patient) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ one: IdentityContradiction, of healthID: String?) {
        member("id", one.id)
        member("state", one.state.rawValue)
        member("health_id", healthID)
        memberArray("fields") { json in
            for field in PatientField.allCases where one.said[field] != nil {
                json.element(field.rawValue)
            }
        }
        member("said_by", one.saidBy)
        member("facility_id", one.facilityID)
        member("request_id", one.requestID)
        member("opened_at", one.openedAt.rfc3339)
        member("decided_at", one.decidedAt?.rfc3339)
        member("decided_by", one.decidedBy)
        member("note", one.note)
    }

    /// With what was said, and what was verified.
    fileprivate mutating func describe(_ one: IdentityContradiction, saidOf patient: Patient) {
        describe(one, of: patient.healthID)
        member("patient") { json in json.describe(patient) }
        member("national_id", patient.nationalID)
        member("facts") { json in
            for field in PatientField.allCases {
                guard let said = one.said[field] else { continue }
                json.member(field.rawValue) { json in
                    json.member("verified", one.verified[field])
                    json.member("said", said)
                }
            }
        }
    }
}
