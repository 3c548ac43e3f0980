import Crypto
package import HTTP
import Identity
import JSON
import Registry

/// Batches of records from agents in facilities (contract § 6).
package enum SyncRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/bridge/sync", "syncRecords", scope: .agent, isBulk: true, syncRecords)
    ]

    package static let maximumCount = 5000
    /// Of all records together: each part is a row, and all rows are one transaction.
    static let maximumParts = 10_000
    /// Of how many refused records an answer tells the fields; of the others it has one sentence each.
    static let maximumDetails = 100

    /// Keeps the good records of a batch and says what is wrong with the others: records, events,
    /// quarantine, sums, audit and the answer to give again in one transaction, but for the first
    /// parts of a long batch.
    @Sendable package static func syncRecords(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let started = ContinuousClock.now
        let agent = context.client
        let facility = try BridgeRoutes.facility(of: agent, context)
        let body = try ObjectReader(request)
        try BridgeRoutes.check(body, by: agent, at: facility)
        let reading = SyncReading(facility: facility, clientID: agent.clientID, at: context.now)
        var read = try records(in: body, reading)
        if read.contains(where: { $0.type == .patient }) {
            try await context.prefetchNearMatches(for: &read, \.demographics)
        }
        let records = read
        let batchID = Identifier.make("sync_", at: context.now)
        let parts = records.parts(ofRows: Context.rowsOfPart) { record in
            record.type == .patient
                ? Context.rowsOfPerson
                : 1 + record.partCount + record.payload.count / bytesOfRow
        }
        func store(
            _ parts: ArraySlice<Range<Int>>, after begun: SyncIngest
        ) async throws -> SyncIngest {
            try await context.writeParts(parts, from: begun, auditing: .create) {
                part, begun, tx, entry in
                let ended = try begun.taking(records[part], of: batchID, auditing: &entry, in: tx)
                if ended.outcome.accepted == begun.outcome.accepted {
                    entry.outcome = Problem.Code.validationFailed.rawValue
                }
                return ended
            }
        }
        var ingest = try await store(
            parts.dropLast(),
            after: SyncIngest(
                for: agent, in: reading, origin: context.origin, expecting: records.count,
                isCorrecting: true))
        var lastPart = parts.last ?? 0..<0
        var rejections: [Range<Int>] = []
        if ingest.outcome.rejected > 0 {
            // Many are stored in parts too, and behind all records: what is good may close a refused one.
            ingest = try await store([lastPart], after: ingest)
            lastPart = lastPart.upperBound..<lastPart.upperBound
            rejections = ingest.outcome.rejections.parts(ofRows: Context.rowsOfPart) { rejection in
                1 + rejection.record.payload.count / bytesOfRow
            }
            ingest = try await context.writeParts(
                rejections.dropLast(), from: ingest, auditing: .create
            ) { part, begun, tx, entry in
                var ended = begun
                entry.entity = "bridge_batch/" + batchID
                entry.outcome = Problem.Code.validationFailed.rawValue
                try ended.keepRejections(part, of: batchID, auditing: entry, in: tx)
                return ended
            }
        }
        let (begun, last, kept) = (ingest, lastPart, rejections.last)
        let isLong = parts.count > 1 || records.contains { $0.type == .patient }
        @Sendable func finish() async throws -> HTTPResponse {
            try await context.write(auditing: .create, .changesLast) { tx, entry in
                var ingest = try begun.taking(
                    records[last], of: batchID, auditing: &entry, in: tx)
                try ingest.keepRejections(
                    kept ?? 0..<ingest.outcome.rejected, of: batchID, auditing: entry,
                    in: tx)
                let outcome = ingest.outcome
                let batch = SyncBatch(
                    id: batchID, agentID: agent.id,
                    facilityID: facility.id, requestID: context.requestID, status: outcome.status,
                    recordCount: records.count, accepted: outcome.accepted,
                    rejected: outcome.rejected, duplicates: outcome.duplicates,
                    pending: outcome.pending, receivedAt: context.now,
                    duration: ContinuousClock.now - started)
                try SyncBatchStore.insert(batch, in: tx)
                try BridgeAgentStateStore.finishBatch(batch, from: context.origin, in: tx)
                if outcome.accepted == 0 { entry.outcome = Problem.Code.validationFailed.rawValue }
                return answer(outcome, batch, context)
            }
        }
        return isLong ? try await context.inTurn(finish) : try await finish()
    }

    /// Of so many bytes a record counts as one row more.
    private static let bytesOfRow = 4096

    // MARK: Reading

    /// - Throws: `Problem` 422 when there is no record, or there are too many.
    private static func records(
        in body: ObjectReader, _ reading: SyncReading
    ) throws -> [SyncRecord] {
        let batchType = body.object["sync_type"]?.string
        guard let list = body.object["records"], !list.isNull else {
            // The published agent sends one record as the whole body.
            guard body.object["record_type"] != nil || body.object["type"] != nil else {
                throw Problem.validation("records", "is required")
            }
            return [SyncRecord(body.object, at: 0, of: batchType, in: reading)]
        }
        guard list.kind == .array, (1...maximumCount).contains(list.count) else {
            throw Problem.validation(
                "records", "must be a list of 1 to \(maximumCount) records")
        }
        try check(body.object["checksum"]?.string, of: list)
        var records: [SyncRecord] = []
        records.reserveCapacity(list.count)
        let fields = CanonicalFields()
        var partCount = 0
        for element in list.elements {
            let record = SyncRecord(
                element, at: records.count, of: batchType, in: reading, noting: fields)
            partCount += record.partCount
            guard partCount <= maximumParts else {
                throw Problem(
                    .payloadTooLarge,
                    "The visits of a batch have at most \(maximumParts) parts: send fewer at once.")
            }
            records.append(record)
        }
        return records
    }

    /// `sha256:` and 64 hexadecimal digits over the text of `records` as it was sent. Nothing is known
    /// of other forms, which earlier agents compute in ways of their own.
    private static func check(_ checksum: String?, of list: JSONValue) throws {
        guard let checksum = checksum?.lowercased(), checksum.hasPrefix("sha256:") else { return }
        let digest = checksum.dropFirst(7)
        guard Hex.decode(String(digest))?.count == 32 else {
            throw Problem.validation(
                "checksum",
                "must be sha256: and the 64 hexadecimal digits of the hash of the text of "
                    + "records, or be left out")
        }
        guard digest == SHA256.hash(list.raw).hex else {
            throw Problem.validation(
                "checksum", "does not match the records: the request was damaged on its way")
        }
    }

    // MARK: Answering

    /// 200, or 422 with the same members when no record is good: the published agent takes 200, 201
    /// and 409 as "delivered" and repeats everything else.
    private static func answer(
        _ outcome: SyncOutcome, _ batch: SyncBatch, _ context: Context
    ) -> HTTPResponse {
        var json = JSONWriter(
            reserving: 512 + outcome.results.count * 160 + outcome.rejected * 192)
        let isRefused = outcome.accepted == 0
        json.object { json in
            if isRefused {
                let code = Problem.Code.validationFailed.rawValue
                json.member("error", code)
                json.member("error_code", code.uppercased())
                json.member("message", refusal(of: outcome, batch.recordCount))
            }
            json.member("status", batch.status)
            if isRefused {
                json.member("http_status", 422)
                json.member("request_id", context.requestID)
            }
            json.member("accepted", outcome.accepted)
            json.member("rejected", outcome.rejected)
            json.member("duplicates", outcome.duplicates)
            json.member("pending", outcome.pending)
            json.member("sync_id", batch.id)
            json.memberArray("errors") { json in
                for (place, rejection) in outcome.rejections.enumerated() {
                    json.element { json in
                        json.describe(rejection, isInDetail: place < maximumDetails)
                    }
                }
            }
            if outcome.rejected > maximumDetails {
                json.member("errors_without_fields", outcome.rejected - maximumDetails)
            }
            if outcome.cases.leftOut > 0 {
                json.member("cases_left_out", outcome.cases.leftOut)
            }
            if !outcome.corrections.isEmpty {
                json.memberArray("corrected") { json in
                    for correction in outcome.corrections {
                        json.element { json in
                            json.member("index", correction.index)
                            json.member("error_id", correction.errorID)
                        }
                    }
                }
            }
            json.memberArray("results") { json in
                for result in outcome.results {
                    json.element { json in json.describe(result) }
                }
            }
        }
        return HTTPResponse(
            isRefused ? .unprocessableContent : .ok, contentType: "application/json",
            body: json.finish())
    }

    /// What is wrong with all of them, in the words of the one fault where there is but one: the
    /// published agent sends single records, and logs this sentence.
    private static func refusal(of outcome: SyncOutcome, _ count: Int) -> String {
        let faults = Set(outcome.rejections.map(\.sentence))
        guard faults.count == 1, let fault = faults.first else {
            return "None of the \(count) records is valid; see errors."
        }
        return count == 1 ? fault : "None of the \(count) records is valid: \(fault)"
    }
}

extension SyncOutcome.Rejection {
    fileprivate var sentence: String { saying(refusal.message) }

    /// The first fault, and the fields of the others; cut where somebody's text would make it long.
    fileprivate var shortSentence: String {
        guard let (path, messages) = refusal.fieldErrors.first, let message = messages.first,
            refusal.fieldErrors.count > 1
        else { return saying(String(refusal.message.prefix(300))) }
        let others = refusal.fieldErrors.dropFirst().prefix(8).map(\.path)
            .joined(separator: ", ")
        return saying(String("\(path) \(message); not valid either: \(others)".prefix(299)) + ".")
    }

    private func saying(_ message: String) -> String {
        isKept ? message : message + " " + QuarantinedRecord.fullSentence
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ rejection: SyncOutcome.Rejection, isInDetail: Bool) {
        member("index", rejection.record.index)
        member("record_type", rejection.record.typeWord)
        member("error", rejection.refusal.code.rawValue)
        member("message", isInDetail ? rejection.sentence : rejection.shortSentence)
        if !rejection.isKept { member("kept", false) }
        guard isInDetail, !rejection.refusal.fieldErrors.isEmpty else { return }
        member("fields") { json in
            for (path, messages) in rejection.refusal.fieldErrors { json.member(path, messages) }
        }
    }

    fileprivate mutating func describe(_ result: SyncOutcome.Result) {
        member("index", result.index)
        member("record_type", result.type.word)
        member("status", result.verdict.rawValue)
        if result.isDuplicate { member("duplicate", true) }
        memberIfPresent("record_id", result.recordID)
        memberIfPresent("health_id", result.healthID)
        memberIfPresent("external_reference", result.externalReference)
        if !result.warnings.isEmpty { member("warnings", result.warnings) }
        guard let resolution = result.resolution else { return }
        if resolution.isMismatch { member("demographics_mismatch", true) }
        memberIfPresent("replaced", resolution.replaced?.healthID)
        memberIfPresent("confirmation_id", resolution.confirmationID)
        member("match") { json in
            json.member("decision", resolution.decision.rawValue)
            json.member("candidates", resolution.candidates)
            if !resolution.reasons.isEmpty { json.member("reasons", resolution.reasons) }
        }
        member("next_action", resolution.nextAction)
        if !resolution.warnings.isEmpty { member("warnings", resolution.warnings) }
    }
}
