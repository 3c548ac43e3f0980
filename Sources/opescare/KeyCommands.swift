import API
import Foundation
import Registry
import Database

enum KeyCommands {
    static let all = [
        Command(
            name: "keys rotate", summary: "Sign tokens with a new key from now on.",
            options: [Command.data, Command.database],
            notes: """
                Tokens signed by the old key stay valid until they expire; remove it with "keys prune"
                an hour later. A running server takes the change up with the next token request.
                """, run: rotate),
        Command(
            name: "keys prune", summary: "Remove signing keys that no valid token needs.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "now", placeholder: nil,
                    help: "every key but the newest, and the tokens it signed: a key was stolen"),
            ],
            notes: """
                After a theft run "keys rotate" and then "keys prune --now": every token issued before ends
                at once, and the clients get new ones with their secrets.
                """, run: prune),
    ]

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let data = try DataAccess(arguments)
        let path = try SigningKeys.generate(in: data.configuration.keysFolder, now: data.now)
        try data.write("keys rotate", .create, "key/" + (path as NSString).lastPathComponent) {
            tx in
            try ClientStore.raiseEpoch(in: tx)
        }
        Terminal.print("New signing key: \(path)")
    }

    @Sendable private static func prune(_ arguments: Arguments) throws {
        let data = try DataAccess(arguments)
        let removed = try SigningKeys.prune(
            in: data.configuration.keysFolder, tokenSeconds: data.configuration.tokenSeconds,
            now: data.now, isUrgent: try arguments.isOn("now"))
        for path in removed {
            try data.write("keys prune", .delete, "key/" + (path as NSString).lastPathComponent) {
                tx in try ClientStore.raiseEpoch(in: tx)
            }
        }
        Terminal.print(
            removed.isEmpty
                ? "Every key may still be needed."
                : removed.map { "Removed \($0)" }.joined(separator: "\n"))
    }
}
