import API
import HTTP
import JSON
import Registry
import Database
import Testing
import TestSupport

struct SDKFacilityRoutesTests {
    @Test(arguments: ["FAC-001", SDKBench.facility, SDKBench.facility.uppercased()])
    func getSDKFacilityShowsOnesOwn(_ name: String) async throws {
        let bench = try await SDKBench()
        let answer = await bench.get("/facilities/" + name)
        #expect(
            answer.text == """
                {"id":"\(SDKBench.facility)","name":"Hôpital Central de Yaoundé",\
                "reference":"FAC-001","country_code":"CM","timezone":"Africa/Douala","type":null,\
                "address":null,"phone":null,"email":null}
                """)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox getSDKFacility R success facility/\(SDKBench.facility) -"
            ])
    }

    @Test func anotherFacilityIsForbiddenAndAnUnknownOneNotFound() async throws {
        let bench = try await SDKBench()
        let other = try await bench.stranger()
        for more in ["", "/stock"] {
            for name in ["FAC-002", other.facility] {
                let answer = await bench.get("/facilities/\(name)\(more)")
                #expect(answer.status == 403)
                #expect(answer.error == "facility_forbidden")
            }
            #expect(
                await bench.get("/facilities/FAC-001" + more, other.token).error
                    == "facility_forbidden")
            for name in ["FAC-9", "%00", "'", String(repeating: "x", count: 300)] {
                let answer = await bench.get("/facilities/\(name)\(more)")
                #expect(answer.error == "facility_not_found", "\(name)")
            }
        }
    }

    @Test func aClientWithoutAFacilityHasNone() async throws {
        let bench = try await SDKBench()
        _ = await bench.administer(
            .post, "clients", #"{"client_id":"nowhere","scopes":"patient:read"}"#)
        let token = try await bench.token("*", client: "nowhere")
        for path in ["/facilities/FAC-001", "/facilities/FAC-001/stock", "/appointments"] {
            #expect(await bench.get(path, token).error == "facility_forbidden", "\(path)")
        }
    }

    // MARK: Stock

    /// Replaces the sandbox's stock.
    private static func stock(_ bench: SDKBench, _ items: [String]) async throws {
        _ = try await bench.app.app.writer.write { tx in
            try tx.run("DELETE FROM pharmacy_stock")
        }
        let answer = await bench.app.send(
            .post, "/api/v1/connect/inventory/pharmacy-stock/sync",
            token: try await bench.app.token(),
            json: #"{"items":[\#(items.joined(separator: ","))]}"#)
        #expect(answer["accepted"]?.int == Int64(items.count))
    }

    private static func item(_ code: String, _ quantity: Int, _ more: String = "") -> String {
        #"{"drug_code":"\#(code)","name":"Drug \#(code)","quantity":\#(quantity)\#(more)}"#
    }

    @Test func getSDKStockAddsUpWhatHasNotExpired() async throws {
        let bench = try await SDKBench()
        try await Self.stock(
            bench,
            [
                Self.item("A", 20, #","batch":"1","expiry":"2026-06-02","unit":"box""#),
                Self.item("A", 30, #","batch":"2","unit":"box","reorder_level":25"#),
                Self.item("B", 0), Self.item("C", 5, #","reorder_level":5"#),
                Self.item("D", 6, #","reorder_level":5"#), Self.item("E", 10), Self.item("F", 11),
                Self.item("G", 0, #","reorder_level":0"#),
                Self.item("H", 1_000_000_000, #","batch":"1","unit":"box""#),
                Self.item("H", 1_000_000_000, #","batch":"2","unit":"box""#),
            ])
        let answer = await bench.get("/facilities/FAC-001/stock")
        let rows = answer["items"]?.elements.map { item -> String in
            let words = ["code", "status", "stock_status", "unit"].map { item[$0]?.string ?? "-" }
            return "\(item["quantity"]?.int ?? -1) " + words.joined(separator: " ")
        }
        #expect(
            rows == [
                "50 A ok in_stock box", "0 B low out -", "5 C low low -", "6 D ok in_stock -",
                "10 E low low -", "11 F ok in_stock -", "0 G low out -",
                "2000000000 H ok in_stock box",
            ])
        #expect(answer["item_count"]?.int == 8)
        #expect(answer["low_stock"]?.int == 4)
        #expect(answer["items"]?.at(0)?["reorder_level"]?.int == 25)
        #expect(answer["retrieved_at"]?.string == "2026-06-01T09:30:00Z")
        // One batch of A expires.
        bench.app.advance(seconds: 2 * 86_400)
        let later = await bench.get("/facilities/FAC-001/stock")
        #expect(later["items"]?.at(0)?["quantity"]?.int == 30)
        #expect(try bench.audit(1)[0].contains("getSDKStock R success facility/"))
    }

    /// Tablets and boxes have no sum: an item for each unit, each with its own level.
    @Test func whatIsCountedInSeveralUnitsIsNotAddedUp() async throws {
        let bench = try await SDKBench()
        try await Self.stock(
            bench,
            [
                Self.item("A", 500, #","batch":"1","unit":"tablet","reorder_level":100"#),
                Self.item("A", 2, #","batch":"2","unit":"box","reorder_level":5"#),
                Self.item("A", 70, #","batch":"3","unit":"tablet""#),
                Self.item("A", 9, #","batch":"4""#), Self.item("B", 20, #","unit":"box""#),
            ])
        var rows: [String] = []
        var cursor = ""
        repeat {
            let page = await bench.get("/facilities/FAC-001/stock?limit=1" + cursor)
            #expect(page["item_count"]?.int == 4)
            #expect(page["low_stock"]?.int == 2)
            for item in page["items"]?.elements.map({ $0 }) ?? [] {
                let words = ["item_id", "code", "unit", "status"].map { item[$0]?.string ?? "-" }
                rows.append(words.joined(separator: " ") + " \(item["quantity"]?.int ?? -1)")
            }
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty
        #expect(
            rows == [
                "A/ A - low 9", "A/box A box low 2", "A/tablet A tablet ok 570", "B B box ok 20",
            ])
    }

    @Test func whatHasExpiredAltogetherIsOut() async throws {
        let bench = try await SDKBench()
        try await Self.stock(bench, [Self.item("A", 20, #","expiry":"2026-06-02""#)])
        bench.app.advance(seconds: 2 * 86_400)
        let answer = await bench.get("/facilities/FAC-001/stock")
        #expect(answer["items"]?.at(0)?["stock_status"]?.string == "out")
        #expect(answer["low_stock"]?.int == 1)
    }

    @Test func countsAreOfTheFacilityAndNotOfThePage() async throws {
        let bench = try await SDKBench()
        try await Self.stock(bench, (1...5).map { Self.item("D\($0)", $0 * 5) })
        var codes: [String] = []
        var cursor = ""
        repeat {
            let page = await bench.get("/facilities/FAC-001/stock?limit=2" + cursor)
            #expect(page["item_count"]?.int == 5)
            #expect(page["low_stock"]?.int == 2)
            codes += page["items"]?.elements.compactMap { $0["item_id"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty
        #expect(codes == ["D1", "D2", "D3", "D4", "D5"])
        for query in ["limit=0", "limit=x", "cursor=x"] {
            #expect(await bench.get("/facilities/FAC-001/stock?" + query).status == 422)
        }
    }

    // MARK: The token

    @Test func introspectSDKTokenTellsWhatItMayDo() async throws {
        let bench = try await SDKBench()
        let answer = await bench.get("/token/introspect")
        #expect(
            answer.text == """
                {"active":true,"token_id":"stk_demo_sandbox","label":"Sandbox secret",\
                "client_id":"demo_dev_sandbox","scopes":["read_records","read_facility",\
                "read_stock","read_appointments","write_appointments","manage_webhooks",\
                "widget_sessions"],"environment":"sandbox","expires_at":null,"last_used_at":null}
                """)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox introspectSDKToken R success token/stk_demo_sandbox -"
            ])
        let jwt = try await bench.app.token("demo_dev_sandbox")
        let other = await bench.get("/introspect", jwt)
        #expect(other["client_id"]?.string == "demo_dev_sandbox")
        #expect(
            other["scopes"]?.elements.compactMap(\.string) == [
                "read_records", "read_facility", "read_stock", "manage_webhooks",
                "widget_sessions",
            ])
        #expect(other["expires_at"]?.string == "2026-06-01T10:30:00Z")
    }
}
