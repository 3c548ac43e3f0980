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

    /// The most records of one call: they hold the only writer meanwhile.
    private static let batch = 100

    // MARK: Reading

    /// Without what was sent, which is patients' data.
    @Sendable package static func listQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "quarantine")
        let state = query.choice("state", as: QuarantinedRecord.State.self)
        let agentID = query.text("agent_id")
        let facilityName = query.text("facility_id")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            var filter = QuarantineStore.Filter()
            filter.facilityID = try facilityName.map {
                try FacilityStore.named($0, auditing: &entry, in: tx).id
            }
            filter.agentID = agentID
            filter.state = state ?? .open
            entry.entity = "quarantine"
            let found = try QuarantineStore.list(
                filter, before: place?.numbers[0] ?? .max, limit: limit + 1, in: tx)
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
            entry.entity = "quarantine/\(id)"
            guard let record = try QuarantineStore.find(id, in: tx) else { throw unknown }
            // Whose data it is, as far as it says so, may see who looked.
            if let text = healthID(in: record.payload), let reference = PatientReference(text),
                let found = try PatientStore.find(reference, in: tx)
            {
                try entry.name(found.patient, named: found.namedID, in: tx)
            }
            return try .object { json in
                json.describe(record)
                json.member("payload", raw: record.payload)
            }
        }
    }

    private static func healthID(in payload: [UInt8]) -> String? {
        // Kept as it was sent: it need not be what any rule asks for.
        guard let root = try? JSONDocument(payload, limits: .stored).root, root.kind == .object
        else { return nil }
        var body = RequestBody(root["data"] ?? root, in: root)
        return body.text("health_id", "patient_health_id")
    }

    private static let unknown = Problem.unknown("quarantined record")

    // MARK: One

    @Sendable package static func replayQuarantinedRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try RequestBody(optional: request)
        let corrected = body.record()
        try body.finish()
        // A correction is an update in the audit log, a mere replay an execution.
        let action: AuditEntry.Action = corrected == nil ? .execute : .update
        return try await context.write(auditing: action) { tx, entry in
            entry.entity = "quarantine/\(id)"
            guard let record = try QuarantineStore.find(id, in: tx) else { throw unknown }
            guard record.state == .open else { throw resolved(record) }
            let replay = try QuarantineStore.replay(
                id, as: corrected, by: context.client.auditName, origin: context.origin, in: tx)
            switch replay {
            case .stored(let outcome):
                entry.batchPatientIDs = outcome.patientIDs.sorted()
                guard let record = try QuarantineStore.find(id, in: tx) else { throw unknown }
                return try .object { json in
                    json.describe(record)
                    json.member("health_id", outcome.results.first?.healthID)
                    json.member("record_id", outcome.results.first?.recordID)
                }
            case .refused(let problem):
                // Not thrown: the new reason stays.
                entry.outcome = problem.code.rawValue
                return Problem(problem).response(requestID: context.requestID)
            case nil: throw unknown
            }
        }
    }

    @Sendable package static func discardQuarantinedRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try RequestBody(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            entry.entity = "quarantine/\(id)"
            guard let record = try QuarantineStore.find(id, in: tx) else { throw unknown }
            let isDone = try QuarantineStore.discard(
                id, note: note, by: context.client.auditName, at: context.now, in: tx)
            guard isDone, let discarded = try QuarantineStore.find(id, in: tx) else {
                throw resolved(record)
            }
            return try .object { $0.describe(discarded) }
        }
    }

    private static func resolved(_ record: QuarantinedRecord) -> Problem {
        Problem(
            .conflict,
            "This record was \(record.state.rawValue) by \(record.resolvedBy ?? "somebody").")
    }

    // MARK: Many

    private static func choice(
        _ request: HTTPRequest, of list: String
    ) throws -> QuarantineChoice {
        var body = try RequestBody(request)
        let ids = body.rowIDs("quarantined records")
        let agentID = body.scalar("agent_id")
        let facilityName = body.scalar("facility_id", "facility_reference")
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
        return QuarantineChoice(
            ids: ids, agentID: agentID, facilityName: facilityName, after: after, note: note)
    }

    /// Records by their ids, or the oldest open ones of an agent or a facility; each for itself.
    @Sendable static func replayQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let choice = try Self.choice(request, of: "quarantine_replayed")
        return try await context.write(auditing: .execute) { tx, entry in
            let (ids, isMore) = try choice.ids(auditing: &entry, limit: batch, in: tx)
            var patientIDs: Set<Int64> = []
            var results: [(id: Int64, status: String, problem: Refusal?)] = []
            for id in ids {
                let replay = try QuarantineStore.replay(
                    id, by: context.client.auditName, origin: context.origin, in: tx)
                switch replay {
                case .stored(let outcome):
                    patientIDs.formUnion(outcome.patientIDs)
                    results.append((id, "replayed", nil))
                case .refused(let problem): results.append((id, "refused", problem))
                case nil: results.append((id, "not_open", nil))
                }
            }
            entry.batchPatientIDs = patientIDs.sorted()
            return try answer(results, "replayed", isMore ? ids.last : nil)
        }
    }

    @Sendable package static func discardQuarantine(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let choice = try Self.choice(request, of: "quarantine_discarded")
        return try await context.write(auditing: .update) { tx, entry in
            let (ids, isMore) = try choice.ids(auditing: &entry, limit: batch, in: tx)
            let results = try ids.map { id in
                let isDone = try QuarantineStore.discard(
                    id, note: choice.note, by: context.client.auditName, at: context.now, in: tx)
                return (id: id, status: isDone ? "discarded" : "not_open", problem: Refusal?.none)
            }
            return try answer(results, "discarded", isMore ? ids.last : nil)
        }
    }

    private static func answer(
        _ results: [(id: Int64, status: String, problem: Refusal?)], _ word: String,
        _ last: Int64?
    ) throws -> HTTPResponse {
        let done = results.count { $0.status == word }
        return try .object { json in
            json.member(word, done)
            json.member("remaining", results.count - done)
            json.memberArray("results") { json in
                for result in results {
                    json.element { json in
                        json.member("id", String(result.id))
                        json.member("status", result.status)
                        json.member("error", result.problem?.code.rawValue)
                        json.member("message", result.problem?.message)
                    }
                }
            }
            json.member(
                "next_cursor", last.map { ListCursor.text("quarantine_" + word, after: $0) })
        }
    }
}

extension RequestBody {
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
