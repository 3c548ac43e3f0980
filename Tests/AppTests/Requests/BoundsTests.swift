import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// What one request may hold, and one answer.
struct BoundsTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"
    private static let stock = "/api/v1/connect/inventory/"

    // MARK: Complaints

    @Test(arguments: [
        ("payments", "/api/v1/connect/payments", "{}"),
        ("payments", "/api/v1/connect/payments", "1"),
        ("items", "/api/v1/connect/inventory/pharmacy-stock/sync", "{}"),
        ("items", "/api/v1/connect/inventory/blood-stock/sync", #"{"quantity":-1}"#),
    ])
    func aHundredComplaintsAreNamedAndTheOthersCounted(
        _ list: String, _ path: String, _ item: String
    ) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let items = [String](repeating: item, count: 5000).joined(separator: ",")
        let answer = await app.send(.post, path, token: token, json: #"{"\#(list)":[\#(items)]}"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?.count == 100)
        #expect(answer["message"]?.string?.hasSuffix("errors shows the first 100.") == true)
        #expect(answer.body.count < 16_384)
    }

    @Test func theNumberOfComplaintsIsThatOfTheFields() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let items = [String](
            repeating: #"{"amount":1,"paid_at":"2026-01-01"}"#, count: 150
        ).joined(separator: ",")
        let answer = await app.send(
            .post, "/api/v1/connect/payments", token: token, json: #"{"payments":[\#(items)]}"#)
        #expect(answer["message"]?.string?.hasPrefix("150 fields are not valid: ") == true)
        #expect(answer["message"]?.string?.contains(" and 130 more.") == true)
    }

    @Test func aFieldHasAFewMessagesAtMost() {
        var complaints = Complaints()
        for number in 0..<1000 { complaints.add("is wrong \(number)", at: "a") }
        for number in 0..<1000 { complaints.add("is wrong", at: "b\(number)") }
        #expect(complaints.named.count == 100)
        #expect(complaints.named[0].messages.count == 5)
        #expect(complaints.unnamed == 901)
        var outer = Complaints()
        outer.add("is known", at: "a")
        outer.take(complaints)
        #expect(outer.named[0].messages == ["is known"])
        #expect(outer.named.count == 100)
        #expect(outer.unnamed == 901)
    }

    // MARK: Records

    private static func lab(_ bytes: Int, _ id: Int = 0) -> String {
        let head = """
            {"record_type":"lab_result","health_id":"\(patient)","test_name":"Hb",\
            "result_value":"9","external_id":"L-\(id)","note":"
            """
        return head + String(repeating: "x", count: bytes - head.utf8.count - 2) + "\"}"
    }

    @Test(arguments: [(262_144, 201), (262_145, 413), (900_000, 413)])
    func aPushedRecordIsBounded(_ bytes: Int, _ status: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, "/api/v1/connect/records/lab-results", token: token, json: Self.lab(bytes))
        #expect(answer.status == status)
        #expect(answer.error == (status == 413 ? "payload_too_large" : nil))
        let stored = try app.count(
            "SELECT COUNT(*) FROM records WHERE external_id = 'L-0'")
        #expect(stored == (status == 201 ? 1 : 0))
    }

    @Test func aRecordThatIsTooLargeIsAloneRefusedAndLeavesATrace() async throws {
        let app = try TestApp()
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: #"{"records":[\#(Self.lab(300_000, 1)),\#(Self.lab(500, 2))]}"#)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["errors"]?.elements.first(where: { _ in true })?["index"]?.int == 0)
        #expect(
            answer["errors"]?.elements.first(where: { _ in true })?["error"]?.string
                == "payload_too_large")
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 1)
        #expect(try app.count("SELECT MAX(LENGTH(payload)) FROM quarantined_records") < 200)
        let list = try app.read { tx in
            try QuarantineStore.list(Quarantine.Filter(), limit: 10, in: tx)
        }
        #expect(list.first?.payload == [])
        let found = try app.read { tx in try QuarantineStore.find(list[0].seq, in: tx) }
        #expect(
            found.map { String(decoding: $0.payload, as: UTF8.self) }?.contains("300000") == true)
    }

    @Test func aDesktopSystemsRecordIsBounded() async throws {
        let app = try TestApp()
        let extra = (0..<20).map {
            "\"x\($0)\":\"" + String(repeating: "y", count: 15_000) + "\""
        }.joined(separator: ",")
        let answer = await HealthcareRoutesTests.post(
            app, "patients",
            """
            [{"patientNo":"P-1","name":"Ama Ngo",\(extra)},{"patientNo":"P-2","name":"Ama Ngo"}]
            """)
        #expect(answer["failed"]?.int == 1)
        #expect(answer["created"]?.int == 1)
        #expect(answer.text.contains("256 KiB"))
    }

    /// Good parts and bad ones: each is work, and the agent sends fewer records after a 413.
    @Test(arguments: ["{}", #"{"code":"A"}"#])
    func aBatchHasSoManyParts(_ part: String) async throws {
        let app = try TestApp()
        func visits(_ count: Int) -> String {
            let parts = [String](repeating: part, count: 1000).joined(separator: ",")
            let visit = """
                {"record_type":"encounter","health_id":"\(Self.patient)","diagnoses":[\(parts)]}
                """
            return [String](repeating: visit, count: count).joined(separator: ",")
        }
        let stored = try app.count("SELECT COUNT(*) FROM records")
        let many = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(visits(11))]}"#)
        #expect(many.status == 413)
        #expect(try app.count("SELECT COUNT(*) FROM records") == stored)
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 0)
        let few = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(visits(1))]}"#)
        #expect(few.status == (part == "{}" ? 422 : 200))
        #expect(few["errors"]?.elements.first(where: { _ in true })?["fields"]?.count ?? 0 <= 100)
    }

    @Test func aDesktopSystemsRecordHasSoManyFurtherFields() async throws {
        let app = try TestApp()
        let extra = (0..<5000).map { "\"x\($0)\":1" }.joined(separator: ",")
        let answer = await HealthcareRoutesTests.post(
            app, "patients", #"[{"patientNo":"P-1","name":"Ama Ngo",\#(extra)}]"#)
        #expect(answer["failed"]?.int == 1)
        let errors = answer["results"]?.elements.first(where: { _ in true })?["errors"]
        #expect(errors?.count == 1)
        #expect(errors?["x64"] != nil)
        let nested = await HealthcareRoutesTests.post(
            app, "patient",
            #"{"patientNo":"P-2","name":"Ama Ngo","Note":"a","extra":{"note":"b","x":1}}"#)
        #expect(nested.status == 201)
        let shown = await HealthcareRoutesTests.get(app, "patients/P-2")
        #expect(shown["extra"]?["note"]?.string == "b")
        #expect(shown["extra"]?["Note"] == nil)
    }

    // MARK: Pages

    /// Kept within the record's own object, a content lies deeper than it came.
    @Test(arguments: [1, 61, 62, 63])
    func theDeepestRecordThatIsTakenIsShownEverywhere(_ depth: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let reader = try await app.token()
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let push = await app.send(
            .post, "/api/v1/connect/records/encounters", token: token,
            json: #"{"health_id":"\#(Self.patient)","notes":"n","extra":\#(deep)}"#)
        #expect(push.status == 201)
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(Self.patient)/consent/grant", token: reader,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T00:00:00Z"}"#)
        let summary = await app.send(
            .get, "/api/v1/connect/patients/\(Self.patient)/summary", token: reader)
        #expect(summary.status == 200)
        #expect(summary.text.contains(deep))
    }

    @Test func aChartIsReadByTheMebibyte() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for id in 1...9 {
            let answer = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: Self.lab(250_000, id))
            #expect(answer.status == 201)
        }
        let reader = try await app.token("demo_dev_sandbox")
        let granted = await app.send(
            .post, "/api/v1/connect/patient/\(Self.patient)/consent/grant", token: reader,
            json: #"{"consent_type":"full_record","expires_at":"2026-12-31T23:59:59Z"}"#)
        try #require(granted.status == 200)
        var seen: [String] = []
        var cursor = ""
        var pages = 0
        repeat {
            let answer = await app.send(
                .get,
                "/api/v1/connect/patient/\(Self.patient)/records?type=lab_results&limit=500\(cursor)",
                token: reader)
            try #require(answer.status == 200, "\(answer.text.prefix(300))")
            #expect(answer.body.count < 1_400_000)
            seen +=
                answer["records"]?["lab_results"]?.elements
                .compactMap { $0["external_id"]?.string } ?? []
            cursor = answer["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            pages += 1
        } while !cursor.isEmpty && pages < 20
        let sent = (1...9).map { "L-\($0)" }
        #expect(seen.filter { sent.contains($0) }.sorted() == sent)
        #expect(Set(seen).count == seen.count)
        #expect(pages >= 3)
    }

    @Test func stockIsReadInParts() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let reader = try await app.token("demo_dev_sandbox")
        let items = (0..<1200).map {
            #"{"drug_code":"D \#($0 % 700)","name":"Drug","quantity":5,"batch":"B\#($0)"}"#
        }.joined(separator: ",")
        let synced = await app.send(
            .post, Self.stock + "pharmacy-stock/sync", token: token,
            json: #"{"items":[\#(items)]}"#)
        #expect(synced["accepted"]?.int == 1200)
        let all = await app.send(.get, Self.stock + "pharmacy/FAC-001", token: reader)
        let total = try app.count("SELECT COUNT(*) FROM pharmacy_stock")
        #expect(all["items"]?.count == total)
        #expect(all["next_cursor"]?.isNull == true)
        var seen: [String] = []
        var cursor = ""
        repeat {
            let answer = await app.send(
                .get, Self.stock + "pharmacy/FAC-001?limit=500\(cursor)", token: reader)
            #expect((answer["items"]?.count ?? 0) <= 500)
            seen +=
                answer["items"]?.elements.map {
                    "\($0["drug_code"]?.string ?? "") \($0["batch"]?.string ?? "")"
                } ?? []
            cursor = answer["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty && seen.count < 5000
        #expect(seen.count == total)
        #expect(Set(seen).count == total)
        let other = await app.send(
            .get, Self.stock + "blood/FAC-001?cursor=abc", token: reader)
        #expect(other.status == 422)
    }

    @Test func aDaysPaymentsAreReadInPartsWithTheTotalsOfAll() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let payments = (0..<700).flatMap { number in
            ["facility", "provider"].map { side in
                """
                {"reference":"R\(number) é","side":"\(side)","amount":\(number),
                "paid_at":"2026-07-01T10:00:00Z"}
                """
            }
        }.joined(separator: ",")
        _ = await app.send(
            .post, "/api/v1/connect/payments", token: token, json: #"{"payments":[\#(payments)]}"#)
        let path = "/api/v1/connect/reconciliation?date=2026-07-01"
        var seen: [String] = []
        var cursor = ""
        repeat {
            let answer = await app.send(.get, path + "&limit=300" + cursor, token: token)
            #expect(answer.status == 200)
            #expect((answer["records"]?.count ?? 0) <= 300)
            #expect(answer["summary"]?["matched"]?.int == 700)
            #expect(
                answer["totals"]?.elements.first(where: { _ in true })?["facility_amount_minor"]?
                    .int == 244_650)
            seen += answer["records"]?.elements.compactMap { $0["reference"]?.string } ?? []
            cursor = answer["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty && seen.count < 2000
        #expect(seen.count == 700)
        #expect(Set(seen).count == 700)
        let table = await app.send(
            .get, path + "&limit=300", token: token, fields: [("Accept", "text/csv")])
        #expect(table.text.split(separator: "\r\n").count == 301)
        let link = try #require(table.field("Link"))
        let target = link.dropFirst().prefix { $0 != ">" }
        let next = await app.send(
            .get, String(target), token: token, fields: [("Accept", "text/csv")])
        #expect(next.text.split(separator: "\r\n").count == 301)
        let another = await app.send(
            .get,
            "/api/v1/connect/reconciliation?date=2026-07-02"
                + (target.split(
                    separator: "&cursor="
                ).last.map { "&cursor=" + $0 } ?? ""), token: token)
        #expect(another.status == 422)
    }
}
