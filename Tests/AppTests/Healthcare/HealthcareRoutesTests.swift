import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct HealthcareRoutesTests {
    static let key = "demo_healthcare_key_sandbox_2026"

    static let clinic = """
        {"name": "General Pediatric Clinic", "code": "CLN-PED-01", "number": "104",
        "specialization": "Pediatrics", "clinicType": "Outpatient", "branch": "Riyadh Main",
        "floor": "1st Floor", "location": "Building A, West Wing", "accountNo": "GL-1200",
        "costCenterNo": "CC-901", "address": "Olaya Street, Riyadh", "phone": "+966500000000",
        "email": "pediatrics@hwadiclinic.com", "isActive": true}
        """
    static let doctor = """
        {"name": "Dr. Sarah Al-Otaibi", "aName": "د. سارة العتيبي", "code": "DOC-SARAH-04",
        "branch": "Riyadh Main", "gender": "Female", "dateOfBirth": "1985-05-12",
        "medicalRegNumber": "M-20412", "idNumber": "1098473521", "accountNo": "GL-3100",
        "costCenter": "CC-901", "description": "Consultant Pediatrician with 12+ years experience.",
        "email": "s.otaibi@hwadiclinic.com", "phone": "+966501111111",
        "specialization": "Pediatrics", "licenseNumber": "LIC-PED-9988", "isActive": true,
        "clinicCodes": ["CLN-PED-01"]}
        """
    static let patient = """
        {"name": "Yousef Bin Khalid", "patientNo": "P-10928", "firstName": "Yousef",
        "secondName": "Bin", "lastName": "Khalid", "mobile": "+966502222222",
        "dateOfBirth": "1994-09-20", "gender": "Male", "nationalID": "1048291048",
        "email": "yousef.khalid@gmail.com", "phone": "+966502222222", "bloodType": "O+",
        "isActive": true}
        """
    static let appointment = """
        {"patientNo": "P-10928", "doctorCode": "DOC-SARAH-04", "clinicCode": "CLN-PED-01",
        "date": "2026-06-15T00:00:00", "timeFrom": "10:30:00", "timeTo": "11:00:00",
        "status": "Confirmed", "notes": "Regular pediatric dental consult."}
        """

    static func post(
        _ app: TestApp, _ path: String, _ json: String, key: String = key,
        idempotencyKey: String? = nil
    ) async -> Answer {
        var fields = [("X-API-Key", key)]
        if let idempotencyKey { fields.append(("Idempotency-Key", idempotencyKey)) }
        return await app.send(.post, "/api/healthcare/" + path, fields: fields, json: json)
    }

    static func get(_ app: TestApp, _ path: String, key: String = key) async -> Answer {
        await app.send(.get, "/api/healthcare/" + path, fields: [("X-API-Key", key)])
    }

    /// The key of another facility's desktop system.
    static func otherKey(_ app: TestApp) async throws -> String {
        let secret = app.app.secrets.issue(.apiKey)
        let key = APIKey(
            id: Identifier.make("key_", at: app.now), prefix: secret.prefix,
            name: "Other", facilityID: "00000000-0000-0000-0000-200000000002",
            createdAt: app.now)
        let now = app.now
        try await app.app.writer.write { tx in
            try FacilityStore.insert(
                Facility(
                    id: key.facilityID, reference: "FAC-002", name: "Other", countryCode: "SA",
                    timeZone: "Asia/Riyadh"), at: now, in: tx)
            try APIKeyStore.insert(key, hash: secret.hash, in: tx)
        }
        return secret.text
    }

    func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    // MARK: One record

    @Test func upsertClinicStoresChangesAndKnowsItAgain() async throws {
        let app = try TestApp()
        let created = await Self.post(app, "clinic", Self.clinic)
        #expect(created.status == 201)
        #expect(created["success"]?.bool == true)
        #expect(created["status"]?.string == "created")
        #expect(created["entity"]?.string == "clinic")
        #expect(created["code"]?.string == "CLN-PED-01")
        let again = await Self.post(app, "clinic", Self.clinic)
        #expect(again.status == 200)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["id"]?.string == created["id"]?.string)
        // One field, in another case, of a code in another case.
        let changed = await Self.post(app, "clinic", #"{"CODE":" cln-ped-01 ","Floor":2}"#)
        #expect(changed["status"]?.string == "updated")
        #expect(changed["id"]?.string == created["id"]?.string)
        #expect(
            try app.audit().suffix(3) == [
                "upsertClinic C success", "upsertClinic U success", "upsertClinic U success",
            ])
        #expect(try events(app).isEmpty)
        let shown = await Self.get(app, "clinics/CLN-PED-01")
        #expect(shown["floor"]?.string == "2")
        #expect(shown["phone"]?.string == "+966500000000")
        #expect(shown["isActive"]?.bool == true)
    }

    @Test func absentKeepsNullAndBlankClearAndUnknownFieldsStay() async throws {
        let app = try TestApp()
        _ = await Self.post(
            app, "clinic",
            #"{"code":"C","name":"N","floor":"1","phone":"2","color":"red","x":{ "a" : [1, 2] }}"#)
        let changed = await Self.post(
            app, "clinic", #"{"code":"C","name":"","floor":null,"phone":"","X":null,"y":1}"#)
        #expect(changed["status"]?.string == "updated")
        let shown = await Self.get(app, "clinics/c")
        #expect(shown["name"]?.string == "N")
        #expect(shown["floor"] == nil)
        #expect(shown["phone"] == nil)
        #expect(shown["extra"]?.raw.elementsEqual(#"{"color":"red","y":1}"#.utf8) == true)
        // What was read comes back: nothing changes.
        let back = await Self.post(app, "clinic", shown.text)
        #expect(back["status"]?.string == "unchanged")
        // White space inside an unknown field is no content.
        let spaced = await Self.post(app, "clinic", #"{"code":"C","z":{"a":[1,2]}}"#)
        #expect(spaced["status"]?.string == "updated")
        let same = await Self.post(app, "clinic", #"{"code":"C","z":{ "a": [ 1 ,2 ] }}"#)
        #expect(same["status"]?.string == "unchanged")
    }

    @Test(arguments: [
        ("clinic", "{}", ["code", "name"]),
        ("clinic", #"{"code":"C","name":null}"#, ["name"]),
        (
            "clinic", #"{"code":"","floor":[1],"isActive":"maybe"}"#,
            ["code", "floor", "isActive", "name"]
        ),
        ("doctor", #"{"aName":"x"}"#, ["code", "name"]),
        ("patient", #"{"dateOfBirth":"2026-02-30"}"#, ["dateOfBirth", "name", "patientNo"]),
        ("appointment", #"{"timeFrom":"25:00"}"#, ["date", "patientNo", "timeFrom"]),
        (
            "appointment",
            #"{"patientNo":"P-1","doctorCode":"D-1","clinicCode":"C-1","date":"2026-06-15","timeFrom":"9:30"}"#,
            ["clinicCode", "doctorCode", "patientNo"]
        ),
    ])
    func everythingMissingOrWrongIsNamedAtOnce(
        _ path: String, _ json: String, _ fields: [String]
    ) async throws {
        let app = try TestApp()
        let answer = await Self.post(app, path, json)
        #expect(answer.status == 422)
        #expect(answer.error == "validation_failed")
        #expect(answer["errors"]?.members.map(\.key).sorted() == fields)
        #expect(try app.count("SELECT COUNT(*) FROM clinics") == 0)
    }

    @Test(arguments: [
        ("clinic", "[]", "JSON object"), ("clinics", "{}", "JSON array"),
        ("clinic", #"{"code":"a","Code":"b"}"#, "twice"),
        ("clinics", #"[{"code":"a"},{"code":"a","CODE":"b"}]"#, "twice"),
    ])
    func anotherShapeIsRefused(_ path: String, _ json: String, _ word: String) async throws {
        let app = try TestApp()
        let answer = await Self.post(app, path, json)
        #expect(answer.status == 422)
        #expect(answer["message"]?.string?.contains(word) == true)
    }

    @Test func upsertDoctorKeepsUnknownClinicsAndLinksThemLater() async throws {
        let app = try TestApp()
        let created = await Self.post(app, "doctor", Self.doctor)
        #expect(created.status == 201)
        #expect(created["code"]?.string == "DOC-SARAH-04")
        #expect(
            created["warnings"]?.elements.first(where: { _ in true })?.string?.contains(
                "CLN-PED-01") == true)
        let before = await Self.get(app, "doctors/doc-sarah-04")
        #expect(before["clinics"]?.count == 0)
        #expect(before["clinicCodes"]?.raw.elementsEqual(#"["CLN-PED-01"]"#.utf8) == true)
        #expect(before["aName"]?.string == "د. سارة العتيبي")
        let clinic = await Self.post(app, "clinic", Self.clinic)
        let after = await Self.get(app, "doctors/LIC-PED-9988")
        #expect(after["clinics"]?.elements.map { $0["id"]?.string } == [clinic["id"]?.string])
        let again = await Self.post(app, "doctor", Self.doctor)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["warnings"] == nil)
    }

    @Test func twoKeysOfTwoRowsAreAConflict() async throws {
        let app = try TestApp()
        let one = await Self.post(app, "doctor", #"{"name":"A","code":"D1","licenseNumber":"L1"}"#)
        let two = await Self.post(app, "doctor", #"{"name":"B","code":"D2","licenseNumber":"L2"}"#)
        let answer = await Self.post(
            app, "doctor", #"{"name":"C","code":"d1","licenseNumber":"l2"}"#)
        #expect(answer.status == 409)
        #expect(answer.error == "key_conflict")
        for id in [one["id"]?.string, two["id"]?.string] {
            #expect(answer["message"]?.string?.contains(try #require(id)) == true)
        }
        #expect(await Self.get(app, "doctors/D1")["name"]?.string == "A")
        // Found by the licence alone, it takes the new code.
        let renamed = await Self.post(
            app, "doctor", #"{"name":"B","code":"D3","licenseNumber":"L2"}"#)
        #expect(renamed["status"]?.string == "updated")
        #expect(renamed["warnings"]?.at(0)?.string?.contains("code was D2;") == true)
        let cleared = await Self.post(
            app, "doctor", #"{"code":"D3","licenseNumber":null}"#)
        #expect(cleared["status"]?.string == "updated")
        let last = await Self.post(app, "doctor", #"{"code":"D3","licenseNumber":"L9"}"#)
        #expect(last["status"]?.string == "updated")
    }

    // MARK: Many

    @Test func upsertClinicsHandlesDuplicatesInOrder() async throws {
        let app = try TestApp()
        let answer = await Self.post(
            app, "clinics",
            """
            [{"code":"C1","name":"One"},{"code":"C2"},7,{"code":"c1","name":"Uno"},
            {"code":"c1","name":"Uno"}]
            """, idempotencyKey: "k1")
        #expect(answer.status == 200)
        #expect(answer["success"]?.bool == false)
        #expect(
            answer["results"]?.elements.compactMap { $0["status"]?.string } == [
                "created", "failed", "failed", "updated", "unchanged",
            ])
        #expect(answer["total"]?.int == 5)
        #expect(answer["created"]?.int == 1)
        #expect(answer["updated"]?.int == 1)
        #expect(answer["unchanged"]?.int == 1)
        #expect(answer["failed"]?.int == 2)
        let failed = answer["results"]?.elements.first { $0["status"]?.string == "failed" }
        #expect(failed?["index"]?.int == 1)
        #expect(failed?["errors"]?["name"]?.count == 1)
        #expect(answer["results"]?.at(2)?["errors"]?.members.map(\.key) == ["[2]"])
        let replayed = await Self.post(
            app, "clinics",
            """
            [{"code":"C1","name":"One"},{"code":"C2"},7,{"code":"c1","name":"Uno"},
            {"code":"c1","name":"Uno"}]
            """, idempotencyKey: "k1")
        #expect(replayed.field("Idempotency-Replayed") == "true")
        #expect(replayed.body == answer.body)
        let other = await Self.post(app, "clinics", "[]", idempotencyKey: "k1")
        #expect(other.error == "idempotency_conflict")
        let none = await Self.post(app, "clinics", "[]")
        #expect(none.status == 200)
        #expect(none["success"]?.bool == true)
        let bad = await Self.post(app, "clinics", #"[{"name":"x"},{}]"#)
        #expect(bad.status == 422)
        #expect(bad["failed"]?.int == 2)
        #expect(bad.error == "validation_failed")
        #expect(try app.count("SELECT COUNT(*) FROM clinics") == 1)
        let tooMany = await Self.post(
            app, "clinics",
            "[" + [String](repeating: "{}", count: 5001).joined(separator: ",") + "]")
        #expect(tooMany.status == 422)
        #expect(tooMany["results"] == nil)
    }

    @Test func upsertDoctorsIsOneFacilitysOwn() async throws {
        let app = try TestApp()
        let other = try await Self.otherKey(app)
        let mine = await Self.post(app, "doctors", #"[{"code":"D1","name":"A"}]"#)
        let theirs = await Self.post(app, "doctors", #"[{"code":"D1","name":"B"}]"#, key: other)
        #expect(mine["created"]?.int == 1)
        #expect(theirs["created"]?.int == 1)
        #expect(await Self.get(app, "doctors/D1", key: other)["name"]?.string == "B")
        #expect(await Self.get(app, "doctors")["doctors"]?.count == 1)
        let wrong = await Self.get(app, "doctors", key: "nothing")
        #expect(wrong.status == 401)
        #expect(wrong.error == "api_key_invalid")
    }

    @Test func upsertAppointmentsNamesEveryUnknownCode() async throws {
        let app = try await ready()
        let answer = await Self.post(
            app, "appointments",
            """
            [{"patientNo":"P-10928","date":"2026-06-15","timeFrom":"08:00"},
            {"patientNo":"P-X","doctorCode":"D-X","date":"2026-06-15","timeFrom":"09:00"}]
            """)
        #expect(answer.status == 200)
        #expect(answer["created"]?.int == 1)
        let failed = answer["results"]?.elements.first { $0["status"]?.string == "failed" }
        #expect(failed?["errors"]?.members.map(\.key).sorted() == ["doctorCode", "patientNo"])
        #expect(try app.audit().last == "upsertAppointments C success")
    }

    // MARK: Reading back

    @Test func listClinicsPagesByLastChange() async throws {
        let app = try TestApp()
        let many = (1...5).map { #"{"code":"C\#($0)","name":"N"}"# }.joined(separator: ",")
        _ = await Self.post(app, "clinics", "[\(many)]")
        app.advance(seconds: 60)
        _ = await Self.post(app, "clinic", #"{"code":"C2","name":"M"}"#)
        var codes: [String] = []
        var cursor = ""
        repeat {
            let page = await Self.get(app, "clinics?limit=2" + cursor)
            #expect(page.status == 200)
            codes += page["clinics"]?.elements.compactMap { $0["code"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
        } while !cursor.isEmpty
        #expect(codes == ["C1", "C3", "C4", "C5", "C2"])
        let changed = await Self.get(app, "clinics?updatedSince=2026-06-01T09:30:30Z")
        #expect(changed["clinics"]?.elements.compactMap { $0["code"]?.string } == ["C2"])
        let bad = await Self.get(app, "clinics?limit=0&cursor=x&updatedSince=y")
        #expect(bad["errors"]?.members.map(\.key).sorted() == ["cursor", "limit", "updatedSince"])
    }

    @Test func listDoctorsShowsLinkedClinics() async throws {
        let app = try await ready()
        let list = await Self.get(app, "doctors")
        #expect(list["doctors"]?.elements.map { $0["clinics"]?.count } == [1])
        #expect(list["next_cursor"]?.isNull == true)
    }

    @Test func listAppointmentsLeavesOutWhatAgentsBooked() async throws {
        let app = try await ready()
        _ = await Self.post(app, "appointment", Self.appointment)
        let record = """
            {"records":[{"record_type":"appointment","health_id":"CM-HID-7KQ9-MP42-X8D1",
            "date":"2026-06-20","time":"08:00"}]}
            """
        #expect(await BridgeRoutesTests.send(app, .post, "sync", json: record).status == 200)
        let list = await Self.get(app, "appointments")
        #expect(list["appointments"]?.count == 1)
        #expect(
            list["appointments"]?.elements.map { $0["healthId"]?.string?.prefix(6) } == ["CM-HID"])
        #expect(try app.audit().last == "listAppointments R success")
    }

    /// An agent and the desktop system may know the same slot: it is one appointment.
    @Test func showAppointmentTellsWhatAnAgentChanged() async throws {
        let app = try await ready()
        let created = await Self.post(app, "appointment", Self.appointment)
        let healthID = try #require(created["healthId"]?.string)
        let record = """
            {"records":[{"record_type":"appointment","health_id":"\(healthID)",
            "date":"2026-06-15","time":"10:30","status":"arrived"}]}
            """
        #expect(await BridgeRoutesTests.send(app, .post, "sync", json: record).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 1)
        let shown = await Self.get(app, "appointments/\(created["id"]?.string ?? "")")
        #expect(shown["status"]?.string == "checked_in")
        // The desktop system says otherwise, in the words it used before: that is a change.
        let again = await Self.post(app, "appointment", Self.appointment)
        #expect(again["status"]?.string == "updated")
        #expect(try events(app).last == "appointment.updated")
    }

    @Test(arguments: ["showClinic clinics", "showDoctor doctors", "showPatient patients"])
    func showClinicAnswers404ForOthers(_ names: String) async throws {
        let app = try TestApp()
        let parts = names.split(separator: " ")
        let answer = await Self.get(app, "\(parts[1])/nobody")
        #expect(answer.status == 404)
        #expect(answer.error == "not_found")
        #expect(try app.audit().last == "\(parts[0]) R not_found")
    }

    @Test func showDoctorTakesCodesWithSlashes() async throws {
        let app = try TestApp()
        _ = await Self.post(app, "doctor", #"{"name":"A","code":"D/1"}"#)
        #expect(await Self.get(app, "doctors/D%2F1")["name"]?.string == "A")
    }

    /// What is no object leaves the others of its list as they are.
    @Test(arguments: HealthcareEntity.allCases)
    func aListWithMoreThanObjectsStoresTheObjects(_ entity: HealthcareEntity) async throws {
        let app = try TestApp()
        _ = await Self.post(app, "clinic", Self.clinic)
        _ = await Self.post(app, "doctor", Self.doctor)
        _ = await Self.post(app, "patient", Self.patient)
        let record =
            switch entity {
            case .clinic: Self.clinic
            case .doctor: Self.doctor
            case .patient: Self.patient
            case .appointment: Self.appointment
            }
        let mixed = await Self.post(
            app, entity.plural, #"[5,null,\#(record),[],"x",true,{}]"#)
        #expect(mixed.status == 200)
        #expect(mixed["failed"]?.int == 6)
        #expect(["unchanged", "created"].contains(mixed["results"]?.at(2)?["status"]?.string))
        #expect(mixed["results"]?.at(1)?["errors"]?["[1]"] != nil)
        #expect(await Self.post(app, entity.plural, "[5]").status == 422)
    }
}
