import HTTP
import Identity
import JSON
import Registry
import Values

/// Requests for consent that wait, and the facility's answers to them, for administrators (contract, SDK
/// § 3).
enum ConsentAnswerRoutes {
    static let all = [
        Route(
            .get, "/api/v1/admin/consents", "listPendingConsents", scope: .admin,
            query: ["facility_id", "client_id", "limit", "cursor"], listPendingConsents),
        Route(
            .get, "/api/v1/admin/consents/{id}", "showPendingConsent", scope: .admin,
            showPendingConsent),
        Route(
            .post, "/api/v1/admin/consents/{id}/grant", "grantPendingConsent", scope: .admin,
            grantPendingConsent),
        Route(
            .post, "/api/v1/admin/consents/{id}/deny", "denyPendingConsent", scope: .admin,
            denyPendingConsent),
    ]

    /// Without names: those are shown, and audited, where one is opened.
    @Sendable static func listPendingConsents(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "consents")
        let facilityID = query.text("facility_id")
        let clientID = query.text("client_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try ConsentRequests.pending(
                facilityID: facilityID, clientID: clientID, before: cursor, limit: limit + 1,
                at: context.now, auditing: &entry, in: tx)
            return try .page("consents", found, limit: limit, after: \.id) { json, one in
                json.describe(one, at: context.now)
            }
        }
    }

    /// With the patient's name and birth date, by which the clerk knows whom to ask.
    @Sendable static func showPendingConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let one = try ConsentRequests.find(id, auditing: &entry, in: tx)
            let found = try PatientStore.named(one.healthID, auditing: &entry, in: tx)
            return try .object { json in
                json.describe(one, at: context.now)
                json.member("full_name", found.patient.displayName)
                json.member("date_of_birth", found.patient.dateOfBirth.description)
            }
        }
    }

    @Sendable static func grantPendingConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await answer(request, context, .consentGranted)
    }

    @Sendable static func denyPendingConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await answer(request, context, .consentDenied)
    }

    private static func answer(
        _ request: HTTPRequest, _ context: Context, _ kind: Event.Kind
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let word = body.text("verification_method")
        try body.finish()
        let method = "facility" + (word.map { ": " + $0 } ?? "")
        return try await context.write(auditing: .update) { tx, entry in
            let one =
                kind == .consentGranted
                ? try ConsentRequests.grant(
                    id, verifiedBy: method, at: context.now, auditing: &entry, in: tx)
                : try ConsentRequests.deny(
                    id, verifiedBy: method, at: context.now, auditing: &entry, in: tx)
            _ = try PatientStore.named(one.healthID, auditing: &entry, in: tx)
            entry.purpose = "consent \(one.id)"
            try EventStore.append(
                kind, about: one, requestID: context.requestID, at: context.now, in: tx)
            return try .object { $0.describe(one, at: context.now) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ one: ConsentRequest, at now: Timestamp) {
        let isPast = one.expiresAt <= now && (one.state == .active || one.state == .pending)
        member("id", one.id)
        member("state", (isPast ? Consent.State.expired : one.state).rawValue)
        member("client_id", one.clientID)
        member("client_name", one.clientName)
        member("facility_id", one.facilityID)
        member("facility_name", one.facilityName)
        member("health_id", one.healthID)
        member("consent_type", one.coverage)
        member("purpose", one.purpose)
        member("requested_at", one.askedAt.rfc3339)
        member("granted_at", one.grantedAt?.rfc3339)
        member("ended_at", one.endedAt?.rfc3339)
        member("expires_at", one.expiresAt.rfc3339)
        member("verification_method", one.verificationMethod)
    }
}
