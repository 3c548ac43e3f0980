import API
import App
import Crypto
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// The files in `keys/`, lost, damaged or out of reach.
struct KeysTests {
    private static let token = #"""
        {"grant_type":"client_credentials","client_id":"opeshisos_production",
        "client_secret":"prod_secret_opeshisos_2026"}
        """#

    private static func secrets(of app: TestApp) throws -> SecretHash {
        try app.read { tx in try SecretHash(folder: app.folder + "/keys", in: tx) }
    }

    @Test func aLostSecretsKeyIsNotReplacedWhileClientsNeedIt() throws {
        let app = try TestApp()
        let path = app.folder + "/keys/secrets.key"
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StartError.self) { try Self.secrets(of: app) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [0, 31, 33])
    func aSecretsKeyOfAnotherLengthIsRefused(_ count: Int) throws {
        let app = try TestApp()
        let path = app.folder + "/keys/secrets.key"
        try FileManager.default.removeItem(atPath: path)
        try KeyFile.write([UInt8](repeating: 7, count: count), to: path)
        #expect(throws: StartError.self) { try Self.secrets(of: app) }
    }

    @Test func aRotationThatCannotBeReadYetIsReadLater() async throws {
        let app = try TestApp()
        let keys = app.folder + "/keys"
        #expect(await app.send(.post, "/api/v1/connect/auth/token", json: Self.token).status == 200)
        try SigningKeys.generate(in: keys, now: app.now)
        try await app.app.writer.write { tx in try ClientStore.raiseEpoch(in: tx) }
        try FileManager.default.moveItem(atPath: keys, toPath: keys + "-away")
        let refused = await app.send(.post, "/api/v1/connect/auth/token", json: Self.token)
        #expect(refused.status == 503)
        #expect(refused.error == "overloaded")
        #expect(refused.field("Retry-After") == "1")
        try FileManager.default.moveItem(atPath: keys + "-away", toPath: keys)
        #expect(await app.send(.post, "/api/v1/connect/auth/token", json: Self.token).status == 200)
        let published = await app.send(.get, "/.well-known/jwks.json")
        let count = published["keys"]?.elements.reduce(0) { count, _ in count + 1 }
        #expect(count == 2)
    }

    /// Half a restore, or a database that was lost, is not an empty registry.
    @Test(arguments: [
        ("opescare.db.partial", "opescare.db.partial"), ("restore.partial", "restore.partial"),
        ("keys/secrets.key", "no opescare.db"), ("keys/webhooks.key", "no opescare.db"),
    ])
    func aFolderThatIsOnlyAPartIsNotStarted(_ name: String, _ sentence: String) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/part-" + UUID().uuidString
        let configuration = Configuration(environment: .sandbox, dataFolder: folder)
        try DataFolder.prepare(configuration)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = try configuration.openStorage()
        #expect(throws: Never.self) { try DataFolder.requireWhole(configuration, storage) }
        try KeyFile.write([UInt8](repeating: 7, count: 32), to: folder + "/" + name)
        let error = #expect(throws: StartError.self) {
            try Service(configuration, log: Log(format: .json, output: nil))
        }
        #expect(error?.description.contains(sentence) == true)
        #expect(!FileManager.default.fileExists(atPath: configuration.databasePath))
    }
}
