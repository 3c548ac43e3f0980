import HTTP
import JSON
import Testing
import TestSupport

struct AgentRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func post(_ path: String, _ json: String? = nil) async -> Answer {
        await app.send(.post, "/api/v1/admin/agents" + path, token: admin, json: json)
    }

    private func make() async throws -> String {
        let made = await post(
            "", #"{"agent_id":"BR-1","name":"Front desk","facility_id":"FAC-001"}"#)
        #expect(made.status == 201)
        #expect(made.field("Cache-Control") == "no-store")
        return try #require(made["agent_key"]?.string)
    }

    private func heartbeat(_ key: String, _ json: String = "{}") async -> Answer {
        await app.send(
            .post, "/api/v1/bridge/heartbeat",
            fields: [("X-Bridge-Agent-ID", "BR-1"), ("X-Bridge-Agent-Key", key)], json: json)
    }

    @Test func createAgentRefusesALookAlike() async throws {
        _ = try await make()
        let alike = await post("", #"{"agent_id":"br-1","facility_id":"FAC-001"}"#)
        #expect(alike.status == 409)
        #expect(alike["message"]?.string?.contains("There is an agent BR-1 already") == true)
    }

    @Test func createAgentShowsAKeyThatWorks() async throws {
        let key = try await make()
        #expect(try app.audit() == ["createAgent C success"])
        #expect(await heartbeat(key).status == 200)
        #expect(
            await post("", #"{"agent_id":"BR-1","facility_id":"FAC-001"}"#).status == 409)
        let bad = await post("", #"{"agent_id":"a/b"}"#)
        #expect(bad.status == 422)
        #expect(bad["errors"]?["agent_id"] != nil)
        #expect(bad["errors"]?["facility_id"] != nil)
        let list = await app.send(.get, "/api/v1/admin/agents", token: admin)
        #expect(!list.text.contains(key))
    }

    @Test func listAgentsShowsHowTheyAre() async throws {
        let key = try await make()
        _ = await heartbeat(key, #"{"queue_depth":7,"version":"1.2","hostname":"pc"}"#)
        _ = await BridgeRoutesTests.send(
            app, .post, "sync",
            json:
                #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"Na","result":"1"}"#
        )
        let list = await app.send(.get, "/api/v1/admin/agents", token: admin)
        #expect(list.status == 200)
        let agents = Array(try #require(list["agents"]?.elements))
        #expect(agents.map { $0["agent_id"]?.string } == ["BR-1", "BRIDGE-2024-DEMO-001"])
        #expect(agents.map { $0["liveness"]?.string } == ["online", "online"])
        #expect(agents.first?["queue_depth"]?.int == 7)
        #expect(agents.first?["facility_name"]?.string == "Hôpital Central de Yaoundé")
        #expect(agents.last?["last_24_hours"]?["records_synced"]?.int == 1)
        #expect(try app.audit().last == "listAgents R success")
        app.advance(seconds: 1000)
        let later = await app.send(
            .get, "/api/v1/admin/agents?facility_id=FAC-001&status=active", token: admin)
        #expect(
            later["agents"]?.elements.map { $0["liveness"]?.string } == ["offline", "offline"])
        #expect(
            await app.send(.get, "/api/v1/admin/agents?facility_id=X", token: admin).status == 404)
    }

    @Test func showAgentTellsNeverFromOffline() async throws {
        _ = try await make()
        let shown = await app.send(.get, "/api/v1/admin/agents/BR-1", token: admin)
        #expect(shown["liveness"]?.string == "never")
        #expect(shown["last_seen_at"]?.isNull == true)
        #expect(try app.audit().last == "showAgent R success")
        #expect(await app.send(.get, "/api/v1/admin/agents/none", token: admin).status == 404)
    }

    @Test func updateAgentChangesItsRateLimit() async throws {
        let key = try await make()
        let answer = await app.send(
            .patch, "/api/v1/admin/agents/BR-1", token: admin, json: #"{"rate_limit":1}"#)
        #expect(answer["rate_limit"]?.int == 1)
        #expect(try app.audit().last == "updateAgent U success")
        #expect(await heartbeat(key).status == 200)
        #expect(await heartbeat(key).status == 429)
    }

    @Test func listAgentBatchesShowsWhatCame() async throws {
        for number in 1...3 {
            _ = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"Na",
                    "result":"\(number)"}
                    """)
        }
        let target = "/api/v1/admin/agents/\(BridgeRoutesTests.agent)/batches"
        let page = await app.send(.get, target + "?limit=2", token: admin)
        #expect(page["batches"]?.count == 2)
        #expect(page["batches"]?.at(0)?["accepted"]?.int == 1)
        let cursor = try #require(page["next_cursor"]?.string)
        let rest = await app.send(.get, target + "?limit=2&cursor=" + cursor, token: admin)
        #expect(rest["batches"]?.count == 1)
        #expect(rest["next_cursor"]?.isNull == true)
        #expect(try app.audit().last == "listAgentBatches R success")
        #expect(await app.send(.get, target + "?cursor=x", token: admin).status == 422)
    }

    @Test func rotateAgentKeyLeavesTheOldOneForAWeek() async throws {
        let old = try await make()
        let answer = await post("/BR-1/rotate")
        let new = try #require(answer["agent_key"]?.string)
        #expect(answer["previous_key_expires_at"]?.string == "2026-06-08T09:30:00Z")
        #expect(try app.audit().last == "rotateAgentKey U success")
        #expect(await heartbeat(old).status == 200)
        #expect(await heartbeat(new).status == 200)
        app.advance(seconds: 7 * 86_400)
        #expect(await heartbeat(old).status == 401)
        #expect(await heartbeat(new).status == 200)
    }

    @Test func suspendAgentAndResumeAgentCountAtOnce() async throws {
        let key = try await make()
        #expect(await post("/BR-1/suspend")["status"]?.string == "suspended")
        #expect(try app.audit().last == "suspendAgent U success")
        #expect(await heartbeat(key).status == 401)
        #expect(await post("/BR-1/resume")["status"]?.string == "active")
        #expect(await heartbeat(key).status == 200)
    }

    @Test func resumeAgentKnowsNobodyElse() async throws {
        #expect(await post("/none/resume").status == 404)
        #expect(try app.audit() == ["resumeAgent U not_found"])
    }

    @Test func revokeAgentIsForGood() async throws {
        let key = try await make()
        #expect(await post("/BR-1/revoke")["status"]?.string == "revoked")
        #expect(try app.audit().last == "revokeAgent U success")
        #expect(await heartbeat(key).status == 401)
        for verb in ["resume", "rotate", "revoke"] {
            #expect(await post("/BR-1/" + verb).status == 409, "\(verb)")
        }
    }
}
