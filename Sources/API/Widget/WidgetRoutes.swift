import HTTP
import Identity
import JSON
import Registry
import Synchronization
import Values

/// What the frame asks for with its session's token (contract, SDK § 5).
enum WidgetRoutes {
    static let all = [
        Route(.get, "/widget/v1/state", "getWidgetState", scope: .widget, getWidgetState),
        Route(.get, "/widget/v1/summary", "getWidgetSummary", scope: .widget, getWidgetSummary),
        Route(.post, "/widget/v1/identify", "identifyInWidget", scope: .widget, identifyInWidget),
        Route(.post, "/widget/v1/consent", "answerInWidget", scope: .widget, answerInWidget),
    ]

    /// Polled, and about nobody: no row of the audit log.
    @Sendable static func getWidgetState(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let status = try context.widgetStatus()
        let session = status.session
        // Which session the page was shown for: its `frame-ancestors` are that one's.
        if let frame = QueryParameters(request).text("frame"),
            try !context.mayTakeOver(frame, session)
        {
            throw Problem(
                .tokenInvalid, "This token is of a session for other pages than this frame's.")
        }
        return try .object { json in
            json.member("session_id", session.id)
            json.member("widget_type", session.terms.kind.rawValue)
            json.member("state", status.state.rawValue)
            json.member("shows_record", session.showsRecord)
            json.member("allow_consent", session.terms.allowsConsent)
            json.member("consent_type", session.terms.coverage.text)
            json.member("consent_id", session.consentID)
            json.member("granted_at", status.grantedAt?.rfc3339)
            json.member("client_name", status.clientName)
            json.member("facility_name", status.facilityName)
            json.member("allowed_origins", session.origins)
            json.member("language", session.terms.language)
            json.member("theme", session.terms.theme.rawValue)
            json.member("expires_at", session.terms.expiresAt.rfc3339)
        }
    }

    @Sendable static func identifyInWidget(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let healthID = body.requiredText(["health_id", "patient_id"])
        let born = body.birthDate("date_of_birth", "birth_date", "dob")
        if born == nil {
            body.require("date_of_birth")
        } else if born?.precision != .day {
            body.refuse("date_of_birth", "must be a day: YYYY-MM-DD")
        }
        try body.finish()
        guard let born else { preconditionFailure("finish() let it through.") }
        return try await context.write(auditing: .execute) { tx, entry in
            let current = try WidgetSessions.current(
                context.client.id, at: context.now, auditing: &entry, in: tx)
            let session = try WidgetSessions.identify(
                current, healthID: healthID, bornOn: born, from: context.origin,
                network: Lockout.network(of: context.address), auditing: &entry, in: tx)
            guard session.patientID != nil else {
                let problem =
                    session.endedAt == nil ? strangers : AccessTokens.endedWidgetSession
                entry.outcome = problem.code.rawValue
                return problem.response(requestID: context.requestID)
            }
            let state = try WidgetSessions.state(of: session, at: context.now, in: tx)
            return try .object { json in
                json.member("verified", true)
                json.member("health_id", session.healthID)
                json.member("state", state.rawValue)
            }
        }
    }

    private static let strangers = Problem(
        .validationFailed, "This Health ID and this date of birth do not belong together.")

    // MARK: Consent

    /// What a decision came to, for the message that leaves once it is stored.
    private final class Decided: Sendable {
        let outcome = Mutex<WidgetConsents.Outcome?>(nil)
    }

    @Sendable static func answerInWidget(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let decision = body.choice("decision", as: WidgetConsents.Decision.self)
        if decision == nil { body.require("decision") }
        let code = body.scalar("code").map(typedCode)
        try body.finish()
        guard let decision else { preconditionFailure("finish() let it through.") }
        return try await context.alone {
            try await decide(decision, code: code, context)
        }
    }

    private static func decide(
        _ decision: WidgetConsents.Decision, code: String?, _ context: Context
    ) async throws -> HTTPResponse {
        let isSandbox = context.app.configuration.environment == .sandbox
        let sender = context.app.codeSender.withLock { $0 }
        let newCode = isSandbox || sender != nil ? WidgetConsents.makeCode() : nil
        let decided = Decided()
        let response = try await context.write(auditing: .update) { tx, entry in
            let session = try WidgetSessions.current(
                context.client.id, at: context.now, auditing: &entry, in: tx)
            let outcome = try WidgetConsents.decide(
                decision, code: code, newCode: newCode, in: session, secrets: context.app.secrets,
                from: context.origin, auditing: &entry, in: tx)
            // The last run counts, should the batch run twice.
            decided.outcome.withLock { $0 = outcome }
            if let left = outcome.triesLeft {
                entry.outcome = Problem.Code.validationFailed.rawValue
                return wrongCode(left).response(requestID: context.requestID)
            }
            return try answer(outcome, isSent: outcome.code != nil, isSandbox: isSandbox)
        }
        guard let outcome = decided.outcome.withLock({ $0 }), let code = outcome.code, let sender
        else { return response }
        let cause = await sender.send(code, for: try context.widgetStatus(), at: context.now)
        context.app.codeCounters.count(isSuccess: cause == nil)
        guard let cause else { return response }
        context.app.log.event(
            "code_not_sent", level: "error",
            [("cause", cause), ("host", sender.host), ("request_id", context.requestID)],
            at: context.now)
        let corrected = try answer(outcome, isSent: false, isSandbox: isSandbox)
        try await context.recordUnsent(code, answering: corrected)
        return corrected
    }

    /// As people type it: in the digits of their script, in two groups, with a mark of direction.
    private static func typedCode(_ text: String) -> String {
        String(text.plainCode.unicodeScalars.filter { $0 != " " && $0 != "-" })
    }

    private static func wrongCode(_ left: Int) -> Problem {
        var problem = Problem.validation(
            "code",
            left > 0
                ? "is not the one that was sent; \(left == 1 ? "1 try is" : "\(left) tries are") left"
                : "is spent")
        problem.members = [("tries_left", String(left))]
        return problem
    }

    private static func answer(
        _ outcome: WidgetConsents.Outcome, isSent: Bool, isSandbox: Bool
    ) throws -> HTTPResponse {
        try .object(outcome.state == .consentPending ? .accepted : .ok) { json in
            json.member("state", outcome.state.rawValue)
            json.member("health_id", outcome.healthID)
            json.member("consent_id", outcome.consent?.id)
            json.member("granted_at", outcome.consent?.grantedAt?.rfc3339)
            json.member("expires_at", outcome.consent?.expiresAt.rfc3339)
            json.member("code_sent", isSent)
            // Enough to know the phone by, and no more.
            let sent = isSent ? outcome.code : nil
            json.member("code_sent_to", sent.map { "•• " + $0.phone.suffix(2) })
            json.member("code_expires_at", sent?.expiresAt.rfc3339)
            if isSandbox, let code = outcome.code { json.member("sandbox_code", code.text) }
        }
    }
}

extension WidgetSession {
    var showsRecord: Bool { isNamed && terms.kind == .patientSummary }
}
