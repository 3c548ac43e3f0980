import API
import App
import Crypto
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct SyncRoutesTests {
    static let patient = "CM-HID-7KQ9-MP42-X8D1"

    func sync(
        _ app: TestApp, _ json: String, idempotencyKey: String? = nil
    ) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync", idempotencyKey: idempotencyKey, json: json)
    }

    static func lab(_ value: String, _ more: String = "") -> String {
        """
        {"record_type":"lab_result","health_id":"\(patient)","test_name":"HbA1c",\
        "result_value":"\(value)"\(more)}
        """
    }

    func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    // MARK: Shapes

    /// The documents', the published agent's, and the two with `sync_type`.
    @Test(arguments: [
        #"{"agent_id":"BRIDGE-2024-DEMO-001","records":[RECORD]}"#, "RECORD",
        #"{"sync_type":"lab_results","records":[{"type":"lab_result","data":DATA}]}"#,
        #"{"sync_type":"lab_result","records":[DATA],"checksum":"whatever"}"#,
        #"{"records":[{"record_type":"labs","payload":DATA}]}"#,
    ])
    func syncRecordsTakesEveryShape(_ shape: String) async throws {
        let app = try TestApp()
        let data =
            #"{"health_id":"cm hid 7kq9 mp42 x8d1","test":"HbA1c","result":"9.2%","flagged":"H"}"#
        let record = #"{"record_type":"lab_result","# + data.dropFirst()
        let body = shape.replacing("RECORD", with: record).replacing("DATA", with: data)
        let answer = await sync(app, body)
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "ok")
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["rejected"]?.int == 0)
        #expect(answer["duplicates"]?.int == 0)
        #expect(answer["sync_id"]?.string?.hasPrefix("sync_") == true)
        #expect(answer["errors"]?.count == 0)
        #expect(answer["results"]?.count == 0)
        let content = try #require(
            try app.read { tx in
                try tx.first(
                    "SELECT content FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'"
                ) { try JSONDocument($0.utf8(0)) }
            })
        #expect(content.root["test_name"]?.string == "HbA1c")
        #expect(content.root["flagged"]?.bool == true)
        #expect(
            try app.count("SELECT COUNT(occurred_at) FROM records WHERE client_id LIKE 'agent:%'")
                == 0)
        #expect(try events(app) == ["lab_result.released"])
        #expect(try app.audit().last == "syncRecords C success")
        // Whatever the shape, it is the same record.
        let again = await sync(app, #"{"records":[\#(record)]}"#)
        #expect(again["duplicates"]?.int == 1)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 2)
        #expect(try events(app).count == 1)
    }

    @Test(arguments: [
        #"{"records":[]}"#, #"{"agent_id":"BRIDGE-2024-DEMO-001"}"#, #"{"records":{}}"#,
        #"{"records":"x"}"#, "[1]", #"{"records":[{"a":1,"a":2}]}"#,
    ])
    func aMalformedRequestStoresNothing(_ body: String) async throws {
        let app = try TestApp()
        let answer = await sync(app, body)
        #expect(answer.status == 422)
        #expect(answer.error == "validation_failed")
        #expect(answer["errors"]?.kind != .array)
        for table in Self.tables { #expect(try app.count(table) == 0) }
        // It was heard all the same.
        try await app.app.watchAgents(at: app.now)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_agent_states") == 1)
    }

    static let tables: [StaticString] = [
        "SELECT COUNT(*) FROM bridge_batches", "SELECT COUNT(*) FROM quarantined_records",
        "SELECT COUNT(*) FROM record_digests", "SELECT COUNT(*) FROM idempotency_keys",
    ]

    @Test func atMost5000RecordsComeAtOnce() async throws {
        let app = try TestApp()
        let many = (1...5001).map { Self.lab(String($0)) }.joined(separator: ",")
        let refused = await sync(app, #"{"records":[\#(many)]}"#)
        #expect(refused.status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 0)
        let most = (1...5000).map { Self.lab(String($0)) }.joined(separator: ",")
        let answer = await sync(app, #"{"records":[\#(most)]}"#)
        #expect(answer["accepted"]?.int == 5000)
        #expect(
            try app.count("SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%'") == 5000)
    }

    @Test func aChecksumOfKnownFormIsCompared() async throws {
        let app = try TestApp()
        let records = "[\(Self.lab("1")), \(Self.lab("2"))]"
        let hash = SHA256.hash(records).hex
        let damaged = await sync(
            app, #"{"records":\#(records) ,"checksum":"sha256:\#(SHA256.hash("x").hex)"}"#)
        #expect(damaged.status == 422)
        #expect(damaged["errors"]?["checksum"] != nil)
        for digest in ["", "abc", String(hash.dropLast()), hash + "0", hash.dropLast() + "g"] {
            let odd = await sync(app, #"{"checksum":"sha256:\#(digest)","records":\#(records)}"#)
            #expect(odd.status == 422, "\(digest)")
            #expect(odd["errors"]?["checksum"]?.at(0)?.string?.hasPrefix("must be sha256:") == true)
        }
        let answer = await sync(app, #"{"checksum":"SHA256:\#(hash)","records":\#(records)}"#)
        #expect(answer["accepted"]?.int == 2)
    }

    // MARK: Verdicts

    @Test func goodRecordsAreKeptAndBadOnesListedAndQuarantined() async throws {
        let app = try TestApp()
        let answer = await sync(
            app,
            """
            {"records":[\(Self.lab("1")),
            {"record_type":"lab_result","health_id":"CM-HID-0000-0000-0001","test_name":"a","result_value":1},
            {"record_type":"moon_phase"},7,{"health_id":"\(Self.patient)"},
            {"record_type":"prescription","health_id":"\(Self.patient)","dose":"1"},
            {"record_type":"prescription","medicine":"Zinc"},
            \(Self.lab("2", #","facility_id":"FAC-002""#))]}
            """)
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "partial")
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["rejected"]?.int == 7)
        let errors = try #require(answer["errors"])
        #expect(errors.elements.compactMap { $0["index"]?.int } == [1, 2, 3, 4, 5, 6, 7])
        #expect(
            errors.elements.compactMap { $0["error"]?.string } == [
                "health_id_invalid", "validation_failed", "validation_failed",
                "validation_failed", "validation_failed", "validation_failed",
                "facility_forbidden",
            ])
        #expect(
            errors.elements.allSatisfy { $0["message"]?.string?.hasSuffix(".") == true })
        let kept = try app.read { try QuarantineStore.list(.init(), limit: 100, in: $0) }
        #expect(kept.map(\.index) == [7, 6, 5, 4, 3, 2, 1])
        #expect(kept.allSatisfy { $0.state == .open && $0.arrivals == 1 })
        let found = try #require(
            try app.read { try QuarantineStore.find(kept[5].seq, in: $0) })
        #expect(
            String(decoding: found.payload, as: UTF8.self) == #"{"record_type":"moon_phase"}"#)
        #expect(kept[5].type == "moon_phase")
        #expect(kept[0].batchID == answer["sync_id"]?.string)
        let batch = try #require(
            try app.read { try SyncBatchStore.list(agentID: nil, limit: 9, in: $0) }.first?.batch)
        #expect(batch.id == answer["sync_id"]?.string)
        #expect((batch.status, batch.recordCount, batch.rejected) == ("partial", 8, 7))
    }

    /// The published agent repeats whatever is not 200, 201 or 409.
    @Test func aBatchWithoutAGoodRecordIs422WithTheSameBody() async throws {
        let app = try TestApp()
        let bad = #"{"record_type":"lab_result","health_id":"nobody"}"#
        let answer = await sync(app, bad, idempotencyKey: "k1")
        #expect(answer.status == 422)
        #expect(answer["error"]?.string == "validation_failed")
        #expect(answer["http_status"]?.int == 422)
        #expect(answer["status"]?.string == "rejected")
        #expect(answer["accepted"]?.int == 0)
        #expect(answer["rejected"]?.int == 1)
        #expect(answer["errors"]?.elements.first { _ in true }?["index"]?.int == 0)
        #expect(try app.audit().last == "syncRecords C validation_failed")
        // Not given again: whatever was wrong may be mended.
        #expect(try app.count("SELECT COUNT(*) FROM idempotency_keys") == 0)
        _ = await sync(app, bad, idempotencyKey: "k1")
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 1)
        #expect(try app.count("SELECT arrivals FROM quarantined_records") == 2)
    }

    @Test func theSameKeyGetsTheFirstAnswerAndAnotherBodyIs422() async throws {
        let app = try TestApp()
        let first = await sync(app, Self.lab("1"), idempotencyKey: "k")
        let again = await sync(app, Self.lab("1"), idempotencyKey: "k")
        #expect(again.body == first.body)
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 1)
        let other = await sync(app, Self.lab("2"), idempotencyKey: "k")
        #expect(other.status == 422)
        #expect(other.error == "idempotency_conflict")
        #expect(try events(app) == ["lab_result.released"])
    }

    // MARK: Duplicates

    @Test func whereARowLayAndHowItIsWrittenIsNotContent() async throws {
        let app = try TestApp()
        let first = #""test_name":"K","result_value":"4.1","occurred_at":"2026-06-01T08:00:00Z""#
        let second =
            #""occurred_at" : "2026-06-01T08:00:00Z", "result_value":"4\u002e1","test_name":"K""#
        func record(_ members: String, _ source: String) -> String {
            #"{"record_type":"lab_result","health_id":"\#(Self.patient)",\#(members),\#(source)}"#
        }
        _ = await sync(app, record(first, #""source_file":"a.csv","source_row":1"#))
        let answer = await sync(
            app, record(second, #""source_file":"b.csv","source_row":9,"unit":null"#))
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["duplicates"]?.int == 1)
        let result = try #require(answer["results"]?.elements.first { _ in true })
        #expect(result["status"]?.string == "duplicate")
        #expect(result["duplicate"]?.bool == true)
        let other = await sync(app, record(first + #","unit":"mmol/L""#, #""source_row":1"#))
        #expect(other["duplicates"]?.int == 0)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%'") == 2)
    }

    @Test func twiceInOneBatchIsStoredOnce() async throws {
        let app = try TestApp()
        let answer = await sync(
            app, #"{"records":[\#(Self.lab("1")),\#(Self.lab("1")),\#(Self.lab("2"))]}"#)
        #expect(answer["accepted"]?.int == 3)
        #expect(answer["duplicates"]?.int == 1)
        #expect(answer["results"]?.elements.compactMap { $0["index"]?.int } == [1])
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%'") == 2)
    }

    @Test func aSourceIdWithOtherContentIsAnAmendmentAndMayChangeBack() async throws {
        let app = try TestApp()
        func send(_ value: String, _ spelling: String = "") async -> Answer {
            await sync(app, Self.lab(value, #","external_id":"L-1"\#(spelling)"#))
        }
        #expect(await send("9.2")["results"]?.count == 0)
        #expect(await send("9.2", #","source_file":"x""#)["duplicates"]?.int == 1)
        let amended = await send("9.3")
        #expect(amended["duplicates"]?.int == 0)
        let result = try #require(amended["results"]?.elements.first { _ in true })
        #expect(result["status"]?.string == "amended")
        #expect(result["record_id"]?.string?.hasPrefix("lab_") == true)
        #expect(await send("9.2")["duplicates"]?.int == 0)
        #expect(try app.count("SELECT version FROM records WHERE external_id = 'L-1'") == 3)
        #expect(try app.count("SELECT COUNT(*) FROM record_versions") == 2)
        #expect(
            try events(app) == [
                "lab_result.released", "lab_result.amended", "lab_result.amended",
            ])
        // The same id for another patient is a mistake.
        let other = await sync(
            app,
            #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"x","result":"1","external_id":"L-1"}"#
        )
        #expect(other.status == 422)
    }

    // MARK: Pending

    @Test func aRecordWaitsForItsHealthIdAndIsAttachedWhenItAppears() async throws {
        let app = try TestApp()
        func record(_ value: String) -> String {
            #"{"record_type":"lab_result","health_id":"OPC-2023-NEW01","test_name":"Na","result_value":"\#(value)"}"#
        }
        let slot =
            #"{"record_type":"appointment","health_id":"opc 2023 new01","date":"2026-06-15"}"#
        let answer = await sync(app, #"{"records":[\#(record("1")),\#(record("2")),\#(slot)]}"#)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 3)
        #expect(answer["pending"]?.int == 3)
        let result = try #require(answer["results"]?.elements.first { _ in true })
        #expect(result["status"]?.string == "pending_patient")
        #expect(result["health_id"]?.string == "OPC-2023-NEW01")
        #expect(await sync(app, record("2"))["duplicates"]?.int == 1)
        #expect(try app.count("SELECT COUNT(*) FROM pending_records") == 3)
        #expect(try events(app).isEmpty)

        app.advance(seconds: 3600)
        let now = app.now
        try await app.app.writer.write { tx in
            guard let id = HealthID(Self.patient),
                let subject = try PatientStore.subject(of: .healthID(id), in: tx)
            else { throw DatabaseError.corrupt }
            try PatientStore.addAlias("OPC-2023-NEW01", to: subject, at: now, in: tx)
        }
        #expect(try app.count("SELECT COUNT(*) FROM pending_records") == 0)
        #expect(
            try events(app) == [
                "lab_result.released", "lab_result.released", "appointment.created",
            ])
        // Received when it came, told of now.
        let start = TestApp.start.milliseconds
        #expect(
            try app.read { tx in
                try tx.all("SELECT received_at FROM records WHERE client_id LIKE 'agent:%'") {
                    $0.int64(0)
                }
            } == [start, start])
        #expect(
            try app.read { tx in
                try tx.first("SELECT created_at FROM events ORDER BY seq LIMIT 1") {
                    $0.int64(0)
                }
            } == now.milliseconds)
        // Known by now.
        #expect(await sync(app, record("2"))["duplicates"]?.int == 1)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%'") == 2)
    }

    @Test func aPatientRecordWithAnUnknownIdAndNothingElseIsRejected() async throws {
        let app = try TestApp()
        let answer = await sync(
            app, #"{"record_type":"patient","health_id":"CM-HID-M9S3-46Q3-D25J"}"#)
        #expect(answer["results"]?.elements.first { _ in true }?["status"]?.string == "found")
        let unknown = await sync(
            app, #"{"record_type":"patient","health_id":"CM-HID-7KQ9-MP42-X8DX"}"#)
        #expect(unknown.status == 422)
        let missing = await sync(
            app, #"{"record_type":"patient","health_id":"FR-HID-CQ64-3DZV-MXXK"}"#)
        #expect(missing.status == 422)
        #expect(
            missing["errors"]?.elements.first { _ in true }?["error"]?.string
                == "patient_not_found")
    }

    // MARK: Audit

    @Test func whoTouchedARecordFindsTheBatch() async throws {
        let app = try TestApp()
        _ = await sync(
            app,
            #"{"records":[\#(Self.lab("1")),{"record_type":"diagnosis","health_id":"OPC-2024-DEMO1","code":"I10"}]}"#
        )
        let rows = try app.count("SELECT COUNT(*) FROM audit_log WHERE operation = 'syncRecords'")
        #expect(rows == 1)
        func batches(of id: String) throws -> [String] {
            try app.read { tx in
                guard let reference = PatientReference(id),
                    let found = try PatientStore.find(reference, in: tx)
                else { return [] }
                return try AuditStore.newest(patientID: found.patient.id, limit: 10, in: tx)
                    .map(\.entry.operation)
            }
        }
        #expect(try batches(of: Self.patient) == ["syncRecords"])
        #expect(try batches(of: "OPC-2024-DEMO1") == ["syncRecords"])
        #expect(try batches(of: "OPC-2024-XK7T9") == [])
        // The same once the index has them.
        let indexer = AuditIndexer(
            writer: app.app.writer, reader: try app.app.storage.openReader())
        try await indexer.run(isFinal: true)
        #expect(try batches(of: Self.patient) == ["syncRecords"])
        #expect(try batches(of: "OPC-2024-XK7T9") == [])
        #expect(try app.read { try AuditStore.firstUnindexed(in: $0) } == nil)
        let head = try app.read { try AuditStore.head(in: $0) }
        #expect(
            try app.read { try AuditStore.verify(after: .empty, count: 100, in: $0) }
                == .intact(head: head))
    }

    /// The list of a batch's patients is under the chain.
    @Test func aPatientStruckFromABatchBreaksTheChain() async throws {
        let app = try TestApp()
        _ = await sync(app, Self.lab("1"))
        let seq = try app.count("SELECT MAX(seq) FROM audit_log")
        try await app.app.writer.write { tx in
            try TestApp.dropAuditGuards(in: tx)
            try tx.run("UPDATE audit_log SET patients = NULL WHERE patients IS NOT NULL")
        }
        let verdict = try app.read { try AuditStore.verify(after: .empty, count: 100, in: $0) }
        guard case .broken(Int64(seq), _) = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }
}
