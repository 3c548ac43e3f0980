import API
import Database
import HTTP
import Identity
import JSON
@testable import Registry
import Testing
import TestSupport
import Values

/// What `resolvePatient` says its decision rests on, to the caller and in the audit log.
struct MatchReasonTests {
    /// Two facilities of one district, one of another, one of another region.
    private static let places: [(String, district: String?, region: String?)] = [
        ("a", "Mfoundi", "Centre"), ("b", "MFOUNDI", "centre"), ("c", "Lekié", "Centre"),
        ("d", "Bénoué", "Nord"), ("e", nil, nil),
    ]

    private static func app() async throws -> TestApp {
        let app = try TestApp()
        let hash = app.app.secrets.hash("s")
        let now = app.now
        try await app.app.writer.write { tx in
            for (number, place) in places.enumerated() {
                let facility = Facility(
                    id: "00000000-0000-0000-0000-20000000000\(number)", reference: nil,
                    name: place.0, countryCode: "CM", timeZone: "Africa/Douala",
                    district: place.district, region: place.region)
                var entry = AuditEntry(
                    recordedAt: now, requestID: "r", principal: "system", operation: "o",
                    action: .create)
                try Facilities.create(
                    facility,
                    from: Origin(
                        facilityID: nil, clientID: nil, requestID: "r", now: now), auditing: &entry,
                    in: tx)
                try ClientStore.insert(
                    Client(
                        id: place.0, name: place.0, scopes: "health_id:verify",
                        facilityID: facility.id, status: .active, rateLimit: nil, createdAt: now),
                    secretHash: hash, in: tx)
            }
        }
        return app
    }

    private static func token(_ app: TestApp, _ client: String) async throws -> String {
        try #require(
            await app.send(
                .post, "/api/v1/connect/auth/token",
                json: """
                    {"grant_type":"client_credentials","client_id":"\(client)","client_secret":"s"}
                    """)["access_token"]?.string)
    }

    private static func resolve(
        _ app: TestApp, at client: String, _ first: String = "Marie", _ last: String = "Fouda",
        born: String = "1990-07-22", more: String = ""
    ) async throws -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await token(app, client),
            json: """
                {"first_name":"\(first)","last_name":"\(last)","date_of_birth":"\(born)"\(more)}
                """)
    }

    private static func reasons(_ answer: Answer) -> [String] {
        answer["match"]?["reasons"]?.elements.compactMap(\.string) ?? []
    }

    /// What the newest audit row says of the match.
    private static func audited(_ app: TestApp) throws -> JSONValue? {
        try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx).first?.entry.match
        }.map { try JSONDocument(Array($0.utf8)).root }
    }

    @Test(arguments: [
        ("a", "same_facility"), ("b", "same_district"), ("c", "same_region"),
        ("d", "other_region"), ("e", "unknown"),
    ])
    func whereSomebodyIsKnownIsEvidence(_ client: String, _ place: String) async throws {
        let app = try await Self.app()
        let first = try await Self.resolve(app, at: "a", more: #","sex":"female""#)
        #expect(Self.reasons(first) == [])
        // Not as a retry of the same call.
        app.advance(seconds: 700)
        let found = try await Self.resolve(app, at: client, more: #","sex":"F","purpose":"x""#)
        #expect(found["health_id"]?.string == first["health_id"]?.string)
        let reasons = Self.reasons(found)
        #expect(reasons.prefix(2) == ["name_and_birth_date", "rare_name"])
        #expect(reasons.last == "same_sex")
        #expect(reasons.contains(place) == ["a", "b"].contains(client), "\(reasons)")
        let audited = try #require(try Self.audited(app))
        #expect(audited["place"]?.string == place)
        #expect(audited["same_sex"]?.bool == true)
        #expect(try audited["registered"]?.int == Int64(app.count("SELECT MAX(id) FROM patients")))
        #expect(audited["neighbours"]?.int == (["a", "b"].contains(client) ? 1 : 0))
        #expect(audited["rule"]?.int == Int64(MatchEvidence.ruleVersion))
    }

    /// Whom a facility has a number for is known there, wherever they were registered.
    @Test func whoHasANumberSomewhereIsKnownThere() async throws {
        let app = try await Self.app()
        _ = try await Self.resolve(app, at: "a", more: #","phone_number":"+237671231003""#)
        _ = try await Self.resolve(
            app, at: "d", more: #","phone_number":"+237671231003","external_reference":"7""#)
        _ = try await Self.resolve(app, at: "d", more: #","purpose":"again""#)
        #expect(try Self.audited(app)?["place"]?.string == "same_facility")
    }

    @Test func aFurtherFactIsTheReason() async throws {
        let app = try await Self.app()
        let facts =
            #","phone_number":"+237671231003","national_id":"118001234","external_reference":"7""#
        _ = try await Self.resolve(app, at: "a", more: facts)
        for (client, more, reason) in [
            ("d", #","phone_number":"671231003""#, "phone_number"),
            ("d", #","national_id":"118001234""#, "national_id"),
        ] {
            let found = try await Self.resolve(app, at: client, more: more)
            #expect(found.status == 200)
            #expect(Self.reasons(found) == [reason])
            #expect(try Self.audited(app)?["fact"]?.string == reason)
        }
    }

    @Test func whoMayBeANamesakeIsSaidToBe() async throws {
        let app = try await Self.app()
        for year in 1950...1954 {
            _ = try await Self.resolve(app, at: "d", born: "\(year)-03-09")
        }
        _ = try await Self.resolve(app, at: "a", more: #","address":{"district":"Bastos"}"#)
        let bare = try await Self.resolve(app, at: "e")
        #expect(bare["match"]?["decision"]?.string == "possible_duplicate")
        #expect(Self.reasons(bare).first == "may_be_namesake")
        let audited = try #require(try Self.audited(app))
        #expect(audited["doubt"]?.string == "may_be_namesake")
        #expect(audited["namesakes"]?.int == 5)
        #expect(audited["family"]?.int == 6)
    }

    @Test func whatIsSaidOfWhoIsNotFoundIsNoMoreThanThatSomebodyDiffers() async throws {
        let app = try await Self.app()
        _ = try await Self.resolve(app, at: "a", more: #","phone_number":"+237671231003""#)
        let other = try await Self.resolve(
            app, at: "a", more: #","phone_number":"+237671231004""#)
        #expect(Self.reasons(other) == ["contradiction"])
        let near = try await Self.resolve(app, at: "a", "Mari", born: "1990-07-22")
        #expect(Self.reasons(near) == ["near_match"])
    }

    /// The audit log's chain covers what it says of the match.
    @Test func theReasonsCannotBeAltered() async throws {
        let app = try await Self.app()
        _ = try await Self.resolve(app, at: "a")
        app.advance(seconds: 700)
        _ = try await Self.resolve(app, at: "a")
        func verdict() throws -> AuditStore.Verdict {
            try app.read { try AuditStore.verify(after: .empty, count: 1000, in: $0) }
        }
        guard case .intact = try verdict() else {
            Issue.record("the chain is broken")
            return
        }
        try await app.app.writer.write { tx in
            try TestApp.dropAuditGuards(in: tx)
            try tx.run(
                "UPDATE audit_log SET match = '{\"fact\":\"phone_number\"}' WHERE match IS NOT NULL"
            )
        }
        guard case .broken = try verdict() else {
            Issue.record("nobody sees that the reasons were altered")
            return
        }
    }
}
