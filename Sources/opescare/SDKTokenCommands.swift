import Registry
import Database
import Values

enum SDKTokenCommands {
    private static let scopeNotes = "Scopes: * " + SDKScope.all.names.joined(separator: " ")

    static let all = [
        Command(
            name: "sdk-token create", summary: "Make a token of a client's app; shows it once.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "client", placeholder: "CLIENT_ID",
                    help: "whose facility, consents and subscriptions it has", isRequired: true),
                .init(
                    name: "label", placeholder: "TEXT", help: "which app uses it",
                    isRequired: true),
                .init(
                    name: "scopes", placeholder: "\"A B\"",
                    help: "what it may do, space-separated; * is everything"),
                .init(
                    name: "publishable", placeholder: "\"ORIGIN ...\"",
                    help: "make one that may stand in pages of these origins, and opens widget "
                        + "sessions there, nothing else"),
                .init(
                    name: "expires", placeholder: "DAYS",
                    help: "days until it ends (default: 365; in a sandbox never)"),
                .init(
                    name: "rate-limit", placeholder: "N",
                    help: "requests a minute; 0 is unlimited (default: its client's)"),
            ], notes: scopeNotes, run: create),
        Command(
            name: "sdk-token update",
            summary: "Change what an SDK token is called or may do, at once.",
            words: ["TOKEN_ID"],
            options: [
                Command.data, Command.database,
                .init(name: "label", placeholder: "TEXT", help: "which app uses it"),
                .init(
                    name: "scopes", placeholder: "\"A B\"",
                    help: "the new scopes, all of them, of one that stays on a server"),
                .init(
                    name: "publishable", placeholder: "\"ORIGIN ...\"",
                    help: "the new origins, all of them, of one that may stand in pages"),
                .init(
                    name: "rate-limit", placeholder: "N",
                    help: "requests a minute; 0 is unlimited"),
            ], notes: scopeNotes, run: update),
        Command(
            name: "sdk-token list", summary: "List the SDK tokens, by their first characters.",
            options: [Command.data, Command.database], run: list),
        Command(
            name: "sdk-token rotate", summary: "Make a token in place of another; shows it once.",
            words: ["TOKEN_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "grace", placeholder: "HOURS",
                    help: "how long the old one still works; 0 if it was stolen", fallback: "24"),
            ], run: rotate),
        Command(
            name: "sdk-token revoke", summary: "End an SDK token at once.", words: ["TOKEN_ID"],
            options: [Command.data, Command.database], run: revoke),
    ]

    @Sendable private static func create(_ arguments: Arguments) throws {
        let clientID = try arguments.required("client")
        guard let label = try arguments.line("label") else {
            throw arguments.misuse("--label is required.")
        }
        let scopes = try scopes(arguments)
        let days = try arguments.number("expires", in: 1...36_500)
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        let data = try DataAccess(arguments)
        let environment = try data.environment()
        let origins = try origins(arguments, in: environment)
        guard (scopes == nil) != (origins == nil) else {
            throw arguments.misuse(
                "Give --scopes for a token that stays on a server, or --publishable for one that "
                    + "stands in pages.")
        }
        let kind: SDKToken.Kind = origins == nil ? .secret : .publishable
        let draft = SDKTokens.Draft(
            clientID: clientID, label: label, kind: kind,
            scopes: scopes ?? [], origins: origins ?? [], rateLimit: rateLimit,
            expiresAt: days.map { data.now.adding(seconds: Int64($0) * 86_400) }
                ?? SDKTokens.defaultEnd(in: environment, at: data.now))
        let secret = try data.secrets().issue(SDKTokens.secretKind(of: kind, in: environment))
        let token = try data.write("sdk-token create", .create) { tx, entry in
            try SDKTokens.create(
                draft, secret: secret, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(
            "id         \(token.id)\nSDK token  \(secret.text)\n\nThe token is not shown again.")
    }

    /// `nil` where none are given.
    private static func scopes(_ arguments: Arguments) throws -> SDKScope? {
        let words = (arguments.text("scopes") ?? "").split(separator: " ")
        if let unknown = words.first(where: { SDKScope(named: $0) == nil }) {
            throw arguments.misuse("\"\(unknown)\" is not a scope. " + scopeNotes)
        }
        return words.isEmpty ? nil : SDKScope(granted: words.joined(separator: " "))
    }

    /// `nil` where none are given.
    private static func origins(
        _ arguments: Arguments, in environment: Deployment.Environment
    ) throws -> [String]? {
        try arguments.text("publishable")?.split(separator: " ").map { word in
            guard let origin = ClientOrigins.read(String(word), in: environment) else {
                throw arguments.misuse("\(word): " + ClientOrigins.rule + ".")
            }
            return origin
        }
    }

    @Sendable private static func update(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let label = try arguments.line("label")
        let scopes = try scopes(arguments)
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        guard
            label != nil || scopes != nil || rateLimit != nil
                || arguments.text("publishable") != nil
        else { throw arguments.misuse("Say what to change.") }
        let data = try DataAccess(arguments)
        let origins = try origins(arguments, in: data.environment())
        let token = try data.write("sdk-token update", .update) { tx, entry in
            let token = try SDKTokens.update(
                id, label: label, scopes: scopes, origins: origins,
                rateLimit: rateLimit.map { .some($0) }, expiresAt: nil, from: data.origin,
                auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: token.clientID, at: data.now, in: tx)
            return token
        }
        show(token)
    }

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let hours = try arguments.number("grace", in: 0...168) ?? 24
        let data = try DataAccess(arguments)
        let environment = try data.environment()
        let secrets = try data.secrets()
        let issued = [SDKToken.Kind.secret, .publishable].map {
            secrets.issue(SDKTokens.secretKind(of: $0, in: environment))
        }
        let (token, end) = try data.write("sdk-token rotate", .update) { tx, entry in
            let old = try SDKTokens.find(id, auditing: &entry, in: tx)
            return try SDKTokens.rotate(
                id, to: issued[old.kind == .secret ? 0 : 1],
                graceEnd: data.now.adding(seconds: Int64(hours) * 3600),
                expiresAt: SDKTokens.defaultEnd(in: environment, at: data.now),
                from: data.origin, auditing: &entry, in: tx)
        }
        let secret = issued[token.kind == .secret ? 0 : 1]
        let old = data.now < end ? "works until \(end.rfc3339)" : "does not work any more"
        Terminal.print(
            "id         \(token.id)\nSDK token  \(secret.text)\n\nThe old token \(old). The new one "
                + "is not shown again.")
    }

    @Sendable private static func revoke(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let data = try DataAccess(arguments)
        _ = try data.write("sdk-token revoke", .update) { tx, entry in
            try SDKTokens.revoke(id, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print("\(id) is revoked.")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let tokens = try DataAccess(arguments).read { try SDKTokens.all(in: $0) }
        if tokens.isEmpty {
            Terminal.print("There is no SDK token. See: opescare sdk-token create --help")
        }
        for token in tokens { show(token) }
    }

    private static func show(_ token: SDKToken) {
        Terminal.print(
            "\(token.id)  \(token.prefix)…  \(token.kind.rawValue)  \(token.status.rawValue)  "
                + "client \(token.clientID)\n"
                + "    \(Terminal.harmless(token.label)): "
                + (token.kind == .secret ? token.scopes.names : token.origins)
                .joined(separator: " ")
                + "; expires \(token.expiresAt?.rfc3339 ?? "never"), last used "
                + (token.lastUsedAt?.rfc3339 ?? "never"))
    }
}
