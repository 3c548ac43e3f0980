import App
import Crypto
import Foundation
import SQLite

/// A copy of everything: the database as one snapshot, and the keys without which its secrets and
/// tokens are of no use.
enum BackupCommands {
    static let all = [
        Command(
            name: "backup", summary: "Copy the database and the keys, while the server runs.",
            words: ["FOLDER"], options: [Command.data],
            notes: """
                FOLDER must not exist. It gets opescare.db and keys/, readable by this user alone. The
                audit log's chain is part of it: "audit verify --data FOLDER" checks the copy.
                """, run: backup),
        Command(
            name: "restore", summary: "Make a data folder of a backup.", words: ["FOLDER"],
            options: [Command.data],
            notes: """
                FOLDER is the backup, --data the new folder, which must not exist or be empty. The copy is
                checked before anything is written.
                """,
            run: restore),
    ]

    @Sendable private static func backup(_ arguments: Arguments) throws {
        let folder = try arguments.word(0)
        let data = try DataAccess(arguments)
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Failure("\(folder) exists already. A backup never overwrites anything.")
        }
        let target = Configuration(environment: .sandbox, dataFolder: folder)
        try DataFolder.prepare(target)
        try copyKeys(from: data.configuration, to: target)
        try SQLite.backup(from: data.configuration.databasePath, to: target.databasePath)
        try data.write("backup", .execute, "database") { _ in }
        Terminal.print("Backed up to \(folder).")
    }

    @Sendable private static func restore(_ arguments: Arguments) throws {
        let folder = try arguments.word(0)
        let source = Configuration(environment: .sandbox, dataFolder: folder)
        let target = Configuration(
            environment: .sandbox, dataFolder: try arguments.required("data"))
        guard FileManager.default.fileExists(atPath: source.databasePath),
            FileManager.default.fileExists(atPath: source.keysFolder)
        else { throw Failure("\(folder) is no backup: it needs opescare.db and keys/.") }
        let findings = try integrityCheck(path: source.databasePath)
        guard findings.isEmpty else {
            throw Failure("The backup's database is damaged: \(findings[0]). Use another backup.")
        }
        // A key that is empty or unreadable would only show at the next start.
        let secrets = try KeyFile.read(path: source.keysFolder + "/secrets.key")
        guard secrets.count == 32 else {
            throw Failure("The backup's keys/secrets.key is damaged. Use another backup.")
        }
        let present =
            (try? FileManager.default.contentsOfDirectory(atPath: target.dataFolder)) ?? []
        guard present.isEmpty else {
            throw Failure("\(target.dataFolder) is not empty. Restore into a new folder.")
        }
        try DataFolder.prepare(target)
        try copyKeys(from: source, to: target)
        try SQLite.backup(from: source.databasePath, to: target.databasePath)
        Terminal.print(
            "Restored to \(target.dataFolder). Start it with: opescare serve --data "
                + target.dataFolder)
    }

    private static func copyKeys(
        from source: Configuration, to target: Configuration
    ) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source.keysFolder) {
            let copy = target.keysFolder + "/" + name
            try FileManager.default.copyItem(
                atPath: source.keysFolder + "/" + name, toPath: copy)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: copy)
        }
    }
}
