import Testing

@testable import BridgeAgent

struct RowCheckTests {
    private func complaint(_ type: RecordType, _ body: String) -> String? {
        RowCheck(type: type, today: "2026-06-01").complaint(Array(body.utf8))
    }

    @Test(arguments: [
        "CM-HID-7KQ9-MP42-X8D1", "CM-HID-M9S3-46Q3-D25J", "CM-HID-VT4F-5V37-E3SM",
        "SA-HID-3E28-JT97-KB6A", "FR-HID-CQ64-3DZV-MXXK", "NG-HID-QKFB-F5KZ-NWJ0",
        "cm hid 7kq9 mp42 x8dl", "CM-H1D-7KQ9MP42X8D1", "NG-HID-QKFB-F5KZ-NWJO", "OPC-2024-DEMO1",
    ])
    func knowsAHealthID(_ text: String) {
        #expect(HealthIDText.canonical(text) != nil)
    }

    @Test(arguments: [
        "", "CM-HID-7KQ9-MP42-X8D2", "CM-HID-7KQ9-MP42-X8D", "CM-HID-7KQ9-MP42-X8U1",
        "C1-HID-7KQ9-MP42-X8D1", "CM-HIX-7KQ9-MP42-X8D1", "CM_HID_7KQ9_MP42_X8D1", "OPC-24-DEMO1",
        "ＣＭ-HID-7KQ9-MP42-X8D1", "CM-HID-7KQ9-MP42-X8D1\u{301}",
    ])
    func knowsWhatIsNone(_ text: String) {
        #expect(HealthIDText.canonical(text) == nil)
    }

    /// What the words say names the field, and nobody's data.
    @Test(arguments: [
        (RecordType.patient, #"{"first_name":"A","last_name":"B"}"#, "date_of_birth is required"),
        (.patient, #"{"first_name":"1","last_name":"B","dob":"1990-01-01"}"#, "first_name"),
        (.patient, #"{"first_name":"A","last_name":"B","dob":"2026-06-03"}"#, "the future"),
        (.labResult, #"{"health_id":"CM-HID-7KQ9-MP42-X8D2","test":"K","result":"1"}"#, "misspelt"),
        (.labResult, #"{"health_id":"OPC-2024-DEMO1","test":"K","result":" "}"#, "result_value is"),
        (.appointment, #"{"health_id":"OPC-2024-DEMO1","date":"2026-06-01","time":"8h"}"#, "08:30"),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"1.5"}"#, "whole number"),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"1","expiry":"2026-05-31"}"#, "the past"),
        (.bloodStock, #"{"group":"A+","product":"plasma","units":"1"}"#, "screening is required"),
        (.payment, #"{"reference":"P","amount":"1.5","date":"2026-06-01"}"#, "amount in XAF"),
    ])
    func saysWhatIsWrong(_ type: RecordType, _ body: String, _ words: String) {
        #expect(complaint(type, body)?.contains(words) == true, "\(complaint(type, body) ?? "nil")")
    }

    @Test(arguments: [
        (RecordType.patient, #"{"first_name":"A","last_name":"B","dob":"2026-06-02"}"#),
        (.patient, #"{"health_id":"OPC-2024-DEMO1"}"#),
        (.visit, #"{"patient_health_id":"OPC-2024-DEMO1"}"#),
        (.pharmacyStock, #"{"code":"P","name":"P","qty":"0","expiry":"2026-06-01"}"#),
        (.bloodStock, #"{"group":"o rh neg","product":"FFP","units":"1","screened":"yes"}"#),
        (.payment, #"{"reference":"P","amount":"1 500,00","date":"2026-06-01"}"#),
    ])
    func takesWhatTheServerTakes(_ type: RecordType, _ body: String) {
        #expect(complaint(type, body) == nil)
    }

    /// The server's own table (`BloodGroupTests`): nothing it takes is called bad here.
    @Test(arguments: [
        "A+", "ab -", "o pos", "O POS.", "O Rh (-)", "A Rh(D) positif", "o rh neg",
        "B Rhésus négatif", "0+", "0 positive", "A+ve", "B -ve", "AB(+)", "O-positive",
        "A+ (positive)", "A\u{2212}", "B\u{FF0B}", "O plus", "O moins", "\u{200F}O+",
    ])
    func readsBloodGroupsAsTheServerDoes(_ text: String) {
        #expect(BloodGroupText.isOne(text))
    }

    @Test(arguments: [
        "", "O", "AB", "A/B+", "A(B)+", "A+ negative", "A- positive", "A-(pos)", "A+-", "A+B-",
        "C+",
        "+A", "Rh+", "0", "O+ or A+", "A1+",
    ])
    func takesNothingElseForABloodGroup(_ text: String) {
        #expect(!BloodGroupText.isOne(text))
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
        let check = RowCheck(type: .patient, today: "2026-06-01")
        #expect((check.remark(Array(row.utf8)) != nil) == isRemarkable)
    }

    @Test func namesTheColumnsThatAreMissing() {
        let results = RowCheck(type: .labResult, today: "2026-06-01")
        #expect(results.missing(in: ["patient_health_id", "test"]) == ["result_value"])
        let patients = RowCheck(type: .patient, today: "2026-06-01")
        #expect(patients.missing(in: ["first_name", "dob"]) == ["last_name"])
        #expect(patients.missing(in: ["health_id"]).isEmpty)
    }
}
