import Testing
import Values

@testable import BridgeAgent

struct RowCheckTests {
    private static let today = CalendarDate("2026-06-01") ?? CalendarDate(daysSince1970: 0)

    private func complaint(_ type: FileType, _ body: String) -> String? {
        RowCheck(type: type, today: Self.today).complaint(Array(body.utf8))
    }

    /// What the words say names the field, and nobody's data.
    @Test(arguments: [
        (FileType.patient, #"{"first_name":"A","last_name":"B"}"#, "date_of_birth is required"),
        (.patient, #"{"first_name":"1","last_name":"B","dob":"1990-01-01"}"#, "first_name"),
        (.patient, #"{"first_name":"A","last_name":"B","dob":"2026-06-03"}"#, "the future"),
        (.labResult, #"{"health_id":"CM-HID-7KQ9-MP42-X8D2","test":"K","result":"1"}"#, "misspelt"),
        (.labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":" "}"#, "result_value is"),
        (.patient, #"{"first_name":"Andr?","last_name":"B","dob":"1990-01-01"}"#, "a letter that"),
        (
            .patient, #"{"first_name":"A","last_name":"None","dob":"1990-01-01"}"#,
            "last_name is req"
        ),
        (.patient, #"{"first_name":"NULL","last_name":"B","dob":"1990-01-01"}"#, "first_name is"),
        (
            .labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"04-mai"}"#,
            "spreadsheet"
        ),
        (.labResult, ##"{"health_id":"OPC-2024-DEMO1","test":"K","result":"#DIV/0!"}"##, "#DIV/0!"),
        (
            .labResult,
            #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"\u0023\u0023\u0023\u0023"}"#,
            "result_value"
        ),
        (.labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"2026-05-04"}"#, "a day"),
        (.vital, #"{"health_id":"OPC-2024-DEMO1","name":"pulse","value":"TRUE"}"#, "yes or no"),
        (.vital, #"{"health_id":"OPC-2024-DEMO1","name":"pulse","value":"1.2E+15"}"#, "cut off"),
        (
            .appointment, #"{"health_id":"OPC-2024-DEMO1","date":"2026-06-01","time":"8:3"}"#,
            "08:30"
        ),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"1.5"}"#, "whole number"),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"1","expiry":"2026-05-31"}"#, "the past"),
        (.bloodStock, #"{"group":"A+","product":"plasma","units":"1"}"#, "screening is required"),
        (.payment, #"{"reference":"P","amount":"1.5","date":"2026-06-01"}"#, "amount"),
    ])
    func saysWhatIsWrong(_ type: FileType, _ body: String, _ words: String) {
        #expect(complaint(type, body)?.contains(words) == true, "\(complaint(type, body) ?? "nil")")
    }

    @Test(arguments: [
        (FileType.patient, #"{"first_name":"A","last_name":"B","dob":"2026-06-02"}"#),
        (.patient, #"{"health_id":"OPC-2024-DEMO1"}"#),
        (.patient, #"{"first_name":"Éléa","last_name":"N'Gono","dob":"1990-01-01"}"#),
        (.labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"1/160"}"#),
        (.labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"VRAI"}"#),
        (.visit, #"{"patient_health_id":"OPC-2024-DEMO1"}"#),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"0","expiry":"2026-06-01"}"#),
        (.bloodStock, #"{"group":"o rh neg","product":"FFP","units":"1","screened":"yes"}"#),
        (.payment, #"{"reference":"P","amount":"1 500,00","date":"2026-06-01"}"#),
    ])
    func takesWhatTheServerTakes(_ type: FileType, _ body: String) {
        #expect(complaint(type, body) == nil)
    }

    /// A patient is taken without it, so it is told and not called bad.
    @Test(arguments: [
        (#""blood_type":"Z""#, true), (#""blood_group":"group O""#, true),
        (#""blood_type":"o pos""#, false), (#""blood_type":"inconnu""#, false),
        (#""allergies":"Latex""#, false),
    ])
    func remarksOnABloodTypeThatIsNone(_ member: String, _ isRemarkable: Bool) {
        let row = #"{"first_name":"A","last_name":"B","dob":"1990-01-01",\#(member)}"#
        #expect(complaint(.patient, row) == nil)
        let check = RowCheck(type: .patient, today: Self.today)
        #expect((check.remark(Array(row.utf8)) != nil) == isRemarkable)
    }

    @Test func remarksOnAYesOfASpreadsheet() {
        let check = RowCheck(type: .labResult, today: Self.today)
        let row = #"{"health_id":"OPC-2024-DEMO1","test":"K","result":"VRAI"}"#
        #expect(
            check.remark(Array(row.utf8))?.hasPrefix("result_value: it is a yes or no") == true)
        #expect(check.remark(Array(row.replacing("VRAI", with: "12").utf8)) == nil)
    }

    @Test func namesTheColumnsThatAreMissing() {
        #expect(
            RowCheck.missing(.labResult, in: ["patient_health_id", "test"]) == ["result_value"])
        #expect(RowCheck.missing(.patient, in: ["first_name", "dob"]) == ["last_name"])
        #expect(RowCheck.missing(.patient, in: ["health_id"]).isEmpty)
    }
}
