import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What was cancelled stays what it was, and holds no slot.
struct HealthcareCancellationTests {
    private let app: TestApp
    private let slot = #""date":"2026-09-01","timeFrom":"09:00""#

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

    private func postAll(_ records: [String]) async -> [String] {
        let list = records.map { #"{"patientNo":"P-10928",\#($0)}"# }.joined(separator: ",")
        let answer = await HealthcareRoutesTests.post(app, "appointments", "[\(list)]")
        return answer["results"]?.elements.compactMap { $0["status"]?.string } ?? []
    }

    private func show(_ code: String) async -> Answer {
        await HealthcareRoutesTests.get(app, "appointments/" + code)
    }

    private func events() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events WHERE type LIKE 'appointment%' ORDER BY seq") {
                $0.text(0)
            }
        }
    }

    @Test func aNewBookingInACancelledSlotIsItsOwn() async throws {
        let first = await post(
            slot + #","externalId":"c1","status":"Cancelled","notes":"secret","colour":"red""#)
        let second = await post(slot + #","externalId":"c2""#)
        #expect(second.status == 201)
        #expect(second["status"]?.string == "created")
        #expect(second["id"]?.string != first["id"]?.string)
        #expect(second["warnings"] == nil)
        let shown = await show("c2")
        #expect(shown["status"]?.string == nil)
        #expect(!shown.text.contains("secret") && !shown.text.contains("red"))
        let cancelled = await show("c1")
        #expect(cancelled["id"]?.string == first["id"]?.string)
        #expect(cancelled["status"]?.string == "Cancelled")
        #expect(cancelled["notes"]?.string == "secret")
        // A late word about the cancelled one says nothing about the new one.
        let late = await post(
            slot + #","externalId":"c1","status":"Cancelled","notes":"secret","colour":"red""#)
        #expect(late["status"]?.string == "unchanged")
        #expect(
            try events() == [
                "appointment.created", "appointment.cancelled", "appointment.created",
            ])
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 0)
    }

    @Test(arguments: [false, true])
    func theNightlyListOfASlotStoresBoth(_ isReversed: Bool) async throws {
        var list = [
            slot + #","externalId":"m1","status":"Cancelled""#,
            slot + #","externalId":"m2","status":"Confirmed""#,
        ]
        if isReversed { list.reverse() }
        #expect(await postAll(list) == ["created", "created"])
        for _ in 0..<2 { #expect(await postAll(list) == ["unchanged", "unchanged"]) }
        list.reverse()
        #expect(await postAll(list) == ["unchanged", "unchanged"])
        #expect(await show("m1")["status"]?.string == "Cancelled")
        #expect(await show("m2")["status"]?.string == "Confirmed")
    }

    /// A day's log of one slot: each word about a booking that is cancelled further down was true once.
    @Test func theLogOfASlotIsTheSameSentAgain() async throws {
        func record(_ id: String, _ status: String, _ more: String = "") -> String {
            slot + #","externalId":"\#(id)","status":"\#(status)""# + more
        }
        let list = [
            record("a", "Booked"), record("a", "Arrived"), record("a", "Cancelled"),
            record("b", "Booked"), record("b", "Cancelled"), record("c", "Booked"),
        ]
        #expect(
            await postAll(list) == [
                "created", "updated", "updated", "created", "updated", "created",
            ])
        let versions = try app.count("SELECT COUNT(*) FROM appointment_versions")
        for _ in 0..<2 { #expect(await postAll(list) == list.map { _ in "unchanged" }) }
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == versions)
        let answer = await HealthcareRoutesTests.post(
            app, "appointments",
            "[" + list.map { #"{"patientNo":"P-10928",\#($0)}"# }.joined(separator: ",") + "]")
        #expect(answer["unchanged"]?.int == 6 && answer["failed"]?.int == 0)
        let results = try #require(answer["results"]).elements.map { $0 }
        #expect(
            results.map { $0["warnings"] != nil } == [true, true, false, true, false, false])
        #expect(results.map { $0["code"]?.string } == ["a", "a", "a", "b", "b", "c"])
        #expect(results[0]["id"]?.string == results[2]["id"]?.string)
        // Only what is taken back: not without the later word, nor if that leaves something over.
        #expect(await postAll([record("a", "Booked")]) == ["failed"])
        #expect(
            await postAll([record("a", "Cancelled"), record("a", "Booked")]) == [
                "unchanged", "failed",
            ])
        #expect(
            await postAll([record("a", "Booked", #","notes":"new""#), record("a", "Cancelled")])
                == ["failed", "unchanged"])
        #expect(
            await postAll([record("a", "Booked"), #""externalId":"a","notes":null"#])
                == ["failed", "unchanged"])
        #expect(
            await postAll([
                record("a", "Booked"), record("a", "Cancelled", #","notes":"new""#),
                record("a", "Cancelled"),
            ]) == ["failed", "updated", "unchanged"])
        #expect(await show("a")["notes"]?.string == "new")
        #expect(await show("a")["status"]?.string == "Cancelled")
    }

    @Test func aCancelledBookingComesBackOnlyToAFreeSlot() async throws {
        let first = await post(slot + #","externalId":"c1","status":"Cancelled""#)
        let again = await post(slot + #","externalId":"c1","status":"Confirmed""#)
        #expect(again["status"]?.string == "updated")
        #expect(again["id"]?.string == first["id"]?.string)
        _ = await post(slot + #","externalId":"c1","status":"Cancelled""#)
        #expect(await post(slot + #","externalId":"c2","status":"Confirmed""#).status == 201)
        let taken = await post(#""externalId":"c1","status":"Confirmed""#)
        #expect(taken.status == 409)
        #expect(taken.error == "key_conflict")
        #expect(await show("c1")["status"]?.string == "Cancelled")
        // Other fields of it change, and with c2 gone it is back.
        #expect(await post(#""externalId":"c1","notes":"x""#)["status"]?.string == "updated")
        _ = await post(#""externalId":"c2","status":"Cancelled""#)
        #expect(await post(#""externalId":"c1","status":"Confirmed""#).status == 200)
    }

    @Test func withoutAnIdACancelledSlotIsTheSameBooking() async throws {
        let first = await post(slot + #","status":"Cancelled""#)
        let again = await post(slot + #","status":"Confirmed""#)
        #expect(again["status"]?.string == "updated")
        #expect(again["id"]?.string == first["id"]?.string)
    }

    @Test func manyCancelledBookingsHideNeitherTheLivingOneNorEachOther() async throws {
        _ = await postAll((1...60).map { slot + #","externalId":"c\#($0)","status":"Cancelled""# })
        let living = await post(slot + #","externalId":"d""#)
        #expect(living.status == 201)
        _ = await postAll((61...65).map { slot + #","externalId":"c\#($0)","status":"Cancelled""# })
        let again = await post(slot)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["id"]?.string == living["id"]?.string)
        // Of many, it is the one that was changed last.
        app.advance(seconds: 1)
        _ = await post(#""externalId":"d","status":"Cancelled""#)
        #expect(await post(slot + #","status":"Cancelled""#)["id"]?.string == living["id"]?.string)
        app.advance(seconds: 1)
        let changed = await post(#""externalId":"c64","notes":"n""#)
        #expect(changed["status"]?.string == "updated")
        #expect(await post(slot + #","status":"Cancelled""#)["id"]?.string == changed["id"]?.string)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 66)
    }

    /// Where only one of two has an external id, nobody can tell whether they are one booking: a
    /// second cancelling is, a new booking is not.
    @Test func anIdOnOneSideMeetsACancelledSlotOnlyToCancelIt() async throws {
        let named = await post(slot + #","externalId":"c1","status":"Cancelled","notes":"n""#)
        let again = await post(slot + #","status":"Cancelled""#)
        #expect(again["id"]?.string == named["id"]?.string)
        #expect(again["status"]?.string == "unchanged")
        let booked = await post(slot + #","status":"Confirmed""#)
        #expect(booked.status == 201)
        let other = #""date":"2026-09-02","timeFrom":"09:00""#
        let unnamed = await post(other + #","status":"Cancelled""#)
        let adopted = await post(other + #","externalId":"c3","status":"Cancelled""#)
        #expect(adopted["id"]?.string == unnamed["id"]?.string)
        #expect(await post(other + #","externalId":"c4""#).status == 201)
    }

    @Test func aCancelledSlotMayBeMovedTo() async throws {
        _ = await post(slot + #","externalId":"c1","status":"Cancelled""#)
        let named = await post(#""date":"2026-09-02","timeFrom":"09:00","externalId":"c2""#)
        let moved = await post(slot + #","externalId":"c2""#)
        #expect(moved["status"]?.string == "updated")
        #expect(moved["id"]?.string == named["id"]?.string)
        _ = await post(#""externalId":"c2","status":"Cancelled""#)
        let unnamed = await post(#""date":"2026-09-03","timeFrom":"09:00""#)
        let move = slot + #","previousDate":"2026-09-03","previousTimeFrom":"09:00""#
        let second = await post(move)
        #expect(second["status"]?.string == "updated")
        #expect(second["id"]?.string == unnamed["id"]?.string)
        #expect(await post(move)["status"]?.string == "unchanged")
        #expect(try app.count("SELECT COUNT(*) FROM appointments WHERE time_from = '09:00'") == 3)
        // What is living there is in the way, though a cancelled one be there too.
        _ = await post(#""date":"2026-09-04","timeFrom":"09:00","externalId":"c4""#)
        #expect(await post(slot + #","externalId":"c4""#).status == 409)
    }

    @Test func anAgentsNewBookingInACancelledSlotIsItsOwn() async throws {
        func send(_ id: String, _ status: String) async -> Answer {
            await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"records":[{"record_type":"appointment","health_id":"CM-HID-7KQ9-MP42-X8D1",
                    "date":"2026-09-01","time":"09:00","external_id":"\(id)","status":"\(status)"}]}
                    """)
        }
        #expect(await send("m1", "cancelled").status == 200)
        #expect(await send("m2", "booked")["duplicates"]?.int == 0)
        for (id, status) in [("m1", "cancelled"), ("m2", "booked"), ("m1", "cancelled")] {
            #expect(await send(id, status)["duplicates"]?.int == 1)
        }
        let stored = try app.read { tx in
            try tx.all("SELECT external_id, status FROM appointments ORDER BY 1") {
                $0.text(0) + " " + $0.text(1)
            }
        }
        #expect(stored == ["m1 cancelled", "m2 booked"])
        // It comes back to a free slot only.
        #expect(await send("m1", "booked").status == 422)
        #expect(await send("m3", "cancelled").status == 200)
        #expect(await send("m2", "cancelled").status == 200)
        #expect(await send("m1", "booked").status == 200)
        #expect(
            try events() == [
                "appointment.created", "appointment.cancelled", "appointment.created",
                "appointment.created", "appointment.cancelled", "appointment.cancelled",
                "appointment.updated",
            ])
    }
}
