package import Crypto
package import Database
import Foundation
import Synchronization
package import Values

/// The RSA keys in `keys/`: the newest signs, every one verifies (RFC 7517).
///
/// A rotation adds a file, `opescare keys rotate`; the old key stays until the last token it signed
/// has expired, and `opescare keys prune` removes it.
package final class SigningKeys: Sendable {
    package struct Key: Sendable {
        package let kid: String
        package let key: RSAPrivateKey
        package let file: String
        package let createdAt: Timestamp
    }

    private let folder: String
    private let keys: Mutex<[Key]>
    /// The `ClientStore.epoch` at which the folder was last read.
    private let loadedEpoch = Mutex<Int64?>(nil)

    /// Reads the folder; makes the first key when there is none.
    package init(folder: String, now: Timestamp) throws {
        self.folder = folder
        var loaded = try SigningKeys.load(folder)
        if loaded.isEmpty {
            try SigningKeys.generate(in: folder, now: now)
            loaded = try SigningKeys.load(folder)
        }
        keys = Mutex(loaded)
    }

    /// The key that signs.
    package var current: Key {
        keys.withLock { $0[$0.count - 1] }
    }

    package var all: [Key] { keys.withLock { $0 } }

    package func key(withID kid: String) -> RSAPublicKey? {
        keys.withLock { keys in keys.first { $0.kid == kid }?.key.publicKey }
    }

    /// Takes up keys that a rotation added or a prune removed, both of which raise the epoch: a rotation
    /// by the command line counts from the next token on.
    ///
    /// - Throws: `Refusal` (`overloaded`) while the key files cannot be read, such as for want of
    ///   descriptors: to go on with keys that may have been removed would be a guess. The next call
    ///   tries again.
    package func refresh(in tx: borrowing Transaction) throws {
        let epoch = try ClientStore.epoch(in: tx)
        do {
            try reload(at: epoch)
        } catch {
            var refusal = Refusal(
                .overloaded,
                "The server cannot read its signing keys at the moment. Try again later.")
            refusal.retryAfter = 1
            refusal.cause = "\(error)"
            throw refusal
        }
    }

    private func reload(at epoch: Int64) throws {
        try loadedEpoch.withLock { loadedEpoch in
            guard loadedEpoch != epoch else { return }
            let loaded = try SigningKeys.load(folder)
            if !loaded.isEmpty { keys.withLock { $0 = loaded } }
            loadedEpoch = epoch
        }
    }

    /// Adds a key file, which signs from the next start or reload on.
    @discardableResult
    package static func generate(in folder: String, now: Timestamp) throws -> String {
        let key = try RSAPrivateKey.generate()
        // The name sorts by age: the last file is the newest key.
        let path = "\(folder)/signing-\(String(now.milliseconds)).pem"
        try KeyFile.write(Array(key.pem.utf8), to: path)
        return path
    }

    /// Removes each key whose successor has signed for longer than a token lasts.
    ///
    /// - Parameter isUrgent: every key but the newest, with the tokens that it signed.
    /// - Returns: the files removed.
    package static func prune(
        in folder: String, tokenSeconds: Int64, now: Timestamp, isUrgent: Bool = false
    ) throws -> [String] {
        let keys = try load(folder)
        let removable = zip(keys, keys.dropFirst()).filter { _, successor in
            // A minute more, for the time a running server takes to notice the rotation.
            isUrgent || successor.createdAt.adding(seconds: tokenSeconds + 60) < now
        }.map { $0.0.file }
        for file in removable { try FileManager.default.removeItem(atPath: file) }
        return removable
    }

    private static func load(_ folder: String) throws -> [Key] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("signing-") && $0.hasSuffix(".pem") }
            .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        return try names.map { name in
            let path = folder + "/" + name
            let pem = String(decoding: try KeyFile.read(path: path), as: UTF8.self)
            let key = try RSAPrivateKey(pem: pem)
            let created = Int64(name.dropFirst("signing-".count).dropLast(".pem".count)) ?? 0
            return Key(
                kid: key.publicKey.thumbprint, key: key, file: path,
                createdAt: Timestamp(milliseconds: created))
        }
    }
}
