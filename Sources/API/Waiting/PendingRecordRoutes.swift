package import HTTP
import JSON
import Registry
import Values

/// Records that wait for a Health ID nobody has, for administrators (contract § 6 and § 9).
package enum PendingRecordRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/pending-records", "listPendingRecords", scope: .admin,
            query: [
                "state", "health_id", "agent_id", "facility_id", "received_before", "limit",
                "cursor",
            ],
            listPendingRecords),
        Route(
            .get, "/api/v1/admin/pending-records/{id}", "showPendingRecord", scope: .admin,
            showPendingRecord),
        Route(
            .post, "/api/v1/admin/pending-records/{id}/redirect", "redirectPendingRecord",
            scope: .admin, redirectPendingRecord),
        Route(
            .post, "/api/v1/admin/pending-records/{id}/discard", "discardPendingRecord",
            scope: .admin, discardPendingRecord),
        Route(
            .post, "/api/v1/admin/pending-records/batch/redirect", "redirectPendingRecords",
            scope: .admin, redirectPendingRecords),
        Route(
            .post, "/api/v1/admin/pending-records/batch/discard", "discardPendingRecords",
            scope: .admin, discardPendingRecords),
    ]

    // MARK: Reading

    /// Without what was sent, which is patients' data.
    @Sendable package static func listPendingRecords(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let place = query.place(in: "pending_records")
        var filter = PendingRecords.Filter()
        filter.state = query.choice("state", as: PendingRecord.State.self) ?? .waiting
        filter.agentID = query.text("agent_id")
        filter.receivedBefore = query.time("received_before")
        if let text = query.text("health_id") {
            filter.healthID = PatientReference(text)?.text
            if filter.healthID == nil { query.refuse("health_id", malformed) }
        }
        let facilityName = query.text("facility_id")
        try query.finish()
        let asked = filter
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PendingRecords.page(
                asked, facilityName: facilityName, before: place?.numbers[0] ?? .max,
                limit: limit + 1, auditing: &entry, in: tx)
            return try .page(
                "records", found, limit: limit,
                cursor: { ListCursor.text("pending_records", after: $0.seq) },
                { json, record in json.describe(record) })
        }
    }

    @Sendable package static func showPendingRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        return try await context.read(auditing: .read) { tx, entry in
            let record = try PendingRecords.show(id, auditing: &entry, in: tx)
            return try .object { json in
                json.describe(record)
                json.member("payload", raw: record.payload)
            }
        }
    }

    private static let malformed = "is not a Health ID"

    // MARK: One

    @Sendable package static func redirectPendingRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try ObjectReader(request)
        let reference = body.newHealthID()
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        guard let reference else { throw Refusal(invalid: body.complaints) }
        return try await context.write(auditing: .execute) { tx, entry in
            let (record, outcome) = try PendingRecords.redirect(
                id, to: reference, note: note, from: context.origin, auditing: &entry, in: tx)
            return try .object { json in
                json.describe(record)
                json.member("outcome", outcome.verdict.rawValue)
                json.member("record_id", outcome.lastRecordID)
            }
        }
    }

    @Sendable package static func discardPendingRecord(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.number("id")
        var body = try ObjectReader(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let record = try PendingRecords.discard(
                id, note: note, from: context.origin, auditing: &entry, in: tx)
            return try .object { $0.describe(record) }
        }
    }

    // MARK: Many

    /// - Parameter isForOnePatient: an agent's or a facility's records are not one patient's, so they
    ///   must be chosen by id or by the Health ID that they wait for.
    private static func choice(
        _ body: inout ObjectReader, of list: String, isForOnePatient: Bool
    ) -> PendingRecordSelection {
        let ids = body.rowIDs("pending records")
        var filter = PendingRecords.Filter()
        filter.agentID = body.scalar("agent_id")
        filter.receivedBefore = body.instant("received_before")
        if let text = body.text("health_id") {
            filter.healthID = PatientReference(text)?.text
            if filter.healthID == nil { body.refuse("health_id", malformed) }
        }
        let facilityName = body.facilityName("facility_id", "facility_reference")
        body.requireConditions([
            ("health_id", filter.healthID != nil), ("agent_id", filter.agentID != nil),
            ("facility_id", facilityName != nil), ("facility_reference", facilityName != nil),
            ("received_before", filter.receivedBefore != nil),
        ])
        // Everything is never meant.
        let isNarrow =
            ids != nil || filter.healthID != nil
            || !isForOnePatient && (filter.agentID != nil || facilityName != nil)
        if !isNarrow, body.complaints.isEmpty {
            body.refuse(
                "ids",
                isForOnePatient
                    ? "is required, or health_id"
                    : "is required, or health_id, or agent_id, or facility_id")
        }
        return PendingRecordSelection(
            ids: ids, filter: filter, facilityName: facilityName,
            after: body.place(in: list)?.numbers[0] ?? 0,
            note: body.text(["note", "reason"], maximum: 1000))
    }

    /// Records by their ids, or the oldest of those that wait for a Health ID; each for itself.
    @Sendable package static func redirectPendingRecords(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let reference = body.newHealthID()
        let choice = Self.choice(&body, of: "pending_redirected", isForOnePatient: true)
        try body.finish()
        guard let reference else { throw Refusal(invalid: body.complaints) }
        return try await context.write(auditing: .execute) { tx, entry in
            let part = try PendingRecords.redirect(
                choice, to: reference, from: context.origin, auditing: &entry, in: tx)
            return try .resolved(part, of: "pending", as: .redirected)
        }
    }

    @Sendable package static func discardPendingRecords(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let choice = Self.choice(&body, of: "pending_discarded", isForOnePatient: false)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let part = try PendingRecords.discard(
                choice, from: context.origin, auditing: &entry, in: tx)
            return try .resolved(part, of: "pending", as: .discarded)
        }
    }
}

extension ObjectReader {
    fileprivate mutating func newHealthID() -> PatientReference? {
        let text = requiredText(["new_health_id"])
        guard !text.isEmpty else { return nil }
        let reference = PatientReference(text)
        if reference == nil {
            refuse("new_health_id", "is not a Health ID; compare it with the card")
        }
        return reference
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ record: PendingRecord) {
        member("id", String(record.seq))
        member("state", record.state.rawValue)
        member("health_id", record.healthID)
        member("new_health_id", record.newHealthID)
        member("agent_id", record.agentID)
        member("facility_id", record.facilityID)
        member("type", record.type)
        member("external_id", record.externalID)
        member("request_id", record.requestID)
        member("received_at", record.receivedAt.rfc3339)
        member("note", record.note)
        member("resolved_at", record.resolvedAt?.rfc3339)
        member("resolved_by", record.resolvedBy)
    }
}
