import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// What becomes of a record that an administrator has dealt with, when it or its Health ID comes.
struct PendingRecordTests {
    private let app: TestApp
    private let admin: String

    private static let wrong = PendingRecordRoutesTests.wrong
    private static let right = PendingRecordRoutesTests.right

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
    }

    private static func lab(
        _ value: String, for id: String = wrong, externalID: String? = nil
    ) -> String {
        let external = externalID.map { #","external_id":"\#($0)""# } ?? ""
        return
            #"{"record_type":"lab_result","health_id":"\#(id)","test":"Na","result":"\#(value)"\#(external)}"#
    }

    private func sync(_ json: String) async -> Answer {
        await BridgeRoutesTests.send(app, .post, "sync", json: json)
    }

    /// The word for the one record sent: nothing is said of what is stored as new.
    private func sent(_ json: String) async -> String {
        let answer = await sync(json)
        return answer["results"]?.at(0)?["status"]?.string
            ?? (answer["accepted"]?.int == 1 ? "stored" : "rejected")
    }

    private func post(_ path: String, _ json: String = "{}") async -> Answer {
        await app.send(.post, "/api/v1/admin/pending-records/" + path, token: admin, json: json)
    }

    private func redirect(_ id: Int, to healthID: String = right) async -> Answer {
        await post("\(id)/redirect", #"{"new_health_id":"\#(healthID)"}"#)
    }

    /// Somebody gets the id.
    private func register(_ id: String, _ owner: String = "OPC-2024-XK7T9") async throws {
        let now = app.now
        try await app.app.writer.write { tx in
            guard let reference = PatientReference(owner),
                let subject = try PatientStore.subject(of: reference, in: tx)
            else { throw DatabaseError.corrupt }
            try PatientStore.addAlias(id, to: subject, at: now, in: tx)
        }
    }

    private func results() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT p.health_id, r.version, r.content
                FROM records r JOIN patients p ON p.id = r.patient_id
                WHERE r.client_id LIKE 'agent:%' ORDER BY r.seq
                """
            ) { row in
                let value = try JSONDocument(row.utf8(2)).root["payload"]?["result"]?.string
                return "\(row.text(0)) v\(row.int(1)) \(value ?? "-")"
            }
        }
    }

    private func healthID(_ id: String) throws -> String {
        try app.read { tx in
            guard let reference = PatientReference(id),
                let found = try PatientStore.find(reference, in: tx)
            else { throw DatabaseError.corrupt }
            return found.patient.healthID
        }
    }

    private func pending() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT seq, state, health_id FROM pending_records ORDER BY seq") {
                "\($0.int(0)) \($0.text(1)) \($0.text(2))"
            }
        }
    }

    private func events() throws -> [String] {
        try app.read { try $0.all("SELECT type FROM events ORDER BY seq") { $0.text(0) } }
    }

    // MARK: Redirected

    @Test(arguments: [nil, "L-1"])
    func aRedirectedRecordIsADuplicateWhenItIsSentAgain(_ externalID: String?) async throws {
        let record = Self.lab("1", externalID: externalID)
        #expect(await sent(record) == "pending_patient")
        #expect(await redirect(1).status == 200)
        let again = await sync(record)
        #expect(again["duplicates"]?.int == 1)
        #expect(again["pending"]?.int == 0)
        #expect(again["results"]?.at(0)?["status"]?.string == "duplicate")
        // So is the record with the right id, once the clinic has corrected its own.
        #expect(await sent(Self.lab("1", for: Self.right, externalID: externalID)) == "duplicate")
        #expect(try results() == ["\(healthID(Self.right)) v1 1"])
        #expect(try events() == ["lab_result.released"])
        #expect(try pending() == ["1 redirected \(Self.wrong)"])
    }

    @Test(arguments: [nil, "L-1"])
    func aRecordThatTheClinicCorrectedItselfIsNotStoredTwice(_ externalID: String?) async throws {
        _ = await sync(Self.lab("1", externalID: externalID))
        #expect(await sent(Self.lab("1", for: Self.right, externalID: externalID)) == "stored")
        let answer = await redirect(1)
        #expect(answer["outcome"]?.string == "duplicate")
        #expect(try results() == ["\(healthID(Self.right)) v1 1"])
        #expect(try events() == ["lab_result.released"])
    }

    /// An appointment is known by its slot.
    @Test func aRedirectedAppointmentIsBookedOnce() async throws {
        func slot(_ id: String) -> String {
            #"{"record_type":"appointment","health_id":"\#(id)","date":"2026-06-15","time_from":"10:00"}"#
        }
        _ = await sync(slot(Self.wrong))
        let answer = await redirect(1)
        #expect(answer["outcome"]?.string == "stored")
        #expect(await sent(slot(Self.right)) == "duplicate")
        #expect(await sent(slot(Self.wrong)) == "duplicate")
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 1)
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 0)
        #expect(try events() == ["appointment.created"])
    }

    /// Its next version waits for the wrong id again, and amends it where that went.
    @Test func anAmendmentFollowsWhenItIsRedirectedToo() async throws {
        _ = await sync(Self.lab("1", externalID: "L-1"))
        #expect(await redirect(1).status == 200)
        app.advance(seconds: 60)
        #expect(await sent(Self.lab("2", externalID: "L-1")) == "pending_patient")
        #expect(await redirect(2)["outcome"]?.string == "amended")
        #expect(try results() == ["\(healthID(Self.right)) v2 2"])
        #expect(try events() == ["lab_result.released", "lab_result.amended"])
    }

    @Test func anOlderVersionDoesNotReplaceANewerOne() async throws {
        _ = await sync(Self.lab("1", externalID: "L-1"))
        app.advance(seconds: 60)
        _ = await sync(Self.lab("2", externalID: "L-1"))
        #expect(await redirect(2).status == 200)
        let late = await redirect(1)
        #expect(late.status == 409)
        #expect(late["message"]?.string?.contains("newer version") == true)
        #expect(try results() == ["\(healthID(Self.right)) v1 2"])
        #expect(try pending() == ["1 waiting \(Self.wrong)", "2 redirected \(Self.wrong)"])
    }

    @Test func anOlderAppointmentDoesNotRevokeACancellation() async throws {
        func slot(_ id: String, _ status: String) -> String {
            #"{"record_type":"appointment","health_id":"\#(id)","date":"2026-06-15","time_from":"10:00","external_id":"A-1","status":"\#(status)"}"#
        }
        _ = await sync(slot(Self.wrong, "booked"))
        app.advance(seconds: 60)
        _ = await sync(slot(Self.right, "cancelled"))
        #expect(await redirect(1).status == 409)
        #expect(
            try app.count("SELECT COUNT(*) FROM appointments WHERE status = 'cancelled'") == 1)
    }

    /// The facility's own id for it is another patient's record already.
    @Test func anExternalIdOfAnotherPatientKeepsItWaiting() async throws {
        _ = await sync(Self.lab("1", externalID: "L-1"))
        #expect(await sent(Self.lab("7", for: "OPC-2024-XK7T9", externalID: "L-1")) == "stored")
        let answer = await redirect(1)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["external_id"] != nil)
        #expect(try pending() == ["1 waiting \(Self.wrong)"])
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 0)
    }

    @Test(arguments: [nil, "L-1"])
    func aRecordRedirectedToAnIdThatNobodyHasWaitsForThat(_ externalID: String?) async throws {
        let record = Self.lab("1", externalID: externalID)
        _ = await sync(record)
        app.advance(seconds: 60)
        #expect(await redirect(1, to: "OPC-2023-NEW01")["outcome"]?.string == "pending_patient")
        #expect(try pending() == ["1 redirected \(Self.wrong)", "2 waiting OPC-2023-NEW01"])
        #expect(await sent(record) == "duplicate")
        #expect(
            await sent(Self.lab("1", for: "OPC-2023-NEW01", externalID: externalID))
                == "pending_patient")
        #expect(try events().isEmpty)
        // The wrong id is somebody's after all: not this record.
        try await register(Self.wrong)
        #expect(try results().isEmpty)
        try await register("OPC-2023-NEW01", Self.right)
        #expect(try results() == ["\(healthID(Self.right)) v1 1"])
        #expect(try pending() == ["1 redirected \(Self.wrong)"])
        // It was received when its agent sent it.
        #expect(
            try app.read { tx in
                try tx.first("SELECT received_at FROM records WHERE client_id LIKE 'agent:%'") {
                    $0.int64(0)
                }
            } == TestApp.start.milliseconds)
    }

    /// What its clinic goes on sending under the wrong id must not get into that person's chart.
    @Test(arguments: [(nil, "duplicate"), ("L-1", "rejected")])
    func aRedirectedRecordStaysOutOfTheChartOfWhoGetsTheWrongId(
        _ externalID: String?, _ word: String
    ) async throws {
        let record = Self.lab("1", externalID: externalID)
        _ = await sync(record)
        #expect(await redirect(1).status == 200)
        try await register(Self.wrong)
        #expect(await sent(record) == word)
        #expect(try results() == ["\(healthID(Self.right)) v1 1"])
    }

    // MARK: Discarded

    @Test(arguments: [nil, "L-1"])
    func aDiscardedRecordStaysDiscardedWhileNobodyHasTheId(_ externalID: String?) async throws {
        let record = Self.lab("1", externalID: externalID)
        _ = await sync(record)
        #expect(await post("1/discard").status == 200)
        for _ in 0..<2 { #expect(await sent(record) == "duplicate") }
        #expect(try pending() == ["1 discarded \(Self.wrong)"])
        // Other content is another record.
        #expect(await sent(Self.lab("2", externalID: externalID)) == "pending_patient")
        // The id appears: what was discarded does not come with it.
        try await register(Self.wrong)
        #expect(try results() == ["\(healthID("OPC-2024-XK7T9")) v1 2"])
        #expect(try pending() == ["1 discarded \(Self.wrong)"])
    }

    /// "Duplicate" would be a lie: it is nowhere but among what was discarded.
    @Test(arguments: [nil, "L-1"])
    func aDiscardedRecordIsStoredWhenItIsSentForAPatient(_ externalID: String?) async throws {
        let record = Self.lab("1", externalID: externalID)
        _ = await sync(record)
        #expect(await post("1/discard").status == 200)
        try await register(Self.wrong)
        #expect(try results().isEmpty)
        #expect(await sent(record) == "stored")
        #expect(await sent(record) == "duplicate")
        #expect(try results() == ["\(healthID("OPC-2024-XK7T9")) v1 1"])
    }

    // MARK: Attached

    /// The id turns out to be a second one of somebody whose record has changed since.
    @Test func aRecordThatIsOutdatedWhenItsIdAppearsIsQuarantined() async throws {
        _ = await sync(Self.lab("1", externalID: "L-1"))
        app.advance(seconds: 60)
        #expect(await sent(Self.lab("2", for: Self.right, externalID: "L-1")) == "stored")
        try await register(Self.wrong, Self.right)
        #expect(try results() == ["\(healthID(Self.right)) v1 2"])
        #expect(try pending().isEmpty)
        #expect(
            try app.count("SELECT COUNT(*) FROM quarantined_records WHERE error = 'conflict'") == 1)
    }

    // MARK: At once

    @Test(arguments: 0..<6)
    func aRecordIsAttachedOrRedirectedAndNeverBoth(_ round: Int) async throws {
        let record = Self.lab("1", externalID: round % 3 == 0 ? "L-1" : nil)
        _ = await sync(record)
        async let registration: Void = register(Self.wrong)
        async let redirection = redirect(1)
        try await registration
        let status = await redirection.status
        let owner = status == 200 ? Self.right : "OPC-2024-XK7T9"
        #expect([200, 404].contains(status))
        #expect(try results() == ["\(healthID(owner)) v1 1"])
        #expect(try events() == ["lab_result.released"])
        #expect(try pending() == (status == 200 ? ["1 redirected \(Self.wrong)"] : []))
    }

    /// Administrators look at the same list.
    @Test func aRecordThatManyDealWithIsDealtWithOnce() async throws {
        _ = await sync(Self.lab("1"))
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 0..<9 {
                group.addTask {
                    switch number % 3 {
                    case 0: await redirect(1)
                    case 1: await redirect(1, to: "OPC-2024-XK7T9")
                    default: await post("1/discard")
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.status == 409 } == 8)
        let done = try #require(answers.first { $0.status == 200 })
        let isStored = done["state"]?.string == "redirected"
        #expect(try results().count == (isStored ? 1 : 0))
        #expect(try events().count == (isStored ? 1 : 0))
    }

    @Test func aRevokedAgentsRecordIsRedirectedAllTheSame() async throws {
        _ = await sync(Self.lab("1"))
        let revoked = await app.send(
            .post, "/api/v1/admin/agents/BRIDGE-2024-DEMO-001/revoke", token: admin, json: "{}")
        try #require(revoked.status == 200)
        #expect(await redirect(1)["outcome"]?.string == "stored")
        #expect(try results().count == 1)
    }
}
