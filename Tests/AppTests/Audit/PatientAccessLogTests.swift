import API
import HTTP
import JSON
import Testing
import TestSupport

/// Who looked, for whoever tells the patient.
struct PatientAccessLogTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"
    private static let path = "/api/v1/connect/patients/\(patient)/access-log"
    private static let facility = "00000000-0000-0000-0000-200000000002"

    /// Two clients of two facilities, each of which has looked once.
    private func looked() async throws -> (app: TestApp, own: String, admin: String) {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let own = try await app.token("demo_full_sandbox")
        for client in ["demo_full_sandbox", "opeshisos_production"] {
            let answer = await app.send(
                .get, "/api/v1/connect/patient/search?health_id=\(Self.patient)&purpose=\(client)",
                token: try await app.token(client))
            #expect(answer.status == 200)
        }
        return (app, own, admin)
    }

    private func purposes(_ answer: Answer) -> [String] {
        answer["accesses"]?.elements.compactMap { $0["purpose"]?.string } ?? []
    }

    @Test func getPatientAccessLogShowsWhatAClientAndItsFacilityDid() async throws {
        let (app, own, admin) = try await looked()
        // Both sandbox clients belong to one facility.
        let answer = await app.send(.get, Self.path, token: own)
        #expect(answer.status == 200)
        #expect(purposes(answer) == ["opeshisos_production", "demo_full_sandbox"])
        let first = try #require(answer["accesses"]?.at(0))
        #expect(first["who"]?.string == "client:opeshisos_production")
        #expect(first["address"] == nil)
        #expect(try app.audit().last == "getPatientAccessLog R success")
        // A stranger's client reads its own alone.
        for body in [
            (
                path: "facilities",
                json:
                    #"{"id":"\#(Self.facility)","name":"Two","reference":"FAC-002","country":"CM"}"#
            ),
            (
                path: "clients",
                json: #"{"client_id":"two","scopes":"patient:read","facility_id":"FAC-002"}"#
            ),
        ] {
            _ = await app.send(.post, "/api/v1/admin/" + body.path, token: admin, json: body.json)
        }
        let secret = await app.send(
            .post, "/api/v1/admin/clients/two/rotate", token: admin, json: "{}")
        let token = await app.send(
            .post, "/api/v1/connect/auth/token",
            json:
                #"{"grant_type":"client_credentials","client_id":"two","client_secret":"\#(secret["client_secret"]?.string ?? "")"}"#
        )
        let theirs = await app.send(.get, Self.path, token: token["access_token"]?.string)
        #expect(theirs.status == 200, "\(theirs.text) \(secret.text)")
        #expect(purposes(theirs) == [])
    }

    @Test func pagesEndWhereNoCursorIs() async throws {
        let (app, own, _) = try await looked()
        var path = Self.path + "?limit=1"
        var found: [String] = []
        for _ in 0..<20 {
            let answer = await app.send(.get, path, token: own)
            found += purposes(answer)
            guard let cursor = answer["next_cursor"]?.string else { break }
            path = Self.path + "?limit=1&cursor=" + cursor
        }
        #expect(found == ["opeshisos_production", "demo_full_sandbox"])
    }

    @Test func otherScopesReadNothing() async throws {
        let (app, _, _) = try await looked()
        let token = try await app.token("demo_full_sandbox", scope: "webhooks:manage")
        #expect(await app.send(.get, Self.path, token: token).status == 403)
        #expect(await app.send(.get, Self.path).status == 401)
    }
}
