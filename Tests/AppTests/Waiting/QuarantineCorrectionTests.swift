import API
import Crypto
import HTTP
import JSON
import Database
import Testing
import TestSupport
import Values

/// Refused records close when their corrected ones arrive, and no other record closes them.
struct QuarantineCorrectionTests {
    private let app: TestApp

    init() throws { app = try TestApp() }

    private func send(_ records: String...) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(records.joined(separator: ","))]}"#)
    }

    private func states() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT state FROM quarantined_records ORDER BY seq") { $0.text(0) }
        }
    }

    private static func id(of record: String, row: Int = 2) -> String {
        "r\(row)-\(Hex.encode(Array(SHA256.hash(record).bytes.prefix(16))))"
    }

    private static let member = #""error_id":""#

    private static func naming(_ refused: String, _ record: String) -> String {
        record.dropLast() + #",\#(member)\#(id(of: refused))"}"#
    }

    private static func lab(_ test: String, _ result: String, _ more: String = "") -> String {
        """
        {"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"\(test)",\
        "result":"\(result)","date":"2026-05-01"\(more)}
        """
    }

    @Test func theRowThatAnErrorReportNamesCloses() async throws {
        let refused = Self.lab("", "12")
        #expect(await send(refused)["rejected"]?.int == 1)
        #expect(try states() == ["open"])
        let audited = try app.audit().count
        let answer = await send(Self.lab("K", "4"), Self.naming(refused, Self.lab("Hb", "12")))
        #expect(answer["accepted"]?.int == 2)
        #expect(answer["corrected"]?.count == 1)
        #expect(answer["corrected"]?.at(0)?["index"]?.int == 1)
        #expect(
            answer["corrected"]?.at(0)?["error_id"]?.string == Self.id(of: refused, row: 0))
        #expect(try states() == ["corrected"])
        #expect(
            try app.audit().suffix(from: audited) == [
                "syncRecords U success", "syncRecords C success",
            ])
        let closed = try app.read { tx in
            try tx.first("SELECT resolved_by, resolved_at FROM quarantined_records") {
                ($0.text(0), $0.int64(1))
            }
        }
        #expect(closed?.0 == "agent:" + BridgeRoutesTests.agent)
        #expect(closed?.1 == app.now.milliseconds)
        // Sent again, it is said again, so that an agent that missed the answer hears it.
        let again = await send(Self.naming(refused, Self.lab("Hb", "12")))
        #expect(again["duplicates"]?.int == 1)
        #expect(again["corrected"]?.count == 1)
        #expect(try app.audit().filter { $0.hasPrefix("syncRecords U") }.count == 1)
    }

    /// The name of a row has wandered, or means nothing.
    @Test(arguments: [
        #"{"record_type":"vital","health_id":"OPC-2024-DEMO1","name":"pulse","value":"80"}"#,
        #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","test":"Na","result":"140","date":"2026-04-02","unit":"mmol/l"}"#,
    ])
    func anotherRecordClosesNothing(_ other: String) async throws {
        let refused = Self.lab("", "12", #","unit":"g/dl","notes":"early""#)
        #expect(await send(refused)["rejected"]?.int == 1)
        let answer = await send(Self.naming(refused, other))
        #expect(answer["accepted"]?.int == 1, "\(answer.text)")
        #expect(answer["corrected"] == nil)
        #expect(try states() == ["open"])
    }

    @Test(arguments: [
        #""r2-0123456789abcdef0123456789abcdef""#, #""""#, "null", "7", "[]", #""r2-""#, #""2""#,
        #""r2-0123456789abcdef0123456789abcdeg""#, #""\u0000""#, #""é-é""#, "{}",
    ])
    func anIDOfNothingClosesNothing(_ id: String) async throws {
        #expect(await send(Self.lab("", "12"))["rejected"]?.int == 1)
        let answer = await send(Self.lab("Hb", "12", #","error_id":\#(id)"#))
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["corrected"] == nil)
        #expect(try states() == ["open"])
    }

    private func decide(_ seq: Int, _ action: String, _ json: String? = nil) async throws {
        let answer = await app.send(
            .post, "/api/v1/admin/quarantine/\(seq)/\(action)", token: try await app.adminToken(),
            json: json)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func storedByAgent() throws -> Int {
        try app.count(
            "SELECT COUNT(*) FROM records WHERE client_id = 'agent:BRIDGE-2024-DEMO-001'")
    }

    /// Two results of one row would contradict each other, and nobody would know.
    @Test func whatAnAdministratorCorrectedIsNotCorrectedOtherwise() async throws {
        let refused = Self.lab("", "12", #","unit":"g/dl""#)
        #expect(await send(refused)["rejected"]?.int == 1)
        let right = Self.lab("Hb", "12", #","unit":"g/dl""#)
        try await decide(1, "replay", #"{"record":\#(right)}"#)
        let same = await send(Self.naming(refused, right))
        #expect(same["duplicates"]?.int == 1, "\(same.text)")
        let other = Self.lab("Hb", "13", #","unit":"g/dl""#)
        let second = Self.naming(refused, other)
        // Whatever else is wrong with it.
        for record in [second, Self.naming(refused, Self.lab("", "12", #","unit":"dl""#))] {
            let answer = await send(record)
            #expect(answer.status == 422)
            #expect(
                answer["errors"]?.at(0)?["message"]?.string?.hasPrefix(
                    "error_id: names a refused record that was already corrected by admin:tester: ")
                    == true, "\(answer.text)")
        }
        // The agent's next error report names it by what was refused now.
        let third = Self.naming(second, other)
        #expect(await send(third)["rejected"]?.int == 1)
        #expect(await send(Self.naming(third, other))["rejected"]?.int == 1)
        #expect(await send(Self.naming(third, right))["duplicates"]?.int == 1)
        #expect(try storedByAgent() == 1)
        #expect(await send(other)["accepted"]?.int == 1)
        #expect(try storedByAgent() == 2)
    }

    @Test func whatAnAdministratorDiscardedIsTakenAsNew() async throws {
        let refused = Self.lab("", "12")
        #expect(await send(refused)["rejected"]?.int == 1)
        try await decide(1, "discard")
        #expect(await send(Self.naming(refused, Self.lab("Hb", "12")))["accepted"]?.int == 1)
        #expect(try storedByAgent() == 1)
    }

    /// An agent may change its own correction.
    @Test func whatTheFacilityCorrectedItMayCorrectAgain() async throws {
        let refused = Self.lab("", "12", #","unit":"g/dl""#)
        #expect(await send(refused)["rejected"]?.int == 1)
        for result in ["12", "13"] {
            let record = Self.naming(refused, Self.lab("Hb", result, #","unit":"g/dl""#))
            #expect(await send(record)["accepted"]?.int == 1)
        }
    }

    private static func inPlace(_ refused: String, _ record: String) -> String {
        naming(refused, record).replacing(#""error_id":"r"#, with: #""error_id":"s"#)
    }

    /// The file was corrected and dropped again under its name: the row has its place, and all but one
    /// of its values.
    @Test func theRowInTheSamePlaceCloses() async throws {
        let refused = Self.lab("Hb", "", #","unit":"g/dl","source_file":"f.csv""#)
        #expect(await send(refused)["rejected"]?.int == 1)
        let corrected = Self.lab("Hb", "12", #","unit":"g/dl","source_file":"f.csv""#)
        #expect(await send(Self.inPlace(refused, corrected))["corrected"]?.count == 1)
        #expect(try states() == ["corrected"])
    }

    /// Another patient's, another day's, of another file, or of which too little is the same.
    @Test(arguments: [
        Self.lab("Hb", "12", #","unit":"g/dl","source_file":"f.csv""#)
            .replacing("OPC-2024-DEMO1", with: "CM-HID-7KQ9-MP42-X8D1"),
        Self.lab("Na", "12", #","unit":"mmol/l","source_file":"f.csv""#),
        Self.lab("Na", "12", #","unit":"g/dl","source_file":"f.csv""#)
            .replacing("2026-05-01", with: "2026-05-02"),
        Self.lab("Hb", "12", #","unit":"g/dl","source_file":"g.csv""#),
        Self.lab("Hb", "12", #","unit":"g/dl""#),
    ])
    func anotherRowInTheSamePlaceDoesNot(_ other: String) async throws {
        let refused = Self.lab("Hb", "", #","unit":"g/dl","source_file":"f.csv""#)
            .replacing(#""result":"","#, with: "")
        #expect(await send(refused)["rejected"]?.int == 1)
        #expect(await send(Self.inPlace(refused, other))["accepted"]?.int == 1)
        #expect(try states() == ["open"])
    }

    /// Refused once more, the newer version stands for the older.
    @Test func aSecondRefusalTakesThePlaceOfTheFirst() async throws {
        let first = Self.lab("", "12")
        #expect(await send(first)["rejected"]?.int == 1)
        let second = Self.naming(first, Self.lab("Hb", ""))
        let answer = await send(second)
        #expect(answer.status == 422)
        #expect(answer["corrected"]?.at(0)?["index"]?.int == 0)
        #expect(try states() == ["corrected", "open"])
        #expect(await send(Self.naming(second, Self.lab("Hb", "12")))["accepted"]?.int == 1)
        #expect(try states() == ["corrected", "corrected"])
    }

    /// Each with its corrected version, which needs no id of an error report.
    @Test(arguments: [
        (
            #"{"record_type":"patient","external_reference":"P-7","first_name":"Ada","last_name":"N","dob":"never"}"#,
            #"{"record_type":"patient","patient_no":"P-7","first_name":"Ada","last_name":"N","dob":"1990-01-02"}"#
        ),
        (
            #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","external_id":"L-1","test":"Hb","result":"","date":"2026-05-01"}"#,
            #"{"record_type":"lab_result","health_id":"OPC-2024-DEMO1","lab_order_id":"L-1","test":"HB","result":"12","date":"2026-05-01"}"#
        ),
        (
            #"{"record_type":"appointment","health_id":"OPC-2024-DEMO1","external_id":"A-1","date":"soon"}"#,
            #"{"record_type":"appointment","health_id":"OPC-2024-DEMO1","external_id":"A-1","date":"2026-07-01"}"#
        ),
        (
            #"{"record_type":"pharmacy_stock","drug_code":"AMX","batch":"B1","quantity":"many"}"#,
            #"{"record_type":"pharmacy_stock","drug_code":"AMX","batch":"B1","quantity":"12"}"#
        ),
        (
            #"{"record_type":"blood_stock","donation_number":"D-1","blood_group":"Q","component":"plasma","screening":"screened"}"#,
            #"{"record_type":"blood_stock","donation_number":"D-1","blood_group":"O+","component":"plasma","screening":"screened"}"#
        ),
        (
            #"{"record_type":"payment","reference":"R-1","amount":"five","paid_at":"2026-05-01"}"#,
            #"{"record_type":"payment","reference":"R-1","amount":"500","paid_at":"2026-05-01"}"#
        ),
    ])
    func theSameReferenceCloses(_ refused: String, _ corrected: String) async throws {
        #expect(await send(refused)["rejected"]?.int == 1)
        let answer = await send(corrected)
        #expect(answer["accepted"]?.int == 1, "\(answer.text)")
        #expect(answer["corrected"]?.count == 1)
        #expect(try states() == ["corrected"])
    }

    /// Of another test, order, type, lot or side; and a record without a reference.
    @Test(arguments: [
        Self.lab("Na", "140", #","external_id":"L-1""#),
        Self.lab("Hb", "12", #","external_id":"L-2""#),
        Self.lab("Hb", "12"),
        #"{"record_type":"prescription","health_id":"OPC-2024-DEMO1","external_id":"L-1","medicine":"Hb"}"#,
        #"{"record_type":"payment","reference":"L-1","amount":"500","paid_at":"2026-05-01"}"#,
    ])
    func anotherReferenceDoesNot(_ other: String) async throws {
        #expect(
            await send(Self.lab("Hb", "", #","external_id":"L-1""#))["rejected"]?.int == 1)
        let answer = await send(other)
        #expect(answer["accepted"]?.int == 1, "\(answer.text)")
        #expect(try states() == ["open"])
    }

    /// What was stored before is no correction of what was refused since.
    @Test func aRepetitionClosesNothing() async throws {
        let good = Self.lab("Hb", "12", #","external_id":"L-1""#)
        #expect(await send(good)["accepted"]?.int == 1)
        #expect(await send(Self.lab("Hb", "", #","external_id":"L-1""#))["rejected"]?.int == 1)
        #expect(await send(good)["duplicates"]?.int == 1)
        #expect(try states() == ["open"])
        let amended = await send(Self.lab("Hb", "13", #","external_id":"L-1""#))
        #expect(amended["corrected"]?.count == 1)
        #expect(try states() == ["corrected"])
    }

    /// An administrator's replay is told as that.
    @Test func aReplayIsNoCorrection() async throws {
        #expect(await send(Self.lab("Hb", "", #","external_id":"L-1""#))["rejected"]?.int == 1)
        try await app.app.writer.write { tx in
            try tx.run(
                """
                UPDATE quarantined_records
                SET payload = replace(payload, '"result":""', '"result":"12"')
                """)
        }
        let answer = await app.send(
            .post, "/api/v1/admin/quarantine/1/replay", token: try await app.adminToken())
        #expect(answer.status == 200)
        #expect(try states() == ["replayed"])
    }

    @Test func aKeyOfAnotherFacilityIsToldWhoseItIs() async throws {
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: #"{"facility_id":"FAC-002","records":[\#(Self.lab("Hb", "12"))]}"#)
        #expect(answer.status == 403)
        #expect(answer.error == "facility_forbidden")
        #expect(
            answer["message"]?.string
                == "This key is for facility \(BridgeRoutesTests.facility) (FAC-001): correct "
                + "facility_id.")
    }
}
