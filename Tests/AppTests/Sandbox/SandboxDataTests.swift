import API
import App
import HTTP
@testable import Registry
import Database
import Testing
import TestSupport

struct SandboxDataTests {
    @Test func loadingTwiceChangesNothing() async throws {
        let app = try TestApp()
        let before = try app.count("SELECT COUNT(*) FROM patients")
        try SandboxData.load(into: app.app.writer, secrets: app.app.secrets, at: app.now)
        #expect(try app.count("SELECT COUNT(*) FROM patients") == before)
        #expect(try app.count("SELECT COUNT(*) FROM clients") == 4)
        #expect(try app.count("SELECT COUNT(*) FROM patient_aliases") == 2)
    }

    /// Everybody knows them.
    @Test(arguments: ["sdk_test_demo_sandbox_2026", "sdk_pub_test_demo_sandbox_2026"])
    func productionKnowsNoDocumentedToken(_ token: String) async throws {
        let app = try TestApp(.production)
        let origin = [("Origin", "http://localhost:3000")]
        let opened = await app.send(
            .post, "/api/v1/connect/widget/sessions", token: token, fields: origin, json: "{}")
        #expect(opened.error == "token_invalid")
        #expect(opened.field("Access-Control-Allow-Origin") == nil)
        let path = "/api/v1/sdk/token/introspect"
        #expect(await app.send(.get, path, token: token).error == "token_invalid")
    }

    @Test func productionComesEmpty() async throws {
        let app = try TestApp(.production)
        #expect(try app.count("SELECT COUNT(*) FROM clients") == 0)
        #expect(try app.count("SELECT COUNT(*) FROM patients") == 0)
    }

    @Test func productionRefusesTheDocumentedSecretsUntilTheyAreRevoked() async throws {
        let app = try TestApp()
        #expect(throws: StartError.self) {
            try SandboxData.refuseDocumentedSecrets(
                in: app.app.writer, secrets: app.app.secrets)
        }
        let now = app.now
        for id in ["demo_dev_sandbox", "opeshisos_production", "demo_full_sandbox"] {
            _ = try await app.app.writer.write { tx in
                try ClientStore.setStatus(.revoked, of: id, at: now, in: tx)
            }
        }
        // A client's secret, an agent's key and a clinic's key each count alone.
        #expect(throws: StartError.self) {
            try SandboxData.refuseDocumentedSecrets(
                in: app.app.writer, secrets: app.app.secrets)
        }
        _ = try await app.app.writer.write { tx in
            try BridgeAgentStore.setStatus(.revoked, of: "BRIDGE-2024-DEMO-001", at: now, in: tx)
        }
        #expect(throws: StartError.self) {
            try SandboxData.refuseDocumentedSecrets(
                in: app.app.writer, secrets: app.app.secrets)
        }
        _ = try await app.app.writer.write { tx in
            try APIKeyStore.revoke("key_demo_healthcare", at: now, in: tx)
        }
        for id in ["stk_demo_sandbox", "stk_demo_publishable"] {
            #expect(throws: StartError.self) {
                try SandboxData.refuseDocumentedSecrets(
                    in: app.app.writer, secrets: app.app.secrets)
            }
            _ = try await app.app.writer.write { tx in
                try SDKTokenStore.revoke(id, at: now, in: tx)
            }
        }
        // The pair of keys was everybody's who tried the sandbox.
        #expect(throws: StartError.self) {
            try SandboxData.refuseDocumentedSecrets(
                in: app.app.writer, secrets: app.app.secrets)
        }
        _ = try await app.app.writer.write { tx in
            try ClientStore.setStatus(.revoked, of: SandboxKeys.clientID, at: now, in: tx)
        }
        try SandboxData.refuseDocumentedSecrets(in: app.app.writer, secrets: app.app.secrets)
    }

    @Test func aProductionFolderIsNeverStartedAsASandbox() async throws {
        let app = try TestApp(.production)
        app.app.close()
        var configuration = app.app.configuration
        #expect(throws: Never.self) {
            try Service(configuration, log: Log(format: .json, output: nil)).close()
        }
        configuration.environment = .sandbox
        #expect(throws: StartError.self) {
            try Service(configuration, log: Log(format: .json, output: nil))
        }
        #expect(try app.count("SELECT COUNT(*) FROM clients") == 0)
    }

    @Test func noSecretIsInTheDatabase() async throws {
        let app = try TestApp()
        let hashes = try app.read { tx in
            try tx.all("SELECT secret_hash FROM clients", []) { $0.blob(0) }
        }
        #expect(hashes.allSatisfy { $0.count == 32 })
        #expect(hashes.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("secret") })
    }
}
