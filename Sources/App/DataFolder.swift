import Crypto
import Foundation
import Migrations
package import SQLite
package import Values

/// The folder given by `--data`.
package enum DataFolder {
    /// Makes the folder and its `keys/`, readable by nobody else.
    package static func prepare(_ configuration: Configuration) throws {
        for folder in [configuration.dataFolder, configuration.keysFolder] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw StartError(
                    "Cannot create the folder \(folder). Choose another with --data, or make it "
                        + "writable for this user.")
            }
        }
    }
}

/// Why the service does not start, in words for the operator.
package struct StartError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The migrations of this version.
package enum Schema {
    package static let migrations = Migrations.all.map { step in
        Migration(version: step.version, name: step.name, sql: step.sql)
    }

    /// Whether every step of this version has been applied.
    package static func isCurrent(path: String) throws -> Bool {
        try Migrator.status(path: path, migrations, checksum: { SHA256.hash($0).hex })
            .pending.isEmpty
    }

    /// - Returns: the names of the steps applied.
    @discardableResult
    package static func migrate(path: String, at now: Timestamp) throws -> [String] {
        try Migrator.migrate(
            path: path, migrations, checksum: { SHA256.hash($0).hex }, now: now.milliseconds
        ).map(\.name)
    }
}
