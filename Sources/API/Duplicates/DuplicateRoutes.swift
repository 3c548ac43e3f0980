package import HTTP
import Identity
import JSON
import Registry
import Values

/// Reviewing possible duplicates and undoing what was decided (contract § 5 and § 9).
package enum DuplicateRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/duplicates", "listDuplicates", scope: .admin,
            query: ["state", "order", "band", "facility_id", "older_than_days", "limit", "cursor"],
            listDuplicates),
        Route(
            .get, "/api/v1/admin/duplicates/statistics", "showDuplicateStatistics", scope: .admin,
            query: ["days"], showDuplicateStatistics),
        Route(
            .get, "/api/v1/admin/duplicates/{id}", "showDuplicate", scope: .admin, showDuplicate),
        Route(
            .post, "/api/v1/admin/duplicates/{id}/merge", "mergeDuplicate", scope: .admin,
            mergeDuplicate),
        Route(
            .post, "/api/v1/admin/duplicates/{id}/dismiss", "dismissDuplicate", scope: .admin,
            dismissDuplicate),
        Route(
            .post, "/api/v1/admin/duplicates/{id}/undo", "undoDuplicate", scope: .admin,
            undoDuplicate),
    ]

    // MARK: Lists

    @Sendable package static func listDuplicates(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let state = query.choice("state", as: DuplicateCase.State.self) ?? .open
        let selection = query.duplicateSelection(state, at: context.now)
        let facility = query.text("facility_id")
        let decided = state == .open ? nil : query.cursor(of: "duplicates/" + state.rawValue)
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            var selection = selection
            if let facility {
                let found = try FacilityStore.named(facility, auditing: &entry, in: tx)
                selection.facilityID = found.id
            }
            entry.entity = "duplicates"
            let cases =
                state == .open
                ? try DuplicateCaseStore.open(selection, limit: limit + 1, in: tx)
                : try DuplicateDecisionStore.decided(
                    state, before: decided, limit: limit + 1, in: tx)
            let lines = try DuplicateLine.all(cases, in: tx)
            return try .object { json in
                json.member("open", try DuplicateCaseStore.openCount(in: tx))
                let last = try json.memberPage("duplicates", lines, limit: limit) { json, one in
                    json.describe(one)
                }
                json.member("next_cursor", last.map { selection.cursor(after: $0.duplicate) })
            }
        }
    }

    @Sendable static func showDuplicateStatistics(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let days = query.days("days", in: 1...366) ?? 30
        try query.finish()
        let now = context.now
        return try await context.read(auditing: .read, .many) { tx, entry in
            entry.entity = "duplicates"
            let statistics = try DuplicateStatistics(days: days, at: now, in: tx)
            return try .object { json in json.describe(statistics, days: days, at: now) }
        }
    }

    // MARK: One case

    @Sendable package static func showDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let pair = try DuplicatePair.find(id, naming: &entry, in: tx)
            return try .object { $0.describe(pair) }
        }
    }

    @Sendable static func mergeDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let survivorID = body.text("survivor", "survivor_health_id")
        let version = body.text("version")
        let reason = body.text(["reason", "note"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let (merge, survivor, retired) = try DuplicateCases.merge(
                id, survivorID: survivorID, version: version, reason: reason, from: context.origin,
                auditing: &entry, in: tx)
            return try .object { json in json.describe(merge, survivor, retired) }
        }
    }

    @Sendable static func dismissDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let version = body.text("version")
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let pair = try DuplicateCases.dismiss(
                id, version: version, note: note, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(pair) }
        }
    }

    @Sendable static func undoDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let pair = try DuplicateCases.undo(
                id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(pair) }
        }
    }
}
