import HTTP
import JSON
import Database
import Testing
import TestSupport

/// Dates and numbers as clinics in Arabic and Persian speaking countries write them.
struct HealthcareNumberTests {
    private let app: TestApp

    init() throws {
        app = try TestApp()
    }

    private func post(_ path: String, _ json: String) async -> Answer {
        await HealthcareRoutesTests.post(app, path, json)
    }

    private func warnings(_ answer: Answer) -> [String] {
        answer["warnings"]?.elements.compactMap(\.string) ?? []
    }

    @Test(arguments: [
        // As the official calendar prints them, whose years from 1420 on are by one rule.
        ("1425-01-01", "2004-02-21"), ("1445-09-01", "2024-03-11"), ("1447-01-01", "2025-06-26"),
        ("1432-09-01", "2011-08-01"), ("١٤٤٥-٠٩-٠١", "2024-03-11"),
        ("1445-09-01T00:00:00", "2024-03-11"),
    ])
    func aHijriBirthDateIsStoredAsTheSameDay(_ sent: String, _ day: String) async throws {
        let json = #"{"name":"Huda Nasser","patientNo":"H-1","dateOfBirth":"\#(sent)"}"#
        let created = await post("patient", json)
        #expect(created.status == 201)
        #expect(created["healthId"]?.string != nil)
        #expect(warnings(created).first?.contains(day) == true)
        let shown = await HealthcareRoutesTests.get(app, "patients/H-1")
        #expect(shown["dateOfBirth"]?.string == day)
        #expect(shown["extra"]?["dateOfBirth"]?.string == sent)
        #expect(await post("patient", json)["status"]?.string == "unchanged")
        // What was read comes back, and what is Gregorian now was not sent otherwise.
        #expect(await post("patient", shown.text)["status"]?.string == "unchanged")
        // The years before were announced by sight: what is worked out may be a day off.
        let before = await post(
            "patient", #"{"name":"Salma Faris","patientNo":"H-2","dateOfBirth":"1400-01-01"}"#)
        #expect(warnings(before).first?.contains("a day") == true)
        _ = await post("patient", #"{"patientNo":"H-1","dateOfBirth":"1980-01-01"}"#)
        let corrected = await HealthcareRoutesTests.get(app, "patients/H-1")
        #expect(corrected["dateOfBirth"]?.string == "1980-01-01")
        #expect(corrected["extra"] == nil)
        #expect(
            try app.read { tx in
                try tx.all("SELECT date_of_birth FROM patients WHERE first_name = 'Huda'") {
                    $0.text(0)
                }
            } == [day])
    }

    @Test(arguments: ["1400-13-01", "1425-01-31", "1299-01-01", "1400-00-10"])
    func aHijriDateThatDoesNotExistIsRefused(_ date: String) async throws {
        let answer = await post(
            "patient", #"{"name":"Huda Nasser","patientNo":"H-1","dateOfBirth":"\#(date)"}"#)
        // 1299-01-01 is a day of the Gregorian calendar, and nobody's.
        #expect(answer.status == 422)
    }

    @Test func everyDigitIsRead() async throws {
        let created = await post(
            "patient",
            """
            {"name":"Huda Nasser","patientNo":"H-١","dateOfBirth":"۱۹۹۰-۰۱-۰۵",
            "nationalID":"١٠٤٨٢٩١٠٤٨","mobile":"٠٥٠١٢٣٤٥٦٧"}
            """)
        #expect(created.status == 201)
        let same = await post(
            "patient", #"{"patientNo":"h-1","name":"Huda Nasser","dateOfBirth":"1990-01-05"}"#)
        #expect(same["id"]?.string == created["id"]?.string)
        let byID = await HealthcareRoutesTests.get(app, "patients/1048291048")
        #expect(byID["mobile"]?.string == "٠٥٠١٢٣٤٥٦٧")
        #expect(byID["dateOfBirth"]?.string == "1990-01-05")
        let booked = await post(
            "appointment", #"{"nationalID":"1048291048","date":"٢٠٢٦-٠٦-١٥","timeFrom":"١٠:٣٠"}"#)
        #expect(booked.status == 201)
        let slot = #"{"patientNo":"H-1","date":"2026-06-15","timeFrom":"10:30"}"#
        #expect(await post("appointment", slot)["id"]?.string == booked["id"]?.string)
        let found = await app.send(
            .post, "/api/v1/connect/patients/search", token: try await app.token(),
            json: #"{"search_type":"national_id","query":"1048291048","purpose":"care"}"#)
        #expect(found.text.contains("HID"))
    }

    @Test func agentsAndClientsWriteThemToo() async throws {
        let resolved = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
            json: #"{"first_name":"Huda","last_name":"Nasser","date_of_birth":"١٩٩٠-٠١-٠٥"}"#)
        #expect(resolved.status == 201)
        let healthID = resolved["health_id"]?.string ?? ""
        let record = """
            {"records":[{"record_type":"appointment","health_id":"\(healthID)",
            "date":"۲۰۲۶-۰۶-۲۰","time":"۰۸:۳۰"}]}
            """
        #expect(await BridgeRoutesTests.send(app, .post, "sync", json: record).status == 200)
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM appointments
                WHERE date = '2026-06-20' AND time_from = '08:30'
                """) == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE date_of_birth = '1990-01-05'") == 1)
    }
}
