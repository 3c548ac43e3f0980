import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// Bookings that are moved, named and refused.
struct HealthcareAppointmentTests {
    private let app: TestApp

    init() async throws {
        app = try TestApp()
        let patient = await HealthcareRoutesTests.post(
            app, "patient", HealthcareRoutesTests.patient)
        #expect(patient.status == 201)
    }

    private func post(_ members: String) async -> Answer {
        await HealthcareRoutesTests.post(
            app, "appointment", #"{"patientNo":"P-10928",\#(members)}"#)
    }

    private func warnings(_ answer: Answer) -> [String] {
        answer["warnings"]?.elements.compactMap(\.string) ?? []
    }

    @Test func itsIdLeadsToItAndAGuessToNobodys() async throws {
        let first = await post(#""date":"2026-06-15","timeFrom":"10:30""#)
        let second = await post(#""date":"2026-06-16","timeFrom":"10:30","notes":"second""#)
        let id = try #require(second["id"]?.string)
        #expect(id.hasPrefix("apt_") && id != first["id"]?.string)
        _ = await post(#""date":"2026-06-16","timeFrom":"10:30","status":"Cancelled""#)
        let shown = await HealthcareRoutesTests.get(app, "appointments/" + id)
        #expect(shown["id"]?.string == id)
        #expect(shown["notes"]?.string == "second")
        let named = try #require(Identifier.row(of: id, "apt_"))
        for guess in [
            Identifier.make("apt_", at: named.time, nonce: named.nonce ^ 1, row: named.row),
            Identifier.make(
                "apt_", at: Timestamp(milliseconds: named.time.milliseconds + 1),
                nonce: named.nonce, row: named.row),
            Identifier.make("rec_", at: named.time, nonce: named.nonce, row: named.row),
            id.uppercased(),
        ] {
            #expect(await HealthcareRoutesTests.get(app, "appointments/" + guess).status == 404)
        }
    }

    /// What is spelt as it is stored is stored once; a version has it all the same.
    @Test func aVersionIsWhatWasSent() async throws {
        let slot = #""patientNo":"P-10928","date":"2026-07-01T00:00:00","timeFrom":"08:00:00""#
        let sent = [
            #"{\#(slot),"notes":"a"}"#, #"{ \#(slot), "notes":"b"}"#, #"{\#(slot),"notes":"c"}"#,
            #"{"notes":"d",\#(slot)}"#, #"{\#(slot),"notes":"e"}"#,
        ]
        var healthID = ""
        for one in sent {
            let answer = await HealthcareRoutesTests.post(app, "appointment", one)
            #expect(answer["status"]?.string == (healthID.isEmpty ? "created" : "updated"))
            healthID = try #require(answer["healthId"]?.string)
        }
        #expect(try payloads() == Array(sent.dropLast()))
        #expect(try app.count("SELECT COUNT(*) FROM appointments WHERE payload IS NULL") == 1)
        // An agent finds it there, and says something else.
        let record =
            #"{"record_type":"appointment","health_id":"\#(healthID)","#
            + #""date":"2026-07-01","time":"08:00","status":"cancelled"}"#
        let synced = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(record)]}"#)
        #expect(synced["accepted"]?.int == 1)
        #expect(try payloads() == sent)
        #expect(try app.count("SELECT COUNT(*) FROM appointments WHERE payload IS NULL") == 0)
    }

    private func payloads() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT payload FROM appointment_versions ORDER BY version") { $0.text(0) }
        }
    }

    // MARK: Two names for one slot

    @Test func aSecondExternalIdInASlotIsAnotherBooking() async throws {
        let slot = #""date":"2026-06-15","timeFrom":"10:30""#
        let first = await post(slot + #","externalId":"A-1","notes":"first""#)
        #expect(first.status == 201)
        let second = await post(slot + #","externalId":"A-2","notes":"second""#)
        #expect(second.status == 409)
        #expect(second.error == "key_conflict")
        for word in ["A-1", "A-2", first["id"]?.string ?? "?"] {
            #expect(second["message"]?.string?.contains(word) == true)
        }
        let shown = await HealthcareRoutesTests.get(app, "appointments/A-1")
        #expect(shown["notes"]?.string == "first")
        #expect(await HealthcareRoutesTests.get(app, "appointments/A-2").status == 404)
        // Nor does it by moving there.
        let moved = await post(
            #"""
            "date":"2026-06-16","timeFrom":"11:00","previousDate":"2026-06-15",
            "previousTimeFrom":"10:30","externalId":"A-2"
            """#)
        #expect(moved.status == 409)
        // What had no name yet takes one.
        _ = await post(#""date":"2026-06-17","timeFrom":"10:30""#)
        let named = await post(#""date":"2026-06-17","timeFrom":"10:30","externalId":"A-3""#)
        #expect(named["status"]?.string == "updated")
    }

    /// Null takes the id away, from the row as from what is shown of it; silence and an empty text leave
    /// it.
    @Test func anIdThatIsClearedLeadsNowhere() async throws {
        let slot = #""date":"2026-06-15","timeFrom":"10:30""#
        let booked = await post(slot + #","externalId":"F1""#)
        let id = try #require(booked["id"]?.string)
        for same in ["", #","externalId":"""#] {
            #expect(await post(slot + same)["status"]?.string == "unchanged")
        }
        #expect(await post(slot + #","notes":"n""#)["status"]?.string == "updated")
        let shown = await HealthcareRoutesTests.get(app, "appointments/F1")
        #expect(shown["id"]?.string == id && shown["externalId"]?.string == "F1")
        let cleared = await post(slot + #","externalId":null"#)
        #expect(cleared["status"]?.string == "updated")
        #expect(cleared["id"]?.string == id)
        #expect(await HealthcareRoutesTests.get(app, "appointments/F1").status == 404)
        let unnamed = await HealthcareRoutesTests.get(app, "appointments/" + id)
        #expect(unnamed.status == 200 && unnamed["externalId"] == nil)
        #expect(await post(slot + #","externalId":null"#)["status"]?.string == "unchanged")
        // F1 names another one from now on.
        let other = await post(#""date":"2026-06-16","timeFrom":"10:30","externalId":"F1""#)
        #expect(other.status == 201 && other["id"]?.string != id)
        // An agent that is silent about it takes no id away.
        let synced = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[{"record_type":"appointment","health_id":"\(booked["healthId"]?.string ?? "")",
                "date":"2026-06-16","time":"10:30","status":"arrived"}]}
                """)
        #expect(synced["accepted"]?.int == 1)
        let kept = await HealthcareRoutesTests.get(app, "appointments/F1")
        #expect(kept["id"]?.string == other["id"]?.string)
    }

    @Test func anAgentsSecondIdInASlotIsRefused() async throws {
        func send(_ id: String, _ time: String) async -> Answer {
            await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"records":[{"record_type":"appointment","health_id":"CM-HID-7KQ9-MP42-X8D1",
                    "date":"2026-06-20","time":"\(time)","external_id":"\(id)"}]}
                    """)
        }
        #expect(await send("B-1", "08:00").status == 200)
        let second = await send("B-2", "08:00")
        #expect(second.status == 422)
        #expect(second.text.contains("B-1"))
        #expect(await send("B-2", "08:30").status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM quarantined_records") == 1)
    }

    // MARK: Moving

    @Test func aMoveFromAnEmptySlotSaysSoOnce() async throws {
        let move = #"""
            "date":"2026-06-16","timeFrom":"09:00","previousDate":"2026-06-15",
            "previousTimeFrom":"10:30"
            """#
        let booked = await post(move)
        #expect(booked.status == 201)
        #expect(warnings(booked).first?.hasPrefix("previousDate: ") == true)
        #expect(warnings(booked).first?.contains("2026-06-15 10:30") == true)
        let again = await post(move)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["warnings"] == nil)
    }

    @Test func aMoveThatWasAppliedIsUnchangedWithoutAWarning() async throws {
        _ = await post(#""date":"2026-06-15","timeFrom":"10:30""#)
        let move = #"""
            "date":"2026-06-16","timeFrom":"09:00","previousDate":"2026-06-15",
            "previousTimeFrom":"10:30"
            """#
        #expect(await post(move)["status"]?.string == "updated")
        let again = await post(move)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["warnings"] == nil)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 1)
    }

    // MARK: Times

    @Test func anEndBeforeTheBeginningIsRefused() async throws {
        let booking = #""date":"2026-06-15","timeFrom":"10:30""#
        let refused = await post(booking + #","timeTo":"10:00""#)
        #expect(refused.status == 422)
        #expect(refused["errors"]?.members.map(\.key) == ["timeTo"])
        #expect(await post(booking + #","timeTo":"11:00""#).status == 201)
        // Alone it is measured by what is stored, and so is what is stored.
        #expect(await post(booking + #","timeTo":"09:00""#).status == 422)
        let later = #"""
            "date":"2026-06-15","timeFrom":"15:00","previousDate":"2026-06-15",
            "previousTimeFrom":"10:30"
            """#
        let moved = await post(later)
        #expect(moved.status == 422)
        #expect(moved["errors"]?["timeTo"] != nil)
        #expect(await post(later + #","timeTo":"15:30""#)["status"]?.string == "updated")
        #expect(
            await post(#""date":"2026-06-15","timeFrom":"15:00","timeTo":null"#)["status"]?.string
                == "updated")
    }
}
