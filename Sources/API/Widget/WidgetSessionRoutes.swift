import HTTP
import JSON
import Registry
import Values

/// Sessions of the widget, for clients' servers and, with a publishable token, for their pages (contract,
/// SDK § 3).
enum WidgetSessionRoutes {
    static let all = [
        Route(
            .post, path, "createWidgetSession", scope: .sdk(.openWidget), createWidgetSession),
        Route(
            .post, shortPath, "createWidgetSessionShort", scope: .sdk(.openWidget),
            createWidgetSession),
        Route(
            .delete, path + "/{id}", "endWidgetSession", scope: .sdk(.widgetSessions),
            endWidgetSession),
        Route(
            .delete, shortPath + "/{id}", "endWidgetSessionShort", scope: .sdk(.widgetSessions),
            endWidgetSession),
    ]

    private static let path = "/api/v1/connect/widget/sessions"
    private static let shortPath = "/api/v1/widgets/sessions"

    /// Sessions a minute that pages of one address may open: their token is no secret.
    private static let pageRate = 10

    @Sendable static func createWidgetSession(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(optional: request)
        let patient = body.text("health_id", "patient_id")
        let facility = body.text("facility_id")
        let kind = body.choice("widget_type", as: WidgetSession.Kind.self)
        let words =
            body.has("scopes") || body.has("consent_type")
            ? body.consentWords("scopes", "consent_type") : nil
        let coverage = words.flatMap { body.coverage(of: $0, "scopes") }
        let allowsConsent = body.flag("allow_consent")
        let language = body.text("language", "locale") { WidgetPage.language($0) }
        let theme = body.choice("theme", as: WidgetSession.Theme.self)
        let seconds = body.integer("expires_in", in: WidgetSession.secondsRange)
        let actor = body.text(["actor"], maximum: 128)
        let origins = body.widgetOrigins()
        let isPage = context.isPublishable
        if isPage, actor != nil {
            body.refuse(
                "actor", "is not taken with a publishable token: a page cannot vouch for it")
        }
        try body.finish()
        if isPage {
            try context.app.limiter.take(
                "widget_sessions " + Lockout.network(of: context.address), perMinute: pageRate,
                at: context.now)
        }
        let lifetime = seconds ?? WidgetSession.defaultSeconds
        let opening = WidgetSessions.Opening(
            terms: WidgetSession.Terms(
                kind: kind ?? .patientSummary, coverage: coverage ?? .fullRecord,
                allowsConsent: allowsConsent ?? true, language: language.map(WidgetPage.language),
                theme: theme ?? .auto, actor: actor,
                expiresAt: context.now.adding(seconds: Int64(lifetime))),
            patient: patient, facility: facility, origins: origins,
            pageOrigin: request.field("Origin").flatMap { WebOrigin($0)?.description },
            environment: context.app.configuration.environment,
            ownOrigin: context.app.ownOrigin(for: request))
        let id = Identifier.make("wgs_", at: context.now)
        let random = context.app.secrets.issue(.widgetSessionToken).text.dropFirst(4)
        let token = WidgetSession.tokenText(of: id, random: String(random))
        let hash = context.app.secrets.hash(token)
        let base = context.app.issuer(for: request)
        return try await context.write(auditing: .create) { tx, entry in
            let session = try WidgetSessions.open(
                id, opening, by: context.client, tokenHash: hash, from: context.origin,
                auditing: &entry, in: tx)
            return try .object(.created) { json in
                json.member("session_id", session.id)
                json.member("session_token", token)
                json.member("widget_session_token", token)
                json.member("embed_url", WidgetPage.url(of: session, at: base) + "#token=" + token)
                json.member("widget_type", session.terms.kind.rawValue)
                json.member("allowed_origins", session.origins)
                json.member("expires_at", session.terms.expiresAt.rfc3339)
                json.member("expires_in", lifetime)
            }.showingSecret
        }
    }

    @Sendable static func endWidgetSession(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .delete) { tx, entry in
            let session = try WidgetSessions.end(
                id, of: context.client.clientID, at: context.now, auditing: &entry, in: tx)
            return try .object { json in
                json.member("session_id", session.id)
                json.member("status", "ended")
            }
        }
    }

    /// Whether a request, or the preflight of one, opens a session.
    static func isOpening(_ request: HTTPRequest) -> Bool {
        request.method == .post || request.method == .options
            ? paths.contains(request.path) : false
    }

    private static let paths = Set(
        all.filter { $0.method == .post }.flatMap(\.templates))
}

extension Context {
    fileprivate var isPublishable: Bool {
        if case .sdkToken(let token) = client.kind { token.kind == .publishable } else { false }
    }
}

extension ObjectReader {
    /// Origins as browsers spell them; whose they are is decided elsewhere.
    fileprivate mutating func widgetOrigins() -> [String] {
        let words = words("allowed_origins", "allowed_origin", "origin") ?? []
        let isSent = has("allowed_origins") || has("allowed_origin") || has("origin")
        if isSent, words.isEmpty {
            refuse("allowed_origins", "names no origin; leave it out for all that are registered")
        }
        if words.count > ClientOrigins.maximumCount {
            refuse("allowed_origins", "may be \(ClientOrigins.maximumCount) at most")
            return []
        }
        var origins: [String] = []
        for origin in words.map({ WebOrigin($0)?.description ?? $0 })
        where !origins.contains(origin) {
            origins.append(origin)
        }
        return origins
    }
}

extension Service {
    /// This server's own origin (RFC 6454 §6.2).
    func ownOrigin(for request: HTTPRequest) -> String? {
        let parts = issuer(for: request).split(separator: "/", maxSplits: 3)
        return WebOrigin(parts.prefix(2).joined(separator: "//"))?.description
    }

    /// Lets pages of clients read what opening a session brings. Which of them may open one is decided by
    /// their token; nothing here goes by a cookie.
    func openToPages(_ response: inout HTTPResponse, to request: HTTPRequest) async {
        guard WidgetSessionRoutes.isOpening(request), let text = request.field("Origin"),
            let origin = WebOrigin(text), origin.description == text
        else { return }
        let isOwnMachine = configuration.environment == .sandbox && origin.isLoopback
        if !isOwnMachine {
            // A database that cannot be read opens nothing.
            guard (try? await isWidgetPage(text)) == true else { return }
        }
        response.appendField("Vary", "Origin")
        CrossOrigins.open(&response, to: request, from: text)
    }
}
