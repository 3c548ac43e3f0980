import API
import App
import HTTP
import JSON
@testable import Registry
import Testing
import TestSupport

struct StatisticsRoutesTests {
    @Test func showStatisticsCountsByHourAndDay() async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let good =
            #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"Na","result":"1"}"#
        let bad =
            #"{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D2","test":"Na","result":"1"}"#
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: good)
        app.advance(seconds: 3 * 3600)
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: good)
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: bad)
        _ = await BridgeRoutesTests.send(app, .post, "heartbeat", json: #"{"queue_depth":4}"#)
        app.app.webhookCounters.count(isSuccess: true)
        app.app.webhookCounters.count(isSuccess: false)
        try await app.app.watchAgents(at: app.now)
        try await app.app.watchAgents(at: app.now)
        let answer = await app.send(.get, "/api/v1/admin/stats", token: admin)
        #expect(answer.status == 200)
        #expect(try app.audit().last == "showStatistics R success")
        let hours = Array(try #require(answer["last_24_hours"]?["hours"]?.elements))
        #expect(hours.count == 24)
        #expect(hours.last?["start"]?.string == "2026-06-01T12:00:00Z")
        #expect(hours.map { $0["records_synced"]?.int ?? 0 }.suffix(4) == [1, 0, 0, 0])
        #expect(hours.last?["duplicates"]?.int == 1)
        #expect(hours.last?["refused"]?.int == 1)
        #expect(hours.last?["deliveries"]?.int == 1)
        #expect(hours.last?["delivery_failures"]?.int == 1)
        #expect(hours.last?["audit_entries"]?.int == 2)
        let days = Array(try #require(answer["last_30_days"]?["days"]?.elements))
        #expect(days.count == 30)
        #expect(days.last?["start"]?.string == "2026-06-01T00:00:00Z")
        #expect(days.last?["records_synced"]?.int == 1)
        #expect(answer["last_30_days"]?["audit_entries"]?.int == 3)
        #expect(answer["agents"]?["online"]?.int == 1)
        #expect(answer["agents"]?["never"]?.int == 0)
        #expect(answer["queue_depth"]?.int == 4)
        #expect(answer["counts"]?["quarantined"]?.int == 1)
        #expect(answer["counts"]?["facilities"]?.int == 1)
        #expect(answer["counts"]?["patients"]?.int == 3)
    }
}
