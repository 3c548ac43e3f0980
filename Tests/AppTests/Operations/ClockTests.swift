import HTTP
@testable import Registry
import Testing
import TestSupport

/// The system's clock jumps: a dead battery, a wrong time server, a virtual machine that slept.
struct ClockTests {
    private static let target =
        "/api/v1/connect/patients/verify/CM-HID-7KQ9-MP42-X8D1"
    private static let day: Int64 = 86_400

    private static func isIntact(_ app: TestApp) throws -> Bool {
        let verdict = try app.read { tx in
            try AuditStore.verify(after: .empty, count: 1000, in: tx)
        }
        if case .intact = verdict { return true }
        return false
    }

    @Test func aClockSetBackCostsATokenAndNothingElse() async throws {
        let app = try TestApp()
        let token = try await app.token()
        app.advance(seconds: -Self.day)
        // Not valid yet; the caller asks for another one, as after any 401.
        #expect(await app.send(.get, Self.target, token: token).error == "token_invalid")
        let other = try await app.token()
        #expect(await app.send(.get, Self.target, token: other).status == 200)
        app.advance(seconds: Self.day)
        #expect(await app.send(.get, Self.target, token: token).status == 200)
        #expect(await app.send(.get, Self.target, token: other).error == "token_expired")
        #expect(try Self.isIntact(app))
    }

    @Test func aClockThatLeapsAheadExpiresTokensAndNothingElse() async throws {
        let app = try TestApp()
        let token = try await app.token()
        #expect(await app.send(.get, Self.target, token: token).status == 200)
        app.advance(seconds: 1000 * Self.day)
        #expect(await app.send(.get, Self.target, token: token).error == "token_expired")
        let other = try await app.token()
        #expect(await app.send(.get, Self.target, token: other).status == 200)
        #expect(await app.send(.get, "/ready").status == 200)
        #expect(try Self.isIntact(app))
    }
}
