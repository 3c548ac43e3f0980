import Registry
import Database
import Values

enum APIKeyCommands {
    static let all = [
        Command(
            name: "apikey create", summary: "Make a clinic system's API key; shows it once.",
            options: [
                Command.data,
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
            options: [Command.data], run: list),
        Command(
            name: "apikey rotate", summary: "Make a key in place of another; shows it once.",
            words: ["KEY_ID"],
            options: [
                Command.data,
                .init(
                    name: "overlap", placeholder: "HOURS",
                    help: "how long the old one still works; 0 if it was stolen",
                    fallback: "168"),
            ], run: rotate),
        Command(
            name: "apikey revoke", summary: "End an API key at once.", words: ["KEY_ID"],
            options: [Command.data], run: revoke),
    ]

    @Sendable private static func create(_ arguments: Arguments) throws {
        let facilityName = try arguments.required("facility")
        guard let name = try arguments.line("name") else {
            throw arguments.misuse("--name is required.")
        }
        let days = try arguments.number("expires", in: 1...36_500)
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        let data = try DataAccess(arguments)
        let facility = try data.facility(facilityName)
        let text = SecretHash.generate(.apiKey)
        let key = APIKey(
            id: Identifier.make("key_", at: data.now), prefix: SecretHash.Kind.prefix(of: text),
            name: name, facilityID: facility.id, rateLimit: rateLimit,
            expiresAt: days.map { data.now.adding(seconds: Int64($0) * 86_400) },
            createdAt: data.now)
        let hash = try data.secrets().hash(text)
        try data.write("apikey create", .create, "api_key/" + key.id) { tx in
            try APIKeyStore.insert(key, hash: hash, in: tx)
        }
        Terminal.print("id       \(key.id)\nAPI key  \(text)\n\nThe key is not shown again.")
    }

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let hours = try arguments.number("overlap", in: 0...8760) ?? 168
        let data = try DataAccess(arguments)
        let text = SecretHash.generate(.apiKey)
        let hash = try data.secrets().hash(text)
        let newID = Identifier.make("key_", at: data.now)
        try data.write("apikey rotate", .update, "api_key/" + id) { tx in
            guard
                try APIKeyStore.rotate(
                    id, to: hash, newID: newID, prefix: SecretHash.Kind.prefix(of: text),
                    overlapEnd: data.now.adding(seconds: Int64(hours) * 3600), at: data.now,
                    in: tx) != nil
            else { throw Failure("There is no key \(id) that is not revoked.") }
        }
        Terminal.print(
            "id       \(newID)\nAPI key  \(text)\n\nThe old key works for \(hours) more hours. The "
                + "new one is not shown again.")
    }

    @Sendable private static func revoke(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let data = try DataAccess(arguments)
        try data.write("apikey revoke", .update, "api_key/" + id) { tx in
            guard try APIKeyStore.revoke(id, at: data.now, in: tx) else {
                throw Failure("There is no key \(id) that is not revoked.")
            }
        }
        Terminal.print("\(id) is revoked.")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let keys = try DataAccess(arguments).read { try APIKeyStore.all(in: $0) }
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
