import App
import API
import Identity
import Registry
import Database
import Values

enum PatientCommands {
    static let all = [
        Command(
            name: "patients alias",
            summary: "Let a Health ID of the first generation lead to a patient.",
            words: ["OPC_ID", "HEALTH_ID"], options: [Command.data, Command.database],
            notes: """
                OPC_ID is such as OPC-2024-XK7T9, HEALTH_ID the patient's own. Records that agents sent
                under the OPC id, and that waited for somebody to have it, are the patient's then. It
                stays the patient's for good: be sure whose it is.
                """, run: alias),
        Command(
            name: "patients reindex", summary: "File every patient anew for near matches.",
            options: [Command.data, Command.database],
            notes: """
                Patients are found by their names, and possible duplicates by birth date, place and the
                sound of names. Run this after patients were put into the database by other means
                than this server; stop the server first.
                """, run: reindex),
    ]

    @Sendable private static func alias(_ arguments: Arguments) throws {
        guard case .legacy(let alias)? = PatientReference(try arguments.word(0)) else {
            throw arguments.misuse("OPC_ID is such as OPC-2024-XK7T9.")
        }
        guard let reference = PatientReference(try arguments.word(1)) else {
            throw arguments.misuse("HEALTH_ID is not a Health ID; compare it with the card.")
        }
        let data = try DataAccess(arguments)
        let now = data.now
        var choice = PendingRecords.Filter()
        choice.healthID = alias
        let filter = choice
        let waited = try data.write("patients alias", .update, "patient/" + reference.text) {
            tx, entry in
            guard let found = try PatientStore.find(reference, in: tx) else {
                throw Failure("No patient is registered under \(reference.text).")
            }
            try entry.name(found.patient, named: found.namedID, in: tx)
            if let other = try PatientStore.find(.legacy(alias), in: tx) {
                throw Failure(
                    other.namedID == found.namedID
                        ? "\(alias) leads to \(reference.text) already."
                        : "\(alias) leads to another patient, \(other.patient.healthID).")
            }
            let waiting = try PendingRecordStore.waiting(
                filter, after: 0, limit: .max, in: tx)
            try PatientStore.addAlias(alias, to: RecordSubject(found), at: now, in: tx)
            return waiting.count
        }
        Terminal.print(
            "\(alias) leads to \(reference.text) from now on. Records that waited for it: \(waited)."
        )
    }

    @Sendable private static func reindex(_ arguments: Arguments) throws {
        let data = try DataAccess(arguments)
        // Half filed, nobody would be recognised: no server may be answering meanwhile.
        let lock = try DataFolder.lock(data.configuration)
        let writer = try data.storage.openWriter()
        defer { writer.close() }
        try BlockingIndex.rebuild(
            writer: writer, reader: try data.storage.openReader()
        ) { done, total, isLast in
            Terminal.progress(done, of: total, "Patients", isLast: isLast)
        }
        try data.write("patients reindex", .execute, "patients") { _ in }
        Terminal.print("Every patient is filed.")
        _ = consume lock
    }
}
