import HTTP
import JSON
import Database
import Testing
import TestSupport

/// Lists of moves, of one patient on one day: each is what a desktop system sends, once or again.
struct HealthcareMoveTests {
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
        record(to, #","previousTimeFrom":"\#(from):00"\#(more)"#)
    }

    private func send(_ records: [String]) async -> [String] {
        let answer = await HealthcareRoutesTests.post(
            app, "appointments", "[" + records.joined(separator: ",") + "]")
        let results = answer["results"]?.elements.map { $0 } ?? []
        let words = results.compactMap { $0["error"]?.string ?? $0["status"]?.string }
        for word in ["created", "updated", "unchanged"] {
            #expect(answer[word]?.int == Int64(words.filter { $0 == word }.count))
        }
        #expect(results.compactMap { $0["index"]?.int } == (0..<records.count).map(Int64.init))
        return words
    }

    /// Each note with its hour and version.
    private func stored() throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT fields, time_from, version, status FROM appointments ORDER BY seq") {
                let notes = try JSONDocument($0.utf8(0)).root["notes"]?.string ?? "-"
                return "\(notes) \($0.text(1).prefix(2)) v\($0.int(2)) \($0.text(3))"
            }
        }
    }

    private func book(_ bookings: [(notes: String, time: String)]) async {
        let records = bookings.map { record($0.time, #","notes":"\#($0.notes)""#) }
        #expect(await send(records) == bookings.map { _ in "created" })
    }

    @Test(arguments: [
        [("10", "11"), ("09", "10")], [("09", "10"), ("10", "11")],
    ])
    func aChainOfMovesIsMadeOnceInEitherOrder(_ moves: [(String, String)]) async throws {
        await book([("x", "09"), ("y", "10")])
        let list = moves.map { move($0.0, $0.1) }
        #expect(await send(list) == ["updated", "updated"])
        #expect(try stored() == ["x 10 v2 booked", "y 11 v2 booked"])
        for _ in 0..<2 { #expect(await send(list) == ["unchanged", "unchanged"]) }
        // One at a time as well.
        for record in list {
            let answer = await HealthcareRoutesTests.post(app, "appointment", record)
            #expect(answer["status"]?.string == "unchanged")
        }
        #expect(try stored() == ["x 10 v2 booked", "y 11 v2 booked"])
        #expect(try app.count("SELECT COUNT(*) FROM appointment_versions") == 2)
    }

    @Test func aLongChainIsMadeInAnyOrder() async throws {
        let hours = (8..<20).map { $0 < 10 ? "0\($0)" : "\($0)" }
        await book(hours.dropLast().map { ("n" + $0, $0) })
        let list = zip(hours, hours.dropFirst()).map { move($0, $1) }
        let shuffled = [3, 0, 7, 10, 1, 9, 2, 8, 4, 6, 5].map { list[$0] }
        #expect(await send(shuffled) == shuffled.map { _ in "updated" })
        #expect(
            try stored() == zip(hours, hours.dropFirst()).map { "n\($0) \($1) v2 booked" })
        #expect(await send(shuffled) == shuffled.map { _ in "unchanged" })
    }

    @Test func namedMovesAreMadeOnceToo() async throws {
        #expect(
            await send([record("09", #","externalId":"x1""#), record("10", #","externalId":"y1""#)])
                == ["created", "created"])
        let list = [
            move("09", "10", #","externalId":"x1""#), move("10", "11", #","externalId":"y1""#),
        ]
        #expect(await send(list) == ["updated", "updated"])
        #expect(await send(list) == ["unchanged", "unchanged"])
        let other = await HealthcareRoutesTests.post(
            app, "appointment", move("12", "11", #","externalId":"x1""#))
        #expect(other.status == 409)
    }

    @Test func aSlotThatALaterRecordCancelsIsBooked() async throws {
        let cancelled = #","externalId":"m1","status":"Cancelled""#
        #expect(await send([record("09", #","externalId":"m1""#)]) == ["created"])
        let list = [record("09", #","externalId":"m2""#), record("09", cancelled)]
        #expect(await send(list) == ["created", "updated"])
        #expect(await send(list) == ["unchanged", "unchanged"])
    }

    @Test func whatIsBookedMeanwhileIsNotMovedByARepeatedMove() async throws {
        await book([("x", "09")])
        let list = [move("09", "10", #","status":"Cancelled""#)]
        #expect(await send(list) == ["updated"])
        await book([("z", "09")])
        #expect(await send(list) == ["unchanged"])
        #expect(try stored() == ["x 10 v2 cancelled", "z 09 v1 booked"])
    }

    /// Only the very same: another word on the slot is a conflict as ever.
    @Test func aMoveThatSaysMoreIsRefused() async throws {
        await book([("x", "09"), ("y", "10")])
        let list = [move("10", "11"), move("09", "10")]
        #expect(await send(list) == ["updated", "updated"])
        #expect(await send([move("10", "11", #","notes":"new""#)]) == ["key_conflict"])
        await book([("z", "08")])
        #expect(await send([move("08", "11")]) == ["key_conflict"])
        #expect(try stored() == ["x 10 v2 booked", "y 11 v2 booked", "z 08 v1 booked"])
    }

    @Test func aSwapIsRefusedWhole() async throws {
        await book([("x", "09"), ("y", "10")])
        #expect(
            await send([move("09", "10"), move("10", "09")]) == ["key_conflict", "key_conflict"])
        #expect(try stored() == ["x 09 v1 booked", "y 10 v1 booked"])
    }

    /// A second turn never undoes what a later record of the list has said.
    @Test func aLaterWordIsNotUndoneByWhatWaited() async throws {
        await book([("x", "09"), ("y", "10")])
        let list = [move("09", "10", #","notes":"a""#), move("09", "12"), move("10", "11")]
        #expect(await send(list) == ["key_conflict", "updated", "updated"])
        #expect(try stored() == ["x 12 v2 booked", "y 11 v2 booked"])
    }
}
