import API
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct AuditRoutesTests {
    private let app: TestApp
    private let admin: String
    private let token: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
        token = try await app.token("demo_dev_sandbox")
    }

    private func look(_ id: String, purpose: String = "care") async {
        _ = await app.send(
            .get, "/api/v1/connect/patient/search?health_id=\(id)&purpose=\(purpose)",
            token: token)
    }

    private func search(_ query: String) async -> Answer {
        await app.send(.get, "/api/v1/admin/audit?" + query, token: admin)
    }

    private func operations(_ answer: Answer) -> [String] {
        answer["entries"]?.elements.compactMap { $0["operation"]?.string } ?? []
    }

    @Test func searchAuditFiltersByEachField() async throws {
        await look("OPC-2024-DEMO1")
        app.advance(seconds: 3000)
        await look("OPC-2024-NONE1")
        #expect(operations(await search("operation=searchPatient")).count == 2)
        #expect(
            operations(await search("principal=client:demo_dev_sandbox"))
                == ["searchPatient", "searchPatient", "issueToken"])
        let failed = await search("outcome=patient_not_found")
        #expect(operations(failed) == ["searchPatient"])
        #expect(failed["entries"]?.at(0)?["purpose"]?.string == "care")
        let id = try #require(failed["entries"]?.at(0)?["request_id"]?.string)
        #expect(operations(await search("request_id=" + id)) == ["searchPatient"])
        #expect(
            operations(await search("to=2026-06-01T10:00:00Z&operation=searchPatient")).count == 1)
        #expect(
            operations(await search("from=2026-06-01T10:00:00Z&operation=searchPatient")).count == 1
        )
        let patient = await search("patient=OPC-2024-DEMO1&operation=searchPatient")
        #expect(operations(patient) == ["searchPatient"])
        // Looking for who looked is a look.
        let rows = try app.audit()
        #expect(rows.last == "searchAudit R success")
        let again = await search("patient=OPC-2024-DEMO1")
        #expect(operations(again) == ["searchAudit", "searchPatient"])
        #expect(await search("cursor=x&from=y").status == 422)
        #expect(await search("patient=OPC-2024-NONE1").status == 404)
    }

    @Test func searchAuditPagesToTheEnd() async throws {
        for _ in 1...5 { await look("OPC-2024-DEMO1") }
        var seen: [Int64] = []
        var query = "operation=searchPatient&limit=2"
        while true {
            let page = await search(query)
            seen += page["entries"]?.elements.compactMap { $0["seq"]?.int } ?? []
            guard let cursor = page["next_cursor"]?.string else { break }
            query = "operation=searchPatient&limit=2&cursor=" + cursor
        }
        #expect(seen.count == 5)
        #expect(seen == seen.sorted(by: >))
    }

    /// A rare row is found however far the next page has to look.
    @Test func aBoundedLookGoesOnWhereItEnded() async throws {
        await look("OPC-2024-NONE1")
        for _ in 1...30 { await look("OPC-2024-DEMO1") }
        var filter = AuditStore.Filter()
        filter.outcome = "patient_not_found"
        var before: Int64?
        var found: [Int64] = []
        var pages = 0
        repeat {
            let page = try app.read { [filter, before] tx in
                try AuditStore.search(filter, before: before, limit: 5, scan: 10, in: tx)
            }
            found += page.rows.map(\.seq)
            before = page.next
            pages += 1
        } while before != nil && pages < 20
        #expect(found.count == 1)
        #expect((3...5).contains(pages))
    }

    @Test func exportAuditStreamsEveryRow() async throws {
        await look("OPC-2024-DEMO1", purpose: "%3DSUM(A1)%2C%22x%22")
        for _ in 1...10 { await look("OPC-2024-DEMO1") }
        let total = try app.audit().count
        func content(_ query: String) async throws -> String {
            let answer = await app.send(.get, "/api/v1/admin/audit/export" + query, token: admin)
            #expect(answer.status == 200)
            #expect(answer.field("Content-Disposition")?.contains("attachment") == true)
            guard case .stream(let next) = answer.response.body else { return "" }
            var bytes: [UInt8] = []
            while let chunk = try await next() { bytes += chunk }
            return String(decoding: bytes, as: UTF8.self)
        }
        let csv = try await content("")
        let lines = csv.split(separator: "\r\n")
        #expect(lines.count == total + 1)
        #expect(lines.first?.hasPrefix("seq,recorded_at,") == true)
        // No spreadsheet computes what a caller wrote.
        #expect(csv.contains(#","'=SUM(A1),""x""","#))
        // Every row is quoted as a whole, whatever marks combine with the quotation marks in it.
        #expect(lines.dropFirst().allSatisfy { $0.utf8.first == 34 && $0.utf8.last == 34 })
        let lined = try await content("?format=ndjson&operation=searchPatient")
        let objects = try lined.split(separator: "\n").map { try JSONDocument(Array($0.utf8)) }
        #expect(objects.count == 11)
        #expect(objects.first?.root["purpose"]?.string == #"=SUM(A1),"x""#)
        #expect(try app.audit().suffix(2) == ["exportAudit R success", "exportAudit R success"])
        let bad = await app.send(.get, "/api/v1/admin/audit/export?format=xml", token: admin)
        #expect(bad.status == 422)
    }

    @Test(arguments: ["csv", "ndjson"])
    func exportAuditKnowsThePatientAsTheSearchDoes(_ format: String) async throws {
        for id in ["OPC-2024-DEMO1", "OPC-2024-XK7T9", "OPC-2024-DEMO1"] { await look(id) }
        let answer = await app.send(
            .get, "/api/v1/admin/audit/export?patient=opc-2024-demo1&format=" + format,
            token: admin)
        guard case .stream(let next) = answer.response.body else {
            Issue.record("no stream")
            return
        }
        var bytes: [UInt8] = []
        while let chunk = try await next() { bytes += chunk }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "searchPatient").count == 3)
        #expect(text.split(separator: "patient/CM-HID-M9S3-46Q3-D25J").count == 3)
        #expect(!text.contains("XK7T9"))
        // Whose rows were exported is itself on record with that patient.
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM audit_log WHERE operation = 'exportAudit' AND patient_id > 0")
                == 1)
    }

    @Test(arguments: [
        "audit/export?patients=OPC-2024-DEMO1", "audit/export?Patient=OPC-2024-DEMO1",
        "audit/export?patient%5B%5D=OPC-2024-DEMO1", "audit/export?limit=5",
        "audit/export?patient=%FF", "audit?format=csv", "audit?patient_id=1",
        "audit?princip%C3%A4l=x", "audit/verification?x=1", "stats?from=2026-01-01",
        "clients?facility_id=FAC-001", "agents?state=active", "tokens?status=active",
        "duplicates?status=open", "quarantine?status=open", "pending-records?status=waiting",
        "merges?state=undone", "facilities?name=x", "session?x",
        "clients/demo_dev_sandbox?verbose=1",
        "webhooks/deliveries?status=exhausted", "webhooks/subscriptions?client=x",
        "api-keys?active=true", "patients/OPC-2024-DEMO1/access-log?from=2026-01-01",
    ])
    func anUnknownParameterOfAnAdministratorIsRefusedByName(_ target: String) async throws {
        let answer = await app.send(.get, "/api/v1/admin/" + target, token: admin)
        #expect(answer.status == 422)
        #expect(answer["errors"]?.count == 1)
        #expect(try app.audit().last?.hasSuffix("validation_failed") == true)
        // A stranger learns nothing of it.
        #expect(await app.send(.get, "/api/v1/admin/" + target).status == 401)
    }

    /// What openapi.yaml says that they take is what they take, an empty one too.
    @Test func everyRouteOfAnAdministratorTakesItsOwnParameters() async throws {
        for route in Routes.all where route.method == .get {
            guard let parameters = route.parameters, !parameters.isEmpty else { continue }
            let path = route.template.replacing("{id}", with: "BRIDGE-2024-DEMO-001")
                .replacing("{health_id}", with: "OPC-2024-DEMO1")
            let query = parameters.map { "\($0)=" }.joined(separator: "&")
            let answer = await app.send(.get, path + "?" + query, token: admin)
            #expect(answer.status == 200, "\(route.operation)")
        }
    }

    private func verification() async throws -> Answer {
        while true {
            let answer = await app.send(
                .get, "/api/v1/admin/audit/verification", token: admin)
            guard answer["status"]?.string == "running" else { return answer }
            await Task.yield()
        }
    }

    @Test func startAuditVerificationFindsTheChainWhole() async throws {
        let target = "/api/v1/admin/audit/verification"
        for _ in 1...3 { await look("OPC-2024-DEMO1") }
        #expect(await app.send(.get, target, token: admin)["status"]?.string == "never")
        let started = await app.send(.post, target, token: admin)
        #expect(started.status == 202)
        #expect(try app.audit().last == "startAuditVerification E success")
        let done = try await verification()
        #expect(done["status"]?.string == "intact")
        // The rows of whoever asked how it goes came later.
        let rows = try #require(done["rows"]?.int)
        #expect(rows >= 6)
        #expect(done["checked"]?.int == rows)
        #expect(done["head"]?.string?.hasPrefix("\(rows):") == true)
        // It reads everything: once a minute is enough.
        #expect(await app.send(.post, target, token: admin).status == 200)
        app.advance(seconds: 61)
        #expect(await app.send(.post, target, token: admin).status == 202)
        _ = try await verification()
    }

    /// A whole chain is not enough: the command looks at the index by patient as well.
    @Test func showAuditVerificationNamesARowThatIsHiddenFromItsPatient() async throws {
        await look("OPC-2024-DEMO1")
        try await AuditIndexer(writer: app.app.writer, reader: app.app.reader(0)).run(
            isFinal: true)
        try await app.app.writer.write { tx in try tx.execute("DELETE FROM audit_patients") }
        _ = await app.send(.post, "/api/v1/admin/audit/verification", token: admin)
        let done = try await verification()
        #expect(done["status"]?.string == "broken")
        #expect(done["reason"]?.string?.contains("index by patient") == true)
    }

    @Test func showAuditVerificationNamesTheFirstAlteredRow() async throws {
        for _ in 1...3 { await look("OPC-2024-DEMO1") }
        try await app.app.writer.write { tx in
            try TestApp.dropAuditGuards(in: tx)
            try tx.run("UPDATE audit_log SET purpose = 'none' WHERE seq = 3")
        }
        _ = await app.send(.post, "/api/v1/admin/audit/verification", token: admin)
        let done = try await verification()
        #expect(done["status"]?.string == "broken")
        #expect(done["broken_seq"]?.int == 3)
        #expect(done["head"]?.isNull == true)
        #expect(done["reason"]?.string != nil)
    }

    @Test func showAccessLogHasThoseMergedIntoThePatientToo() async throws {
        let writer = try await app.token()
        var ids: [String] = []
        for name in ["Ada", "Berthe", "Chantal"] {
            let made = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: writer,
                json: """
                    {"first_name":"\(name)","last_name":"Atangana","date_of_birth":"1971-04-12"}
                    """)
            ids.append(try #require(made["health_id"]?.string))
        }
        for id in ids { await look(id) }
        func merge(_ retired: String, into survivor: String) async -> String? {
            let merged = await app.send(
                .post, "/api/v1/admin/merges", token: admin,
                json: """
                    {"survivor_health_id":"\(survivor)","retired_health_id":"\(retired)"}
                    """)
            return merged["id"]?.string
        }
        _ = await merge(ids[2], into: ids[1])
        let second = try #require(await merge(ids[1], into: ids[0]))
        let log = await app.send(
            .get, "/api/v1/admin/patients/\(ids[2])/access-log", token: admin)
        #expect(log.status == 200)
        #expect(log["health_id"]?.string == ids[0])
        #expect(
            Set(log["merged_health_ids"]?.elements.compactMap(\.string) ?? []) == Set(ids[1...]))
        let looks = log["accesses"]?.elements.filter {
            $0["operation"]?.string == "searchPatient"
        }
        #expect(looks?.count == 3)
        #expect(try app.audit().last == "showAccessLog R success")
        // Page by page it is the same.
        var seen: [Int64] = []
        var query = "?limit=2"
        while true {
            let page = await app.send(
                .get, "/api/v1/admin/patients/\(ids[0])/access-log" + query, token: admin)
            seen += page["accesses"]?.elements.compactMap { $0["seq"]?.int } ?? []
            guard let cursor = page["next_cursor"]?.string else { break }
            query = "?limit=2&cursor=" + cursor
        }
        #expect(Set(seen).count == seen.count)
        let all = log["accesses"]?.elements.compactMap { $0["seq"]?.int } ?? []
        #expect(Set(seen).isSuperset(of: all))
        // Taken apart again, each has their own; who was looked at under a retired id, both.
        await look(ids[2])
        await look(ids[1])
        _ = await app.send(.post, "/api/v1/admin/merges/\(second)/undo", token: admin)
        let apart = await app.send(
            .get, "/api/v1/admin/patients/\(ids[0])/access-log", token: admin)
        #expect(apart["merged_health_ids"]?.count == 0)
        func lookCount(_ log: Answer) -> Int? {
            log["accesses"]?.elements.filter { $0["operation"]?.string == "searchPatient" }.count
        }
        #expect(lookCount(apart) == 3)
        let other = await app.send(
            .get, "/api/v1/admin/patients/\(ids[1])/access-log", token: admin)
        #expect(lookCount(other) == 4)
    }
}
