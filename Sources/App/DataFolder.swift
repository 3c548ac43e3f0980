package import API
import Crypto
package import Database
import Foundation
import Migrations
import Postgres
import Registry
import SQLite
package import Values

extension Configuration {
    /// The database that `--database` names, or the one in the folder.
    ///
    /// - Throws: `StartError` when it is named in a way that cannot be read.
    package func openStorage() throws -> any Storage {
        guard let target = try connectionString() else { return SQLiteStorage(path: databasePath) }
        return try PostgresStorage(target, ledger: AuditStore.hashOfRow)
    }

    /// Where the database lies, as people name it: without a password.
    package func place() throws -> String { try connectionString()?.description ?? dataFolder }

    private func connectionString() throws -> ConnectionString? {
        guard let database else { return nil }
        do {
            return try ConnectionString(
                database, environment: ProcessInfo.processInfo.environment, account: NSUserName(),
                fileExists: FileManager.default.fileExists)
        } catch {
            throw StartError("--database: \(error)")
        }
    }
}

/// The folder given by `--data`.
package enum DataFolder {
    /// Makes the folder and its `keys/`, readable by nobody else.
    package static func prepare(_ configuration: Configuration) throws {
        for folder in [configuration.dataFolder, configuration.keysFolder] {
            guard !FileManager.default.fileExists(atPath: folder) else { continue }
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                let parent = URL(filePath: folder).deletingLastPathComponent()
                try give(folder, toOwnerOf: parent.path)
            } catch {
                throw StartError(
                    "Cannot create the folder \(folder). Choose another with --data, or make it "
                        + "writable for this user.")
            }
        }
    }

    /// Keeps every other server, and whatever else needs the folder for itself, out of it. Servers of one
    /// PostgreSQL may share it: what they write takes turns there.
    package static func lock(_ configuration: Configuration) throws(DatabaseError) -> FileLock? {
        guard configuration.database == nil else { return nil }
        return try FileLock(path: configuration.dataFolder + "/opescare.lock")
    }

    /// What root makes for somebody else belongs to that user, who could not use it otherwise.
    package static func give(_ path: String, toOwnerOf model: String) throws {
        let owner = try FileManager.default.attributesOfItem(atPath: model)
        guard geteuid() == 0, let user = owner[.ownerAccountID] as? NSNumber, user.intValue != 0,
            let group = owner[.groupOwnerAccountID] as? NSNumber
        else { return }
        try FileManager.default.setAttributes(
            [.ownerAccountID: user, .groupOwnerAccountID: group], ofItemAtPath: path)
    }

    /// Stands in a folder while a restore fills it.
    package static let restoreMarker = "/restore.partial"

    /// Refuses a folder from which something is missing: a new database in its place would answer
    /// as if no patient had ever been registered.
    ///
    /// - Throws: `StartError`.
    package static func requireWhole(
        _ configuration: Configuration, _ storage: any Storage
    ) throws {
        let folder = configuration.dataFolder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        if let partial = names.sorted().first(where: { $0.hasSuffix(".partial") }) {
            throw StartError(
                "A restore or backup into \(folder) was interrupted: it holds \(partial). Remove the "
                    + "folder and run \"opescare restore\" again.")
        }
        guard try !storage.isPresent() else {
            // What is older, newer or damaged is refused by whoever brings it to this version.
            guard (try? Schema.isCurrent(storage)) == true else { return }
            return try storage.openReader().read { try UnfinishedMove.requireNone(in: $0) }
        }
        // Both are made after the database.
        for key in ["/secrets.key", "/webhooks.key"]
        where FileManager.default.fileExists(atPath: configuration.keysFolder + key) {
            throw StartError(
                "\(folder) has keys but "
                    + (storage.dialect == .sqlite ? "no opescare.db" : "the database is empty")
                    + ": the database was lost, or only a part of a backup is there. Restore the "
                    + "backup into a new folder. To begin with an empty registry, move "
                    + "\(configuration.keysFolder) away first.")
        }
    }
}

/// The migrations of this version.
package enum Schema {
    private static func migrations(for dialect: Dialect) -> [Migration] {
        Migrations.all.map { step in
            Migration(
                version: step.version, name: step.name,
                sql: dialect == .sqlite ? step.sqlite : step.postgres)
        }
    }

    /// Whether every step of this version has been applied.
    package static func isCurrent(_ storage: any Storage) throws -> Bool {
        try storage.pendingMigrations(
            migrations(for: storage.dialect), checksum: { SHA256.hash($0).hex }
        ).isEmpty
    }

    /// - Returns: the names of the steps applied.
    @discardableResult
    package static func migrate(_ storage: any Storage, at now: Timestamp) throws -> [String] {
        try storage.migrate(
            migrations(for: storage.dialect), checksum: { SHA256.hash($0).hex },
            now: now.milliseconds
        ).map(\.name)
    }

    /// Runs `body` on a database of this version that holds nothing, in a file that is gone afterwards.
    package static func withEmpty<T>(_ body: (any Storage) throws -> T) throws -> T {
        let folder =
            FileManager.default.temporaryDirectory.path + "/opescare-schema-"
            + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        // What is left in the system's temporary folder harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = SQLiteStorage(path: folder + "/opescare.db")
        try migrate(storage, at: Timestamp(milliseconds: 0))
        return try body(storage)
    }
}
