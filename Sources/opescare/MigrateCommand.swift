import App
import SQLite

enum MigrateCommand {
    static let migrate = Command(
        name: "migrate", summary: "Bring the database to this version's schema.",
        options: [Command.data],
        notes: "\"serve\" does this by itself. Stop the server before you migrate by hand."
    ) { arguments in
        let configuration = Configuration(
            environment: .sandbox, dataFolder: try arguments.required("data"))
        try DataFolder.prepare(configuration)
        let lock = try FileLock(path: configuration.dataFolder + "/opescare.lock")
        let applied = try Schema.migrate(
            path: configuration.databasePath, at: Clock.system.now())
        Terminal.print(
            applied.isEmpty
                ? "The database is up to date."
                : "Applied: " + applied.joined(separator: ", "))
        _ = consume lock
    }
}
