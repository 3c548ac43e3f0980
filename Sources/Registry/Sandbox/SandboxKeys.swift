import Crypto
package import Database
import Foundation
package import Values

/// The sandbox's client that signs in by keys: they are made at the first start, so that no key is
/// printed anywhere (contract, FHIR § 5).
package enum SandboxKeys {
    package static let clientID = "demo_smart_sandbox"
    private static let scopes = "system/*.rs system:export"

    private static func path(in folder: String) -> String {
        "\(folder)/\(clientID).jwks"
    }

    /// Written again at every start without changing what is there: idempotent.
    ///
    /// - Parameter folder: where the pairs are kept, for its owner alone.
    package static func load(
        into writer: any Writer, folder: String, secrets: SecretHash, at now: Timestamp
    ) throws {
        let path = path(in: folder)
        let isFresh = !FileManager.default.fileExists(atPath: path)
        if isFresh { try KeyFile.write(KeyPair.set(try pairs()), to: path) }
        let json = try KeyFile.read(path: path)
        let keys: ClientKeySet
        do throws(ClientKeySet.Fault) {
            keys = try ClientKeySet(json, isPrivate: true)
        } catch {
            throw StartError("\(path) \(error.message). Remove it, and it is made anew.")
        }
        try writer.writeBlocking { tx in
            if try ClientStore.find(clientID, in: tx) == nil {
                try ClientStore.insert(
                    Client(
                        id: clientID, name: "Sandbox system of SMART's", scopes: scopes,
                        facilityID: SandboxData.facilityID, status: .active, rateLimit: nil,
                        createdAt: now),
                    secretHash: secrets.issue(.clientSecret).hash, in: tx)
            }
            guard try isFresh || ClientKeyStore.find(of: clientID, in: tx) == nil else { return }
            try ClientKeyStore.replace(of: clientID, by: .keys(keys.json), at: now, in: tx)
        }
    }

    /// What SMART's clients sign with.
    private static func pairs() throws -> [KeyPair] {
        [
            KeyPair(kid: "demo-rs384", algorithm: .rs384, key: try PrivateKey.generate()),
            KeyPair(kid: "demo-es384", algorithm: .es384, key: try PrivateKey.generate(.p384)),
        ]
    }

    /// Whether it could still sign in.
    static func isOpen(in tx: borrowing Transaction) throws -> Bool {
        guard let client = try ClientStore.find(clientID, in: tx) else { return false }
        return try client.status != .revoked && ClientKeyStore.find(of: clientID, in: tx) != nil
    }
}
