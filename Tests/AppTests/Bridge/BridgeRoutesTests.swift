import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct BridgeRoutesTests {
    static let base = "/api/v1/bridge/"
    static let agent = "BRIDGE-2024-DEMO-001"
    static let facility = "00000000-0000-0000-0000-100000000001"

    static func send(
        _ app: TestApp, _ method: HTTPMethod, _ path: String, key: String? = nil,
        idempotencyKey: String? = nil, json: String? = nil
    ) async -> Answer {
        var fields = [
            ("X-Bridge-Agent-ID", agent),
            ("X-Bridge-Agent-Key", key ?? "demo_bridge_key_sandbox_2026"),
            ("X-Bridge-Timestamp", String(app.now.seconds)),
        ]
        if let idempotencyKey { fields.append(("Idempotency-Key", idempotencyKey)) }
        return await app.send(method, base + path, fields: fields, json: json)
    }

    // MARK: Heartbeat

    @Test(arguments: [facility, "FAC-001"])
    func recordHeartbeatKeepsWhatTheAgentTells(_ name: String) async throws {
        let app = try TestApp()
        let audited = try app.audit().count
        let answer = await Self.send(
            app, .post, "heartbeat",
            json: """
                {"agent_id":"\(Self.agent)","facility_id":"\(name)","version":"1.2.0",
                "environment":"production","queue_depth":7,"hostname":"his-1",
                "capabilities":["csv","inotify"]}
                """)
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "ok")
        #expect(answer["agent_id"]?.string == Self.agent)
        #expect(answer["server_time"]?.string == "2026-06-01T09:30:00Z")
        #expect(answer["next_heartbeat_seconds"]?.int == 60)
        let state = try #require(
            try app.read { try BridgeAgentStateStore.find(Self.agent, in: $0) })
        #expect(state.heartbeat.hostname == "his-1")
        #expect(state.heartbeat.environment == "production")
        #expect(state.heartbeat.capabilities == ["csv", "inotify"])
        #expect(try app.audit().count == audited)
        let status = await Self.send(app, .get, "status")
        #expect(status["version"]?.string == "1.2.0")
        #expect(status["queue_depth"]?.int == 7)
        #expect(status["last_heartbeat_at"]?.string == "2026-06-01T09:30:00Z")
    }

    @Test(arguments: [
        #"{"agent_id":"BRIDGE-OTHER"}"#, #"{"facility_id":"FAC-002"}"#,
        #"{"facility_id":"00000000-0000-0000-0000-100000000002"}"#,
        #"{"facility_reference":"FAC-002"}"#,
    ])
    func anAgentSpeaksForItselfOnly(_ body: String) async throws {
        let app = try TestApp()
        for path in ["heartbeat", "sync"] {
            let answer = await Self.send(app, .post, path, json: body)
            #expect(answer.status == 403)
            #expect(answer.error == "facility_forbidden")
        }
        #expect(try app.count("SELECT COUNT(*) FROM bridge_agent_states") == 0)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 0)
    }

    @Test func aHeartbeatListsAllThatIsWrong() async throws {
        let app = try TestApp()
        let answer = await Self.send(
            app, .post, "heartbeat", json: #"{"queue_depth":-1,"version":true,"capabilities":{}}"#)
        #expect(answer.status == 422)
        #expect(
            Set(answer["errors"]?.members.map(\.key) ?? [])
                == ["queue_depth", "version", "capabilities"])
    }

    // MARK: Status

    @Test func showBridgeStatusHasTheDocumentedFields() async throws {
        let app = try TestApp()
        let answer = await Self.send(app, .get, "status")
        #expect(answer.status == 200)
        #expect(
            answer.root?.members.map(\.key) == [
                "agent_id", "facility_id", "status", "last_sync_at", "last_heartbeat_at",
                "records_synced_today", "queue_depth", "version",
            ])
        #expect(answer["status"]?.string == "online")
        #expect(answer["last_sync_at"]?.isNull == true)
        #expect(answer["records_synced_today"]?.int == 0)
        #expect(try app.audit().last == "showBridgeStatus R success")
    }

    @Test func aWrongKeyOpensNothing() async throws {
        let app = try TestApp()
        for (method, path) in [
            (HTTPMethod.get, "status"), (.post, "heartbeat"), (.post, "sync"),
        ] {
            let answer = await Self.send(app, method, path, key: "wrong", json: "{}")
            #expect(answer.status == 401)
            #expect(answer.error == "bridge_token_invalid")
        }
    }

    /// Who guesses must not learn which ids there are.
    @Test func anUnknownAgentIsAnsweredLikeAWrongKey() async throws {
        let app = try TestApp()
        var bodies: Set<String> = []
        for id in ["BRIDGE-2024-DEMO-001", "A", "BRIDGE-2024-DEMO-0010", "zzz", ""] {
            let answer = await app.send(
                .get, "/api/v1/bridge/status",
                fields: [("X-Bridge-Agent-ID", id), ("X-Bridge-Agent-Key", "wrong")])
            #expect(answer.status == 401)
            let requestID = try #require(answer.field("X-Request-Id"))
            bodies.insert(answer.text.replacing(requestID, with: ""))
        }
        #expect(bodies.count == 1)
    }

    /// For an unknown id another row is read, whose owner it must not become.
    @Test(arguments: ["", "A", "BRIDGE-2024-DEMO-0010", "BRIDGE-2024-DEMO-001 ", "zzz"])
    func nobodysCredentialsAreNobodys(_ id: String) throws {
        let app = try TestApp()
        #expect(try app.read { try BridgeAgentStore.credentials(of: id, in: $0) == nil })
        #expect(try app.read { try ClientStore.credentials(of: id, in: $0) == nil })
        let known = try #require(
            try app.read { try BridgeAgentStore.credentials(of: "BRIDGE-2024-DEMO-001", in: $0) })
        #expect(known.agent.id == "BRIDGE-2024-DEMO-001")
        #expect(
            app.app.secrets.matches("demo_bridge_key_sandbox_2026", known.key, at: app.now))
    }

    /// The day of Douala begins at 23:00 UTC.
    @Test func recordsSyncedTodayCountInTheFacilitysTimeZone() async throws {
        let app = try TestApp()
        app.advance(seconds: 13 * 3600)  // 22:30 UTC, 23:30 there
        #expect(await sync(app, "first").status == 200)
        #expect(await syncedToday(app) == 1)
        app.advance(seconds: 1800)  // 23:00 UTC, midnight there
        #expect(await syncedToday(app) == 0)
        #expect(await sync(app, "second").status == 200)
        // Stored before, so not synced today.
        #expect(await sync(app, "first").status == 200)
        #expect(await syncedToday(app) == 1)
    }

    private func sync(_ app: TestApp, _ test: String) async -> Answer {
        await Self.send(
            app, .post, "sync",
            json: """
                {"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                "test_name":"\(test)","result_value":"1"}
                """)
    }

    private func syncedToday(_ app: TestApp) async -> Int64? {
        await Self.send(app, .get, "status")["records_synced_today"]?.int
    }
}
