import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// What administrators do leaves the same behind by route and by command.
struct UseCaseTests {
    struct Step {
        let method: HTTPMethod
        let path: String
        let json: String?
        let command: String

        init(_ method: HTTPMethod, _ path: String, _ json: String?, _ command: String) {
            self.method = method
            self.path = path
            self.json = json
            self.command = command
        }

        init(_ method: HTTPMethod, _ path: String, _ command: String) {
            self.init(method, path, nil, command)
        }
    }

    /// One of two databases that begin alike.
    struct Side {
        let app: TestApp
        let admin: String
        /// What the words in braces of a step stand for here.
        var names: [String: String] = [:]

        init() async throws {
            app = try TestApp { $0.allowsPrivateWebhooks = true }
            admin = try await app.adminToken()
            names["tester"] = try app.read { tx in
                try tx.first("SELECT id FROM admin_tokens") { $0.text(0) }
            }
        }

        func fill(_ text: String) -> String {
            names.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
        }

        func read(_ sql: StaticString) throws -> [String] {
            try app.read { tx in
                try tx.all(sql) { row in Side.plain(row.text(0)) }
            }
        }

        /// Without what is one side's own.
        static func plain(_ text: String) -> String {
            text.replacing(#/_[0-9a-z]{26}/#, with: "_")
                .replacing(#/(admin|operator):\w+/#, with: "ADMINISTRATOR")
        }

        /// What a step may leave, without who did it and when.
        func traces() throws -> (audit: [String], events: [String], deliveries: [String]) {
            (
                try read(
                    """
                    SELECT action || ' ' || outcome || ' ' || coalesce(entity, '-') || ' '
                        || coalesce(CAST(patient_id AS TEXT), '-') || ' ' || coalesce(hex(patients), '-')
                        || ' ' || coalesce(purpose, '-') || ' ' || coalesce(facility_id, '-')
                    FROM audit_log ORDER BY seq
                    """),
                try read(
                    """
                    SELECT type || ' ' || coalesce(client_id, '-') || ' '
                        || coalesce(facility_id, '-') || ' ' || coalesce(CAST(patient_id AS TEXT), '-') || ' '
                        || (SELECT COUNT(*) FROM audit_log a WHERE a.request_id = e.request_id)
                    FROM events e ORDER BY seq
                    """),
                try read(
                    """
                    SELECT subscription || ' ' || event_seq || ' ' || state || ' ' || step
                    FROM webhook_deliveries ORDER BY subscription, event_seq
                    """)
            )
        }

        private var database: [String] {
            app.app.configuration.database.map { ["--database", $0] } ?? []
        }

        func send(_ step: Step) async -> Answer {
            await app.send(
                step.method, "/api/v1/admin/" + fill(step.path), token: admin,
                json: step.json.map(fill))
        }

        func run(_ step: Step) async throws -> Program.Ending {
            let words = fill(step.command).split(separator: " ").map(String.init)
            return try await Program.start("opescare", words + ["--data", app.folder] + database)
        }
    }

    /// Does every step by route on one side and by command on the other.
    private static func compare(_ steps: [Step], _ routed: Side, _ commanded: Side) async throws {
        #expect(try routed.traces() == commanded.traces())
        for step in steps {
            let answer = await routed.send(step)
            let ending = try await commanded.run(step)
            let isRefused = answer.status >= 400
            #expect(
                ending.status == (isRefused ? 1 : 0),
                "\(step.command): \(answer.text) \(ending.complaint)")
            if let message = answer["message"]?.string.map(Side.plain), isRefused {
                let told = Side.plain(ending.output + ending.complaint)
                #expect(told.contains(message), "\(step.command): \(message) \(told)")
            }
            let (left, right) = (try routed.traces(), try commanded.traces())
            #expect(left.audit == right.audit, "\(step.command)")
            #expect(left.events == right.events, "\(step.command)")
            #expect(left.deliveries == right.deliveries, "\(step.command)")
        }
    }

    static func compare(_ steps: [Step]) async throws {
        try await compare(steps, Side(), Side())
    }

    @Test func facilities() async throws {
        let id = "00000000-0000-0000-0000-200000000002"
        let body = #"{"id":"\#(id)","name":"Two","reference":"FAC-002","country":"Cameroon"}"#
        let words = "facility create --id \(id) --name Two --reference FAC-002 --country Cameroon"
        let other = "00000000-0000-0000-0000-200000000003"
        try await Self.compare([
            Step(.post, "facilities", body, words), Step(.post, "facilities", body, words),
            Step(
                .post, "facilities", #"{"id":"\#(other)","name":"Three","reference":"fac-002"}"#,
                "facility create --id \(other) --name Three --reference fac-002"),
        ])
    }

    @Test func clients() async throws {
        let body = #"{"client_id":"his","scopes":["patient:read"],"facility_id":"FAC-001"}"#
        let words = "client create --id his --scopes patient:read --facility FAC-001"
        try await Self.compare([
            Step(
                .post, "clients", body.replacing("FAC-001", with: "FAC-9"),
                words.replacing("FAC-001", with: "FAC-9")),
            Step(.post, "clients", body, words), Step(.post, "clients", body, words),
            Step(
                .patch, "clients/his", #"{"scopes":["lab:push"]}"#,
                "client scopes his --scopes lab:push"),
            Step(.post, "clients/his/rotate", "client rotate his"),
            Step(
                .post, "clients/his/rotate", #"{"overlap_hours":0}"#,
                "client rotate his --overlap 0"),
            Step(.post, "clients/his/suspend", "client suspend his"),
            Step(.post, "clients/his/resume", "client resume his"),
            Step(.post, "clients/his/revoke", "client revoke his"),
            Step(.post, "clients/his/revoke", "client revoke his"),
            Step(.post, "clients/his/rotate", "client rotate his"),
            Step(
                .patch, "clients/his", #"{"scopes":["lab:push"]}"#,
                "client scopes his --scopes lab:push"),
            Step(.post, "clients/none/resume", "client resume none"),
            Step(.post, "clients/none/rotate", "client rotate none"),
        ])
    }

    @Test func agents() async throws {
        let body = #"{"agent_id":"A-1","facility_id":"FAC-001"}"#
        let words = "agent create --id A-1 --facility FAC-001"
        try await Self.compare([
            Step(
                .post, "agents", body.replacing("FAC-001", with: "FAC-9"),
                words.replacing("FAC-001", with: "FAC-9")),
            Step(.post, "agents", body, words), Step(.post, "agents", body, words),
            Step(.post, "agents/A-1/rotate", "agent rotate A-1"),
            Step(.post, "agents/A-1/suspend", "agent suspend A-1"),
            Step(.post, "agents/A-1/resume", "agent resume A-1"),
            Step(.post, "agents/A-1/revoke", "agent revoke A-1"),
            Step(.post, "agents/A-1/resume", "agent resume A-1"),
            Step(.post, "agents/A-1/rotate", "agent rotate A-1"),
            Step(.post, "agents/none/revoke", "agent revoke none"),
        ])
    }

    // MARK: Records

    private static let agent = BridgeRoutesTests.agent

    private static func sides(
        _ prepare: (inout Side) async throws -> Void
    ) async throws -> (routed: Side, commanded: Side) {
        var sides = (routed: try await Side(), commanded: try await Side())
        try await prepare(&sides.routed)
        try await prepare(&sides.commanded)
        return sides
    }

    @Test func quarantine() async throws {
        let good = #"{"health_id":"OPC-2024-DEMO1","test":"Na","result":"1"}"#
        let (routed, commanded) = try await Self.sides { side in
            let answer = await BridgeRoutesTests.send(
                side.app, .post, "sync",
                json: """
                    {"sync_type":"lab_result","records":[
                    {"health_id":"OPC-2024-DEMO1","test":"","result":"1"},
                    {"health_id":"OPC-2024-DEMO1","test":"","result":"2"},
                    {"health_id":"OPC-2024-DEMO1","test":"","result":"3"},
                    {"health_id":"OPC-2024-DEMO1","test":"","result":"4"}]}
                    """)
            try #require(answer["rejected"]?.int == 4)
            try await side.app.app.writer.write { tx in
                try tx.run(
                    """
                    UPDATE quarantined_records SET payload = replace(payload, '""', '"K"')
                    WHERE seq = 4
                    """)
            }
            let file = side.app.folder + "/record.json"
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            side.names["file"] = file
        }
        try await Self.compare(
            [
                Step(.post, "quarantine/1/replay", "quarantine replay 1"),
                Step(
                    .post, "quarantine/1/replay", #"{"record":\#(good)}"#,
                    "quarantine replay 1 --record {file}"),
                Step(.post, "quarantine/1/replay", "quarantine replay 1"),
                Step(.post, "quarantine/9/replay", "quarantine replay 9"),
                Step(
                    .post, "quarantine/2/discard", #"{"note":"test"}"#,
                    "quarantine discard 2 --note test"),
                Step(.post, "quarantine/2/discard", "quarantine discard 2"),
                Step(.post, "quarantine/9/discard", "quarantine discard 9"),
                Step(
                    .post, "quarantine/batch/replay", #"{"facility_id":"FAC-9"}"#,
                    "quarantine replay --facility FAC-9"),
                Step(
                    .post, "quarantine/batch/discard", #"{"facility_id":"FAC-001"}"#,
                    "quarantine discard --facility FAC-001"),
            ], routed, commanded)
    }

    @Test func quarantineOfAnAgentIsReplayed() async throws {
        let (routed, commanded) = try await Self.sides { side in
            let records = (1...3).map {
                #"{"health_id":"OPC-2024-DEMO1","test":"","result":"\#($0)"}"#
            }
            _ = await BridgeRoutesTests.send(
                side.app, .post, "sync",
                json: """
                    {"sync_type":"lab_result","records":[\(records.joined(separator: ","))]}
                    """)
            try await side.app.app.writer.write { tx in
                try tx.run(
                    "UPDATE quarantined_records SET payload = replace(payload, '\"\"', '\"K\"')")
            }
        }
        try await Self.compare(
            [
                Step(
                    .post, "quarantine/batch/replay", #"{"agent_id":"\#(Self.agent)"}"#,
                    "quarantine replay --agent \(Self.agent)")
            ], routed, commanded)
        #expect(try commanded.traces().events.count == 3)
    }

    /// A running server waits for a hundred at most.
    @Test func longWorkGoesByHundreds() async throws {
        let (routed, commanded) = try await Self.sides { side in
            let now = side.app.now
            try await side.app.app.writer.write { tx in
                for number in 1...250 {
                    try QuarantineStore.insert(
                        payload: Array("[\(number)]".utf8), type: nil, error: "validation_failed",
                        reason: "It is no object.", index: 0, batchID: "batch",
                        agentID: Self.agent, facilityID: BridgeRoutesTests.facility, at: now,
                        in: tx)
                }
            }
        }
        for (path, command) in [
            ("replay", "quarantine replay"), ("discard", "quarantine discard"),
        ] {
            var cursor: String?
            for _ in 1...3 {
                let more = cursor.map { #","cursor":"\#($0)""# } ?? ""
                let answer = await routed.send(
                    Step(
                        .post, "quarantine/batch/" + path,
                        #"{"agent_id":"\#(Self.agent)"\#(more)}"#, ""))
                cursor = answer["next_cursor"]?.string
            }
            #expect(cursor == nil)
            let ending = try await commanded.run(
                Step(.post, "", "\(command) --agent \(Self.agent)"))
            #expect(ending.output.contains("250"), "\(ending.output) \(ending.complaint)")
            #expect(try routed.traces() == commanded.traces())
        }
        #expect(
            try commanded.app.count(
                "SELECT COUNT(*) FROM quarantined_records WHERE state = 'discarded'") == 250)
        #expect(
            try commanded.app.count("SELECT COUNT(*) FROM audit_log WHERE entity = 'quarantine'")
                == 6)
    }

    @Test func recordsThatWait() async throws {
        let (wrong, right) = ("OPC-2023-WRONG", "OPC-2024-DEMO1")
        let (routed, commanded) = try await Self.sides { side in
            let records = (1...6).map {
                #"{"health_id":"\#(wrong)","test":"Na","result":"\#($0)"}"#
            }
            let answer = await BridgeRoutesTests.send(
                side.app, .post, "sync",
                json: """
                    {"sync_type":"lab_result","records":[\(records.joined(separator: ","))]}
                    """)
            try #require(answer["pending"]?.int == 6)
        }
        let to = #"{"new_health_id":"\#(right)"}"#
        try await Self.compare(
            [
                Step(.get, "pending-records/1", "pending show 1"),
                Step(.get, "pending-records/9", "pending show 9"),
                Step(
                    .post, "pending-records/1/redirect", #"{"new_health_id":"\#(wrong)"}"#,
                    "pending redirect 1 --to \(wrong)"),
                Step(
                    .post, "pending-records/1/redirect", to, "pending redirect 1 --to \(right)"),
                Step(.get, "pending-records/1", "pending show 1"),
                Step(
                    .post, "pending-records/1/redirect", to, "pending redirect 1 --to \(right)"),
                Step(
                    .post, "pending-records/9/redirect", to, "pending redirect 9 --to \(right)"),
                Step(.post, "pending-records/2/discard", "pending discard 2"),
                Step(.post, "pending-records/2/discard", "pending discard 2"),
                Step(.post, "pending-records/9/discard", "pending discard 9"),
                Step(
                    .post, "pending-records/batch/discard",
                    #"{"health_id":"\#(wrong)","facility_id":"FAC-9"}"#,
                    "pending discard --health-id \(wrong) --facility FAC-9"),
                Step(
                    .post, "pending-records/batch/redirect",
                    #"{"new_health_id":"\#(right)","health_id":"\#(wrong)"}"#,
                    "pending redirect --to \(right) --health-id \(wrong)"),
                Step(
                    .post, "pending-records/batch/discard", #"{"agent_id":"\#(Self.agent)"}"#,
                    "pending discard --agent \(Self.agent)"),
            ], routed, commanded)
        #expect(try commanded.traces().events.count == 5)
    }

    @Test func webhooks() async throws {
        let (routed, commanded) = try await Self.sides { side in
            let token = try await side.app.token()
            let made = await side.app.send(
                .post, "/api/v1/connect/webhooks/subscriptions", token: token,
                json: #"{"callback_url":"http://127.0.0.1:9/hook","subscribed_events":["*"]}"#)
            side.names["sub"] = try #require(made["subscription_id"]?.string)
            for number in 1...3 {
                _ = await side.app.send(
                    .post, "/api/v1/connect/records/lab-results", token: token,
                    json: """
                        {"health_id":"OPC-2024-DEMO1","test_name":"Na","result_value":"\(number)",
                        "external_lab_order_id":"L-\(number)"}
                        """)
            }
            let listed = await side.app.send(
                .get, "/api/v1/connect/webhooks/events", token: token)
            side.names["event"] = try #require(listed["events"]?.at(0)?["id"]?.string)
            try await side.app.app.writer.write { tx in
                try tx.run(
                    """
                    INSERT INTO webhook_deliveries (subscription, event_seq, state, attempts, step,
                        next_attempt_at, created_at)
                    SELECT 1, seq, 'exhausted', 7, 7, NULL, 0 FROM events
                    WHERE type = 'lab_result.released' AND seq < (SELECT MAX(seq) FROM events)
                    """)
                // What was delivered can be asked for again.
                try tx.run(
                    """
                    UPDATE webhook_deliveries SET state = 'delivered'
                    WHERE event_seq = (SELECT MIN(seq) FROM events
                        WHERE type = 'lab_result.released')
                    """)
            }
        }
        let path = "webhooks/deliveries/replay"
        try await Self.compare(
            [
                Step(
                    .post, path, #"{"subscription_id":"{sub}","event_id":"{event}"}"#,
                    "webhook replay {sub} --event {event}"),
                Step(
                    .post, path, #"{"subscription_id":"{sub}","event_id":"evt_x"}"#,
                    "webhook replay {sub} --event evt_x"),
                Step(.post, path, #"{"subscription_id":"{sub}"}"#, "webhook replay {sub}"),
                Step(.post, path, #"{"subscription_id":"sub_x"}"#, "webhook replay sub_x"),
            ], routed, commanded)
        for side in [routed, commanded] {
            try await side.app.app.writer.write { tx in
                try tx.run("UPDATE webhook_subscriptions SET status = 'deleted'")
            }
        }
        try await Self.compare(
            [Step(.post, path, #"{"subscription_id":"{sub}"}"#, "webhook replay {sub}")],
            routed, commanded)
    }
}
