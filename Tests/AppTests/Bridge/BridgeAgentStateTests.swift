import API
import App
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct BridgeAgentStateTests {
    private static let start = TestApp.start

    private func after(minutes: Int64) -> Timestamp { Self.start.adding(seconds: minutes * 60) }

    @Test func fifteenMinutesOfSilenceAreOffline() {
        var state = BridgeAgentState(agentID: "a", at: Self.start)
        #expect(state.liveness(at: after(minutes: 15)) == .online)
        #expect(state.liveness(at: after(minutes: 16)) == .offline)
        let conclusions = [15, 16, 17].map {
            state.fallSilent(at: after(minutes: $0), listeningSince: Self.start)
        }
        #expect(conclusions == [false, true, false])
        state.hear(at: after(minutes: 18))
        #expect(state.liveness == .online)
        let isNews = state.fallSilent(at: after(minutes: 40), listeningSince: Self.start)
        #expect(isNews)
    }

    /// While the server was down it could hear nobody.
    @Test func aServerThatHasJustStartedBlamesNobody() {
        var state = BridgeAgentState(agentID: "a", at: Self.start)
        let early = state.fallSilent(
            at: after(minutes: 605), listeningSince: after(minutes: 600))
        #expect(!early)
        let late = state.fallSilent(
            at: after(minutes: 616), listeningSince: after(minutes: 600))
        #expect(late)
    }

    @Test func threeBadBatchesInARowAreTroubleOnce() {
        var state = BridgeAgentState(agentID: "a", at: Self.start)
        let news = (1...5).map { _ in state.finishBatch(accepted: 0, at: Self.start) }
        #expect(news == [false, false, true, false, false])
        #expect(state.liveness == .degraded)
        #expect(state.lastSyncAt == nil)
        let isNews = state.finishBatch(accepted: 1, at: after(minutes: 1))
        #expect(!isNews)
        #expect(state.liveness == .online)
        #expect(state.lastSyncAt == after(minutes: 1))
    }

    @Test func anAgentMaySayItselfHowItIs() {
        var state = BridgeAgentState(agentID: "a", at: Self.start)
        var heartbeat = BridgeAgentState.Heartbeat()
        heartbeat.isFailing = true
        let news = [
            state.hear(heartbeat, at: Self.start), state.hear(heartbeat, at: Self.start),
        ]
        #expect(news == [true, false])
        #expect(state.liveness == .degraded)
        // One that says nothing changes nothing.
        _ = state.hear(BridgeAgentState.Heartbeat(), at: Self.start)
        #expect(state.liveness == .degraded)
        heartbeat.isFailing = false
        _ = state.hear(heartbeat, at: Self.start)
        #expect(state.liveness == .online)
    }

    // MARK: In the database

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    @Test func anOutageIsToldOfExactlyOnce() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(app, .post, "heartbeat", json: "{}")
        app.advance(seconds: 14 * 60)
        // Any request counts as a sign of life, even a refused one.
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: "nonsense")
        try await app.app.watchAgents(at: app.now)
        app.advance(seconds: 14 * 60)
        try await app.app.watchAgents(at: app.now)
        #expect(try events(app) == [])
        app.advance(seconds: 2 * 60)
        for _ in 1...3 { try await app.app.watchAgents(at: app.now) }
        #expect(try events(app) == ["bridge_agent.offline"])
        let state = try app.read {
            try BridgeAgentStateStore.find(BridgeRoutesTests.agent, in: $0)
        }
        #expect(state?.liveness == .offline)
        _ = await BridgeRoutesTests.send(app, .post, "heartbeat", json: "{}")
        app.advance(seconds: 16 * 60)
        try await app.app.watchAgents(at: app.now)
        #expect(try events(app) == ["bridge_agent.offline", "bridge_agent.offline"])
    }

    @Test func nobodyIsToldOfAnAgentThatMayNotCall() async throws {
        let app = try TestApp()
        _ = await BridgeRoutesTests.send(app, .post, "heartbeat", json: "{}")
        let now = app.now
        try await app.app.writer.write { tx in
            _ = try BridgeAgentStore.setStatus(
                .revoked, of: BridgeRoutesTests.agent, at: now, in: tx)
        }
        app.advance(seconds: 3600)
        try await app.app.watchAgents(at: app.now)
        #expect(try events(app) == [])
    }

    @Test func badBatchesAreToldOfOnceAndShownInTheStatus() async throws {
        let app = try TestApp()
        for _ in 1...4 {
            _ = await BridgeRoutesTests.send(
                app, .post, "sync", json: #"{"record_type":"lab_result"}"#)
        }
        #expect(try events(app) == ["bridge_agent.sync_failed"])
        let status = await BridgeRoutesTests.send(app, .get, "status")
        #expect(status["status"]?.string == "degraded")
    }
}
