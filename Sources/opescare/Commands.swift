import API

/// Every command of the program.
enum Commands {
    static let all: [Command] =
        [
            ServeCommand.serve, HealthCommand.health, MigrateCommand.migrate, MigrateCommand.check,
        ] + BackupCommands.all + FacilityCommands.all + ClientCommands.all
        + AgentCommands.all + APIKeyCommands.all + SDKTokenCommands.all + AdminTokenCommands.all
        + QuarantineCommands.all + PendingCommands.all + WebhookCommands.all
        + PatientCommands.all + KeyCommands.all + AuditCommands.all + ReferenceCommands.all

    static var overview: String {
        var text = """
            OpesCare Connect server \(Version.current): one identity and one record per patient.

            Usage: opescare COMMAND [options]        opescare COMMAND --help

            Commands:

            """
        for command in all {
            let left = "  " + ([command.name] + command.words).joined(separator: " ")
            text += left + String(repeating: " ", count: max(2, 30 - left.count))
            text += command.summary + "\n"
        }
        text += """

            Start with "opescare serve": in an empty folder it makes the database, the keys and, in a
            sandbox, the documented data. Every option of serve and health, and --data everywhere, can
            be set in the environment as well: --rate-limit is OPESCARE_RATE_LIMIT.

            Exit status: 0 done, 1 failed, 2 misused.

            """
        return text
    }

    /// The command that the first words name, and the words after it.
    static func find(_ words: [String]) throws -> (Command, [String]) {
        for length in [2, 1] where words.count >= length {
            let name = words[..<length].joined(separator: " ")
            if let command = all.first(where: { $0.name == name }) {
                return (command, Array(words[length...]))
            }
        }
        let group = all.filter { $0.name.hasPrefix(words[0] + " ") }
        guard group.isEmpty else {
            let names = group.map { String($0.name.dropFirst(words[0].count + 1)) }
            throw UsageError(
                "\(words[0]) needs one of: \(names.joined(separator: ", ")). Try opescare help.")
        }
        throw UsageError("There is no command \"\(words[0])\". Try opescare help.")
    }
}
