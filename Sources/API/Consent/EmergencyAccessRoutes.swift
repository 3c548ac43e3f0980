package import HTTP
import Identity
import JSON
import Registry
import Values

/// Break-glass: the caller's word opens a record for an hour, stands in the log for ever, and is looked
/// at by an administrator afterwards (contract § 4).
package enum EmergencyAccessRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/emergency-access/request", "requestEmergencyAccess",
            scope: .scope(anyOf: .emergencyAccess), requestEmergencyAccess),
        Route(
            .get, "/api/v1/admin/emergency-access", "listEmergencyAccess", scope: .admin,
            query: ["state", "client_id", "limit", "cursor"], listEmergencyAccess),
        Route(
            .get, "/api/v1/admin/emergency-access/{id}", "showEmergencyAccess", scope: .admin,
            showEmergencyAccess),
        Route(
            .post, "/api/v1/admin/emergency-access/{id}/review", "reviewEmergencyAccess",
            scope: .admin, reviewEmergencyAccess),
    ]

    /// It ends by itself after an hour.
    private static let seconds: Int64 = 3600

    @Sendable package static func requestEmergencyAccess(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.requiredText(["health_id"])
        let reason = body.requiredText(["reason"])
        let kind = body.requiredText(["emergency_type"])
        if !reason.isEmpty, !saysWhy(reason) {
            body.refuse("reason", "must say in ten letters or more why the record is opened")
        }
        try body.finish()
        let consent = Consent(
            id: Identifier.make("cons_", at: context.now), coverage: .fullRecord,
            storedState: .active, basis: .emergency, purpose: reason, grantedAt: context.now,
            expiresAt: context.now.adding(seconds: seconds))
        let response = try await context.write(auditing: .execute) { tx, entry in
            entry.purpose = "emergency-access " + kind + ": " + reason
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let clientID = context.client.clientID
            // The glass is broken once an hour.
            let earlier = try ConsentStore.active(
                clientID: clientID, patientID: found.patient.id, at: context.now, in: tx
            ).first { $0.basis == .emergency }
            let granted = earlier ?? consent
            entry.emergencyAccessID = granted.id
            if earlier == nil {
                try ConsentStore.requireEmergencyQuota(
                    context.app.configuration.emergencyLimit, of: clientID, at: context.now, in: tx)
                try ConsentStore.insert(
                    consent, clientID: clientID, for: found,
                    verificationMethod: "emergency:" + kind, at: context.now, in: tx)
                try EventStore.append(
                    ConsentRoutes.event(.consentGranted, found, consent), from: context.origin,
                    in: tx)
            }
            return try .object(.created) { json in
                json.member("status", "granted")
                json.member("access_id", granted.id)
                json.member("health_id", found.healthID)
                json.member("emergency_type", kind)
                json.member("reason", granted.purpose)
                json.member("granted_at", granted.grantedAt?.rfc3339)
                json.member("expires_at", granted.expiresAt.rfc3339)
            }
        }
        context.app.log.event(
            "emergency_access", level: "warning", [("client", context.client.clientID)],
            at: context.now)
        return response
    }

    /// Neither "x" nor "aaaaaaaaaaaa".
    private static func saysWhy(_ reason: String) -> Bool {
        let letters = reason.lowercased().unicodeScalars.filter(\.properties.isAlphabetic)
        return letters.count >= 10 && Set(letters).count >= 4
    }

    // MARK: Review

    /// Without what was said of the patient: that is shown, and audited, where one is opened.
    @Sendable package static func listEmergencyAccess(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "emergency_access")
        let state = query.choice("state", as: EmergencyAccess.State.self)
        let clientID = query.text("client_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "emergency_access"
            let found = try ConsentStore.emergencies(
                state, of: clientID, before: cursor, limit: limit + 1, in: tx)
            return try .page("emergency_access", found, limit: limit, after: \.id) { json, one in
                json.describe(one, withReason: false)
            }
        }
    }

    @Sendable package static func showEmergencyAccess(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let one = try ConsentStore.emergency(named: id, auditing: &entry, in: tx)
            return try .object { $0.describe(one, withReason: true) }
        }
    }

    /// Somebody has looked at it; once is enough.
    @Sendable static func reviewEmergencyAccess(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            _ = try ConsentStore.emergency(named: id, auditing: &entry, in: tx)
            guard
                try ConsentStore.review(
                    id, note: note, by: context.client.auditName, at: context.now, in: tx)
            else { throw Problem(.conflict, "This emergency access was reviewed already.") }
            let one = try ConsentStore.emergency(named: id, auditing: &entry, in: tx)
            return try .object { $0.describe(one, withReason: true) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ one: EmergencyAccess, withReason: Bool) {
        member("id", one.id)
        member("state", (one.reviewedAt == nil ? EmergencyAccess.State.open : .reviewed).rawValue)
        member("client_id", one.clientID)
        member("facility_id", one.facilityID)
        member("facility_name", one.facilityName)
        member("health_id", one.healthID)
        if withReason {
            member("emergency_type", one.kind)
            member("reason", one.reason)
        }
        member("granted_at", one.grantedAt.rfc3339)
        member("expires_at", one.expiresAt.rfc3339)
        member("ended_at", one.endedAt?.rfc3339)
        member("reviewed_at", one.reviewedAt?.rfc3339)
        member("reviewed_by", one.reviewedBy)
        if withReason { member("note", one.note) }
    }
}
