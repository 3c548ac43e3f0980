import Registry
import Database
import Values

enum APIKeyCommands {
    static let all = [
        Command(
            name: "apikey create", summary: "Make a clinic system's API key; shows it once.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "facility", placeholder: "ID", help: "UUID or reference of its facility",
                    isRequired: true),
                .init(
                    name: "name", placeholder: "TEXT", help: "which system uses it",
                    isRequired: true),
                .init(
                    name: "expires", placeholder: "DAYS",
                    help: "days until it ends (default: never)"),
                .init(
                    name: "rate-limit", placeholder: "N",
                    help: "requests a minute; 0 is unlimited (default: the server's)"),
            ], run: create),
        Command(
            name: "apikey list", summary: "List the API keys, by their first characters.",
            options: [Command.data, Command.database], run: list),
        Command(
            name: "apikey rotate", summary: "Make a key in place of another; shows it once.",
            words: ["KEY_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "overlap", placeholder: "HOURS",
                    help: "how long the old one still works; 0 if it was stolen",
                    fallback: "168"),
            ], run: rotate),
        Command(
            name: "apikey revoke", summary: "End an API key at once.", words: ["KEY_ID"],
            options: [Command.data, Command.database], run: revoke),
    ]

    @Sendable private static func create(_ arguments: Arguments) throws {
        let facilityName = try arguments.required("facility")
        guard let name = try arguments.line("name") else {
            throw arguments.misuse("--name is required.")
        }
        let days = try arguments.number("expires", in: 1...36_500)
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        let data = try DataAccess(arguments)
        let secret = try data.secrets().issue(.apiKey)
        let key = try data.write("apikey create", .create) { tx, entry in
            try APIKeys.create(
                name: name, facilityName: facilityName, rateLimit: rateLimit,
                expiresAt: days.map { data.now.adding(seconds: Int64($0) * 86_400) },
                secret: secret, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(
            "id       \(key.id)\nAPI key  \(secret.text)\n\nThe key is not shown again.")
    }

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let hours = try arguments.number("overlap", in: 0...8760) ?? 168
        let data = try DataAccess(arguments)
        let secret = try data.secrets().issue(.apiKey)
        let (key, end) = try data.write("apikey rotate", .update) { tx, entry in
            try APIKeys.rotate(
                id, to: secret, overlapEnd: data.now.adding(seconds: Int64(hours) * 3600),
                from: data.origin, auditing: &entry, in: tx)
        }
        let old =
            end.map { data.now < $0 ? "works until \($0.rfc3339)" : "does not work any more" }
            ?? "still works"
        Terminal.print(
            "id       \(key.id)\nAPI key  \(secret.text)\n\nThe old key \(old). The new one is not "
                + "shown again.")
    }

    @Sendable private static func revoke(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let data = try DataAccess(arguments)
        _ = try data.write("apikey revoke", .update) { tx, entry in
            try APIKeys.revoke(id, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print("\(id) is revoked.")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let keys = try DataAccess(arguments).read { try APIKeys.all(in: $0) }
        if keys.isEmpty {
            Terminal.print("There is no API key. See: opescare apikey create --help")
        }
        for key in keys {
            Terminal.print(
                "\(key.id)  \(key.prefix)…  \(key.status.rawValue)  facility \(key.facilityID)\n"
                    + "    \(Terminal.harmless(key.name)): expires "
                    + "\(key.expiresAt?.rfc3339 ?? "never"), last used "
                    + (key.lastUsedAt?.rfc3339 ?? "never"))
        }
    }
}
