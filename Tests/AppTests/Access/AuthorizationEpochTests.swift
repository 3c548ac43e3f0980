import API
import Database
import HTTP
import Registry
import Testing
import TestSupport

/// What every body of a transaction asks for is read once, and read again when it may have changed.
struct AuthorizationEpochTests {
    private struct Undone: Error {}

    @Test func itIsReadAgainOnceItWasRaised() async throws {
        let app = try TestApp()
        let writer = app.app.writer
        let epochs = try await writer.write { tx in
            var epochs = [try ClientStore.epoch(in: tx), try ClientStore.epoch(in: tx)]
            try ClientStore.raiseEpoch(in: tx)
            epochs.append(try ClientStore.epoch(in: tx))
            return epochs
        }
        #expect(epochs == [epochs[0], epochs[0], epochs[0] + 1])
        #expect(try await writer.write { try ClientStore.epoch(in: $0) } == epochs[0] + 1)
        // Taken back with the body, whatever it knew by then.
        await #expect(throws: Undone.self) {
            try await writer.write { tx in
                try ClientStore.raiseEpoch(in: tx)
                _ = try ClientStore.epoch(in: tx)
                throw Undone()
            }
        }
        #expect(try await writer.write { try ClientStore.epoch(in: $0) } == epochs[0] + 1)
        #expect(try app.read { try ClientStore.epoch(in: $0) } == epochs[0] + 1)
    }

    /// Requests of a client that another of the same batch suspends: whatever order they come in, none that
    /// comes behind is answered.
    @Test func whoIsSuspendedInABatchIsRefusedBehindIt() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_full_sandbox")
        let admin = try await app.adminToken()
        let answers = await withTaskGroup(of: (isSearch: Bool, status: Int).self) { group in
            for index in 0..<40 {
                group.addTask {
                    if index == 10 {
                        let suspended = await app.send(
                            .post, "/api/v1/admin/clients/demo_full_sandbox/suspend", token: admin,
                            json: "{}")
                        return (false, suspended.status)
                    }
                    let found = await app.send(
                        .get,
                        "/api/v1/connect/patient/search?health_id=CM-HID-7KQ9-MP42-X8D1",
                        token: token)
                    return (true, found.status)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { !$0.isSearch }.map(\.status) == [200])
        // In the order of the audit log nobody is served behind the suspension.
        let rows = try app.audit()
        let suspension = try #require(rows.firstIndex { $0.hasPrefix("suspendClient") })
        #expect(
            rows[suspension...].filter { $0.hasPrefix("searchPatient") }
                .allSatisfy { !$0.hasSuffix("success") })
        #expect(
            answers.count { $0.isSearch && $0.status == 200 }
                == rows.count { $0 == "searchPatient R success" })
    }
}
