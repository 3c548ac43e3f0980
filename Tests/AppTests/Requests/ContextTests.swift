@testable import API
import Database
import HTTP
import Registry
import Testing
import TestSupport

struct ContextTests {
    private let app: TestApp

    init() throws {
        app = try TestApp()
    }

    private func context() -> Context {
        Context(
            Service.RequestMetadata(
                requestID: "req_test", now: app.now, address: "203.0.113.7"),
            app: app.app,
            route: Route(.get, "/test", "test", scope: .open) { _, _ in HTTPResponse(.ok) },
            reader: 0, principal: nil, idempotency: nil)
    }

    /// What a body was refused for counts, however late: nothing of it stays but the row that says so.
    @Test(arguments: [true, false])
    func aRefusedReadLeavesNothing(_ isChanged: Bool) async throws {
        let context = context()
        let repeats = app.app.writer.statistics.repeats
        await #expect(throws: Problem.self) {
            try await context.read(auditing: .read, .few) { tx, entry -> Int in
                entry.entity = "patient/none"
                if isChanged {
                    try EventStore.append(
                        Event(.healthIDVerified, patientID: nil, data: []), from: context.origin,
                        in: tx)
                }
                throw Refusal(.conflict, "Not so.")
            }
        }
        #expect(try app.count("SELECT COUNT(*) FROM events") == 0)
        #expect(try app.audit() == ["test R conflict"])
        // It costs SQLite's batch another run, which is counted.
        #expect(
            app.app.writer.statistics.repeats - repeats
                == (isChanged && !TestDatabase.isPostgres ? 1 : 0))
    }
}
