import API
import App
import Crypto
import Foundation
import Registry

enum ClientKeyCommands {
    static let keys = Command(
        name: "client keys",
        summary: "Show or set the public keys by which a client may sign in.",
        words: ["CLIENT_ID", "[FILE|URL]"],
        options: [
            Command.data, Command.database,
            .init(name: "remove", placeholder: nil, help: "the client has no keys any more"),
        ],
        notes: """
            FILE is a JWK set of public keys: RSA of 2048 bits or more, or EC on P-384 or P-256, each with
            a kid. URL is where the client publishes such a set: https, outside this network. They take the
            place of those there were; tokens that were got with them last until their end.
            """, run: run)

    private static func run(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let text = arguments.positional.count > 1 ? arguments.positional[1] : nil
        let isRemoved = try arguments.isOn("remove")
        guard text == nil || !isRemoved else {
            throw arguments.misuse("Give keys, or --remove, not both.")
        }
        let data = try DataAccess(arguments)
        let source = try text.map { try self.source($0, data) }
        if source != nil || isRemoved {
            try data.write("client keys", isRemoved ? .delete : .update) { tx, entry in
                try ClientKeys.replace(
                    of: id, by: source, from: data.origin, auditing: &entry, in: tx)
            }
        }
        Terminal.print(try describe(data.read { try ClientKeys.find(of: id, in: $0) }, of: id))
    }

    /// - Throws: `Failure` when nothing there can be used.
    static func source(_ text: String, _ data: DataAccess) throws -> ClientKeys.Source {
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            var configuration = data.configuration
            configuration.environment = try data.environment()
            // The server decides at each fetch; it may have been told to reach private addresses.
            configuration.allowsPrivateWebhooks = true
            if case .failure(let refusal) = WebhookTarget(configuration).check(text) {
                throw Failure("The URL \(refusal.message).")
            }
            return .url(text)
        }
        guard let file = FileHandle(forReadingAtPath: text),
            let content = try file.read(upToCount: ClientKeySet.maximumBytes + 1)
        else { throw Failure("\(text) cannot be read, or is empty.") }
        do throws(ClientKeySet.Fault) {
            return .keys(try ClientKeySet(Array(content)).json)
        } catch {
            throw Failure("\(text) \(error.message).")
        }
    }

    private static func describe(_ source: ClientKeys.Source?, of id: String) throws -> String {
        switch source {
        case nil: return "\(id) has no keys: it signs in with its secret alone."
        case .url(let url): return "\(id) publishes its keys at \(url)"
        case .keys(let json):
            do throws(ClientKeySet.Fault) {
                return try ClientKeySet(json).keys.map { key in
                    let size = key.publicKey.curve?.rawValue ?? "\(key.bits ?? 0) bits"
                    return "\(Terminal.harmless(key.kid))  \(key.type) \(size)"
                        + (key.algorithm.map { "  " + $0.rawValue } ?? "")
                }.joined(separator: "\n")
            } catch {
                throw Failure("What is stored of \(id) \(error.message).")
            }
        }
    }
}
