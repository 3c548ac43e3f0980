import Registry
import Values

enum ClientCommands {
    private static let scopeNotes =
        "Scopes: " + Scope.spellings.map(\.name).joined(separator: " ")
        + "\nOf FHIR's resources: " + SMARTScopes.rule

    static let all = [
        Command(
            name: "client create", summary: "Register a partner system; shows its secret once.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "id", placeholder: "CLIENT_ID", help: "letters, digits, - and _",
                    isRequired: true),
                .init(name: "name", placeholder: "TEXT", help: "who it is (default: the id)"),
                .init(
                    name: "scopes", placeholder: "\"A B\"",
                    help: "what its tokens may do, space-separated", isRequired: true),
                .init(
                    name: "facility", placeholder: "ID",
                    help: "UUID or reference of the facility it belongs to"),
                .init(
                    name: "rate-limit", placeholder: "N",
                    help: "requests a minute; 0 is unlimited (default: the server's)"),
                .init(
                    name: "keys", placeholder: "FILE|URL",
                    help:
                        "public keys that it signs in by, in place of a secret; see \"client keys\""
                ),
            ],
            notes: scopeNotes, run: create),
        Command(
            name: "client list", summary: "List the clients, without secrets.",
            options: [Command.data, Command.database], run: list),
        Command(
            name: "client rotate", summary: "Give a client a new secret; shows it once.",
            words: ["CLIENT_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "overlap", placeholder: "HOURS",
                    help: "how long the old one still works; 0 if it was stolen: tokens end too",
                    fallback: "24"),
            ], run: rotate),
        Command(
            name: "client scopes", summary: "Change what a client's tokens may do, at once.",
            words: ["CLIENT_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "scopes", placeholder: "\"A B\"", help: "the new scopes, all of them",
                    isRequired: true),
            ], notes: scopeNotes, run: setScopes),
        Command(
            name: "client origins",
            summary: "Show or set the web origins whose pages may show a client's widget.",
            words: ["CLIENT_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "set", placeholder: "\"A B\"",
                    help: "the new origins, all of them; \"none\" for none"),
            ],
            notes:
                "An origin is https://HOST[:PORT], as browsers spell it. A sandbox takes http on "
                + "localhost too.", run: origins),
        ClientKeyCommands.keys,
        status("suspend", "Stop a client, and all its tokens for good.", .suspended),
        status("resume", "Let a suspended client in again, with new tokens.", .active),
        status("revoke", "End a client for good.", .revoked),
    ]

    private static func status(_ verb: String, _ summary: String, _ status: Client.Status)
        -> Command
    {
        Command(
            name: "client " + verb, summary: summary, words: ["CLIENT_ID"],
            options: [Command.data, Command.database]
        ) { arguments in
            let id = try arguments.word(0)
            let data = try DataAccess(arguments)
            let client = try data.write("client " + verb, .update) { tx, entry in
                try Clients.setStatus(
                    status, of: id, from: data.origin, auditing: &entry, in: tx)
            }
            Terminal.print("\(id) is \(client.status.rawValue).")
        }
    }

    @Sendable private static func create(_ arguments: Arguments) throws {
        let id = try arguments.required("id")
        guard BridgeAgent.isValid(id: id) else {
            throw arguments.misuse("--id takes up to 64 letters, digits, - and _.")
        }
        let scopes = try scopes(arguments)
        let name = try arguments.line("name") ?? id
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        let facility = arguments.text("facility")
        let data = try DataAccess(arguments)
        let keys = try arguments.text("keys").map { try ClientKeyCommands.source($0, data) }
        let secret = try data.secrets().issue(.clientSecret)
        let client = try data.write("client create", .create) { tx, entry in
            let client = try Clients.create(
                id, name: name, scopes: scopes, facilityName: facility, rateLimit: rateLimit,
                secret: secret, from: data.origin, auditing: &entry, in: tx)
            if let keys {
                try ClientKeys.replace(
                    of: id, by: keys, from: data.origin, auditing: &entry, in: tx)
            }
            return client
        }
        // Nobody gets to know the secret of a client that has keys.
        guard keys == nil else { return Terminal.print("client_id      \(client.id)") }
        Terminal.print(
            "client_id      \(client.id)\nclient_secret  \(secret.text)\n\nThe secret is not shown "
                + "again.")
    }

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let hours = try arguments.number("overlap", in: 0...8760) ?? 24
        let data = try DataAccess(arguments)
        let secret = try data.secrets().issue(.clientSecret)
        _ = try data.write("client rotate", .update) { tx, entry in
            try Clients.rotate(
                id, to: secret, overlapEnd: data.now.adding(seconds: Int64(hours) * 3600),
                from: data.origin, auditing: &entry, in: tx)
        }
        let old =
            hours == 0
            ? "The old secret and all tokens got with it have ended."
            : "The old secret works for \(hours) more hours, and tokens got with it for an hour after. "
                + "Was it stolen? \"client rotate --overlap 0\" ends both at once."
        Terminal.print("client_secret  \(secret.text)\n\n\(old) The new secret is not shown again.")
    }

    @Sendable private static func setScopes(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let scopes = try scopes(arguments)
        let data = try DataAccess(arguments)
        let client = try data.write("client scopes", .update) { tx, entry in
            let client = try Clients.update(
                id, scopes: scopes, from: data.origin, auditing: &entry, in: tx)
            try WidgetSessions.endStranded(of: id, at: data.now, in: tx)
            return client
        }
        Terminal.print("\(id) may now: \(client.scopes)")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let clients = try DataAccess(arguments).read { try Clients.all(in: $0) }
        if clients.isEmpty {
            Terminal.print("There is no client yet. See: opescare client create --help")
        }
        for client in clients {
            Terminal.print(
                "\(client.id)  \(client.status.rawValue)  facility \(client.facilityID ?? "-")\n"
                    + "    \(client.name): \(client.scopes)")
        }
    }

    @Sendable private static func origins(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let data = try DataAccess(arguments)
        let words = arguments.text("set")?.split(separator: " ").map(String.init)
        var origins: [String]?
        if let words {
            let environment = try data.environment()
            origins = try (words == ["none"] ? [] : words).map { word in
                guard let origin = ClientOrigins.read(word, in: environment) else {
                    throw arguments.misuse("\(word): " + ClientOrigins.rule + ".")
                }
                return origin
            }
        }
        guard (origins?.count ?? 0) <= ClientOrigins.maximumCount else {
            throw arguments.misuse("--set takes \(ClientOrigins.maximumCount) origins at most.")
        }
        if let origins {
            try data.write("client origins", .update) { tx, entry in
                try ClientOrigins.replace(
                    of: id, by: origins, from: data.origin, auditing: &entry, in: tx)
                try WidgetSessions.endStranded(of: id, at: data.now, in: tx)
            }
        }
        let now = try data.read { try ClientOrigins.all(of: id, in: $0) }
        Terminal.print(
            now.isEmpty
                ? "\(id) has no origins: no page shows its widget."
                : now.joined(separator: "\n"))
    }

    private static func scopes(_ arguments: Arguments) throws -> String {
        let words = try arguments.required("scopes").split(separator: " ")
        guard !words.isEmpty else { throw arguments.misuse("--scopes names no scope.") }
        for word in words where !Scope.isGrantable(word) {
            throw arguments.misuse("\"\(word)\" is not a scope. \(scopeNotes)")
        }
        return words.joined(separator: " ")
    }
}
