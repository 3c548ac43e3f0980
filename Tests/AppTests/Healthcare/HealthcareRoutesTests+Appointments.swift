import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

extension HealthcareRoutesTests {
    // MARK: Appointments

    func ready() async throws -> TestApp {
        let app = try TestApp()
        for (path, body) in [
            ("clinic", Self.clinic), ("doctor", Self.doctor), ("patient", Self.patient),
        ] {
            #expect(await Self.post(app, path, body).status == 201)
        }
        return app
    }

    @Test func upsertAppointmentBooksMovesAndTells() async throws {
        let app = try await ready()
        let created = await Self.post(app, "appointment", Self.appointment)
        #expect(created.status == 201)
        #expect(created["healthId"]?.string?.hasPrefix("CM-HID-") == true)
        let again = await Self.post(app, "appointment", Self.appointment)
        #expect(again["status"]?.string == "unchanged")
        let moved = await Self.post(
            app, "appointment",
            """
            {"patientNo":"p-10928","previousDate":"2026-06-15","previousTimeFrom":"10:30",
            "date":"2026-06-16","timeFrom":"9:00","timeTo":"09:30","status":"Arrived"}
            """)
        #expect(moved["status"]?.string == "updated")
        #expect(moved["id"]?.string == created["id"]?.string)
        let shown = await Self.get(app, "appointments/\(created["id"]?.string ?? "")")
        #expect(shown["date"]?.string == "2026-06-16T00:00:00")
        #expect(shown["timeFrom"]?.string == "09:00:00")
        #expect(shown["doctorCode"]?.string == "DOC-SARAH-04")
        #expect(shown["previousDate"] == nil)
        // The slot it left is free: another one is another appointment.
        let second = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"2026-06-15","timeFrom":"10:30","externalId":"A-1","status":"Cancelled"}"#
        )
        #expect(second.status == 201)
        #expect(
            try events(app).suffix(4) == [
                "appointment.created", "appointment.checked_in", "appointment.created",
                "appointment.cancelled",
            ])
        // By its own id it is found without a slot; a taken slot is a conflict.
        let named = await Self.post(app, "appointment", #"{"externalId":"A-1","notes":"x"}"#)
        #expect(named["status"]?.string == "updated")
        let taken = await Self.post(
            app, "appointment",
            #"{"externalId":"A-1","date":"2026-06-16","timeFrom":"09:00","status":"Booked"}"#)
        #expect(taken.status == 409)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 2)
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 2)
    }

    @Test(arguments: [
        ("2026-06-15", "10:30"), ("2026-06-15T00:00:00", "10:30:00"),
        ("2026-06-15T00:00:00Z", "10:30:00.0000000"), ("2026-06-15T00:00:00+03:00", "10:30"),
        ("2026-06-15 00:00:00", "2026-06-15T10:30:00"), ("2026-06-14T23:00:00.000Z", "10:30"),
    ])
    func everySpellingOfASlotIsTheSame(_ date: String, _ time: String) async throws {
        let app = try await ready()
        _ = await Self.post(app, "appointment", Self.appointment)
        let answer = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"\#(date)","timeFrom":"\#(time)"}"#)
        #expect(answer["status"]?.string == "unchanged")
    }

    @Test(arguments: ["Perhaps", "1", "Not cancelled", "?"])
    func anUnknownStatusIsRefused(_ status: String) async throws {
        let app = try await ready()
        let answer = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"2026-07-01","timeFrom":"08:00","status":"\#(status)"}"#
        )
        #expect(answer.status == 422)
        #expect(answer["errors"]?["status"] != nil)
    }

    @Test(arguments: [
        ("No Show", "no_show"), ("Absent", "no_show"), ("Annulé", "cancelled"),
        ("Waiting", "checked_in"),
        ("محجوز", "booked"), ("Honoré", "completed"),
    ])
    func aStatusIsKeptAsItWasSentAndCountsAsWhatItMeans(
        _ word: String, _ status: String
    ) async throws {
        let app = try await ready()
        let answer = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"2026-07-01","timeFrom":"08:00","status":"\#(word)"}"#)
        #expect(answer.status == 201)
        #expect(answer["warnings"] == nil)
        let shown = await Self.get(app, "appointments/\(answer["id"]?.string ?? "")")
        #expect(shown["status"]?.string == word)
        #expect(
            try app.count("SELECT COUNT(*) FROM appointments WHERE status = 'booked'")
                == (status == "booked" ? 1 : 0))
    }

    @Test(arguments: [
        ("23:30:00", "00:00:00", 201), ("22:00", "02:00", 201), ("09:00", "09:00", 201),
        ("14:00", "13:30", 422), ("13:00", "01:00", 422), ("10:00", "02:00", 422),
    ])
    func anIntervalMayCrossMidnight(_ from: String, _ to: String, _ status: Int) async throws {
        let app = try await ready()
        let answer = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"2026-07-01","timeFrom":"\#(from)","timeTo":"\#(to)"}"#)
        #expect(answer.status == status)
    }

    @Test(arguments: [
        "0001-01-01T00:00:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.9999999", "2090-13-01",
        "1899-12-30T00:00:00", "1900-01-01", "2201-01-01",
    ])
    func noDateIsNoAppointment(_ date: String) async throws {
        let app = try await ready()
        let answer = await Self.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"\#(date)","timeFrom":"08:00"}"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["date"] != nil)
    }
}
