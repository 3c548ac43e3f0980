import HTTP
import JSON
import Database
import Testing
import TestSupport

/// Lists so long that they are stored in several transactions: they say and leave what one would.
struct LongListTests {
    private static let first = "CM-HID-7KQ9-MP42-X8D1"

    private func lab(_ number: Int, value: Int) -> String {
        """
        {"record_type":"lab_result","health_id":"\(Self.first)","external_id":"L-\(number)",\
        "test_name":"HbA1c","result_value":"\(value)","occurred_at":"2026-06-01T08:00:00Z"}
        """
    }

    private func batch(_ records: [String]) -> String {
        #"{"records":["# + records.joined(separator: ",") + "]}"
    }

    private func audited(_ app: TestApp, _ operation: String) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT action || ' ' || outcome || ' ' || status || ' '
                    || COALESCE(substr(entity, 1, instr(entity || '/', '/') - 1), '')
                    || ' ' || CASE WHEN patients IS NULL THEN '0' ELSE '1' END
                FROM audit_log WHERE operation = ? ORDER BY seq
                """, [.text(operation)]
            ) { $0.text(0) }
        }
    }

    @Test func aLongBatchIsOneToItsCaller() async throws {
        let app = try TestApp()
        let json = batch((1...1100).map { lab($0, value: $0) })
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", idempotencyKey: "long-1", json: json)
        #expect(answer.status == 200)
        #expect(answer["accepted"]?.int == 1100)
        #expect(answer["duplicates"]?.int == 0)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches WHERE accepted = 1100") == 1)
        let row = "C success 200 bridge_batch 1"
        #expect(try audited(app, "syncRecords") == [row, row, row])
        // The same again is the same answer, from the first part on, and changes nothing.
        let again = await BridgeRoutesTests.send(
            app, .post, "sync", idempotencyKey: "long-1", json: json)
        #expect(again.body == answer.body)
        #expect(try app.count("SELECT COUNT(*) FROM bridge_batches") == 1)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE external_id LIKE 'L-%'") == 1100)
        #expect(try audited(app, "syncRecords").count == 4)
    }

    /// An agent that got no answer sends all of it again: a part that was stored is not stored twice.
    @Test func whatAPartLeftBehindIsKnownAgain() async throws {
        let app = try TestApp()
        let labs = (1...700).map { lab($0, value: $0) }
        _ = await BridgeRoutesTests.send(app, .post, "sync", json: batch(Array(labs.prefix(500))))
        let answer = await BridgeRoutesTests.send(app, .post, "sync", json: batch(labs))
        #expect(answer["accepted"]?.int == 700)
        #expect(answer["duplicates"]?.int == 500)
        #expect(try app.count("SELECT COUNT(*) FROM records WHERE external_id LIKE 'L-%'") == 700)
        #expect(try app.count("SELECT COUNT(*) FROM record_versions") == 0)
    }

    @Test func linesOfOneListThatContradictEachOtherDoSoAcrossParts() async throws {
        let app = try TestApp()
        let labs = (1...1000).map { lab($0, value: $0) } + [lab(1, value: 9999)]
        let answer = await BridgeRoutesTests.send(app, .post, "sync", json: batch(labs))
        #expect(answer["accepted"]?.int == 1000)
        #expect(answer["rejected"]?.int == 1)
        #expect(answer.text.contains("\"index\":1000,"))
        #expect(try app.count("SELECT COUNT(*) FROM record_versions") == 0)
    }

    /// Each row of the audit log names the patients of its own part.
    @Test func aLongListOfPatientsIsAuditedByParts() async throws {
        let app = try TestApp()
        let rows = (0..<1001).map { number in
            let letters = "bcdfghjklm".map(String.init)
            let name =
                letters[number / 100 % 10] + "a" + letters[number / 10 % 10] + "o"
                + letters[number % 10]
            return """
                {"name":"Zoulou\(number / 1000)x \(name)","patientNo":"P-\(number)","dateOfBirth":\
                "19\(30 + number % 60)-0\(1 + number % 9)-1\(number % 10)","gender":"Male"}
                """
        }
        let answer = await HealthcareRoutesTests.post(
            app, "patients", "[" + rows.joined(separator: ",") + "]")
        #expect(answer["total"]?.int == 1001)
        #expect(answer["failed"]?.int == 0)
        #expect(answer["results"]?.count == 1001)
        // Twenty-five new people a transaction.
        let row = "C success 200 patients 1"
        #expect(try audited(app, "upsertPatients") == Array(repeating: row, count: 41))
        let last = try app.read { tx in
            try tx.first(
                "SELECT length(patients) FROM audit_log WHERE operation = 'upsertPatients' ORDER BY seq DESC"
            ) { $0.int(0) }
        }
        // One patient: a number of a few bytes.
        #expect((1...4).contains(last ?? 0))
    }

    /// A part of which nothing was stored did not succeed, whatever became of the others.
    @Test func aPartThatIsRefusedIsAuditedSo() async throws {
        let app = try TestApp()
        let bad = (1...1000).map {
            #"{"record_type":"lab_result","health_id":"\#(Self.first)","external_id":"L-\#($0)"}"#
        }
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", json: batch(bad + [lab(2000, value: 1)]))
        #expect(answer["rejected"]?.int == 1000)
        #expect(
            try audited(app, "syncRecords").map { $0.split(separator: " ")[1...2] }
                == [
                    ["validation_failed", "422"], ["validation_failed", "422"], ["success", "200"],
                    // What is refused is kept in parts too, behind all records.
                    ["validation_failed", "422"], ["success", "200"],
                ])
        let list = await HealthcareRoutesTests.post(
            app, "doctors",
            "[" + String(repeating: #"{"code":""},"#, count: 600)
                + #"{"code":"D","name":"Eyenga"}]"#)
        #expect(list["failed"]?.int == 600)
        #expect(
            try audited(app, "upsertDoctors").map { $0.split(separator: " ")[1...2] }
                == [["validation_failed", "422"], ["success", "200"]])
    }

    /// The appointment that is in the way is moved by a later part.
    @Test func anAppointmentWaitsForALaterPart() async throws {
        let app = try TestApp()
        _ = await HealthcareRoutesTests.post(
            app, "patients",
            "["
                + (0..<601).map { #"{"name":"Kolo Mbida\#($0)","patientNo":"B-\#($0)"}"# }
                .joined(separator: ",") + "]")
        func booking(_ number: Int, _ patient: Int, _ day: Int) -> String {
            """
            {"externalId":"A-\(number)","patientNo":"B-\(patient)","date":"2026-07-\(day)",\
            "timeFrom":"08:00","timeTo":"09:00","status":"Confirmed"}
            """
        }
        var list = [booking(0, 0, 10), booking(1, 0, 11)]
        _ = await HealthcareRoutesTests.post(
            app, "appointments", "[" + list.joined(separator: ",") + "]")
        // The first takes the slot of the second, which leaves it as the last of the list.
        list = [booking(0, 0, 11)] + (2...601).map { booking($0, $0 - 1, 12) } + [booking(1, 0, 12)]
        let answer = await HealthcareRoutesTests.post(
            app, "appointments", "[" + list.joined(separator: ",") + "]")
        #expect(answer["failed"]?.int == 0)
        #expect(answer["updated"]?.int == 2)
        #expect(answer["created"]?.int == 600)
    }
}
