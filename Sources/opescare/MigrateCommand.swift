import API
import App
import Registry
import Database
import Values

enum MigrateCommand {
    static let check = Command(
        name: "check", summary: "Check every page and reference of the database file.",
        options: [Command.data, Command.database],
        notes: "The audit log's chain has a check of its own: audit verify."
    ) { arguments in
        let data = try DataAccess(arguments)
        let findings = try data.storage.integrityFaults()
        guard findings.isEmpty else {
            throw Failure(
                "The database is damaged: \(findings.prefix(5).joined(separator: "; ")). Stop the "
                    + "server, keep a copy of the folder, and restore the last backup.")
        }
        Terminal.print("The database is whole.")
    }

    static let migrate = Command(
        name: "migrate",
        summary: "Bring the database to this version's schema, or move it to another engine.",
        options: [Command.data, Command.database] + MoveCommand.options,
        notes: """
            "serve" brings the schema up by itself. Stop the server before you migrate by hand.

            """ + MoveCommand.notes
    ) { arguments in
        if MoveCommand.isMeant(by: arguments) { return try MoveCommand.run(arguments) }
        let configuration = try arguments.configuration(.sandbox)
        let storage = try configuration.openStorage()
        try DataFolder.requireWhole(configuration, storage)
        try DataFolder.prepare(configuration)
        let lock = try DataFolder.lock(configuration)
        let applied = try Schema.migrate(storage, at: Clock.system.now())
        Terminal.print(
            applied.isEmpty
                ? "The database is up to date."
                : "Applied: " + applied.joined(separator: ", "))
        _ = consume lock
    }
}
