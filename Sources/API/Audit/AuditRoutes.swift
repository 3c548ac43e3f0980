import Crypto
package import HTTP
import Identity
import JSON
import Registry
import Values

/// Reading the audit log, for administrators (contract § 9). Each look is itself on record.
package enum AuditRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/audit", "searchAudit", scope: .admin,
            query: [
                "patient", "principal", "operation", "outcome", "request_id", "from", "to", "limit",
                "cursor",
            ], searchAudit),
        Route(
            .get, "/api/v1/admin/audit/export", "exportAudit", scope: .admin,
            query: [
                "format", "patient", "principal", "operation", "outcome", "request_id", "from",
                "to",
            ], exportAudit),
        Route(
            .get, "/api/v1/admin/audit/verification", "showAuditVerification", scope: .admin,
            showAuditVerification),
        Route(
            .post, "/api/v1/admin/audit/verification", "startAuditVerification", scope: .admin,
            startAuditVerification),
        Route(
            .get, "/api/v1/admin/patients/{health_id}/access-log", "showAccessLog", scope: .admin,
            query: ["limit", "cursor"],
            showAccessLog),
    ]

    // MARK: Searching

    /// A page may have fewer rows than asked for, even none, and a cursor: the search goes on there.
    @Sendable package static func searchAudit(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.place(in: "audit")?.numbers[0]
        let filter = query.auditFilter()
        let patientText = query.text("patient")
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            entry.entity = "audit"
            guard let patientText else {
                return try answer(
                    try AuditStore.search(filter, before: cursor, limit: limit, in: tx))
            }
            let ids = try AuditStore.people(patientText, auditing: &entry, in: tx)
            return try answer(
                try AuditStore.search(
                    filter, patientIDs: ids, before: cursor, limit: limit, in: tx))
        }
    }

    /// "Who looked at my record": every row about one person, under whatever id it was asked for.
    @Sendable package static func showAccessLog(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let text = request.parameter("health_id") ?? ""
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "access_log")
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            let patient = try PatientStore.named(text, auditing: &entry, in: tx).patient
            try place?.require(of: patient.healthID)
            let retired = try MergedPatients.retired(into: patient.id, in: tx)
            let page = try AuditStore.search(
                AuditStore.Filter(), patientIDs: [patient.id] + retired, before: place?.numbers[0],
                limit: limit, in: tx)
            let former = try retired.compactMap {
                try PatientStore.find(id: $0, in: tx)?.healthID
            }
            return try .object { json in
                json.member("health_id", patient.healthID)
                json.member("name", patient.firstName + " " + patient.lastName)
                json.member("merged_health_ids", former)
                try json.describe(page, "accesses") {
                    ListCursor.text("access_log", of: patient.healthID, after: $0)
                }
            }
        }
    }

    private static func answer(_ page: AuditStore.Page) throws -> HTTPResponse {
        try .object { json in
            try json.describe(page, "entries") { ListCursor.text("audit", after: $0) }
        }
    }

    // MARK: Exporting

    @Sendable package static func exportAudit(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let format = query.choice("format", as: AuditExport.Format.self) ?? .csv
        let filter = query.auditFilter()
        let patientText = query.text("patient")
        try query.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            entry.entity = "audit"
            let ids = try patientText.map { try AuditStore.people($0, auditing: &entry, in: tx) }
            let export = context.auditExport(
                format, filter, patientIDs: ids, through: try AuditStore.head(in: tx).seq)
            var response = HTTPResponse(.ok)
            response.body = .stream { try await export.next() }
            response.setField(
                "Content-Type",
                format == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson")
            response.setField(
                "Content-Disposition", "attachment; filename=\"audit.\(format.rawValue)\"")
            response.setField("Cache-Control", "no-store" as StaticString)
            return response
        }
    }

    // MARK: The chain

    @Sendable static func showAuditVerification(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read) { _, entry in
            entry.entity = "audit"
            let state = context.app.auditVerifier.state
            return try .object { $0.describe(state) }
        }
    }

    @Sendable package static func startAuditVerification(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        // The row that says who asked is in the log before it is read.
        _ = try await context.write(auditing: .execute) { _, entry in
            entry.entity = "audit"
            return try .object(.accepted) { $0.member("status", "running") }
        }
        let isNew = context.app.auditVerifier.start(clock: context.app.clock)
        let state = context.app.auditVerifier.state
        return try .object(isNew ? .accepted : .ok) { $0.describe(state) }
    }
}

extension QueryParameters {
    fileprivate mutating func auditFilter() -> AuditStore.Filter {
        var filter = AuditStore.Filter()
        filter.principal = text("principal")
        filter.operation = text("operation")
        filter.outcome = text("outcome")
        filter.requestID = text("request_id")
        filter.from = time("from")
        filter.to = time("to", isEnd: true)
        return filter
    }
}

extension JSONWriter {
    fileprivate mutating func describe(
        _ page: AuditStore.Page, _ name: String, cursor: (Int64) -> String
    ) throws {
        let last = try memberPage(name, page.rows, limit: page.rows.count) { json, row in
            json.describe(row.seq, row.entry)
        }
        member("next_cursor", (last?.seq ?? page.next).map(cursor))
    }

    fileprivate mutating func describe(_ state: AuditVerifier.State) {
        member("status", state.phase.rawValue)
        member("started_at", state.startedAt?.rfc3339)
        member("finished_at", state.finishedAt?.rfc3339)
        member("rows", state.rowCount)
        member("checked", state.head.seq)
        // Noted elsewhere, it proves later that nothing up to it was replaced.
        member(
            "head",
            state.phase == .intact ? "\(state.head.seq):\(Hex.encode(state.head.hash))" : nil)
        member("broken_seq", state.brokenSeq)
        member("reason", state.reason)
    }
}
