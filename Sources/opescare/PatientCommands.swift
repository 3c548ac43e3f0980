import App
import SQLite

enum PatientCommands {
    static let all = [
        Command(
            name: "patients reindex", summary: "File every patient anew for near matches.",
            options: [Command.data],
            notes: """
                Patients are found by their names, and possible duplicates by birth date, place and the
                sound of names. Run this after patients were put into the database by other means
                than this server; stop the server first.
                """, run: reindex)
    ]

    @Sendable private static func reindex(_ arguments: Arguments) throws {
        let data = try DataAccess(arguments)
        // Half filed, nobody would be recognised: no server may be answering meanwhile.
        let lock = try FileLock(path: data.configuration.dataFolder + "/opescare.lock")
        let writer = try Writer(path: data.configuration.databasePath)
        defer { writer.close() }
        try BlockingIndex.rebuild(
            writer: writer, reader: try Reader(path: data.configuration.databasePath)
        ) { done, total, isLast in
            Terminal.progress(done, of: total, "Patients", isLast: isLast)
        }
        try data.write("patients reindex", .execute, "patients") { _ in }
        Terminal.print("Every patient is filed.")
        _ = consume lock
    }
}
