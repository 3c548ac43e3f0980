package import HTTP
import JSON
import Registry
import Values

/// Records that bridge agents sent in vain, for administrators (contract § 6 and § 9).
package enum QuarantineRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/quarantine", "listQuarantine", scope: .admin,
            query: ["state", "agent_id", "facility_id", "limit", "cursor"], listQuarantine),
        Route(
            .get, "/api/v1/admin/quarantine/{id}", "showQuarantinedRecord", scope: .admin,
            showQuarantinedRecord),
        Route(
            .post, "/api/v1/admin/quarantine/{id}/replay", "replayQuarantinedRecord",
            scope: .admin, replayQuarantinedRecord),
        Route(
            .post, "/api/v1/admin/quarantine/{id}/discard", "discardQuarantinedRecord",
            scope: .admin, discardQuarantinedRecord),
        Route(
            .post, "/api/v1/admin/quarantine/batch/replay", "replayQuarantine", scope: .admin,
            replayQuarantine),
        Route(
            .post, "/api/v1/admin/quarantine/batch/discard", "discardQuarantine", scope: .admin,
            discardQuarantine),
    ]

    // MARK: Reading

    /// Without what was sent, which is patients' data.
    @Sendable package static func listQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "quarantine")
        var filter = Quarantine.Filter()
        filter.state = query.choice("state", as: QuarantinedRecord.State.self) ?? .open
        filter.agentID = query.text("agent_id")
        let facilityName = query.text("facility_id")
        try query.finish()
        let asked = filter
        return try await context.read(auditing: .read) { tx, entry in
            let found = try Quarantine.page(
                asked, facilityName: facilityName, before: place?.numbers[0] ?? .max,
                limit: limit + 1, auditing: &entry, in: tx)
            return try .page(
                "records", found, limit: limit,
                cursor: { ListCursor.text("quarantine", after: $0.seq) },
                { json, record in json.describe(record) })
        }
    }

    @Sendable package static func showQuarantinedRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        return try await context.read(auditing: .read) { tx, entry in
            let record = try Quarantine.show(id, auditing: &entry, in: tx)
            return try .object { json in
                json.describe(record)
                json.member("payload", raw: record.payload)
            }
        }
    }

    // MARK: One

    @Sendable package static func replayQuarantinedRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try ObjectReader(optional: request)
        let corrected = body.record()
        try body.finish()
        // A correction is an update in the audit log, a mere replay an execution.
        let action: AuditEntry.Action = corrected == nil ? .execute : .update
        return try await context.write(auditing: action) { tx, entry in
            let replay = try Quarantine.replay(
                id, as: corrected, from: context.origin, auditing: &entry, in: tx)
            switch replay {
            case .success(let (record, outcome)):
                return try .object { json in
                    json.describe(record)
                    json.member("outcome", outcome.verdict.rawValue)
                    json.member("health_id", outcome.results.first?.healthID)
                    json.member("record_id", outcome.results.first?.recordID)
                }
            case .failure(let refusal):
                // Not thrown: the new reason stays.
                return Problem(refusal).response(requestID: context.requestID)
            }
        }
    }

    @Sendable package static func discardQuarantinedRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try ObjectReader(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let record = try Quarantine.discard(
                id, note: note, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(record) }
        }
    }

    // MARK: Many

    private static func choice(
        _ request: HTTPRequest, of list: String
    ) throws -> QuarantineSelection {
        var body = try ObjectReader(request)
        let ids = body.rowIDs("quarantined records")
        let agentID = body.scalar("agent_id")
        let facilityName = body.facilityName("facility_id", "facility_reference")
        let after = body.place(in: list)?.numbers[0] ?? 0
        let note = body.text(["note", "reason"], maximum: 1000)
        body.requireConditions([
            ("agent_id", agentID != nil), ("facility_id", facilityName != nil),
            ("facility_reference", facilityName != nil),
        ])
        // Everything is never meant.
        if ids == nil, agentID == nil, facilityName == nil, body.complaints.isEmpty {
            body.refuse("ids", "is required, or agent_id, or facility_id")
        }
        try body.finish()
        return QuarantineSelection(
            ids: ids, agentID: agentID, facilityName: facilityName, after: after, note: note)
    }

    /// Records by their ids, or the oldest open ones of an agent or a facility; each for itself.
    @Sendable static func replayQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let choice = try Self.choice(request, of: "quarantine_replayed")
        return try await context.write(auditing: .execute) { tx, entry in
            let part = try Quarantine.replay(
                choice, from: context.origin, auditing: &entry, in: tx)
            return try .resolved(part, of: "quarantine", as: .replayed)
        }
    }

    @Sendable package static func discardQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let choice = try Self.choice(request, of: "quarantine_discarded")
        return try await context.write(auditing: .update) { tx, entry in
            let part = try Quarantine.discard(
                choice, from: context.origin, auditing: &entry, in: tx)
            return try .resolved(part, of: "quarantine", as: .discarded)
        }
    }
}

extension ObjectReader {
    /// One record as agents send it.
    fileprivate mutating func record() -> JSONValue? {
        guard let record = object["record"], !record.isNull else { return nil }
        guard record.kind == .object else {
            refuse("record", "must be an object, the whole record as it should have been sent")
            return nil
        }
        return record
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ record: QuarantinedRecord) {
        member("id", String(record.seq))
        member("state", record.state.rawValue)
        member("agent_id", record.agentID)
        member("facility_id", record.facilityID)
        member("sync_id", record.batchID)
        member("index", record.index)
        member("type", record.type)
        member("error", record.error)
        member("reason", record.reason)
        member("arrivals", record.arrivals)
        member("first_at", record.firstAt.rfc3339)
        member("last_at", record.lastAt.rfc3339)
        member("note", record.note)
        member("resolved_at", record.resolvedAt?.rfc3339)
        member("resolved_by", record.resolvedBy)
    }
}
