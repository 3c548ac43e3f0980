import HTTP
import JSON
import Database
import Testing
import TestSupport

/// A move that was made before is not made again, wherever what it moved is now.
struct HealthcareRepeatedMoveTests {
    private let app: TestApp

    init() async throws {
        app = try TestApp()
        let patient = await HealthcareRoutesTests.post(
            app, "patient", HealthcareRoutesTests.patient)
        #expect(patient.status == 201)
    }

    private func record(_ time: String, _ more: String = "") -> String {
        #"{"patientNo":"P-10928","date":"2026-09-01","timeFrom":"\#(time):00"\#(more)}"#
    }

    private func move(_ from: String, _ to: String, _ more: String = "") -> String {
        record(to, #","previousDate":"2026-09-01","previousTimeFrom":"\#(from):00"\#(more)"#)
    }

    /// The status, or the code of the error, and whether there is a warning.
    private func send(_ record: String) async -> String {
        let answer = await HealthcareRoutesTests.post(app, "appointment", record)
        let word = answer.error ?? answer["status"]?.string ?? "?"
        return word + (answer["warnings"] == nil ? "" : " !")
    }

    /// Those of a list alike.
    private func send(_ records: [String]) async -> [String] {
        let answer = await HealthcareRoutesTests.post(
            app, "appointments", "[" + records.joined(separator: ",") + "]")
        return answer["results"]?.elements.map {
            ($0["error"]?.string ?? $0["status"]?.string ?? "?")
                + ($0["warnings"] == nil ? "" : " !")
        } ?? []
    }

    /// Each note with its time, version and status.
    private func stored() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT fields, time_from, version, status FROM appointments ORDER BY seq") {
                let notes = try JSONDocument($0.utf8(0)).root["notes"]?.string ?? "-"
                return "\(notes) \($0.text(1)) v\($0.int(2)) \($0.text(3))"
            }
        }
    }

    private let names = ["", #","externalId":"F1""#]

    @Test(arguments: [0, 1])
    func whatHasMovedOnIsLeftWhereItIs(_ name: Int) async throws {
        let named = names[name]
        #expect(await send(record("08:00", named)) == "created")
        let moves = [
            move("08:00", "08:30", named), move("08:30", "09:00", named),
            move("09:00", "10:00", named),
        ]
        for move in moves { #expect(await send(move) == "updated") }
        let expected = ["- 10:00 v4 booked"]
        #expect(try stored() == expected)
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 0, 2, 0, 1, 1]] {
            let words = order.map { $0 == 2 ? "unchanged" : "unchanged !" }
            for (number, word) in zip(order, words) { #expect(await send(moves[number]) == word) }
            #expect(await send(order.map { moves[$0] }) == words)
            #expect(try stored() == expected)
        }
        // A record of the same content in another spelling is the same.
        let spelt =
            #"{ "previousTimeFrom": "8:00", "previousDate": "2026-09-01T00:00:00", "timeFrom": "8:30","#
            + #" "date": "2026-09-01", "patientNo": "P-10928"\#(named) }"#
        #expect(await send(spelt) == "unchanged !")
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 3)
        #expect(
            try app.count("SELECT COUNT(*) FROM events WHERE type LIKE 'appointment%'") == 4)
    }

    @Test func theWarningTellsWhereItIsAndHowToMoveIt() async throws {
        let booked = await HealthcareRoutesTests.post(app, "appointment", record("08:00"))
        _ = await send([move("08:00", "08:30"), move("08:30", "12:00")])
        let again = await HealthcareRoutesTests.post(
            app, "appointment", move("08:00", "08:30"))
        #expect(again.status == 200)
        #expect(again["id"]?.string == booked["id"]?.string)
        #expect(again["healthId"]?.string == booked["healthId"]?.string)
        let warning = again["warnings"]?.elements.first { _ in true }?.string ?? ""
        #expect(warning.hasPrefix("previousDate: ") && warning.contains("2026-09-01 12:00"))
        // As it says: from where it is.
        #expect(await send(move("12:00", "08:30")) == "updated")
        #expect(try stored() == ["- 08:30 v4 booked"])
    }

    @Test(arguments: [0, 1])
    func anotherInThePreviousSlotStays(_ name: Int) async throws {
        let named = names[name]
        #expect(await send(record("08:00", named)) == "created")
        #expect(await send(move("08:00", "08:30", named)) == "updated")
        let other = await HealthcareRoutesTests.post(
            app, "appointment", record("08:00", #","notes":"other""#))
        #expect(other.status == 201)
        #expect(await send(move("08:30", "12:00", named)) == "updated")
        let expected = ["- 12:00 v3 booked", "other 08:00 v1 booked"]
        let again = await HealthcareRoutesTests.post(
            app, "appointment", move("08:00", "08:30", named))
        #expect(again["status"]?.string == "unchanged")
        let warning = again["warnings"]?.elements.first { _ in true }?.string ?? ""
        #expect(warning.contains(other["id"]?.string ?? "?") && warning.contains("externalId"))
        #expect(try stored() == expected)
        // As it says: by an id of its own. And what says something else is another record.
        #expect(await send(record("08:00", #","externalId":"F2""#)) == "updated")
        #expect(await send(move("08:00", "08:30", #","externalId":"F2""#)) == "updated")
        #expect(await send(record("08:00", #","notes":"third""#)) == "created")
        #expect(await send(move("08:00", "07:30", #","notes":"third""#)) == "updated")
        #expect(
            try stored() == [
                "- 12:00 v3 booked", "other 08:30 v3 booked", "third 07:30 v2 booked",
            ])
    }

    /// Of two records that say different things the second is no repetition, and the one that is in
    /// the slot moves.
    @Test func aMoveThatSaysSomethingElseMovesWhoeverIsThere() async throws {
        #expect(await send(record("08:00")) == "created")
        let first = move("08:00", "08:30", #","notes":"a""#)
        #expect(await send([first, move("08:30", "12:00")]) == ["updated", "updated"])
        #expect(await send(record("08:00", #","notes":"b""#)) == "created")
        #expect(await send(first) == "unchanged !")
        #expect(await send(move("08:00", "08:30", #","notes":"b""#)) == "updated")
        #expect(try stored() == ["a 12:00 v3 booked", "b 08:30 v2 booked"])
        #expect(await send(first) == "unchanged !")
        #expect(try stored() == ["a 12:00 v3 booked", "b 08:30 v2 booked"])
    }

    @Test(arguments: [0, 1])
    func whatCameBackIsMovedOnceMore(_ name: Int) async throws {
        let named = names[name]
        #expect(await send(record("08:00", named)) == "created")
        let moves = [move("08:00", "08:30", named), move("08:30", "08:00", named)]
        #expect(await send(moves) == ["updated", "updated"])
        #expect(try stored() == ["- 08:00 v3 booked"])
        #expect(await send(moves[1]) == "unchanged")
        #expect(await send(moves[0]) == "updated")
        #expect(try stored() == ["- 08:30 v4 booked"])
        #expect(await send(moves[0]) == "unchanged")
    }

    /// Neither what was said at the new slot since, nor that it was cancelled there, is undone.
    @Test(arguments: [0, 1])
    func whatWasChangedSinceIsKept(_ name: Int) async throws {
        let named = names[name]
        #expect(await send(record("08:00", named)) == "created")
        let moved = move("08:00", "08:30", named + #","notes":"a","status":"Confirmed""#)
        #expect(await send(moved) == "updated")
        #expect(await send(moved) == "unchanged")
        #expect(await send(record("08:30", named + #","notes":"b""#)) == "updated")
        #expect(await send(moved) == "unchanged !")
        #expect(await send(record("08:30", named + #","status":"Cancelled""#)) == "updated")
        #expect(await send(moved) == "unchanged !")
        #expect(try stored() == ["b 08:30 v4 cancelled"])
        // Without the previous slot it is a word of its own; and so is a move that says more.
        #expect(await send(record("08:30", named + #","notes":"c","status":"New""#)) == "updated")
        #expect(await send(move("08:00", "08:30", named + #","notes":"d""#)) == "updated")
        #expect(try stored() == ["d 08:30 v6 booked"])
    }

    /// A move that found nothing to move booked anew; sent again it books no second one.
    @Test(arguments: [0, 1])
    func aBookingByAMoveIsMadeOnce(_ name: Int) async throws {
        let named = names[name]
        let booking = move("08:00", "08:30", named)
        #expect(await send(booking) == "created !")
        #expect(await send(booking) == "unchanged")
        #expect(await send(move("08:30", "09:00", named)) == "updated")
        #expect(await send(booking) == "unchanged !")
        #expect(await send(record("08:00", #","notes":"other""#)) == "created")
        #expect(await send(booking) == "unchanged !")
        #expect(try stored() == ["- 09:00 v2 booked", "other 08:00 v1 booked"])
    }

    @Test func anIdMovesWithoutADayAsWell() async throws {
        #expect(await send(record("08:00", #","externalId":"F1""#)) == "created")
        let half = #"{"externalId":"F1","timeFrom":"08:30","previousTimeFrom":"08:00"}"#
        #expect(await send(half) == "updated")
        #expect(
            await send(#"{"externalId":"F1","date":"2026-09-02","timeFrom":"09:00"}"#) == "updated")
        #expect(await send(half) == "unchanged !")
        #expect(try stored() == ["- 09:00 v3 booked"])
        // An id alone moves as ever.
        #expect(await send(record("08:30", #","externalId":"F1""#)) == "updated")
        #expect(try stored() == ["- 08:30 v4 booked"])
    }

    /// Whichever record moved it, from there it has moved: a belated word about that moves nothing back.
    @Test func anIdThatWasMovedByOtherWordsIsNotMovedBack() async throws {
        let id = #","externalId":"F1""#
        #expect(await send(record("08:00", id)) == "created")
        #expect(await send([record("08:30", id), record("09:00", id)]) == ["updated", "updated"])
        #expect(await send(move("08:00", "08:30", id)) == "unchanged !")
        #expect(try stored() == ["- 09:00 v3 booked"])
        // From where it never was, it is moved as ever: the id leads to it.
        #expect(await send(move("07:00", "08:30", id)) == "updated")
        #expect(try stored() == ["- 08:30 v4 booked"])
    }

    /// What an agent booked is the patient's, what the clinic sends for it is the file's.
    @Test func anAgentsBookingThatWasMovedIsFoundInTheFile() async throws {
        let patient = await HealthcareRoutesTests.get(app, "patients/P-10928")
        let healthID = try #require(patient["healthId"]?.string)
        func sync(_ time: String) async -> Int64? {
            await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"records":[{"record_type":"appointment","health_id":"\(healthID)",
                    "date":"2026-09-01","time":"\(time)","external_id":"B-1"}]}
                    """)["accepted"]?.int
        }
        #expect(await sync("08:00") == 1)
        #expect(await sync("08:30") == 1)
        #expect(await sync("09:00") == 1)
        #expect(await send(move("08:00", "08:30")) == "unchanged !")
        #expect(await send(move("09:00", "10:00")) == "updated")
        #expect(await send(move("08:30", "09:00")) == "unchanged !")
        #expect(try app.count("SELECT COUNT(*) FROM appointments WHERE file_seq IS NOT NULL") == 1)
        #expect(try app.count("SELECT COUNT(*) FROM appointments") == 1)
    }

    @Test func onlyWhatLeavesASlotIsIndexed() async throws {
        #expect(await send(record("08:00")) == "created")
        #expect(await send(record("08:00", #","status":"Arrived""#)) == "updated")
        #expect(await send(move("08:00", "08:30")) == "updated")
        #expect(await send(record("08:30", #","status":"Completed""#)) == "updated")
        #expect(
            try app.count(
                """
                SELECT COUNT(*) FROM appointment_versions
                WHERE facility IS NOT NULL AND time_from = '08:00' AND status = 'checked_in'
                """) == 1)
        #expect(
            try app.count("SELECT COUNT(*) FROM appointment_versions WHERE facility IS NULL") == 2)
    }
}
