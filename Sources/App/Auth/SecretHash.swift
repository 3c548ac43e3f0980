import Crypto
import Foundation

/// Hashes client secrets under a key that is not in the database: who steals the file alone can
/// neither use a secret nor test guesses.
package struct SecretHash: Sendable {
    private let key: HMACSHA256

    /// Reads `secrets.key` from the folder; makes it when there is none.
    package init(folder: String) throws {
        let path = folder + "/secrets.key"
        if !FileManager.default.fileExists(atPath: path) {
            try KeyFile.write(SecureRandom.bytes(32), to: path)
        }
        key = HMACSHA256(key: try KeyFile.read(path: path))
    }

    /// 32 bytes.
    package func hash(_ secret: String) -> [UInt8] {
        key.authenticate(Array(secret.utf8)).bytes
    }

    /// Whether `secret` is the stored one. An unknown client is checked against a hash that nothing
    /// has, so that it takes the same time as a wrong secret.
    package func matches(_ secret: String, _ stored: ClientSecret?, at now: Timestamp) -> Bool {
        let presented = hash(secret)
        let isCurrent = constantTimeEquals(presented, stored?.hash ?? SecretHash.nothing)
        let isRetiring = constantTimeEquals(presented, stored?.retiringHash ?? SecretHash.nothing)
        let isInOverlap = stored?.retiringExpiresAt.map { now < $0 } ?? false
        return stored != nil && (isCurrent || isRetiring && isInOverlap)
    }

    private static let nothing = [UInt8](repeating: 0, count: 32)

    /// A new secret for a client: 32 random bytes, base64url.
    package static func generate() -> String {
        "sk_" + Base64URL.encode(SecureRandom.bytes(32))
    }
}
