import HTTP
import JSON
import Testing
import TestSupport

/// Who might be meant, shown to a clerk; and what the clerk decided.
struct DryRunTests {
    private let app: TestApp
    private let token: String

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
    }

    private func resolve(_ members: String, token: String? = nil) async -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token ?? self.token,
            json: "{\(members)}")
    }

    private static let odile =
        #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15","sex":"female","address":{"city":"Bafia"}"#
    private static let alike =
        #""first_name":"Odille","last_name":"N'Gono","date_of_birth":"1990-03-15","external_reference":"H-1""#

    private func counts() throws -> [Int] {
        [
            try app.count("SELECT COUNT(*) FROM patients"),
            try app.count("SELECT COUNT(*) FROM events"),
            try app.count("SELECT COUNT(*) FROM duplicate_cases"),
            try app.count("SELECT COUNT(*) FROM external_references"),
            try app.count("SELECT COUNT(*) FROM resolve_fingerprints"),
        ]
    }

    @Test func whoMightBeMeantIsShownAndNothingStored() async throws {
        let id = await resolve(Self.odile)["health_id"]?.string
        let before = try counts()
        let answer = await resolve(Self.alike + #","dry_run":true,"purpose":"desk 3""#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["dry_run"]?.bool == true)
        #expect(answer["status"]?.string == "created")
        #expect(answer["health_id"]?.isNull == true)
        #expect(answer["patient"] == nil)
        let candidate = answer["candidates"]?.elements.first { _ in true }
        #expect(candidate?["health_id"]?.string == id)
        #expect(candidate?["display_name"]?.string == "Odile Ngono")
        #expect(candidate?["place"]?.string == "Bafia")
        #expect(candidate?["fields"]?.count ?? 0 > 2)
        #expect(!answer.text.contains("1990-03-15"))
        #expect(try counts() == before)
        #expect(try app.audit().last == "resolvePatient E success")
        #expect(try app.count("SELECT COUNT(*) FROM audit_log WHERE purpose = 'desk 3'") == 1)
        let found = await resolve(Self.odile + #","dry_run":"true","phone_number":"+237699000111""#)
        #expect(found["status"]?.string == "found")
        #expect(found["health_id"]?.string == id)
        #expect(found["candidates"]?.count == 0)
        #expect(try counts() == before)
        let nobody = await resolve(
            #""first_name":"Zacharie","last_name":"Wouri","date_of_birth":"1931-01-02","dry_run":true"#
        )
        #expect(nobody["match"]?["decision"]?.string == "none")
        #expect(try counts() == before)
    }

    /// What is not understood is no dry run, and does not register anybody either.
    @Test(arguments: [#""yes""#, "1", #""H""#, "[]", #"{"a":1}"#])
    func whatIsNeitherTrueNorFalseIsRefused(_ flag: String) async throws {
        let before = try counts()
        let answer = await resolve(Self.odile + #","dry_run":\#(flag)"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["dry_run"] != nil)
        #expect(try counts() == before)
    }

    /// A list of patients is no place for it, and registers nobody either.
    @Test func inAListItIsRefusedAloud() async throws {
        let before = try counts()
        let sent = await app.send(
            .post, "/api/v1/bridge/sync",
            fields: [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
            ],
            json:
                #"{"records":[{"record_type":"patient","source_id":"p1",\#(Self.odile),"dry_run":true}]}"#
        )
        #expect(sent.text.contains("dry_run"), "\(sent.text)")
        #expect(try counts()[0] == before[0])
    }

    private static let scopes: [(scope: String, dry: Int, real: Int)] = [
        ("patient:match", 200, 403), ("patient:read", 403, 201), ("health_id:verify", 403, 201),
        ("patient:match health_id:verify", 200, 201), ("lab:push", 403, 403),
    ]

    @Test(arguments: scopes) func itNeedsItsOwnScope(
        _ scope: String, _ dry: Int, _ real: Int
    ) async throws {
        let token = try await app.token("demo_full_sandbox", scope: scope)
        #expect(await resolve(Self.odile + #","dry_run":true"#, token: token).status == dry)
        #expect(await resolve(Self.odile, token: token).status == real)
    }

    @Test func whoTriesNamesOutIsStopped() async throws {
        var statuses: [Int] = []
        for index in 0..<65 {
            statuses.append(
                await resolve(
                    #""first_name":"Awa","last_name":"Fon","date_of_birth":"1990-07-\#(10 + index % 10)","dry_run":true"#
                ).status)
        }
        #expect(statuses.prefix(60).allSatisfy { $0 == 200 })
        #expect(statuses.suffix(5).allSatisfy { $0 == 429 })
        #expect(await resolve(Self.odile).status == 201)
    }

    @Test func whatAClerkDecidedIsLinkedAndTakenBack() async throws {
        let id = await resolve(Self.odile)["health_id"]?.string ?? ""
        let named = #","health_id":"\#(id)""#
        // Without somebody who says so, what disagrees is linked to nobody.
        #expect(await resolve(Self.alike + named)["demographics_mismatch"]?.bool == true)
        #expect(try app.count("SELECT COUNT(*) FROM external_references") == 0)
        for _ in 0..<2 {
            let linked = await resolve(Self.alike + named + #","confirmed_by":"Sr. Amina""#)
            #expect(linked["health_id"]?.string == id, "\(linked.text)")
        }
        #expect(try app.count("SELECT COUNT(*) FROM external_references") == 1)
        let path = "/api/v1/connect/patients/\(id)/corrections"
        let listed = await app.send(.get, path, token: token)
        let one = listed["corrections"]?.elements.first { _ in true }
        #expect(listed["corrections"]?.count == 1)
        #expect(one?["kind"]?.string == "confirmation")
        #expect(one?["confirmed_by"]?.string == "Sr. Amina")
        let other =
            await resolve(
                #""first_name":"Jean","last_name":"Fouda","date_of_birth":"1975-02-03""#)[
                "health_id"]?
            .string ?? ""
        let taken = await resolve(
            Self.alike + #","health_id":"\#(other)","confirmed_by":"Sr. Amina""#)
        #expect(taken.status == 409, "\(taken.text)")
        let undone = await app.send(
            .post, path + "/\(one?["id"]?.string ?? "")/undo", token: token, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(try app.count("SELECT COUNT(*) FROM external_references") == 0)
        let incomplete = await resolve(Self.odile + #","confirmed_by":"x""#)
        #expect(incomplete["errors"]?["health_id"] != nil)
        #expect(incomplete["errors"]?["external_reference"] != nil)
    }
}
