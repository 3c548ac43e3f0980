import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct InventoryRoutesTests {
    private static let base = "/api/v1/connect/inventory/"
    private static let facility = "00000000-0000-0000-0000-100000000001"

    @Test(arguments: [facility, "FAC-001"])
    func getPharmacyStockShowsTheSandboxStock(_ name: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(.get, Self.base + "pharmacy/" + name, token: token)
        #expect(answer.status == 200)
        #expect(answer["facility_id"]?.string == Self.facility)
        #expect(answer["stale"]?.bool == false)
        #expect(answer["notice"]?.string?.contains("indicative only") == true)
        let statuses = answer["items"]?.elements.compactMap { $0["status"]?.string }
        #expect(Set(statuses ?? []) == ["in_stock", "low", "out"])
        #expect(try app.audit().last == "getPharmacyStock R success")
    }

    @Test func getBloodStockShowsGroupsAndComponents() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(.get, Self.base + "blood/FAC-001", token: token)
        #expect(answer["items"]?.count == 5)
        #expect(
            answer["items"]?.elements.allSatisfy { $0["screening"]?.string == "screened" } == true)
    }

    @Test func stockGoesStaleAndExpires() async throws {
        let app = try TestApp()
        app.advance(seconds: 160 * 86_400)
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(.get, Self.base + "pharmacy/FAC-001", token: token)
        #expect(answer["stale"]?.bool == true)
        #expect(answer["items"]?.elements.contains { $0["status"]?.string == "expired" } == true)
    }

    @Test func anUnknownFacilityIsNotFound() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(.get, Self.base + "pharmacy/FAC-999", token: token)
        #expect(answer.status == 404)
        #expect(answer.error == "facility_not_found")
    }

    @Test func syncPharmacyStockStoresGoodItemsAndListsTheOthers() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "pharmacy-stock/sync", token: token,
            json: """
                {"facility_reference":"FAC-001","items":[
                {"drug_code":"IBU400","name":"Ibuprofen","quantity":"50","expiry":"2027-01-31"},
                {"drug_code":"OLD","name":"Old","quantity":5,"expiry":"2020-01-01"},
                {"name":"Nameless","quantity":-1},
                {"drug_code":"IBU400","name":"Ibuprofen","quantity":"70"}]}
                """)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 2)
        #expect(answer["rejected_items"]?.elements.compactMap { $0["index"]?.int } == [1, 2])
        #expect(
            try app.count("SELECT COUNT(*) FROM pharmacy_stock WHERE drug_code = 'IBU400'") == 2)
        #expect(try app.count("SELECT COUNT(*) FROM pharmacy_stock") == 6)
    }

    @Test func syncPharmacyStockWithNothingGoodStoresNothing() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for body in [
            #"{"items":[]}"#, "{}", #"{"items":[{"name":"x"}]}"#, #"{"items":{}}"#,
            #"{"items":[1]}"#,
        ] {
            let answer = await app.send(
                .post, Self.base + "pharmacy-stock/sync", token: token, json: body)
            #expect(answer.status == 422)
        }
        #expect(try app.count("SELECT COUNT(*) FROM pharmacy_stock") == 4)
    }

    @Test func syncBloodStockLeavesUnscreenedUnitsOut() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "blood-stock/sync", token: token,
            json: """
                {"facility_reference":"FAC-001","items":[
                {"blood_group":"A Rh+","component":"Packed Red Cells","units":3,"screened":true},
                {"blood_group":"O-","component":"plasma","units":2,"screening":"pending"},
                {"blood_group":"X","component":"plasma","units":2,"screening":"screened"}]}
                """)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["rejected"]?.int == 2)
        #expect(
            try app.count(
                "SELECT units FROM blood_stock WHERE blood_group = 'A+' AND component = 'packed_cells'"
            )
                == 3)
    }

    @Test func aClientWritesForItsOwnFacilityOnly() async throws {
        let app = try TestApp()
        let now = app.now
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: "00000000-0000-0000-0000-200000000002", reference: "FAC-002", name: "B",
                    countryCode: "CM", timeZone: "Africa/Douala"), at: now, in: tx)
        }
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.base + "pharmacy-stock/sync", token: token,
            json: """
                {"facility_reference":"FAC-002","items":[{"drug_code":"A","name":"A","quantity":1}]}
                """)
        #expect(answer.status == 403)
        #expect(answer.error == "facility_forbidden")
        #expect(try app.count("SELECT COUNT(*) FROM pharmacy_stock WHERE drug_code = 'A'") == 0)
    }
}
