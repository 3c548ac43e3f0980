import HTTP
import JSON
import Testing
import TestSupport

struct FacilityRoutesTests {
    private let app: TestApp
    private let admin: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private func create(_ json: String) async -> Answer {
        await app.send(.post, "/api/v1/admin/facilities", token: admin, json: json)
    }

    @Test func createFacilityAnswersToItsReference() async throws {
        let made = await create(
            #"{"name":"Clinique Étoile","reference":"ETO-1","country_code":"sn","time_zone":"Africa/Dakar"}"#
        )
        #expect(made.status == 201)
        #expect(made["country_code"]?.string == "SN")
        let shown = await app.send(.get, "/api/v1/admin/facilities/ETO-1", token: admin)
        #expect(shown["id"]?.string == made["id"]?.string)
        #expect(shown["name"]?.string == "Clinique Étoile")
        #expect(
            try app.audit() == ["createFacility C success", "showFacility R success"])
        let taken = await create(#"{"name":"Other","reference":"ETO-1"}"#)
        #expect(taken.status == 409)
        #expect(taken.error == "conflict")
        let bad = await create(
            #"{"id":"x","reference":"00000000-0000-0000-0000-100000000009","country_code":"XX","time_zone":"Mars/Base"}"#
        )
        #expect(bad.status == 422)
        for field in ["id", "name", "reference", "country_code", "time_zone"] {
            #expect(bad["errors"]?[field] != nil, "\(field)")
        }
        #expect(try app.count("SELECT COUNT(*) FROM facilities") == 2)
    }

    @Test func createFacilityRepeatedWithItsKeyMakesOne() async throws {
        for _ in 1...2 {
            let made = await app.send(
                .post, "/api/v1/admin/facilities", token: admin,
                fields: [("Idempotency-Key", "f-1")], json: #"{"name":"Once"}"#)
            #expect(made.status == 201)
        }
        #expect(try app.count("SELECT COUNT(*) FROM facilities WHERE name = 'Once'") == 1)
    }

    @Test func listFacilitiesPagesByName() async throws {
        for name in ["C", "a", "B", "B"] { _ = await create(#"{"name":"\#(name)"}"#) }
        var names: [String] = []
        var target = "/api/v1/admin/facilities?limit=2"
        while true {
            let page = await app.send(.get, target, token: admin)
            names += page["facilities"]?.elements.compactMap { $0["name"]?.string } ?? []
            guard let cursor = page["next_cursor"]?.string else { break }
            target = "/api/v1/admin/facilities?limit=2&cursor=\(cursor)"
        }
        #expect(names == ["B", "B", "C", "Hôpital Central de Yaoundé", "a"])
    }

    @Test func showFacilityRefusesTheUnknown() async throws {
        let answer = await app.send(.get, "/api/v1/admin/facilities/NONE", token: admin)
        #expect(answer.status == 404)
        #expect(answer.error == "facility_not_found")
        #expect(try app.audit() == ["showFacility R facility_not_found"])
    }

    @Test func updateFacilityChangesNameReferenceAndZone() async throws {
        let answer = await app.send(
            .patch, "/api/v1/admin/facilities/FAC-001", token: admin,
            json: #"{"name":"Central","time_zone":"Africa/Lagos","reference":"HCY"}"#)
        #expect(answer.status == 200)
        #expect(answer["reference"]?.string == "HCY")
        #expect(answer["id"]?.string == BridgeRoutesTests.facility)
        #expect(try app.audit() == ["updateFacility U success"])
        #expect(
            await app.send(.get, "/api/v1/admin/facilities/FAC-001", token: admin).status == 404)
        let again = await app.send(.get, "/api/v1/admin/facilities/HCY", token: admin)
        #expect(again["time_zone"]?.string == "Africa/Lagos")
        _ = await create(#"{"name":"Other","reference":"OTH"}"#)
        let taken = await app.send(
            .patch, "/api/v1/admin/facilities/OTH", token: admin, json: #"{"reference":"HCY"}"#)
        #expect(taken.status == 409)
    }
}
