import API
import HTTP
import JSON
import Database
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

    @Test(arguments: ["eto-1", "ＥＴＯ－１", "ETO\u{200B}-1", "eTo-1"])
    func createFacilityRefusesALookAlike(_ reference: String) async throws {
        #expect(await create(#"{"name":"First","reference":"ETO-1"}"#).status == 201)
        let alike = await create(#"{"name":"Second","reference":"\#(reference)"}"#)
        #expect(alike.status == 409)
        #expect(alike["message"]?.string?.contains("There is a facility ETO-1 already") == true)
        // Nor does it become one later; but its own reference may be spelt anew.
        let other = await create(#"{"name":"Third","reference":"ETO-2"}"#)
        let target = "/api/v1/admin/facilities/" + (other["id"]?.string ?? "")
        #expect(
            await app.send(
                .patch, target, token: admin, json: #"{"reference":"\#(reference)"}"#
            ).status == 409)
        #expect(
            await app.send(.patch, target, token: admin, json: #"{"reference":"eto-2"}"#).status
                == 200)
        // It is looked up as it is written.
        #expect(
            await app.send(.get, "/api/v1/admin/facilities/ETO-2", token: admin).status == 404)
    }

    /// Letters of one alphabet among those of another that has their shapes.
    @Test(arguments: [
        "F\u{410}C-009", "FAC-00\u{41E}", "\u{391}CC-1", "ＦАС-1", "f\u{430}c", "ΑБ-1", "FA\u{13DF}",
        "O\u{585}-2",
    ])
    func createFacilityRefusesAMixtureOfAlphabets(_ reference: String) async throws {
        let mixed = await create(#"{"name":"First","reference":"\#(reference)"}"#)
        #expect(mixed.status == 422)
        let sentence = mixed["errors"]?["reference"]?.at(0)?.string
        #expect(sentence?.contains("write all of them in one") == true, "\(mixed.text)")
        let other = await create(#"{"name":"Second","reference":"ETO-2"}"#)
        #expect(
            await app.send(
                .patch, "/api/v1/admin/facilities/" + (other["id"]?.string ?? ""), token: admin,
                json: #"{"reference":"\#(reference)"}"#
            ).status == 422)
    }

    @Test(arguments: ["ФАП-009", "ΚΥ-12", "Clinique-É9", "مستشفى-9", "HA-医院-1", "ŊƆ-3", "Hôp. №4"])
    func createFacilityTakesAnyOneAlphabet(_ reference: String) async throws {
        #expect(await create(#"{"name":"First","reference":"\#(reference)"}"#).status == 201)
    }

    /// Made by a version that took it.
    @Test func updateFacilityLetsAnEarlierLookAlikeBe() async throws {
        let made = await create(#"{"name":"Second","reference":"ETO-2"}"#)
        try await app.app.writer.write { tx in
            try tx.run("UPDATE facilities SET reference = 'fac-001' WHERE name = 'Second'")
        }
        let target = "/api/v1/admin/facilities/" + (made["id"]?.string ?? "")
        let renamed = await app.send(
            .patch, target, token: admin, json: #"{"name":"Other","reference":"fac-001"}"#)
        #expect(renamed.status == 200)
        #expect(renamed["name"]?.string == "Other")
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
