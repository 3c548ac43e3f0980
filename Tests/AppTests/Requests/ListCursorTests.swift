import HTTP
import JSON
import Testing
import TestSupport

/// A cursor leads on in the list that gave it out, and nowhere else.
struct ListCursorTests {
    private struct List {
        let target: String
        let token: String?
        let fields: [(String, String)]
    }

    private let app: TestApp

    init() throws {
        app = try TestApp()
    }

    private static let patients = ["CM-HID-7KQ9-MP42-X8D1", "OPC-2024-XK7T9"]

    private func get(_ list: List, _ query: String) async -> Answer {
        await app.send(
            .get, list.target + (list.target.contains("?") ? "&" : "?") + query,
            token: list.token, fields: list.fields)
    }

    /// Lists of two rows or more, of each family.
    private func lists() async throws -> [List] {
        let writer = try await app.token()
        let reader = try await app.token("demo_dev_sandbox")
        let admin = try await app.adminToken()
        let key = [("X-API-Key", "demo_healthcare_key_sandbox_2026")]
        for patient in Self.patients {
            for value in 1...2 {
                let pushed = await app.send(
                    .post, "/api/v1/connect/records/lab-results", token: writer,
                    json: """
                        {"health_id":"\(patient)","test_name":"T\(value)","result_value":\(value),
                        "occurred_at":"19\(value)5-01-01T00:00:00Z"}
                        """)
                #expect(pushed.status == 201)
            }
            _ = await app.send(
                .post, "/api/v1/connect/patient/\(patient)/consent/grant", token: reader,
                json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
        }
        for url in ["https://a.example/1", "https://a.example/2"] {
            _ = await app.send(
                .post, "/api/v1/connect/webhooks/subscriptions", token: writer,
                json: #"{"callback_url":"\#(url)","subscribed_events":["*"]}"#)
        }
        for (path, member) in [("clinics", "code"), ("doctors", "code"), ("patients", "patientNo")]
        {
            let list = (1...2).map { #"{"\#(member)":"X-\#($0)","name":"Somebody \#($0)"}"# }
            let answer = await HealthcareRoutesTests.post(
                app, path, "[" + list.joined(separator: ",") + "]")
            #expect(answer["created"]?.int == 2)
        }
        for value in 1...2 {
            _ = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: #"{"records":[{"record_type":"lab_result","health_id":"no\#(value)"}]}"#)
            _ = await BridgeRoutesTests.send(
                app, .post, "sync",
                json:
                    #"{"record_type":"diagnosis","health_id":"OPC-2023-NEW0\#(value)","code":"A"}"#)
        }
        var lists = [
            List(target: "/api/v1/connect/webhooks/events", token: reader, fields: [])
        ]
        for path in ["clinics", "doctors", "patients"] {
            lists.append(List(target: "/api/healthcare/" + path, token: nil, fields: key))
        }
        for patient in Self.patients {
            for type in ["all", "lab_results"] {
                lists.append(
                    List(
                        target: "/api/v1/connect/patient/\(patient)/records?type=\(type)",
                        token: reader, fields: []))
            }
            lists.append(
                List(
                    target: "/api/v1/admin/patients/\(patient)/access-log", token: admin,
                    fields: []))
        }
        for path in [
            "clients", "audit", "quarantine", "pending-records", "webhooks/subscriptions",
            "agents/BRIDGE-2024-DEMO-001/batches",
        ] {
            lists.append(List(target: "/api/v1/admin/" + path, token: admin, fields: []))
        }
        return lists
    }

    @Test func aCursorLeadsOnInItsOwnListOnly() async throws {
        let lists = try await lists()
        var cursors: [String] = []
        for list in lists {
            let page = await get(list, "limit=1")
            #expect(page.status == 200, "\(list.target)")
            cursors.append(try #require(page["next_cursor"]?.string, "\(list.target)"))
        }
        #expect(Set(cursors).count == lists.count)
        for (place, list) in lists.enumerated() {
            for (other, cursor) in cursors.enumerated() {
                let answer = await get(list, "limit=1&cursor=" + cursor)
                #expect(
                    answer.status == (place == other ? 200 : 422),
                    "\(list.target) with a cursor of \(lists[other].target)")
                if place != other { #expect(answer["errors"]?["cursor"] != nil) }
            }
        }
    }

    /// What replays in parts goes on where the same one ended.
    @Test func aReplayTakesNoCursorOfAList() async throws {
        let lists = try await lists()
        let admin = try await app.adminToken()
        let token = try await app.token()
        let mine = await app.send(
            .get, "/api/v1/connect/webhooks/subscriptions", token: token)
        let id = try #require(mine["subscriptions"]?.at(0)?["id"]?.string)
        for list in lists {
            let cursor = try #require(await get(list, "limit=1")["next_cursor"]?.string)
            let answers = [
                await app.send(
                    .post, "/api/v1/connect/webhooks/subscriptions/\(id)/replay", token: token,
                    json: #"{"from":"2020-01-01T00:00:00Z","cursor":"\#(cursor)"}"#),
                await app.send(
                    .post, "/api/v1/admin/webhooks/deliveries/replay", token: admin,
                    json: #"{"subscription_id":"\#(id)","cursor":"\#(cursor)"}"#),
                await app.send(
                    .post, "/api/v1/admin/quarantine/batch/replay", token: admin,
                    json: #"{"agent_id":"BRIDGE-2024-DEMO-001","cursor":"\#(cursor)"}"#),
                await app.send(
                    .post, "/api/v1/admin/pending-records/batch/discard", token: admin,
                    json: #"{"agent_id":"BRIDGE-2024-DEMO-001","cursor":"\#(cursor)"}"#),
            ]
            for answer in answers {
                #expect(answer.status == 422)
                #expect(answer["errors"]?["cursor"] != nil)
            }
        }
    }
}
