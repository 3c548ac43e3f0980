import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// What is given and taken back under ids that are merged and parted again (contract § 4).
struct ConsentMergeTests {
    private struct Person {
        let id: Int64
        let healthID: String
    }

    private let app: TestApp
    private let admin: String
    private var tokens: [String: String] = [:]
    private var people: [Person] = []

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
        for client in ["demo_dev_sandbox", "opeshisos_production"] {
            try await app.grant("consents:write patient:diagnostics:read", to: client)
            tokens[client] = try await app.token(client)
        }
        for healthID in ["OPC-2024-DEMO1", "OPC-2024-XK7T9", "CM-HID-7KQ9-MP42-X8D1"] {
            let id = try app.read { tx in
                try PatientReference(healthID).flatMap { try PatientStore.find($0, in: tx) }?
                    .namedID
            }
            people.append(Person(id: try #require(id), healthID: healthID))
        }
    }

    private func mayRead(_ person: Int, _ client: String = "demo_dev_sandbox") async -> Bool {
        await app.send(
            .get, "/api/v1/connect/patient/\(people[person].healthID)/records",
            token: tokens[client]
        ).status == 200
    }

    private func change(
        _ person: Int, _ what: String, _ client: String = "demo_dev_sandbox", seconds: Int64 = 0
    ) async -> Int {
        app.advance(seconds: 1)
        let body =
            what == "grant"
            ? #"{"consent_type":"full_record","expires_at":"\#(app.now.adding(seconds: seconds).rfc3339)"}"#
            : nil
        return await app.send(
            .post, "/api/v1/connect/patient/\(people[person].healthID)/consent/\(what)",
            token: tokens[client], json: body
        ).status
    }

    private func merge(_ retired: Int, into survivor: Int) async -> String? {
        app.advance(seconds: 1)
        return await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: """
                {"survivor_health_id":"\(people[survivor].healthID)",
                "retired_health_id":"\(people[retired].healthID)"}
                """)["id"]?.string
    }

    private func undo(_ merge: String) async -> Int {
        app.advance(seconds: 1)
        return await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin).status
    }

    private static let year: Int64 = 365 * 86_400

    @Test(arguments: [0, 1])
    func whatIsRevokedWhileMergedStaysRevoked(_ named: Int) async throws {
        _ = await change(0, "grant", seconds: Self.year)
        _ = await change(1, "grant", seconds: Self.year)
        _ = await change(1, "revoke")
        let merge = try #require(await merge(1, into: 0))
        #expect(await !mayRead(0))
        #expect(await change(named, "revoke") == 200)
        #expect(await undo(merge) == 200)
        #expect(await !mayRead(0))
        #expect(await !mayRead(1))
        // Both grants are reported as revoked, each once.
        #expect(try app.count("SELECT COUNT(*) FROM events WHERE type = 'consent.revoked'") == 2)
        #expect(try app.count("SELECT COUNT(*) FROM consents WHERE state = 'revoked'") == 2)
    }

    @Test func withoutARevocationTheOtherPersonsGrantComesBack() async throws {
        _ = await change(0, "grant", seconds: Self.year)
        _ = await change(1, "grant", seconds: Self.year)
        _ = await change(1, "revoke")
        let merge = try #require(await merge(1, into: 0))
        #expect(await !mayRead(0))
        #expect(await undo(merge) == 200)
        #expect(await mayRead(0))
        #expect(await !mayRead(1))
    }

    /// Each of two people took back what the survivor gave before: parting from one leaves the other.
    @Test func undoingOneOfTwoMergesRestoresNothingThatTheOtherEnds() async throws {
        _ = await change(0, "grant", seconds: Self.year)
        for other in [1, 2] {
            _ = await change(other, "grant", seconds: Self.year)
            _ = await change(other, "revoke")
        }
        let first = try #require(await merge(1, into: 0))
        let second = try #require(await merge(2, into: 0))
        #expect(await undo(first) == 200)
        #expect(await !mayRead(0))
        #expect(await undo(second) == 200)
        #expect(await mayRead(0))
    }

    // MARK: A plain model

    /// One grant or refusal, as a person's rows would be kept on paper.
    private struct Row {
        let client: String
        let named: Int
        let createdAt: Timestamp
        let expiresAt: Timestamp
        var refusedAt: Timestamp?
        var isGrant: Bool
    }

    /// Who is merged into whom, and what was said when.
    private struct Model {
        var rows: [Row] = []
        var survivor: [Int: Int] = [:]

        func root(_ person: Int) -> Int {
            var person = person
            while let next = survivor[person] { person = next }
            return person
        }

        /// Whether some grant in the person's group stands: not over, not taken back, and nothing was
        /// refused later under another id of the group.
        func mayRead(_ person: Int, _ client: String, at now: Timestamp) -> Bool {
            let group = rows.filter { $0.client == client && root($0.named) == root(person) }
            return group.contains { grant in
                grant.isGrant && grant.refusedAt == nil && grant.expiresAt > now
                    && !group.contains { other in
                        other.named != grant.named
                            && other.refusedAt.map { $0 >= grant.createdAt } ?? false
                    }
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func anySequenceOfGrantsRevocationsAndMergesEndsAsOnPaper(_ seed: UInt64) async throws {
        var random = SplitMix(state: seed)
        var model = Model()
        var merges: [(id: String, retired: Int)] = []
        for step in 1...60 {
            let person = Int.random(in: 0...2, using: &random)
            let client = Bool.random(using: &random) ? "demo_dev_sandbox" : "opeshisos_production"
            switch Int.random(in: 0...9, using: &random) {
            case 0...2:
                let seconds: Int64 = Bool.random(using: &random) ? Self.year : 15
                #expect(await change(person, "grant", client, seconds: seconds) == 200)
                model.rows.append(
                    Row(
                        client: client, named: person, createdAt: app.now,
                        expiresAt: app.now.adding(seconds: seconds), refusedAt: nil,
                        isGrant: true))
            case 3, 4:
                #expect(await change(person, "revoke", client) == 200)
                let group = model.root(person)
                for index in model.rows.indices
                where model.rows[index].client == client
                    && model.root(model.rows[index].named) == group
                    && model.rows[index].isGrant && model.rows[index].refusedAt == nil
                {
                    model.rows[index].refusedAt = app.now
                }
            case 5:
                try await deny(person, client, &model)
            case 6, 7:
                let survivor = model.root(person)
                let retired = model.root(Int.random(in: 0...2, using: &random))
                guard survivor != retired else { continue }
                merges.append((try #require(await merge(retired, into: survivor)), retired))
                model.survivor[retired] = survivor
            default:
                guard let index = merges.indices.randomElement(using: &random) else { continue }
                let one = merges[index]
                // A survivor that was merged since has to be freed first.
                let isFree = model.survivor[one.retired].map { model.survivor[$0] == nil } ?? false
                #expect(await undo(one.id) == (isFree ? 200 : 409))
                guard isFree else { continue }
                merges.remove(at: index)
                model.survivor[one.retired] = nil
            }
            for person in 0...2 {
                for client in tokens.keys {
                    #expect(
                        await mayRead(person, client)
                            == model.mayRead(person, client, at: app.now),
                        "step \(step), person \(person), \(client)")
                }
            }
        }
    }

    /// A request that the person refuses; only while they are by themselves, since a refusal counts
    /// against what others gave from the next merge on.
    private func deny(_ person: Int, _ client: String, _ model: inout Model) async throws {
        let root = model.root(person)
        guard (0...2).allSatisfy({ $0 == person || model.root($0) != root }) else { return }
        app.advance(seconds: 1)
        let now = app.now
        let reference = try #require(PatientReference(people[person].healthID))
        try await app.app.writer.write { tx in
            guard let found = try PatientStore.find(reference, in: tx) else { return }
            let consent = Consent(
                id: Identifier.make("cons_", at: now), coverage: .fullRecord, storedState: .denied,
                basis: .patient, purpose: nil, grantedAt: nil, expiresAt: now)
            try ConsentStore.insert(
                consent, clientID: client, for: found, verificationMethod: nil, at: now, in: tx)
        }
        model.rows.append(
            Row(
                client: client, named: person, createdAt: now, expiresAt: now, refusedAt: now,
                isGrant: false))
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}
