package import API
import Crypto
import Foundation
package import Database
import Registry

/// The files in `keys/`, without which a database's secrets and tokens are of no use.
package enum KeyFolder {
    /// Copies every key. One that is there already must be the same.
    ///
    /// - Throws: `StartError` when one is damaged, or another of that name is there.
    package static func copy(from source: String, to target: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted() {
            let key = try KeyFile.read(path: source + "/" + name)
            // A key that is empty or cut off would only show at the next start.
            guard name.hasSuffix(".key") ? key.count == 32 : !key.isEmpty else {
                throw StartError("\(source)/\(name) is damaged. Use another backup.")
            }
            let path = target + "/" + name
            if FileManager.default.fileExists(atPath: path) {
                guard try KeyFile.read(path: path) == key else {
                    throw StartError("\(path) is another key than \(source)/\(name).")
                }
                continue
            }
            try KeyFile.write(key, to: path)
        }
    }

    /// Opens with the keys what the database has sealed and hashed with them.
    ///
    /// - Throws: `StartError` when one is missing or another's.
    package static func check(
        of configuration: Configuration, in tx: borrowing Transaction
    ) throws {
        _ = try SecretHash(folder: configuration.keysFolder, in: tx)
        _ = try WebhookSecrets(folder: configuration.keysFolder, in: tx)
    }
}
