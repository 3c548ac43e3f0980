import API
import Foundation
import Registry
import Values

/// A command's words: `--flag value`, `--flag=value`, switches and positional words.
///
/// What a running server needs has a twin in the environment: `--rate-limit` is
/// `OPESCARE_RATE_LIMIT`. Flags win over the environment, which wins over the default.
struct Arguments {
    private let command: Command
    private var values: [String: String] = [:]
    private let environment: [String: String]
    private(set) var positional: [String] = []

    /// - Throws: `UsageError` naming the word that does not fit.
    init(_ words: [String], for command: Command, environment: [String: String]) throws {
        self.command = command
        self.environment = environment
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                // A variable of the shell that is not set.
                if word.isEmpty, positional.count < command.words.count {
                    throw UsageError(
                        "\(command.words[positional.count]) is empty: give it a value.", command)
                }
                positional.append(word)
                continue
            }
            guard word.hasPrefix("--") else {
                throw UsageError("There is no option \(word).", command)
            }
            let parts = word.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = command.options.first(where: { $0.name == name }) else {
                throw UsageError("There is no option --\(name).", command)
            }
            if option.placeholder == nil {
                guard parts.count == 1 else {
                    throw UsageError("--\(name) takes no value.", command)
                }
                values[name] = "true"
            } else if parts.count == 2 {
                values[name] = String(parts[1])
            } else {
                values[name] = rest.popFirst() ?? ""
            }
            // A variable of the shell that is not set must not switch off what was asked for.
            guard values[name]?.isEmpty == false else {
                throw UsageError("--\(name) needs a value.", command)
            }
        }
        guard positional.count <= command.words.count else {
            throw UsageError(
                "\"\(positional[command.words.count])\" is one word too many.", command)
        }
    }

    /// A setting in the environment that is mistyped would be without effect, and nobody would know:
    /// which ones have a value and are none of any command's, and what to do.
    var unknownVariables: String? {
        let prefix = Command.Option.prefix
        let known = Set(
            Commands.all.flatMap { command in
                command.options.filter(command.mayComeFromEnvironment).map(\.variable)
            }
        ).union(Self.variablesOfOthers)
        let unknown = environment.filter {
            $0.key.hasPrefix(prefix) && !$0.value.isEmpty && !known.contains($0.key)
        }
        guard !unknown.isEmpty else { return nil }
        let names = known.map { String($0.dropFirst(prefix.count)) }
        let sentences = unknown.keys.sorted().map { name in
            let nearest = Misspelling.nearest(
                to: String(name.dropFirst(prefix.count)), among: names)
            return "There is no setting \(Terminal.harmless(name))"
                + (nearest.map { ": \(prefix)\($0) may be meant." } ?? ".")
        }
        return sentences.joined(separator: " ")
            + " Correct it, or take it out of the environment."
    }

    /// What the bridge agent and the scripts beside this program read.
    private static let variablesOfOthers: Set<String> = [
        "OPESCARE_AGENT_KEY", "OPESCARE_SERVER_URL", "OPESCARE_BINARY", "OPESCARE_BRIDGE_BINARY",
    ]

    /// Where the data are: `--data` and `--database`.
    func configuration(_ environment: Deployment.Environment) throws -> Configuration {
        var configuration = Configuration(
            environment: environment, dataFolder: try required("data"))
        configuration.database = text("database")
        try requireNoPassword(in: Command.database.name)
        return configuration
    }

    /// Everybody on the machine sees the words of a command.
    func requireNoPassword(in name: String) throws {
        guard let url = values[name], let scheme = url.firstRange(of: "://") else { return }
        let parts = url[scheme.upperBound...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let authority = parts[0].prefix { $0 != "/" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        let hasParameter = parts.count == 2 && "&\(parts[1])".contains("&password=")
        guard user.contains(":") || hasParameter else { return }
        throw misuse(
            "A password in --\(name) is seen by everybody on this machine. Put the whole URL into "
                + "\(Command.database.variable), or the password into PGPASSWORD or ~/.pgpass.")
    }

    /// Whether the command's words have it, whatever the environment says.
    func isGiven(_ name: String) -> Bool { values[name] != nil }

    /// A complaint about the words of this command.
    func misuse(_ message: String) -> UsageError { UsageError(message, command) }

    /// The value from the flag, the environment or the default; an empty variable counts as not set.
    func text(_ name: String) -> String? {
        guard let option = command.options.first(where: { $0.name == name }) else {
            preconditionFailure("\(command.name) has no option --\(name).")
        }
        let variable =
            command.mayComeFromEnvironment(option) ? environment[option.variable] : nil
        let value = values[name] ?? variable ?? option.fallback
        return value?.isEmpty == false ? value : nil
    }

    func required(_ name: String) throws -> String {
        guard let value = text(name) else {
            throw UsageError("--\(name) is required.", command)
        }
        return value
    }

    /// Text that people read in lists.
    func line(_ name: String) throws -> String? {
        guard let text = text(name) else { return nil }
        guard text == Terminal.harmless(text), text.utf8.count <= 255 else {
            throw misuse("--\(name) must be one line of plain text, up to 255 bytes.")
        }
        return text
    }

    /// Why something is done, as long as an administrator's request may say it.
    func note() throws -> String? {
        let note = text("note")
        guard (note ?? "").unicodeScalars.count <= 1000 else {
            throw misuse("--note must be at most 1000 characters long.")
        }
        return note
    }

    func isOn(_ name: String) throws -> Bool {
        switch text(name)?.lowercased() {
        case nil, "false", "0", "no", "off": return false
        case "true", "1", "yes", "on": return true
        default: throw UsageError("--\(name) is either true or false.", command)
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text),
            range.contains(value)
        else {
            throw UsageError(
                "--\(name) must be a number from \(range.lowerBound) to \(range.upperBound).",
                command)
        }
        return value
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, as type: Choice.Type
    ) throws -> Choice {
        let text = try required(name)
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--\(name) must be one of: \(choices).", command)
        }
        return choice
    }

    /// The word at a place the command names.
    func word(_ index: Int) throws -> String {
        guard positional.count > index else {
            throw UsageError("\(command.words[index]) is missing.", command)
        }
        return positional[index]
    }
}

/// Words that do not make a command; exit status 2.
struct UsageError: Error {
    let message: String
    let command: Command?

    init(_ message: String, _ command: Command? = nil) {
        self.message = message
        self.command = command
    }
}

/// A command that was understood and could not be done; exit status 1.
struct Failure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
