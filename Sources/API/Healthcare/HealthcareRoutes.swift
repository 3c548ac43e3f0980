import HTTP
import JSON
import Registry

/// Records of clinics' desktop systems, one or many at a time (contract § 7).
package enum HealthcareRoutes {
    package static let all = [
        Route(.post, "/api/healthcare/clinic", "upsertClinic", scope: .apiKey) {
            try await upsert(.clinic, $0, $1)
        },
        Route(
            .post, "/api/healthcare/clinics", "upsertClinics", scope: .apiKey, isBulk: true
        ) { try await upsertAll(.clinic, $0, $1) },
        Route(.post, "/api/healthcare/doctor", "upsertDoctor", scope: .apiKey) {
            try await upsert(.doctor, $0, $1)
        },
        Route(
            .post, "/api/healthcare/doctors", "upsertDoctors", scope: .apiKey, isBulk: true
        ) { try await upsertAll(.doctor, $0, $1) },
        Route(.post, "/api/healthcare/patient", "upsertPatient", scope: .apiKey) {
            try await upsert(.patient, $0, $1)
        },
        Route(
            .post, "/api/healthcare/patients", "upsertPatients", scope: .apiKey, isBulk: true
        ) { try await upsertAll(.patient, $0, $1) },
        Route(.post, "/api/healthcare/appointment", "upsertAppointment", scope: .apiKey) {
            try await upsert(.appointment, $0, $1)
        },
        Route(
            .post, "/api/healthcare/appointments", "upsertAppointments", scope: .apiKey,
            isBulk: true
        ) { try await upsertAll(.appointment, $0, $1) },
    ]

    package static let maximumCount = 5000

    private static func upsert(
        _ entity: HealthcareEntity, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try BridgeRoutes.facility(of: context.client, context)
        let root = try root(of: request)
        guard root.kind == .object else {
            throw Problem(
                .validationFailed,
                "One \(entity.rawValue) is a JSON object. Send a list to "
                    + "/api/healthcare/\(entity.plural).")
        }
        let draft = HealthcareDraft(
            root, at: 0, in: HealthcareReading(entity, at: facility, now: context.now))
        let newcomers = try await context.newcomers(among: [draft], at: facility)
        return try await context.write(auditing: .update) { tx, entry in
            entry.entity = entity.rawValue
            var ingest = try HealthcareIngest(
                entity, count: 1, for: context.client, at: facility, origin: context.origin,
                newcomers: newcomers, in: tx)
            try ingest.ingest(draft, in: tx)
            let stored = try ingest.outcome.results[0].get()
            entry.entity = entity.rawValue + "/" + (stored.code ?? stored.id)
            if stored.status == .created { entry.action = .create }
            if let patientID = stored.patientID, let healthID = stored.healthID {
                entry.patientID = patientID
                entry.entity = "patient/" + healthID
            }
            return answer(entity, stored)
        }
    }

    private static func upsertAll(
        _ entity: HealthcareEntity, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let facility = try BridgeRoutes.facility(of: context.client, context)
        let root = try root(of: request)
        guard root.kind == .array, root.count <= maximumCount else {
            throw Problem(
                .validationFailed,
                root.kind == .array
                    ? "A list holds at most \(maximumCount) \(entity.plural); send it in parts."
                    : "Many \(entity.plural) are a JSON array. Send one object to "
                        + "/api/healthcare/\(entity.rawValue).")
        }
        let reading = HealthcareReading(entity, at: facility, now: context.now)
        var read: [HealthcareDraft] = []
        read.reserveCapacity(root.count)
        for element in root.elements {
            read.append(HealthcareDraft(element, at: read.count, in: reading))
        }
        let drafts = read
        let newcomers = try await context.newcomers(among: drafts, at: facility)
        let list = HealthcareList(
            entity: entity, drafts: drafts, principal: context.client, facility: facility,
            origin: context.origin, newcomers: newcomers)
        let parts = drafts.parts(ofRows: Context.rowsOfPart) { draft in
            newcomers[draft.index] == nil ? 1 : Context.rowsOfPerson
        }
        let begun = try await context.writeParts(
            parts.dropLast(), from: HealthcareIngest?.none, auditing: .update
        ) { part, begun, tx, entry in
            let ended = try list.ingest(part, after: begun, auditing: &entry, in: tx)
            if ended.outcome.failed - (begun?.outcome.failed ?? 0) == part.count {
                entry.outcome = Problem.Code.validationFailed.rawValue
            }
            return ended
        }
        @Sendable func finish() async throws -> HTTPResponse {
            try await context.write(auditing: .update, .changesLast) { tx, entry in
                var ingest = try list.ingest(
                    parts.last ?? 0..<0, after: begun, auditing: &entry, in: tx)
                try ingest.finish(drafts)
                if ingest.outcome.isRefused {
                    entry.outcome = Problem.Code.validationFailed.rawValue
                }
                return answer(ingest.outcome, context)
            }
        }
        let isLong = parts.count > 1 || !newcomers.isEmpty
        return isLong ? try await context.inTurn(finish) : try await finish()
    }

    /// - Throws: `Problem` 415, 400, or 422 for a key that comes twice in whatever case.
    private static func root(of request: HTTPRequest) throws -> JSONValue {
        try ObjectReader.requireMediaType("application/json", of: request)
        do {
            return try JSONDocument(request.body, limits: JSONLimits(keys: .caseInsensitive)).root
        } catch {
            throw Refusal(error)
        }
    }

    // MARK: Answering

    private static func answer(
        _ entity: HealthcareEntity, _ stored: HealthcareOutcome.Stored
    ) -> HTTPResponse {
        var json = JSONWriter()
        json.object { json in
            json.member("success", true)
            json.member("status", stored.status.rawValue)
            json.member("id", stored.id)
            json.member("entity", entity.rawValue)
            json.memberIfPresent("code", stored.code)
            if entity.isOfPatient { json.member("healthId", stored.healthID) }
            if !stored.warnings.isEmpty { json.member("warnings", stored.warnings) }
        }
        return HTTPResponse(
            stored.status == .created ? .created : .ok, contentType: "application/json",
            body: json.finish())
    }

    /// 200, or 422 with the same members when no record is good. `success` says that every record is
    /// stored: a caller who looks at nothing else loses none.
    private static func answer(
        _ outcome: HealthcareOutcome, _ context: Context
    ) -> HTTPResponse {
        let count = outcome.results.count
        var json = JSONWriter(reserving: 512 + count * 128)
        json.object { json in
            json.member("success", outcome.failed == 0)
            if outcome.isRefused {
                let code = Problem.Code.validationFailed.rawValue
                json.member("error", code)
                json.member("error_code", code.uppercased())
                json.member(
                    "message",
                    "None of the \(count) \(outcome.entity.plural) is stored; see results.")
                json.member("status", 422)
                json.member("http_status", 422)
                json.member("request_id", context.requestID)
            }
            json.member("entity", outcome.entity.rawValue)
            json.member("total", count)
            json.member("created", outcome.created)
            json.member("updated", outcome.updated)
            json.member("unchanged", outcome.unchanged)
            json.member("failed", outcome.failed)
            if outcome.cases.leftOut > 0 {
                json.member("casesLeftOut", outcome.cases.leftOut)
            }
            json.memberArray("results") { json in
                for (index, result) in outcome.results.enumerated() {
                    json.element { json in
                        json.member("index", index)
                        switch result {
                        case .success(let stored): json.describe(stored, outcome.entity)
                        case .failure(let refusal): json.describe(refusal)
                        }
                    }
                }
            }
        }
        return HTTPResponse(
            outcome.isRefused ? .unprocessableContent : .ok, contentType: "application/json",
            body: json.finish())
    }
}

extension JSONWriter {
    fileprivate mutating func describe(
        _ stored: HealthcareOutcome.Stored, _ entity: HealthcareEntity
    ) {
        member("status", stored.status.rawValue)
        member("id", stored.id)
        memberIfPresent("code", stored.code)
        if entity.isOfPatient { member("healthId", stored.healthID) }
        if !stored.warnings.isEmpty { member("warnings", stored.warnings) }
    }

    fileprivate mutating func describe(_ refusal: Refusal) {
        member("status", "failed")
        member("error", refusal.code.rawValue)
        member("message", refusal.message)
        guard !refusal.fieldErrors.isEmpty else { return }
        member("errors") { json in
            for (path, messages) in refusal.fieldErrors { json.member(path, messages) }
        }
    }
}
