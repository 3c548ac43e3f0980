package import HTTP
import Identity
import JSON
package import Registry
import Values

/// What patients allow the calling client to read (contract § 4).
package enum ConsentRoutes {
    private static let readers: Scope = [
        .patientRead, .diagnosticsRead, .healthIDVerify, .consentsRead, .consentsWrite,
    ]
    private static let writers: Scope = [
        .patientRead, .diagnosticsRead, .healthIDVerify, .consentsWrite,
    ]

    package static let all = [
        Route(
            .get, "/api/v1/connect/patient/{id}/consent", "getConsent",
            scope: .scope(anyOf: readers), getConsent),
        Route(
            .post, "/api/v1/connect/patient/{id}/consent/grant", "grantConsent",
            scope: .scope(anyOf: writers), grantConsent),
        Route(
            .post, "/api/v1/connect/patient/{id}/consent/revoke", "revokeConsent",
            scope: .scope(anyOf: writers), revokeConsent),
        Route(
            .post, "/api/v1/connect/consents/request", "requestConsent",
            scope: .scope(anyOf: writers), requestConsent),
        Route(
            .post, "/api/v1/connect/consents/verify", "verifyConsent",
            scope: .scope(anyOf: readers), verifyConsent),
    ]

    /// What one patient may have granted one client at a time: every read looks at all of it.
    private static let activeMaximum = 100
    /// Where a sandbox moves a date that has passed, so that printed examples never go stale.
    private static let sandboxSeconds: Int64 = 30 * 86_400

    @Sendable package static func getConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let consent = try ConsentStore.current(
                clientID: context.client.clientID, patientID: found.patient.id, at: context.now,
                in: tx)
            return answer(.ok, found.healthID, consent, at: context.now)
        }
    }

    @Sendable static func grantConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        let words = body.consentWords("consent_type", "consent_types")
        let coverage = body.coverage(of: words, "consent_type")
        let purpose = body.text("purpose")
        let method = body.text("verification_method")
        var expiresAt = body.instant("expires_at")
        if expiresAt == nil { body.require("expires_at") }
        var warnings = words?.warnings ?? []
        if let time = expiresAt, time <= context.now {
            if context.app.configuration.environment == .sandbox {
                expiresAt = context.now.adding(seconds: sandboxSeconds)
                warnings.append(
                    "expires_at lies in the past; this sandbox moved it 30 days ahead.")
            } else {
                body.refuse("expires_at", "must lie in the future")
            }
        }
        try body.finish()
        guard let coverage, let expiresAt else { preconditionFailure("finish() let them through.") }
        let consent = Consent(
            id: Identifier.make("cons_", at: context.now), coverage: coverage,
            storedState: .active, basis: .patient, purpose: purpose, grantedAt: context.now,
            expiresAt: expiresAt)
        return try await context.write(auditing: .create) { [warnings] tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let client = context.client.clientID
            guard
                try ConsentStore.active(
                    clientID: client, patientID: found.patient.id, at: context.now, in: tx
                ).count < activeMaximum
            else {
                throw Problem.validation(
                    "consent_type",
                    "has \(activeMaximum) grants of this patient in force already; revoke them first"
                )
            }
            try ConsentStore.endPending(
                clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            try ConsentStore.insert(
                consent, clientID: client, for: found,
                verificationMethod: method, at: context.now, in: tx)
            try EventStore.append(
                event(.consentGranted, found, consent), from: context.origin, in: tx)
            return answer(.ok, found.healthID, consent, at: context.now, warnings: warnings)
        }
    }

    @Sendable static func revokeConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var purpose: String?
        if !request.body.isEmpty {
            var body = try ObjectReader(request)
            purpose = body.text("reason", "purpose")
            try body.finish()
        }
        return try await context.write(auditing: .update) { [purpose] tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let client = context.client.clientID
            let ended = try ConsentStore.revoke(
                clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            let consent = try ConsentStore.current(
                clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            for id in ended {
                let data = [("consent_id", id), ("health_id", found.healthID)]
                try EventStore.append(
                    Event(.consentRevoked, patientID: found.patient.id, data: data),
                    from: context.origin, in: tx)
            }
            return answer(.ok, found.healthID, consent, at: context.now)
        }
    }

    /// Asks for consent; a later grant, or a denial by the patient, answers it. Who asks again for the
    /// same gets the request there is.
    @Sendable package static func requestConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.requiredText(["health_id"])
        let purpose = body.requiredText(["purpose"])
        let words = body.consentWords("requested_scopes", "consent_type", "scopes")
        let coverage = body.coverage(of: words, "requested_scopes")
        let days = body.integer("validity_period_days", in: 1...3650) ?? 30
        try body.finish()
        guard let coverage else { preconditionFailure("finish() let it through.") }
        let warnings = words?.warnings ?? []
        let consent = Consent(
            id: Identifier.make("cons_", at: context.now), coverage: coverage,
            storedState: .pending, basis: .patient, purpose: purpose, grantedAt: nil,
            expiresAt: context.now.adding(seconds: Int64(days) * 86_400))
        return try await context.write(auditing: .create) { tx, entry in
            entry.purpose = purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let client = context.client.clientID
            if let earlier = try ConsentStore.pending(
                coverage, clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            {
                try ConsentStore.adopt(earlier.id, in: tx)
                return answer(
                    .accepted, found.healthID, earlier, at: context.now, warnings: warnings)
            }
            for expired in try ConsentRequests.expire(
                clientID: client, patientID: found.patient.id, limit: 100, at: context.now, in: tx)
            {
                try EventStore.append(
                    .consentExpired, about: expired, requestID: context.requestID, at: context.now,
                    in: tx)
            }
            try ConsentStore.insert(
                consent, clientID: client, for: found, verificationMethod: nil, at: context.now,
                in: tx)
            try EventStore.append(
                event(.consentRequested, found, consent), from: context.origin, in: tx)
            return answer(
                .accepted, found.healthID, consent, at: context.now, warnings: warnings)
        }
    }

    @Sendable static func verifyConsent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let id = body.requiredText(["health_id"])
        let words = body.consentWords("scope", "scopes", "consent_type")
        try body.finish()
        guard let words else { preconditionFailure("finish() let it through.") }
        return try await context.read(auditing: .read) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let client = context.client.clientID
            let current = try ConsentStore.current(
                clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            let active = try ConsentStore.active(
                clientID: client, patientID: found.patient.id, at: context.now, in: tx)
            let covered = active.reduce(into: Set<RecordType>()) {
                $0.formUnion($1.coverage.types)
            }
            let state = current?.state(at: context.now) ?? .none
            let isValid = words.types.isSubset(of: covered)
            let status =
                words.types.isEmpty
                ? "not_required"
                : isValid
                    ? Consent.State.active.status
                        // One that covers something else is none for this.
                    : (state == .active ? Consent.State.none : state).status
            var json = JSONWriter()
            json.object { json in
                json.member("is_valid", isValid)
                json.member("status", status)
                json.member("state", state.rawValue)
                json.member("health_id", found.healthID)
                json.member(
                    "scope",
                    words.coverage?.text ?? words.needless.prefix(20).joined(separator: " "))
                json.member("consent_id", current?.id)
                json.member("expires_at", current?.expiresAt.rfc3339)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    // MARK: Parts

    package static func event(
        _ kind: Event.Kind, _ found: PatientStore.Found, _ consent: Consent
    ) -> Event {
        Event(
            kind, patientID: found.namedID,
            data: [
                ("consent_id", consent.id), ("health_id", found.healthID),
                ("consent_type", consent.coverage.text), ("basis", consent.basis.rawValue),
            ])
    }

    private static func answer(
        _ status: HTTPStatus, _ healthID: String, _ consent: Consent?, at now: Timestamp,
        warnings: [String] = []
    ) -> HTTPResponse {
        let state = consent?.state(at: now) ?? .none
        var json = JSONWriter()
        json.object { json in
            json.member("health_id", healthID)
            json.member("status", state.status)
            json.member("consent_status", state.status)
            json.member("state", state.rawValue)
            json.member("consent_id", consent?.id)
            json.member("consent_type", consent?.coverage.text)
            json.member("granted_at", consent?.grantedAt?.rfc3339)
            json.member("expires_at", consent?.expiresAt.rfc3339)
            json.memberIfPresent("purpose", consent?.purpose)
            if !warnings.isEmpty { json.member("warnings", warnings) }
        }
        return HTTPResponse(status, contentType: "application/json", body: json.finish())
    }
}

extension ObjectReader {
    /// What is asked for; where several names are there, they must ask for the same. `nil` once there is a
    /// complaint.
    mutating func consentWords(_ names: StaticString...) -> ConsentWords? {
        for (place, name) in names.enumerated() {
            guard let texts = words(name) else { continue }
            let words = ConsentWords(texts)
            for other in names[(place + 1)...] {
                guard let others = self.words(other).map({ ConsentWords($0) }) else { continue }
                let isSame = others.types == words.types && others.unknown == words.unknown
                if !isSame { refuseContradiction(name, other) }
            }
            guard let unknown = words.unknown.first else { return words }
            refuse(
                name,
                "must be full_record or some of: "
                    + RecordType.allCases.map(\.plural).joined(separator: ", ")
                    + "; \(unknown.prefix(64)) is not known here")
            return nil
        }
        require(names[0].description)
        return nil
    }

    /// Which records that opens: a grant or a request for none is refused.
    package mutating func coverage(of words: ConsentWords?, _ name: StaticString) -> Consent
        .Coverage?
    {
        guard let words else { return nil }
        if let coverage = words.coverage { return coverage }
        refuse(name, "names nothing that needs consent")
        return nil
    }
}

extension ConsentWords {
    /// What was left out of a grant or a request.
    fileprivate var warnings: [String] {
        var seen: Set<String> = []
        return needless.filter { seen.insert($0).inserted }.prefix(20).map {
            "\($0.prefix(64)) needs no consent and was left out."
        }
    }
}
