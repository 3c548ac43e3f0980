import Crypto
import Foundation
package import Database

/// Webhook secrets at rest: sealed under a key that is not in the database, because unlike a
/// client's secret they must come back in clear to sign.
package struct WebhookSecrets: Sendable {
    private let box: SecretBox

    /// Reads `webhooks.key` from the folder; makes it when there is none and no subscription either.
    ///
    /// - Throws: `StartError` when there are secrets that only a lost or damaged key can open: with a
    ///   fresh one their deliveries would wait for ever.
    package init(folder: String, in tx: borrowing Transaction) throws {
        let path = folder + "/webhooks.key"
        if !FileManager.default.fileExists(atPath: path) {
            guard try SubscriptionStore.isEmpty(in: tx) else {
                throw WebhookSecrets.unusable(path, "is missing")
            }
            try KeyFile.write(SecureRandom.bytes(SecretBox.keyBytes), to: path)
        }
        let bytes = try KeyFile.read(path: path)
        guard bytes.count == SecretBox.keyBytes else {
            throw WebhookSecrets.unusable(
                path, "has \(bytes.count) bytes instead of \(SecretBox.keyBytes)")
        }
        box = try SecretBox(key: bytes)
    }

    private static func unusable(_ path: String, _ what: String) -> StartError {
        StartError(
            "\(path) \(what), and no webhook can be signed without it. Restore it from a backup. "
                + "If there is none, put 32 random bytes there (mode 600) and have every subscriber "
                + "rotate its secret.")
    }

    package func seal(_ secret: String, for subscriptionID: String) throws -> [UInt8] {
        try box.seal(Array(secret.utf8), for: subscriptionID)
    }

    package func open(_ sealed: [UInt8], for subscriptionID: String) throws -> String {
        String(decoding: try box.open(sealed, for: subscriptionID), as: UTF8.self)
    }

    /// Standard Webhooks' form: `whsec_` and the base64 of 32 random bytes.
    package static func generate() -> String {
        "whsec_" + Base64.encode(SecureRandom.bytes(32))
    }
}
