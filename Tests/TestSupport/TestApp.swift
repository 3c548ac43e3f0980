package import API
import App
import Crypto
import Foundation
package import HTTP
package import JSON
package import Registry
package import Database
import Synchronization
import Testing
package import Values

/// The real service on a folder of its own, with a clock that stands where a test puts it.
///
/// Requests go through `Service.respond(to:)`, the one door; the database is real.
package final class TestApp: Sendable {
    package let app: Service
    package let folder: String
    private let database: TestDatabase?
    /// Of folder and database.
    private let isOwner: Bool
    private let time = Time()

    /// 2026-06-01T09:30:00Z.
    package static let start = Timestamp(milliseconds: 1_780_306_200_000)

    /// - Parameter node: another server on the same database, which must be PostgreSQL, and with the same keys.
    package init(
        _ environment: Deployment.Environment = .sandbox, beside node: TestApp? = nil,
        log: Log = Log(format: .json, output: nil), isOnPostgres: Bool = TestDatabase.isPostgres,
        configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        folder =
            node?.folder ?? FileManager.default.temporaryDirectory.path + "/opescare-test-"
            + UUID().uuidString
        var configuration = Configuration(environment: environment, dataFolder: folder)
        configuration.rateLimit = 0
        // Each is a connection, where a test is on PostgreSQL.
        configuration.databaseReaders = 2
        configuration.issuer = "https://opescare.test"
        database = try node?.database ?? (isOnPostgres ? TestDatabase() : nil)
        isOwner = node == nil
        configuration.database = database?.url
        configure(&configuration)
        try DataFolder.prepare(configuration)
        if isOwner { try Self.writeKeys(environment, to: configuration.keysFolder) }
        app = try Service(
            configuration, clock: Clock(now: { [time] in time.now.withLock { $0 } }),
            log: log)
    }

    /// One key for all tests: making one takes longer than most of them.
    private static func writeKeys(
        _ environment: Deployment.Environment, to folder: String
    ) throws {
        try KeyFile.write(Array(TestApp.signingKey.utf8), to: folder + "/signing-1.pem")
        guard environment == .sandbox else { return }
        try KeyFile.write(
            KeyPair.set(TestApp.smartKeys), to: folder + "/demo_smart_sandbox.jwks")
    }

    deinit {
        app.close()
        guard isOwner else { return }
        database?.drop()
        // What is left in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let signingKey: String = {
        do {
            return try RSAPrivateKey.generate().pem
        } catch {
            fatalError("no signing key: \(error)")
        }
    }()

    /// Of the client `demo_smart_sandbox`, for all tests too.
    package static let smartKeys: [KeyPair] = {
        do {
            return [
                KeyPair(kid: "rs", algorithm: nil, key: try PrivateKey.generate()),
                KeyPair(kid: "p384", algorithm: .es384, key: try PrivateKey.generate(.p384)),
                KeyPair(kid: "p256", algorithm: nil, key: try PrivateKey.generate(.p256)),
            ]
        } catch {
            fatalError("no keys: \(error)")
        }
    }()

    private final class Time: Sendable {
        let now = Mutex(TestApp.start)
    }

    package func advance(seconds: Int64) {
        time.now.withLock { $0 = $0.adding(seconds: seconds) }
    }

    package var now: Timestamp { time.now.withLock { $0 } }

    // MARK: Requests

    package func send(
        _ method: HTTPMethod, _ target: String, token: String? = nil,
        fields: [(String, String)] = [], json: String? = nil, form: String? = nil
    ) async -> Answer {
        var fields = fields
        if let token { fields.append(("Authorization", "Bearer " + token)) }
        if json != nil { fields.append(("Content-Type", "application/json")) }
        let request = HTTPRequest(
            method, target, fields: fields, body: Array((json ?? form ?? "").utf8))
        let repeats = app.writer.statistics.repeats
        let answer = Answer(await app.respond(to: request))
        if app.writer.statistics.repeats > repeats {
            Issue.record("\(method.rawValue) \(target): its write failed after a change")
        }
        if let breach = Contract.breach(by: answer, to: request) {
            Issue.record("openapi: \(method.rawValue) \(target): \(breach)")
        }
        return answer
    }

    /// A token of one of the documented clients.
    package func token(
        _ client: String = "opeshisos_production", scope: String? = nil
    ) async throws -> String {
        let secret =
            switch client {
            case "demo_dev_sandbox": "demo_secret_sandbox_2026"
            case "demo_full_sandbox": "demo_full_secret_sandbox_2026"
            default: "prod_secret_opeshisos_2026"
            }
        let scopeMember = scope.map { #","scope":"\#($0)""# } ?? ""
        let answer = await send(
            .post, "/api/v1/connect/auth/token",
            json: """
                {"grant_type":"client_credentials","client_id":"\(client)",
                "client_secret":"\(secret)"\(scopeMember)}
                """)
        guard let token = answer["access_token"]?.string else {
            throw MissingToken(status: answer.status)
        }
        return token
    }

    /// A token of an administrator named `tester`; further ones have a number behind it.
    package func adminToken() async throws -> String {
        let secret = app.secrets.issue(.adminToken)
        let count = try count("SELECT COUNT(*) FROM admin_tokens")
        _ = try await administer { origin, entry, tx in
            try AdminTokens.create(
                name: count == 0 ? "tester" : "tester \(count + 1)", expiresAt: nil, secret: secret,
                from: origin, auditing: &entry, in: tx)
        }
        return secret.text
    }

    /// What the tokens of a client may do from now on.
    package func grant(_ scopes: String, to client: String) async throws {
        _ = try await administer { origin, entry, tx in
            try Clients.update(
                client, scopes: scopes, from: origin, auditing: &entry, in: tx)
        }
    }

    /// Does what administrators do, past the routes and the audit log.
    package func administer<Value: Sendable>(
        _ body:
            @escaping @Sendable (
                Origin, inout AuditEntry, borrowing Transaction
            ) throws -> Value
    ) async throws -> Value {
        let now = now
        return try await app.writer.write { tx in
            var entry = AuditEntry(
                recordedAt: now, requestID: "req_test", principal: "admin:test",
                operation: "test", action: .execute)
            return try body(
                Origin(
                    facilityID: nil, clientID: nil, requestID: entry.requestID, now: now),
                &entry, tx)
        }
    }

    private struct MissingToken: Error {
        let status: Int
    }

    // MARK: What was stored

    package func read<Value>(_ body: (borrowing Transaction) throws -> Value) throws -> Value {
        try app.reader(0).read(body)
    }

    /// The audit rows since the start, oldest first, as `operation action outcome`.
    package func audit() throws -> [String] {
        try read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 10_000, in: tx)
        }.reversed().map { "\($0.entry.operation) \($0.entry.action.rawValue) \($0.entry.outcome)" }
    }

    /// Lets a test alter what was audited.
    package static func dropAuditGuards(in tx: borrowing Transaction) throws {
        if TestDatabase.isPostgres {
            try tx.run("DROP TRIGGER audit_log_is_append_only ON audit_log")
        } else {
            try tx.run("DROP TRIGGER audit_log_is_append_only_update")
            try tx.run("DROP TRIGGER audit_log_is_append_only_delete")
        }
    }

    package func count(_ sql: StaticString) throws -> Int {
        try read { tx in try tx.first(sql) { $0.int(0) } ?? 0 }
    }
}

/// A response with its content read.
package struct Answer: Sendable {
    package let response: HTTPResponse
    package let body: [UInt8]
    private let document: JSONDocument?

    package init(_ response: HTTPResponse) {
        self.response = response
        if case .bytes(let bytes) = response.body { body = bytes } else { body = [] }
        // Not every content is JSON; what a test asks of it then is nil.
        document = try? JSONDocument(body, limits: .stored)
    }

    package var status: Int { Int(response.status.code) }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var root: JSONValue? { document?.root }

    package subscript(_ key: String) -> JSONValue? { document?.root[key] }

    package func field(_ name: StaticString) -> String? { response.field(name) }

    package var error: String? { self["error"]?.string }
}
