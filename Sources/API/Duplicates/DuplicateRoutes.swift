package import HTTP
import Identity
import JSON
import Registry
import Values

/// Reviewing possible duplicates, merging patients and undoing it (contract § 5 and § 9).
package enum DuplicateRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/duplicates", "listDuplicates", scope: .admin,
            query: ["state", "limit", "cursor"], listDuplicates),
        Route(
            .get, "/api/v1/admin/duplicates/{id}", "showDuplicate", scope: .admin, showDuplicate),
        Route(
            .post, "/api/v1/admin/duplicates/{id}/merge", "mergeDuplicate", scope: .admin,
            mergeDuplicate),
        Route(
            .post, "/api/v1/admin/duplicates/{id}/dismiss", "dismissDuplicate", scope: .admin,
            dismissDuplicate),
        Route(
            .get, "/api/v1/admin/merges", "listMerges", scope: .admin, query: ["limit", "cursor"],
            listMerges),
        Route(.post, "/api/v1/admin/merges", "mergePatients", scope: .admin, mergePatients),
        Route(.post, "/api/v1/admin/merges/{id}/undo", "undoMerge", scope: .admin, undoMerge),
    ]

    // MARK: Cases

    @Sendable package static func listDuplicates(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let stateText = query.text("state") ?? "open"
        let state = DuplicateCase.State(rawValue: stateText)
        if state == nil { query.refuse("state", "must be open, merged or dismissed") }
        let list = "duplicates/" + stateText
        let cursor = query.cursor(of: list)
        let last = cursor.flatMap { DuplicatePlace($0) }
        if cursor != nil, last == nil { query.refuse("cursor", ListPlace.refusal) }
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            entry.entity = "duplicates"
            let cases =
                switch state {
                case .open, nil:
                    try DuplicateCaseStore.open(
                        after: last?.position, limit: limit + 1, in: tx)
                case .merged, .dismissed:
                    try DuplicateCaseStore.decided(
                        state ?? .dismissed, before: last?.position.id, limit: limit + 1, in: tx)
                }
            return try .object { json in
                json.member("open", try DuplicateCaseStore.openCount(in: tx))
                // Whom it is about; who they are is shown, and audited, where a case is opened.
                let last = try json.memberPage("duplicates", cases, limit: limit) { json, one in
                    let healthIDs = try [one.patientID, one.candidateID].compactMap {
                        try PatientStore.find(id: $0, in: tx)?.healthID
                    }
                    json.describe(one) { json in
                        for healthID in healthIDs {
                            json.element { $0.member("health_id", healthID) }
                        }
                    }
                }
                json.member(
                    "next_cursor",
                    last.map { ListCursor.text(list, after: DuplicatePlace($0).text) })
            }
        }
    }

    @Sendable package static func showDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            answer(try DuplicatePair.find(id, naming: &entry, in: tx))
        }
    }

    @Sendable static func mergeDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let survivorID = body.text("survivor", "survivor_health_id")
        let reason = body.text(["reason", "note"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let pair = try DuplicatePair.find(id, naming: &entry, in: tx)
            // The older registration stays unless the administrator says otherwise.
            var (survivor, retired) = (pair.candidate, pair.patient)
            if let survivorID {
                guard let reference = PatientReference(survivorID),
                    [survivor.healthID, retired.healthID].contains(reference.text)
                else {
                    throw Problem(
                        .mergeConflict,
                        "survivor must be one of the two Health IDs of the case.")
                }
                if reference.text == retired.healthID { swap(&survivor, &retired) }
            }
            let isDecided = try DuplicateCaseStore.decide(
                .merged, id, note: reason, by: context.client.auditName, at: context.now, in: tx)
            guard isDecided else { throw decidedAlready }
            let merge = try Merges.merge(
                retired, into: survivor, caseID: id, reason: reason, from: context.origin,
                auditing: entry, in: tx)
            return answer(merge, survivor, retired)
        }
    }

    @Sendable static func dismissDuplicate(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(optional: request)
        let note = body.text(["note", "reason"], maximum: 1000)
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            _ = try DuplicatePair.find(id, naming: &entry, in: tx)
            let isDecided = try DuplicateCaseStore.decide(
                .dismissed, id, note: note, by: context.client.auditName, at: context.now, in: tx)
            guard isDecided else { throw decidedAlready }
            return answer(try DuplicatePair.find(id, naming: &entry, in: tx))
        }
    }

    private static let decidedAlready = Problem(
        .mergeConflict, "This case was decided already. Look it up to see how.")

    private static func answer(_ pair: DuplicatePair) -> HTTPResponse {
        var json = JSONWriter(reserving: 2048)
        json.object { json in json.describe(pair) }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    // MARK: Merges

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
                retired, into: survivor, caseID: nil, reason: reason, from: context.origin,
                auditing: entry, in: tx)
            return answer(merge, survivor, retired)
        }
    }

    @Sendable static func undoMerge(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .update) { tx, entry in
            let (merge, survivor, retired) = try Merges.undo(
                id, from: context.origin, auditing: &entry, in: tx)
            return answer(merge, survivor, retired)
        }
    }

    private static func answer(
        _ merge: MergeStore.Merge, _ survivor: Patient, _ retired: Patient
    ) -> HTTPResponse {
        var json = JSONWriter()
        json.object { json in json.describe(merge, survivor, retired) }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }
}

/// The last case of a page: its score and id.
private struct DuplicatePlace {
    let position: (bits: Double, id: String)

    init(_ one: DuplicateCase) {
        position = (one.bits, one.id)
    }

    init?(_ text: String) {
        let parts = text.split(separator: "~")
        guard parts.count == 2, let bits = Double(parts[0]), bits.isFinite else { return nil }
        position = (bits, String(parts[1]))
    }

    var text: String { "\(position.bits)~\(position.id)" }
}

extension JSONWriter {
    fileprivate mutating func describe(_ pair: DuplicatePair) {
        describe(pair.duplicate) { json in
            for (patient, address) in [
                (pair.patient, pair.patientAddress), (pair.candidate, pair.candidateAddress),
            ] {
                json.element { json in
                    json.member("health_id", patient.healthID)
                    json.describe(patient)
                    json.member("national_id", patient.nationalID)
                    json.member("address") { json in
                        json.member("line", address.line)
                        json.member("district", address.district)
                        json.member("city", address.city)
                        json.member("state", address.state)
                        json.member("postal_code", address.postalCode)
                    }
                }
            }
        }
    }

    fileprivate mutating func describe(
        _ one: DuplicateCase, patients: (inout JSONWriter) -> Void
    ) {
        member("id", one.id)
        member("state", one.state.rawValue)
        member("band", one.band)
        member("score", raw: Array("\(one.bits)".utf8))
        member("rule_version", one.ruleVersion)
        member("fields", raw: Array(one.comparison.utf8))
        memberArray("patients", patients)
        member("created_at", one.createdAt.rfc3339)
        member("decided_at", one.decidedAt?.rfc3339)
        member("decided_by", one.decidedBy)
        member("note", one.note)
    }

    fileprivate mutating func describe(
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
