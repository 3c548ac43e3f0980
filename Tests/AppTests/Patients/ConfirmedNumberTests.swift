import HTTP
import JSON
import Testing
import TestSupport

/// What a clerk has decided about a caller's own number.
struct ConfirmedNumberTests {
    private let app: TestApp
    private let token: String
    private let odile =
        #""first_name":"Odile","last_name":"Ngono","date_of_birth":"1990-03-15","sex":"female""#
    private let alike =
        #""first_name":"Odille","last_name":"N'Gono","date_of_birth":"1990-03-15""#

    init() async throws {
        app = try TestApp()
        token = try await app.token("demo_full_sandbox")
    }

    private func send(_ members: String, _ byAgent: Bool) async -> JSONValue? {
        guard byAgent else {
            let answer = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: token, json: "{\(members)}")
            return try? JSONDocument(answer.body).root
        }
        let pushed = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[{"record_type":"patient",\#(members)}]}"#)
        return pushed["results"]?.elements.first { _ in true }
    }

    /// A program sends the same every night: what a clerk has decided of its number holds, and nobody else's does.
    @Test(arguments: [false, true]) func aDecisionAboutANumberHolds(_ byAgent: Bool) async throws {
        let first = await self.send(odile, false)?["health_id"]?.string ?? ""
        func send(_ members: String) async -> JSONValue? { await self.send(members, byAgent) }
        let row = alike + #","external_reference":"n1""#
        // It was somebody's before, without the number.
        let second = await send(alike)?["health_id"]?.string
        #expect(second != first)
        let count: StaticString = "SELECT COUNT(*) FROM patients WHERE identity_status = 'active'"
        let people = try app.count(count)
        let decided = await send(row + #","health_id":"\#(first)","confirmed_by":"Sr. Amina""#)
        let confirmation = decided?["confirmation_id"]?.string ?? ""
        #expect(!confirmation.isEmpty)
        for _ in 0..<2 {
            let nightly = await send(row)
            #expect(nightly?["health_id"]?.string == first)
            #expect(nightly?["match"]?["decision"]?.string == "external_reference")
            #expect(nightly?["demographics_mismatch"]?.bool == true)
        }
        #expect(try app.count(count) == people)
        // Other names under the number are somebody else's word, and so are these under another number.
        let other = await send(
            #""first_name":"Serge","last_name":"N'Gono","date_of_birth":"1990-03-15","external_reference":"n1""#
        )
        #expect(other?["health_id"]?.string != first)
        #expect(await send(alike)?["health_id"]?.string == second)
        // Undone, it holds no more.
        let undone = await app.send(
            .post,
            "/api/v1/connect/patients/\(first)/corrections/\(confirmation)/undo",
            token: token, json: "{}")
        #expect(undone.status == 200, "\(undone.text)")
        #expect(await send(row)?["health_id"]?.string != first)
    }
}
