package import API
import Database
import Foundation
import Registry
import Values

/// A data folder or a database of PostgreSQL, from which or to which everything is moved.
package struct MoveEnd {
    package let configuration: Configuration
    /// As people name it, without a password.
    package let place: String
    let storage: any Storage

    package var isFolder: Bool { configuration.database == nil }

    package init(_ configuration: Configuration) throws {
        self.configuration = configuration
        place = try configuration.place()
        storage = try configuration.openStorage()
    }

    /// - Throws: `MoveError` when there is nothing of this version.
    func requireSource() throws {
        guard try storage.isPresent() else {
            throw MoveError("There is no registry in \(place).")
        }
        if isFolder { try DataFolder.requireWhole(configuration, storage) }
        guard try Schema.isCurrent(storage) else {
            throw MoveError(
                "The database in \(place) is older than this program. Run \"opescare migrate\" on it "
                    + "first.")
        }
    }

    /// Makes what is missing of the database, and changes nothing where there is one.
    ///
    /// - Throws: `MoveError` when there is one of another version.
    func prepareDatabase() throws {
        guard try storage.isPresent() else { return try migrate() }
        if try Schema.isCurrent(storage) { return }
        // A move that was stopped before its first step.
        guard try storage.openTables(.source).tables().isEmpty else {
            throw notEmpty("an older registry")
        }
        try migrate()
    }

    private func migrate() throws { try Schema.migrate(storage, at: Clock.system.now()) }

    /// Makes the folder, or finds it empty: but for the keys, which may be there before the rest, and what a move
    /// has made.
    func prepareFolder() throws {
        guard isFolder else { return }
        try requireEmptyFolder()
        try DataFolder.prepare(configuration)
    }

    private func requireEmptyFolder() throws {
        let ours: Set<String> = [
            "keys", "opescare.lock", "opescare.db", "opescare.db-wal", "opescare.db-shm",
        ]
        guard FileManager.default.fileExists(atPath: configuration.dataFolder) else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: configuration.dataFolder)
        if let other = names.sorted().first(where: { !ours.contains($0) }) {
            throw notEmpty(other)
        }
    }

    func notEmpty(_ what: String) -> MoveError {
        MoveError(
            "\(place) is not empty: it has \(what). Name "
                + (isFolder ? "a folder that is new or empty." : "an empty database."))
    }
}
