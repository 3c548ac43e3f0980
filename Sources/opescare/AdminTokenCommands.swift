import Registry
import Database
import Values

enum AdminTokenCommands {
    static let all = [
        Command(
            name: "admin-token create", summary: "Make an administrator's token; shows it once.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "name", placeholder: "TEXT", help: "who uses it; it is in the audit log",
                    isRequired: true),
                .init(
                    name: "expires", placeholder: "DAYS", help: "days until it ends",
                    fallback: "365"),
            ],
            notes:
                "Sign in with it at /admin, or send it as \"Authorization: Bearer\" to /api/v1/admin.",
            run: create),
        Command(
            name: "admin-token list", summary: "List administrators' tokens.",
            options: [Command.data, Command.database], run: list),
        Command(
            name: "admin-token revoke", summary: "End an administrator's token at once.",
            words: ["TOKEN_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "force", placeholder: nil,
                    help: "even the last one that anybody can sign in with"),
            ], run: revoke),
    ]

    @Sendable private static func create(_ arguments: Arguments) throws {
        let name = try arguments.required("name")
        guard AdminToken.isValid(name: name) else {
            throw arguments.misuse(
                "--name takes up to 64 letters, digits, spaces and . - _ @")
        }
        let days = try arguments.number("expires", in: 1...36_500) ?? 365
        let data = try DataAccess(arguments)
        let secret = try data.secrets().issue(.adminToken)
        let token = try data.write("admin-token create", .create) { tx, entry in
            try AdminTokens.create(
                name: name, expiresAt: data.now.adding(seconds: Int64(days) * 86_400),
                secret: secret, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(
            "id     \(token.id)\ntoken  \(secret.text)\n\nThe token is not shown again.")
    }

    @Sendable private static func revoke(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let isForced = try arguments.isOn("force")
        let data = try DataAccess(arguments)
        _ = try data.write("admin-token revoke", .update) { tx, entry in
            try AdminTokens.revoke(
                id, isForced: isForced, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print("\(id) is revoked.")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let tokens = try DataAccess(arguments).read { try AdminTokens.all(in: $0) }
        if tokens.isEmpty {
            Terminal.print("There is no token yet. See: opescare admin-token create --help")
        }
        for token in tokens {
            Terminal.print(
                "\(token.id)  \(token.prefix)…  \(token.status.rawValue)\n    \(token.name): expires "
                    + "\(token.expiresAt?.rfc3339 ?? "never"), last used "
                    + (token.lastUsedAt?.rfc3339 ?? "never"))
        }
    }
}
