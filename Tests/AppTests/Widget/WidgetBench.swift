import API
import HTTP
import JSON
@testable import Registry
import Database
import TestSupport
import Values

/// A sandbox with sessions of the widget in it.
struct WidgetBench {
    static let path = "/api/v1/connect/widget/sessions"
    static let secret = "sdk_test_demo_sandbox_2026"
    static let publishable = "sdk_pub_test_demo_sandbox_2026"
    static let page = "http://localhost:3000"
    /// Jean-Pierre Mbarga, whose birth date is 1975-11-02 and whose phone ends in 02.
    static let patient = "OPC-2024-XK7T9"
    static let born = "1975-11-02"

    let app: TestApp

    init(
        _ environment: Deployment.Environment = .sandbox,
        log: Log = Log(format: .json, output: nil)
    ) throws {
        app = try TestApp(environment, log: log) { $0.trustedProxies = [.loopback] }
    }

    struct Session {
        let id: String
        let token: String
    }

    /// One that the client's server opens for a patient.
    func named(_ more: String = "", by token: String = secret) async -> Session {
        session(
            await app.send(
                .post, Self.path, token: token, json: #"{"health_id":"\#(Self.patient)"\#(more)}"#))
    }

    /// One that a page opens, in which the patient identifies.
    func fromPage(
        _ body: String = "{}", token: String = publishable, origin: String? = page
    ) async -> Answer {
        await app.send(
            .post, Self.path, token: token, fields: origin.map { [("Origin", $0)] } ?? [],
            json: body)
    }

    func session(_ answer: Answer) -> Session {
        Session(
            id: answer["session_id"]?.string ?? "none",
            token: answer["session_token"]?.string ?? "none")
    }

    /// One from a page, whose patient has said who they are.
    func identified(_ body: String = "{}") async -> Session {
        let session = session(await fromPage(body))
        _ = await identify(session)
        return session
    }

    func identify(
        _ session: Session, as healthID: String = patient, born: String = born,
        from address: String = "203.0.113.7"
    ) async -> Answer {
        await app.send(
            .post, "/widget/v1/identify", token: session.token,
            fields: [("X-Forwarded-For", address)],
            json: #"{"health_id":"\#(healthID)","date_of_birth":"\#(born)"}"#)
    }

    func decide(_ session: Session, _ decision: String, code: String? = nil) async -> Answer {
        let code = code.map { #","code":"\#($0)""# } ?? ""
        return await app.send(
            .post, "/widget/v1/consent", token: session.token,
            json: #"{"decision":"\#(decision)"\#(code)}"#)
    }

    func state(_ session: Session) async -> String? {
        let answer = await app.send(.get, "/widget/v1/state", token: session.token)
        return answer["state"]?.string ?? answer.error
    }

    func summary(_ session: Session) async -> Answer {
        await app.send(.get, "/widget/v1/summary", token: session.token)
    }

    /// What was told to whom, oldest first: `type client`.
    func events() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type, client_id FROM events ORDER BY seq", []) {
                $0.text(0) + " " + ($0.textOrNil(1) ?? "nobody")
            }
        }
    }

    /// `principal operation entity outcome` of the audit rows, oldest first.
    func audit(_ count: Int) throws -> [String] {
        let rows = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: count, in: tx)
        }
        return rows.reversed().map { row in
            let entry = row.entry
            return [entry.principal, entry.operation, entry.entity ?? "-", entry.outcome]
                .joined(separator: " ")
        }
    }

    func change(_ sql: StaticString) async throws {
        try await app.app.writer.write { tx in _ = try tx.execute(sql) }
    }
}
