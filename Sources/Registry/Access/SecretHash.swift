import Crypto
import Foundation
package import Database
package import Values

/// Hashes secrets and keys under a key that is not in the database: who steals the file alone can
/// neither use a secret nor test guesses.
package struct SecretHash: Sendable {
    private let key: HMACSHA256

    private static let keyBytes = 32

    /// Reads `secrets.key` from the folder; makes it when there is none and no client either.
    ///
    /// - Throws: `StartError` when clients have secrets that only a lost or damaged key can check: a
    ///   fresh one would turn them all away without a word.
    package init(folder: String, in tx: borrowing Transaction) throws {
        let path = folder + "/secrets.key"
        if !FileManager.default.fileExists(atPath: path) {
            guard try ClientStore.isEmpty(in: tx), try AdminTokenStore.all(in: tx).isEmpty,
                try BridgeAgentStore.all(in: tx).isEmpty, try APIKeyStore.all(in: tx).isEmpty
            else {
                throw SecretHash.unusable(path, "is missing")
            }
            try KeyFile.write(SecureRandom.bytes(SecretHash.keyBytes), to: path)
        }
        let bytes = try KeyFile.read(path: path)
        guard bytes.count == SecretHash.keyBytes else {
            throw SecretHash.unusable(
                path, "has \(bytes.count) bytes instead of \(SecretHash.keyBytes)")
        }
        key = HMACSHA256(key: bytes)
    }

    private static func unusable(_ path: String, _ what: String) -> StartError {
        StartError(
            "\(path) \(what), and no client's secret can be checked without it. Restore it from a "
                + "backup. If there is none, put 32 random bytes there (mode 600) and give every "
                + "client a new secret with \"opescare client rotate\".")
    }

    /// 32 bytes. Of a text longer than any secret one byte more than a secret has is read: a guess of
    /// a megabyte costs no more than any other, and matches as little.
    package func hash(_ secret: String) -> [UInt8] {
        key.authenticate(Array(secret.utf8.prefix(SecretHash.secretBytes + 1))).bytes
    }

    private static let secretBytes = 1024

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

    /// A new secret, to be shown once.
    package struct Issued: Sendable {
        package let text: String
        package let hash: [UInt8]

        /// What may be shown of it later: enough to tell it from others.
        package let prefix: String
    }

    /// 32 random bytes, base64url.
    package func issue(_ kind: Kind) -> Issued {
        let text = kind.rawValue + Base64URL.encode(SecureRandom.bytes(32))
        return issued(text, kind)
    }

    /// One that is known beforehand, such as the sandbox's.
    package func issued(_ text: String, _ kind: Kind) -> Issued {
        Issued(
            text: text, hash: hash(text), prefix: String(text.prefix(kind.rawValue.count + 6)))
    }

    /// What a secret is for stands before it, so that a leaked one is recognised.
    package enum Kind: String, Sendable {
        case clientSecret = "sk_"
        case agentKey = "bk_"
        case apiKey = "ak_"
        case adminToken = "at_"
        case sdkTestToken = "sdk_test_"
        case sdkLiveToken = "sdk_live_"
        case sdkPublishableToken = "sdk_pub_"
        case widgetSessionToken = "wgt_"
    }
}
