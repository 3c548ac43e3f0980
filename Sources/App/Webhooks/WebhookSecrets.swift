import Crypto
import Foundation

/// Webhook secrets at rest: sealed under a key that is not in the database, because unlike a
/// client's secret they must come back in clear to sign.
package struct WebhookSecrets: Sendable {
    private let box: SecretBox

    /// Reads `webhooks.key` from the folder; makes it when there is none.
    package init(folder: String) throws {
        let path = folder + "/webhooks.key"
        if !FileManager.default.fileExists(atPath: path) {
            try KeyFile.write(SecureRandom.bytes(SecretBox.keyBytes), to: path)
        }
        box = try SecretBox(key: try KeyFile.read(path: path))
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
