import HTTP
import Identity
import JSON
import Registry
import Values

/// Merging patients and undoing it (contract § 5 and § 9).
enum MergeRoutes {
    static let all = [
        Route(
            .get, "/api/v1/admin/merges", "listMerges", scope: .admin, query: ["limit", "cursor"],
            listMerges),
        Route(.post, "/api/v1/admin/merges", "mergePatients", scope: .admin, mergePatients),
        Route(.post, "/api/v1/admin/merges/{id}/undo", "undoMerge", scope: .admin, undoMerge),
    ]

    @Sendable static func listMerges(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "merges")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "merges"
            let merges = try MergeStore.all(before: cursor, limit: limit + 1, in: tx)
            return try .page("merges", merges, limit: limit, after: \.id) { json, merge in
                guard let survivor = try PatientStore.find(id: merge.survivorID, in: tx),
                    let retired = try PatientStore.find(id: merge.retiredID, in: tx)
                else { throw Refusal.unknown("patient") }
                json.describe(merge, survivor, retired)
            }
        }
    }

    @Sendable static func mergePatients(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let survivorID = body.requiredText(["survivor_health_id", "survivor"])
        let retiredID = body.requiredText(["retired_health_id", "retired"])
        let reason = body.text(["reason", "note"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let retired = try PatientStore.named(retiredID, auditing: &entry, in: tx).patient
            let first = (entity: entry.entity ?? "", id: retired.id)
            let survivor = try PatientStore.named(survivorID, auditing: &entry, in: tx).patient
            guard survivor.id != retired.id || survivorID != retiredID else {
                throw Problem.validation(
                    "retired_health_id", "must be another patient's than survivor_health_id")
            }
            entry.furtherPatients = [first]
            let merge = try Merges.merge(
                retired, into: survivor, caseID: nil, reason: reason, by: entry.principal,
                from: context.origin, in: tx)
            return try .object { $0.describe(merge, survivor, retired) }
        }
    }

    @Sendable static func undoMerge(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let (merge, survivor, retired) = try Merges.undo(
                id, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(merge, survivor, retired) }
        }
    }
}

extension JSONWriter {
    mutating func describe(
        _ merge: MergeStore.Merge, _ survivor: Patient, _ retired: Patient
    ) {
        member("id", merge.id)
        member("status", merge.undoneAt == nil ? "merged" : "undone")
        member("survivor_health_id", survivor.healthID)
        member("retired_health_id", retired.healthID)
        member("duplicate_id", merge.caseID)
        member("reason", merge.reason)
        member("merged_at", merge.mergedAt.rfc3339)
        member("merged_by", merge.mergedBy)
        member("undone_at", merge.undoneAt?.rfc3339)
        member("undone_by", merge.undoneBy)
    }
}
