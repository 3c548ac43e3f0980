import API
import App
import Crypto
import Foundation
import Registry
import Database

/// A copy of everything: the database as one snapshot, and the keys without which its secrets and
/// tokens are of no use.
enum BackupCommands {
    static let all = [
        Command(
            name: "backup", summary: "Copy the database and the keys, while the server runs.",
            words: ["FOLDER"], options: [Command.data, Command.database],
            notes: """
                FOLDER must not exist, and lies in a folder that does, outside the data folder. It gets
                opescare.db and keys/, readable by the data folder's owner alone, and appears under its name once the copy has been checked page by page: a
                damaged database makes no backup. The audit log's chain is part of it: "audit verify
                --data FOLDER" checks the copy.
                """, run: backup),
        Command(
            name: "restore", summary: "Make a data folder of a backup.", words: ["FOLDER"],
            options: [Command.data],
            notes: """
                FOLDER is the backup, --data the new folder, which must not exist or be empty, and lies in a
                folder that exists, outside the backup. The copy is checked before anything is written.
                """,
            run: restore),
    ]

    @Sendable private static func backup(_ arguments: Arguments) throws {
        let folder = try arguments.word(0)
        let data = try DataAccess(arguments)
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Failure("\(folder) exists already. A backup never overwrites anything.")
        }
        let path = URL(filePath: folder).standardizedFileURL.path
        try requirePlace(path, outside: data.configuration.dataFolder, "data folder")
        let partial = Configuration(environment: .sandbox, dataFolder: path + ".partial")
        // Two that write one folder would take each other's files away.
        let lockPath = partial.dataFolder + ".lock"
        let lock = try TargetLock(lockPath, of: folder)
        defer {
            withExtendedLifetime(lock) { try? FileManager.default.removeItem(atPath: lockPath) }
        }
        do {
            // What an interrupted backup left behind is of no use to anyone.
            if FileManager.default.fileExists(atPath: partial.dataFolder) {
                try FileManager.default.removeItem(atPath: partial.dataFolder)
            }
            try DataFolder.prepare(partial)
            for made in [partial.dataFolder, partial.keysFolder] {
                try DataFolder.give(made, toOwnerOf: data.configuration.dataFolder)
            }
            try copy(from: data.configuration, to: partial)
            try FileManager.default.moveItem(atPath: partial.dataFolder, toPath: path)
        } catch {
            // The failure itself is what the operator must hear.
            try? FileManager.default.removeItem(atPath: partial.dataFolder)
            throw error
        }
        try data.note("backup", .execute, "database")
        Terminal.print("Backed up to \(folder).")
    }

    /// A parent that is mistyped, or a disk that is not mounted, must not become a new folder; and what
    /// lies within another copy is lost together with it.
    private static func requirePlace(
        _ path: String, outside other: String, _ otherName: String
    ) throws {
        let place = URL(filePath: path).standardizedFileURL
        let parent = place.deletingLastPathComponent()
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: parent.path, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            throw Failure(
                "There is no folder \(parent.path). Make it first, readable by nobody else (install -d "
                    + "-m 700 \(parent.path)), or name another place.")
        }
        let real = URL(filePath: other).standardizedFileURL.resolvingSymlinksInPath().path + "/"
        // The place may be a link itself.
        let isOutside = [parent, place].allSatisfy {
            !($0.resolvingSymlinksInPath().path + "/").hasPrefix(real)
        }
        guard isOutside else {
            throw Failure(
                "\(path) lies in the \(otherName) \(other), and would be lost together with it. Name a "
                    + "folder outside, best on another disk.")
        }
    }

    private final class TargetLock {
        private let lock: FileLock

        init(_ path: String, of folder: String) throws {
            do {
                lock = try FileLock(path: path)
            } catch DatabaseError.lockedBy {
                throw Failure(
                    "Another backup is writing \(folder). Wait for it, or name another folder.")
            }
        }
    }

    /// Copies database and keys, and checks the copy.
    private static func copy(from source: Configuration, to target: Configuration) throws {
        try KeyFolder.copy(from: source.keysFolder, to: target.keysFolder)
        try source.openStorage().backUp(to: target.databasePath)
        let findings = try target.openStorage().integrityFaults()
        guard findings.isEmpty else {
            throw Failure(
                "The database is damaged: \(findings[0]). No copy was kept. See \"opescare check\", "
                    + "and restore the last whole backup.")
        }
        try target.openStorage().openReader().read { try KeyFolder.check(of: target, in: $0) }
        // The checks make these; a database that nobody has open needs neither.
        for end in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: target.databasePath + end)
        }
    }

    @Sendable private static func restore(_ arguments: Arguments) throws {
        let folder = try arguments.word(0)
        let source = Configuration(environment: .sandbox, dataFolder: folder)
        let target = Configuration(
            environment: .sandbox, dataFolder: try arguments.required("data"))
        guard FileManager.default.fileExists(atPath: source.databasePath),
            FileManager.default.fileExists(atPath: source.keysFolder)
        else { throw Failure("\(folder) is no backup: it needs opescare.db and keys/.") }
        let findings = try source.openStorage().integrityFaults()
        guard findings.isEmpty else {
            throw Failure("The backup's database is damaged: \(findings[0]). Use another backup.")
        }
        let present =
            (try? FileManager.default.contentsOfDirectory(atPath: target.dataFolder)) ?? []
        guard present.isEmpty else {
            throw Failure("\(target.dataFolder) is not empty. Restore into a new folder.")
        }
        try requirePlace(target.dataFolder, outside: folder, "backup")
        try DataFolder.prepare(target)
        for made in [target.dataFolder, target.keysFolder] {
            try DataFolder.give(made, toOwnerOf: folder)
        }
        // Until this is gone no server starts here.
        let marker = target.dataFolder + DataFolder.restoreMarker
        try KeyFile.write([], to: marker)
        do {
            try copy(from: source, to: target)
        } catch {
            // Half a copy is of no use to anyone; the failure itself is what the operator must hear.
            for name in ["opescare.db", "opescare.db-wal", "opescare.db-shm", "keys"] {
                try? FileManager.default.removeItem(atPath: target.dataFolder + "/" + name)
            }
            try? FileManager.default.removeItem(atPath: marker)
            throw error
        }
        try FileManager.default.removeItem(atPath: marker)
        Terminal.print(
            "Restored to \(target.dataFolder). Start it with: opescare serve --data "
                + target.dataFolder)
    }
}
