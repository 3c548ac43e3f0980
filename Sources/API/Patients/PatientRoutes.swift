import Crypto
package import HTTP
import Identity
import JSON
package import Registry
package import Values

/// Health ID resolve, verify and search (contract § 4).
package enum PatientRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/patients/resolve", "resolvePatient",
            scope: .scope(anyOf: [.healthIDVerify, .patientRead, .patientMatch]), resolvePatient),
        Route(
            .get, "/api/v1/connect/patients/verify/{health_id}", "verifyHealthID",
            scope: .scope(anyOf: [.healthIDVerify, .patientRead]), verifyHealthID),
        Route(
            .get, "/api/v1/connect/patient/search", "searchPatient",
            scope: .scope(anyOf: .patientRead), searchPatient),
        Route(
            .post, "/api/v1/connect/patients/search", "searchPatients",
            scope: .scope(anyOf: .patientRead), searchPatients),
    ]

    @Sendable package static func resolvePatient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var queries = [
            try spellingStatus {
                try ResolveQuery(reading: ObjectReader(request), today: context.now)
            }
        ]
        if queries[0].isDryRun { return try await DryRun.answer(queries[0], context) }
        guard !context.client.scopes.isDisjoint(with: resolving) else {
            throw Problem(.invalidScope, "With patient:match alone nothing but a dry_run is done.")
        }
        if queries[0].reference == nil {
            try await context.prefetchNearMatches(for: &queries, \.demographics)
        }
        let query = queries[0]
        let mayCreate = mayRegister(context)
        guard query.confirmedBy == nil || mayCreate else {
            throw Problem(
                .invalidScope, "Deciding who somebody is needs the scope health_id:verify.")
        }
        return try await context.write(auditing: .read, .changesLast) { tx, entry in
            entry.purpose = query.purpose ?? entry.purpose
            if query.confirmedBy != nil, let reference = query.reference,
                let found = try PatientStore.find(reference, in: tx)
            {
                // A refused decision about somebody stands in their access log.
                try entry.name(found.patient, named: found.namedID, in: tx)
            }
            var cases = CaseAllowance()
            let resolution = try spellingStatus {
                try PatientStore.findOrRegister(
                    query, by: context.client, mayCreate: mayCreate, within: &cases,
                    origin: context.origin, in: tx)
            }
            guard let resolution else {
                throw creationForbidden
            }
            if resolution.isCreated { entry.action = .create }
            if resolution.confirmationID != nil { entry.action = .update }
            entry.match = resolution.explanation
            try entry.name(
                resolution.patient, named: resolution.namedID ?? resolution.patient.id, in: tx)
            if let replaced = resolution.replaced {
                entry.furtherPatients = [("patient/" + replaced.healthID, replaced.id)]
            }
            return answer(resolution)
        }
    }

    /// Of these one is needed for more than a dry run.
    private static let resolving: Scope = [.healthIDVerify, .patientRead]

    /// In answers to resolve and verify the documents give the state as a word (contract § 1).
    private static func spellingStatus<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            guard var problem = Problem(refusing: error) else { throw error }
            switch problem.code {
            case .healthIDInvalid: problem.statusWord = "invalid"
            case .patientNotFound: problem.statusWord = "not_found"
            default: break
            }
            throw problem
        }
    }

    package static func mayRegister(_ context: Context) -> Bool {
        context.client.scopes.contains(.healthIDVerify)
            || context.app.configuration.environment == .sandbox
    }

    package static let creationForbidden = Problem(
        .invalidScope,
        "Nobody matches, and registering a patient needs the scope health_id:verify.")

    private static func answer(_ resolution: Resolution) -> HTTPResponse {
        var json = JSONWriter(reserving: 768)
        json.object { json in
            json.member("status", resolution.isCreated ? "created" : "found")
            json.member("health_id", resolution.healthID)
            if resolution.isViaMergedAlias { json.member("resolved_via_alias", true) }
            if resolution.isMismatch { json.member("demographics_mismatch", true) }
            json.memberIfPresent("replaced", resolution.replaced?.healthID)
            json.memberIfPresent("confirmation_id", resolution.confirmationID)
            json.member("patient") { json in json.summarise(resolution.patient) }
            json.member("match") { json in
                json.member("decision", resolution.decision.rawValue)
                json.member("candidates", resolution.candidates)
                if !resolution.reasons.isEmpty { json.member("reasons", resolution.reasons) }
            }
            json.member("next_action", resolution.nextAction)
            if !resolution.warnings.isEmpty { json.member("warnings", resolution.warnings) }
        }
        return HTTPResponse(
            resolution.isCreated ? .created : .ok, contentType: "application/json",
            body: json.finish())
    }

    @Sendable package static func verifyHealthID(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let text = request.parameter("health_id") ?? ""
        let found = try await context.read(auditing: .read, .fewAndEvent) { tx, entry in
            let found = try spellingStatus {
                try PatientStore.named(text, auditing: &entry, in: tx)
            }
            let data = [("health_id", found.healthID)]
            try EventStore.append(
                Event(.healthIDVerified, patientID: found.namedID, data: data),
                from: context.origin, in: tx)
            return found
        }
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("status", "valid")
            json.member("health_id", found.healthID)
            if found.isViaMergedAlias { json.member("resolved_via_alias", true) }
            json.member("patient") { json in json.summarise(found.patient) }
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    @Sendable package static func searchPatient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var parameters = QueryParameters(request)
        let text = parameters.text("health_id") ?? ""
        if text.isEmpty {
            parameters.refuse("health_id", "is required: ?health_id=CM-HID-7KQ9-MP42-X8D1")
        }
        let purpose = parameters.purpose()
        try parameters.finish()
        return try await show(text, purpose: purpose, context)
    }

    /// Who is registered under an id.
    static func show(
        _ text: String, purpose: String?, _ context: Context
    ) async throws -> HTTPResponse {
        let (found, patient) = try await context.read(auditing: .read, .few) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let found = try PatientStore.named(text, auditing: &entry, in: tx)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            return (found, patient: try PatientStore.merged(found.patient, of: people, in: tx))
        }
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("health_id", found.healthID)
            if found.isViaMergedAlias { json.member("resolved_via_alias", true) }
            json.describe(patient)
            if let died = patient.dateOfDeath {
                json.member("deceased", true)
                json.memberIfPresent("date_of_death", died == "unknown" ? nil : died)
            }
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    /// Who is registered under a phone number, a national id, a Health ID or exact demographics. The
    /// audit log gets a row for each patient shown.
    @Sendable package static func searchPatients(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let purpose = body.text("purpose")
        let search = PatientSearch(&body, today: context.now)
        try body.finish()
        guard let search else { preconditionFailure("finish() let it through.") }
        return try await context.read(auditing: .read) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let patients = try search.patients(in: tx)
            entry.name(patients)
            var json = JSONWriter(reserving: 256 + patients.count * 256)
            json.object { json in
                let (status, match, action) =
                    switch patients.count {
                    case 0: ("not_found", "none", "register_patient")
                    case 1: ("found", "exact", "use_health_id")
                    default: ("multiple_matches", "multiple", "confirm_identity")
                    }
                json.member("status", status)
                json.member("search_type", search.kind)
                json.member("match_type", match)
                json.member("count", patients.count)
                if patients.count == 1 {
                    json.member("patient") { $0.list(patients[0]) }
                } else {
                    json.memberNull("patient")
                }
                // Nobody chooses among one.
                json.memberArray("candidates") { json in
                    if patients.count > 1 {
                        for patient in patients { json.element { $0.list(patient) } }
                    }
                }
                json.memberArray("results") { json in
                    for patient in patients { json.element { $0.list(patient) } }
                }
                json.member("next_action", action)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}

extension ResolveQuery {
    /// - Throws: `Problem` with every field that is missing or wrong.
    package init(reading body: ObjectReader, today: Timestamp) throws {
        var body = body
        let fields = CanonicalFields()
        let query = ResolveQuery(&body, today: today, noting: fields)
        try body.finish()
        guard var query else { throw PatientStore.malformed }
        if query.demographics != nil {
            var hash = SHA256()
            fields.finish(apartFrom: { $0.elementsEqual("purpose".utf8) }, into: &hash)
            query.callHash = hash.finalize().bytes
        }
        self = query
    }
}
