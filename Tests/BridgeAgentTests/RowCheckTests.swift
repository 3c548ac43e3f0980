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

    @Test func namesTheColumnsThatAreMissing() {
        #expect(
            RowCheck.missing(.labResult, in: ["patient_health_id", "test"]) == ["result_value"])
        #expect(RowCheck.missing(.patient, in: ["first_name", "dob"]) == ["last_name"])
        #expect(RowCheck.missing(.patient, in: ["health_id"]).isEmpty)
    }
}
