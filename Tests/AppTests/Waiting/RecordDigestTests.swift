import HTTP
import JSON
import Testing
import TestSupport

struct RecordDigestTests {
    /// How often the second of two records was taken for the first.
    private func duplicates(_ type: String, _ first: String, _ second: String) async throws
        -> Int64?
    {
        let app = try TestApp()
        var answer: Answer?
        for members in [first, second] {
            let named = members.replacing("PATIENT", with: #""health_id":"CM-HID-7KQ9-MP42-X8D1""#)
            answer = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: #"{"records":[{"record_type":"\#(type)",\#(named)}]}"#)
            #expect(answer?["accepted"]?.int == 1, "\(answer?.text ?? "")")
        }
        return answer?["duplicates"]?.int
    }

    /// `type` beside the record's own members is the word for what it is.
    @Test func aRecordThatNamesItsTypeEitherWayIsOne() async throws {
        let app = try TestApp()
        var duplicates: [Int64?] = []
        for name in ["type", "record_type"] {
            let answer = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"records":[{"\(name)":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                    "test":"K","result":"4"}]}
                    """)
            duplicates.append(answer["duplicates"]?.int)
        }
        #expect(duplicates == [0, 1])
    }

    /// The same record in another spelling would be stored a second time.
    @Test(arguments: [
        (
            "lab_result", #"PATIENT,"test":"HbA1c","result":"9.2""#,
            #"PATIENT,"test_name":"HbA1c","result_value":9.2"#
        ),
        (
            "labs", #"PATIENT,"test":" HbA1c ","value":" 9.2","unit":"""#,
            #""patient_health_id":"cm hid 7kq9 mp42 x8d1","test_name":"HbA1c","result":"9.2\t""#
        ),
        (
            "lab_result",
            #"PATIENT,"test":"K","result":"4","occurred_at":"2026-06-01T08:00:00Z""#,
            #"PATIENT,"test":"K","result":"4","date":"2026-06-01T09:00:00.000+01:00""#
        ),
        // The facility's clocks are an hour ahead.
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","date":"2026-06-01 09:00""#,
            #"PATIENT,"test":"K","result":"4","collected_at":"2026-06-01T08:00:00Z""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","flagged":true"#,
            #"PATIENT,"test":"K","result":"4","abnormal":"oui""#
        ),
        // What nobody reads counts, in one form for all its spellings.
        (
            "vital", #"PATIENT,"name":"pulse","value":70,"cuff":3,"site":{"arm":"left","x":null}"#,
            #"PATIENT,"site":{"arm":"left "},"type":"pulse","cuff":" 3","value":"70""#
        ),
        (
            "prescription", #"PATIENT,"medicine":"Zinc","dosage":20,"notes":"with food""#,
            #"PATIENT,"drug":"Zinc","dose":"20","instructions":"with food""#
        ),
        (
            "diagnosis", #"PATIENT,"icd_code":"B54","external_id":"D-1""#,
            #"PATIENT,"code":"B54 ","external_diagnosis_id":"D-1""#
        ),
        (
            "visit",
            #"PATIENT,"visit_type":"opd","note":"fever","diagnosis":[{"icd_code":"B54"}]"#,
            #"PATIENT,"encounter_type":"opd","notes":"fever","encounter":{"diagnoses":[{"code":"B54"}]}"#
        ),
        (
            "appointment", #"PATIENT,"date":"2026-06-09","time_from":"08:00","clinic":"C1""#,
            #"PATIENT,"appointment_date":"2026-06-09","time":"08:00","clinic_code":"C1""#
        ),
        // Two registrations without a name are one person only as the same record.
        (
            "patient",
            #""first_name":"Inconnu","last_name":"Inconnu","dob":"1900-01-01","phone":"699000111""#,
            #""firstName":"Inconnu ","last_name":"Inconnu","date_of_birth":"1900-01-01T00:00:00Z","phone_number":"699000111""#
        ),
        (
            "patient",
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_group":"o pos","allergy":"Latex; none,Dust""#,
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_type":"O+","allergies":["Latex","Dust "]"#
        ),
    ])
    func isTheSameInAnySpelling(_ type: String, _ first: String, _ second: String) async throws {
        #expect(try await duplicates(type, first, second) == 1)
    }

    /// Two records taken for one would be a record lost.
    @Test(arguments: [
        (
            "lab_result", #"PATIENT,"test":"K","result":"9.2""#,
            #"PATIENT,"test":"K","result":"9.20""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","flagged":null"#,
            #"PATIENT,"test":"K","result":"4","flagged":false"#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","flag":"H""#,
            #"PATIENT,"test":"K","result":"4","flag":"L""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","flag":"?""#,
            #"PATIENT,"test":"K","result":"4""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","date":"2026-06-01""#,
            #"PATIENT,"test":"K","result":"4","date":"2026-06-01T00:00:00Z""#
        ),
        (
            "vital",
            #"PATIENT,"name":"pulse","value":70,"occurred_at":"2026-06-01T08:00:00.1231Z""#,
            #"PATIENT,"name":"pulse","value":70,"occurred_at":"2026-06-01T08:00:00.1232Z""#
        ),
        // A second name that was not read may say something else.
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","value":"5""#,
            #"PATIENT,"test":"K","result":"4""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","ward":"A""#,
            #"PATIENT,"test":"K","result":"4","ward":"B""#
        ),
        (
            "lab_result", #"PATIENT,"test":"K","result":"4","data":{"type":"x"}"#,
            #"PATIENT,"test":"K","result":"4","data":{"type":"y"}"#
        ),
        (
            "lab_result", #"PATIENT,"test":"k","result":"4""#,
            #"PATIENT,"test":"K","result":"4""#
        ),
        // The same text in two fields.
        (
            "prescription", #"PATIENT,"medicine":"Zinc","dose":"1","duration":"1""#,
            #"PATIENT,"medicine":"Zinc","dose":"1","quantity":"1""#
        ),
        // Names that say where a row lay say something inside a list.
        (
            "encounter", #"PATIENT,"diagnoses":[{"code":"B54","row":"1"}]"#,
            #"PATIENT,"diagnoses":[{"code":"B54","row":"2"}]"#
        ),
        (
            "encounter", #"PATIENT,"diagnoses":[{"code":"A"},{"code":"B"}]"#,
            #"PATIENT,"diagnoses":[{"code":"B"},{"code":"A"}]"#
        ),
        (
            "encounter", #"PATIENT,"diagnoses":[{"code":"A","grade":1}]"#,
            #"PATIENT,"diagnoses":[{"code":"A"}],"grade":1"#
        ),
        (
            "encounter", #"PATIENT,"encounter":{"bed":1,"chief_complaint":"x"}"#,
            #"PATIENT,"encounter":{"bed":2,"chief_complaint":"x"}"#
        ),
        (
            "encounter", #"PATIENT,"encounter":{"chief_complaint":"x"},"chief_complaint":"y""#,
            #"PATIENT,"encounter":{"chief_complaint":"x"}"#
        ),
        (
            "vital", #"PATIENT,"name":"pulse","value":70"#,
            #""health_id":"OPC-2024-DEMO1","name":"pulse","value":70"#
        ),
        (
            "vital", #"PATIENT,"name":"pulse","value":70,"site":["a","b"]"#,
            #"PATIENT,"name":"pulse","value":70,"site":["ab"]"#
        ),
        (
            "patient", #""first_name":"Inconnu","last_name":"Inconnu","dob":"1900-01-01""#,
            #""first_name":"Inconnu","last_name":"Inconnu","dob":"1900-01-01","sex":"unknown""#
        ),
        (
            "patient",
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","allergies":"Latex""#,
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","allergies":"Latex,Dust""#
        ),
        (
            "patient",
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_type":"O+""#,
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_type":"O-""#
        ),
        // What is not kept is not lost either.
        (
            "patient",
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","allergies":["Latex",1]"#,
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","allergies":["Latex",2]"#
        ),
        (
            "patient",
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_type":"Z""#,
            #""first_name":"Ada","last_name":"Biya","dob":"1990-01-01","blood_type":"Y""#
        ),
    ])
    func tellsRecordsApart(_ type: String, _ first: String, _ second: String) async throws {
        #expect(try await duplicates(type, first, second) == 0)
    }

    /// Under a source id another spelling is no amendment; another meaning is.
    @Test func aSourceIdsRecordIsComparedByWhatItSays() async throws {
        let app = try TestApp()
        func send(_ members: String) async -> String? {
            let answer = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"records":[{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                    "test":"K",\(members)}]}
                    """)
            return answer["results"]?.elements.first { _ in true }?["status"]?.string
        }
        #expect(
            await send(#""id":1,"source_id":"L-1","result":"4","date":"2026-06-01 09:00""#) == nil)
        #expect(
            await send(#""id":"1","external_id":"L-1","value":4,"date":"2026-06-01T08:00:00Z""#)
                == "duplicate")
        #expect(
            await send(#""id":1,"source_id":"L-1","result":"4","date":"2026-06-01T09:00:00Z""#)
                == "amended")
    }
}
