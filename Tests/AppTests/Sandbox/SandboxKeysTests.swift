import API
import App
import Crypto
import Foundation
@testable import Registry
import Database
import Testing
import TestSupport

struct SandboxKeysTests {
    private static func path(_ app: TestApp) -> String {
        app.folder + "/keys/demo_smart_sandbox.jwks"
    }

    private static func stored(in app: TestApp) throws -> [UInt8]? {
        let source = try app.read { try ClientKeyStore.find(of: SandboxKeys.clientID, in: $0) }
        guard case .keys(let json) = source else { return nil }
        return json
    }

    private static func load(_ app: TestApp) throws {
        try SandboxKeys.load(
            into: app.app.writer, folder: app.folder + "/keys", secrets: app.app.secrets,
            at: app.now)
    }

    @Test func thePairsAreMadeAtTheFirstStartAndKept() throws {
        let app = try TestApp()
        try FileManager.default.removeItem(atPath: Self.path(app))
        let before = try #require(try Self.stored(in: app))
        try Self.load(app)
        let made = try KeyFile.read(path: Self.path(app))
        let set = try ClientKeySet(made, isPrivate: true)
        #expect(set.keys.map(\.kid) == ["demo-rs384", "demo-es384"])
        #expect(set.keys.map(\.algorithm) == [.rs384, .es384])
        let attributes = try FileManager.default.attributesOfItem(atPath: Self.path(app))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let stored = try #require(try Self.stored(in: app))
        #expect(stored != before)
        #expect(stored == set.json)
        #expect(throws: Never.self) { try ClientKeySet(stored) }
        try Self.load(app)
        #expect(try KeyFile.read(path: Self.path(app)) == made)
        #expect(try Self.stored(in: app) == stored)
    }

    @Test func whatAnOperatorRegisteredStays() async throws {
        let app = try TestApp()
        let now = app.now
        _ = try await app.app.writer.write { tx in
            try ClientKeyStore.replace(
                of: SandboxKeys.clientID, by: .url("https://keys.example/"), at: now, in: tx)
        }
        try Self.load(app)
        #expect(try Self.stored(in: app) == nil)
        #expect(try app.count("SELECT COUNT(*) FROM client_key_sets WHERE url IS NOT NULL") == 1)
    }

    @Test func aDamagedFileSaysWhatToDo() throws {
        let app = try TestApp()
        try FileManager.default.removeItem(atPath: Self.path(app))
        try KeyFile.write(Array("{}".utf8), to: Self.path(app))
        let error = #expect(throws: StartError.self) { try Self.load(app) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("Remove it"))
    }

    @Test func productionNeverMakesIt() throws {
        let app = try TestApp(.production)
        #expect(!FileManager.default.fileExists(atPath: Self.path(app)))
        #expect(try app.count("SELECT COUNT(*) FROM client_key_sets") == 0)
    }
}
