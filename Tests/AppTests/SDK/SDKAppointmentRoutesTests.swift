import API
import HTTP
import JSON
import Database
import Testing
import TestSupport

struct SDKAppointmentRoutesTests {
    private static func body(
        _ time: String = "2026-06-02T09:00:00+01:00", patient: String = SDKBench.patient,
        more: String = ""
    ) -> String {
        #"{"health_id":"\#(patient)","facility_id":"FAC-001","scheduled_at":"\#(time)"\#(more)}"#
    }

    private static func book(
        _ bench: SDKBench, _ time: String = "2026-06-02T09:00:00+01:00"
    ) async throws -> String {
        let made = await bench.post("/appointments", body(time))
        #expect(made.status == 201, "\(made.text)")
        return try #require(made["appointment_id"]?.string)
    }

    private static func list(_ bench: SDKBench, _ query: String) async -> [String] {
        let answer = await bench.get("/appointments?" + query)
        return answer["appointments"]?.elements.compactMap { $0["time"]?.string } ?? []
    }

    // MARK: Booking

    @Test func createSDKAppointmentBooksASlotOnce() async throws {
        let bench = try await SDKBench()
        let made = await bench.post(
            "/appointments",
            Self.body(more: #","reason":"Blood pressure","appointment_type":"follow_up""#))
        #expect(made.status == 201)
        let id = try #require(made["appointment_id"]?.string)
        #expect(id.hasPrefix("apt_"))
        let members = """
            {"appointment_id":"\(id)","status":"scheduled",\
            "scheduled_at":"2026-06-02T08:00:00Z","patient":"\(SDKBench.patient)",\
            "patient_id":"\(SDKBench.patient)","health_id":"\(SDKBench.patient)",\
            "patient_name":"Brigitte Ngo Bassa","facility_id":"\(SDKBench.facility)",\
            "appointment_type":"follow_up","reason":"Blood pressure","date":"2026-06-02",\
            "time":"09:00"
            """
        #expect(made.text == members + "}")
        #expect(try bench.events() == ["appointment.created"])
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox createSDKAppointment C success patient/\(SDKBench.patient) "
                    + SDKBench.patient
            ])
        for time in ["2026-06-02T08:00:00Z", "2026-06-02T09:00:30", "2026-06-02 09:00"] {
            let again = await bench.post("/appointments", Self.body(time))
            #expect(again.status == 200)
            #expect(again.text == members + #","duplicate":true}"#)
        }
        #expect(try bench.events() == ["appointment.created"])
        #expect(try bench.app.count("SELECT COUNT(*) FROM appointments") == 1)
    }

    /// What is not stored is not passed over in silence.
    @Test(arguments: [
        (#","reason":"Cough""#, ["reason"]),
        (#","appointment_type":"urgent""#, ["appointment_type"]),
        (#","appointment_type":"urgent","reason":"Cough""#, ["appointment_type", "reason"]),
        (#","reason":" Blood pressure ","appointment_type":"follow_up""#, []),
        (#","reason":"","appointment_type":null"#, []), ("", []),
    ])
    func aSecondBookingSaysWhatItDoesNotChange(_ more: String, _ names: [String]) async throws {
        let bench = try await SDKBench()
        _ = await bench.post(
            "/appointments",
            Self.body(more: #","reason":"Blood pressure","appointment_type":"follow_up""#))
        let again = await bench.post("/appointments", Self.body(more: more))
        #expect(again.status == 200)
        #expect(again["duplicate"]?.bool == true)
        #expect(again["reason"]?.string == "Blood pressure")
        #expect(again["appointment_type"]?.string == "follow_up")
        let warnings = again["warnings"]?.elements.compactMap(\.string)
        #expect(warnings?.map { $0.prefix { $0 != " " } } ?? [] == names.map { $0[...] })
        #expect(try bench.events() == ["appointment.created"])
    }

    @Test func createSDKAppointmentRepeatedWithItsKeyIsTheSame() async throws {
        let bench = try await SDKBench()
        let first = await bench.post("/appointments", Self.body(), key: "k")
        let second = await bench.post("/appointments", Self.body(), key: "k")
        #expect(second.status == 201)
        #expect(second.text == first.text)
        let other = await bench.post(
            "/appointments", Self.body("2026-06-02T10:00:00Z"), key: "k")
        #expect(other.error == "idempotency_conflict")
        #expect(try bench.events().count == 1)
    }

    /// The facility's clocks are an hour ahead of UTC.
    @Test(arguments: [
        ("2026-06-02T09:00:00Z", "2026-06-02 10:00"), ("2026-06-02T09:00:00", "2026-06-02 09:00"),
        ("2026-06-02T09:00", "2026-06-02 09:00"), ("2026-06-02T23:30:00Z", "2026-06-03 00:30"),
        ("2026-06-02T00:15:00+05:00", "2026-06-01 20:15"),
        ("2026-06-01T10:30:00", "2026-06-01 10:30"),
    ])
    func timesAreTheFacilitys(_ time: String, _ slot: String) async throws {
        let bench = try await SDKBench()
        let made = await bench.post("/appointments", Self.body(time))
        #expect(made.status == 201, "\(made.text)")
        let (date, clock) = (made["date"]?.string ?? "", made["time"]?.string ?? "")
        #expect("\(date) \(clock)" == slot)
    }

    @Test(arguments: [
        "2026-06-01T09:29:59Z", "2026-06-01T10:29:00", "2020-01-01T00:00:00Z", "2026-06-02",
        "2026-02-30T09:00:00Z", "tomorrow", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "",
        "2026-06-02T25:00:00Z", "2200-12-31T23:00:00Z",
        "2026-06-02T09:00:00Z'; DROP TABLE appointments",
    ])
    func aTimeThatCannotBeBookedIsRefused(_ time: String) async throws {
        let bench = try await SDKBench()
        let answer = await bench.post("/appointments", Self.body(time))
        #expect(answer.status == 422)
        #expect(answer["errors"]?["scheduled_at"] != nil, "\(answer.text)")
        #expect(try bench.app.count("SELECT COUNT(*) FROM appointments") == 0)
    }

    @Test func createSDKAppointmentNamesAllThatIsWrong() async throws {
        let bench = try await SDKBench()
        let answer = await bench.post("/appointments", #"{"reason":7,"appointment_type":"a\nb"}"#)
        for field in ["health_id", "scheduled_at", "appointment_type"] {
            #expect(answer["errors"]?[field] != nil, "\(field)")
        }
        let other = try await bench.stranger()
        for (json, error) in [
            (Self.body().replacing("FAC-001", with: "FAC-002"), "facility_forbidden"),
            (Self.body().replacing("FAC-001", with: other.facility), "facility_forbidden"),
            (Self.body().replacing("FAC-001", with: "FAC-9"), "facility_not_found"),
            (Self.body(patient: "OPC-2024-NOONE"), "patient_not_found"),
            (Self.body(patient: "x"), "health_id_invalid"), ("[]", "validation_failed"),
            ("{", "malformed_json"),
            (
                Self.body(more: #","x":"\#(String(repeating: "a", count: 300_000))""#),
                "payload_too_large"
            ),
        ] {
            #expect(await bench.post("/appointments", json).error == error, "\(json.prefix(99))")
        }
        #expect(try bench.events() == [])
        // Nobody names a facility: it is one's own.
        let body = Self.body().replacing(#""facility_id":"FAC-001","#, with: "")
        #expect(await bench.post("/appointments", body).status == 201)
    }

    @Test(arguments: ["", "  ", "\u{200F}"])
    func emptyWordsAreNone(_ word: String) async throws {
        let bench = try await SDKBench()
        let made = await bench.post(
            "/appointments",
            Self.body(more: #","reason":"\#(word)","appointment_type":"\#(word)""#))
        #expect(made.status == 201)
        for member in ["reason", "appointment_type"] { #expect(made[member]?.isNull == true) }
    }

    /// An older id is answered as it was given, beside the one under which the appointment is listed.
    @Test func aPatientIsSpeltAlikeInEveryAnswer() async throws {
        let bench = try await SDKBench()
        let current = "CM-HID-M9S3-46Q3-D25J"
        for expected in [201, 200] {
            let made = await bench.post("/appointments", Self.body(patient: "OPC-2024-DEMO1"))
            #expect(made.status == expected)
            #expect(made["health_id"]?.string == "OPC-2024-DEMO1")
            let id = made["appointment_id"]?.string ?? ""
            let listed = await bench.get("/appointments?date=2026-06-02")
            let read = await bench.get("/appointments/" + id).root
            let row = listed["appointments"]?.elements.first { _ in true }
            for answer in [made.root, read, row] {
                #expect(answer?["patient"]?.string == current)
                #expect(answer?["patient_id"]?.string == current)
            }
            for answer in [read, row] { #expect(answer?["health_id"]?.string == current) }
        }
    }

    // MARK: Reading

    @Test func listSDKAppointmentsIsADayByTime() async throws {
        let bench = try await SDKBench()
        for time in ["2026-06-02T12:00:00", "2026-06-02T09:00:00", "2026-06-01T22:00:00"] {
            _ = try await Self.book(bench, time)
        }
        let day = "facility_id=FAC-001&date=2026-06-02"
        #expect(await Self.list(bench, day) == ["09:00", "12:00"])
        #expect(await Self.list(bench, "date=2026-06-03") == [])
        #expect(await Self.list(bench, "") == ["22:00"])
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox listSDKAppointments R success patient/\(SDKBench.patient) "
                    + SDKBench.patient
            ])
        // By now it is the second there, and still the first in UTC.
        bench.app.advance(seconds: 13 * 3600 + 1800)
        let today = await bench.get("/appointments")
        #expect(today["date"]?.string == "2026-06-02")
        #expect(today["appointments"]?.count == 2)
        let other = try await bench.stranger()
        for (query, error) in [
            ("facility_id=FAC-002", "facility_forbidden"),
            ("facility_id=FAC-9", "facility_not_found"), ("date=2026-02-30", "validation_failed"),
            ("date=x", "validation_failed"), ("limit=0", "validation_failed"),
            ("cursor=x", "validation_failed"),
            ("date=2026-06-02&date=2026-06-02", "validation_failed"),
        ] {
            #expect(await bench.get("/appointments?" + query).error == error, "\(query)")
        }
        #expect(await bench.get("/appointments", other.token)["appointments"]?.count == 0)
    }

    @Test func listSDKAppointmentsPages() async throws {
        let bench = try await SDKBench()
        for hour in 10...14 { _ = try await Self.book(bench, "2026-06-02T\(hour):00:00") }
        var seen: [String] = []
        var cursor = ""
        repeat {
            let page = await bench.get("/appointments?date=2026-06-02&limit=2" + cursor)
            seen += page["appointments"]?.elements.compactMap { $0["time"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            // It is a place in that day alone.
            let other = await bench.get("/appointments?date=2026-06-03" + cursor)
            #expect(other.status == (cursor.isEmpty ? 200 : 422))
        } while !cursor.isEmpty
        #expect(seen == ["10:00", "11:00", "12:00", "13:00", "14:00"])
    }

    @Test func getSDKAppointmentIsOfOnesOwnFacility() async throws {
        let bench = try await SDKBench()
        let other = try await bench.stranger()
        let id = try await Self.book(bench)
        let shown = await bench.get("/appointments/" + id)
        #expect(shown["patient_id"]?.string == SDKBench.patient)
        #expect(shown["duplicate"] == nil)
        #expect(
            try bench.audit(1) == [
                "sdk:stk_demo_sandbox getSDKAppointment R success patient/\(SDKBench.patient) "
                    + SDKBench.patient
            ])
        #expect(await bench.get("/appointments/" + id, other.token).error == "not_found")
        #expect(
            await bench.post("/appointments/\(id)/cancel", nil, other.token).error == "not_found")
        for id in ["apt_x", "x", String(id.dropLast()) + "!", "%00"] {
            #expect(await bench.get("/appointments/" + id).error == "not_found", "\(id)")
            let cancelled = await bench.post("/appointments/\(id)/cancel")
            #expect(cancelled.error == "not_found", "\(id)")
        }
    }

    // MARK: Cancelling

    @Test func cancelSDKAppointmentTellsOnce() async throws {
        let bench = try await SDKBench()
        let id = try await Self.book(bench)
        for _ in 1...2 {
            let answer = await bench.post("/appointments/\(id)/cancel")
            #expect(answer.status == 200)
            #expect(answer["status"]?.string == "cancelled")
            #expect(
                try bench.audit(1) == [
                    "sdk:stk_demo_sandbox cancelSDKAppointment U success patient/"
                        + "\(SDKBench.patient) \(SDKBench.patient)"
                ])
        }
        #expect(try bench.events() == ["appointment.created", "appointment.cancelled"])
        // The slot is free again, and what is booked in it is another appointment.
        let second = try await Self.book(bench)
        #expect(second != id)
        #expect(await bench.get("/appointments/" + id)["status"]?.string == "cancelled")
        #expect(try bench.events().last == "appointment.created")
    }

    @Test(arguments: [("completed", 409), ("checked_in", 200), ("no_show", 200)])
    func whoWasSeenCannotBeCancelled(_ status: String, _ expected: Int) async throws {
        let bench = try await SDKBench()
        let id = try await Self.book(bench)
        let sent = await BridgeRoutesTests.send(
            bench.app, .post, "sync",
            json: """
                {"record_type":"appointment","health_id":"\(SDKBench.patient)",
                "date":"2026-06-02","time":"09:00","status":"\(status)"}
                """)
        #expect(sent["accepted"]?.int == 1)
        #expect(await bench.get("/appointments/" + id)["status"]?.string == status)
        #expect(await bench.post("/appointments/\(id)/cancel").status == expected)
    }

    // MARK: Others' appointments

    @Test func whatAnAgentBookedIsTheSame() async throws {
        let bench = try await SDKBench()
        let record = """
            {"record_type":"appointment","health_id":"\(SDKBench.patient)","external_id":"A-1",
            "date":"2026-06-02","time":"09:00","reason":"Check"}
            """
        _ = await BridgeRoutesTests.send(bench.app, .post, "sync", json: record)
        let again = await bench.post("/appointments", Self.body())
        #expect(again.status == 200 && again["duplicate"]?.bool == true)
        #expect(again["reason"]?.string == "Check")
        let id = try #require(again["appointment_id"]?.string)
        #expect(await bench.post("/appointments/\(id)/cancel").status == 200)
        // The same row of the agent's file, sent again, does not book it anew.
        _ = await BridgeRoutesTests.send(bench.app, .post, "sync", json: record)
        #expect(await bench.get("/appointments/" + id)["status"]?.string == "cancelled")
        #expect(try bench.events() == ["appointment.created", "appointment.cancelled"])
    }

    @Test func whatADesktopSystemBookedIsTheSame() async throws {
        let bench = try await SDKBench()
        let file = await HealthcareRoutesTests.post(
            bench.app, "patient", HealthcareRoutesTests.patient)
        let healthID = try #require(file["healthId"]?.string)
        let booked = await HealthcareRoutesTests.post(
            bench.app, "appointment",
            #"{"patientNo":"P-10928","date":"2026-09-01","timeFrom":"09:00","notes":"Knee"}"#)
        let id = try #require(booked["id"]?.string)
        let again = await bench.post(
            "/appointments", Self.body("2026-09-01T09:00:00", patient: healthID))
        #expect(again["appointment_id"]?.string == id)
        #expect(again["duplicate"]?.bool == true)
        #expect(again["reason"]?.string == "Knee")
        #expect(await Self.list(bench, "date=2026-09-01") == ["09:00"])
        #expect(await bench.post("/appointments/\(id)/cancel").status == 200)
        let shown = await HealthcareRoutesTests.get(bench.app, "appointments/" + id)
        #expect(shown["status"]?.string == "cancelled")
    }

    @Test func mergedPatientsHaveOneSlot() async throws {
        let bench = try await SDKBench()
        let id = try await Self.book(bench)
        _ = await bench.administer(
            .post, "merges",
            #"{"survivor_health_id":"OPC-2024-DEMO1","retired_health_id":"\#(SDKBench.patient)"}"#)
        for patient in ["OPC-2024-DEMO1", SDKBench.patient] {
            let again = await bench.post("/appointments", Self.body(patient: patient))
            #expect(again["appointment_id"]?.string == id)
        }
        let shown = await bench.get("/appointments/" + id)
        #expect(shown["patient_name"]?.string == "Amina Nkeng")
        // Who was merged may read who looked, too.
        for path in ["/appointments/" + id, "/appointments?date=2026-06-02"] {
            _ = await bench.get(path)
            let rows = try bench.app.count(
                """
                SELECT COUNT(*) FROM audit_log
                WHERE seq = (SELECT MAX(seq) FROM audit_log) AND patients IS NOT NULL
                """)
            #expect(rows == 1, "\(path)")
        }
    }
}
