import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// Numbers and moments beyond all reason, from callers, the clock and the database.
struct AbsurdValueTests {
    private static let payments = "/api/v1/connect/payments"
    private static let reconciliation = "/api/v1/connect/reconciliation?date="

    // MARK: Amounts

    @Test(arguments: [
        #""amount":"999999999999999","currency":"KWD""#,
        #""amount":"1000000000000","currency":"TND""#,
        #""amount":"10000000000000.00","currency":"EUR""#, #""amount_minor":1000000000000000"#,
        #""amount_minor":9223372036854775807"#, #""amount_minor":9223372036854775808"#,
        #""amount_minor":-1"#, #""amount":"1000000000000000""#, #""amount":1e15"#,
        #""amount":"99999999999999999999999999""#,
    ])
    func anAmountOfTenToTheFifteenMinorUnitsIsRefusedByName(_ members: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","paid_at":"2026-07-01T10:00:00Z",\#(members)}"#)
        #expect(answer.status == 422)
        #expect(
            answer["errors"]?.members.first(where: { _ in true })?.key.hasPrefix("amount") == true)
        #expect(try app.count("SELECT COUNT(*) FROM payments WHERE reference = 'X1'") == 0)
    }

    @Test(arguments: [
        (#""amount":"999999999999.999","currency":"KWD""#, 999_999_999_999_999),
        (#""amount":"9999999999999.99","currency":"EUR""#, 999_999_999_999_999),
        (#""amount":"999999999999999""#, 999_999_999_999_999),
        (#""amount_minor":999999999999999"#, 999_999_999_999_999), (#""amount":"0""#, 0),
    ])
    func theGreatestAmountIsStored(_ members: String, _ minor: Int) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","paid_at":"2026-07-01T10:00:00Z",\#(members)}"#)
        #expect(answer.status == 201)
        #expect(
            try app.count("SELECT amount_minor FROM payments WHERE reference = 'X1'") == minor)
    }

    /// What an earlier version has stored may be as great as the column holds.
    @Test func totalsAreExactBeyondSixtyFourBits() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for (side, count) in [("facility", 3), ("provider", 1)] {
            for number in 0..<count {
                try await app.app.writer.write { tx in
                    try tx.run(
                        """
                        INSERT INTO payments (facility_id, side, reference, amount_minor, currency,
                            status, paid_at, received_at, client_id, transaction_id, upload_id)
                        VALUES ('00000000-0000-0000-0000-100000000001', ?, ?, ?, 'KWD',
                            'completed', 1782900000000, 0, 'x', '', '')
                        """, [.text(side), .text("BIG-\(number)"), .integer(.max)])
                }
            }
        }
        for accept in ["application/json", "text/csv"] {
            let answer = await app.send(
                .get, Self.reconciliation + "2026-07-01", token: token,
                fields: [("Accept", accept)])
            #expect(answer.status == 200)
        }
        let answer = await app.send(.get, Self.reconciliation + "2026-07-01", token: token)
        #expect(answer.text.contains(#""facility_amount_minor":27670116110564327421"#))
        #expect(answer.text.contains(#""provider_amount_minor":9223372036854775807"#))
        #expect(answer.text.contains(#""difference_minor":18446744073709551614"#))
        #expect(answer["summary"]?["matched"]?.int == 1)
        #expect(answer["summary"]?["missing_at_provider"]?.int == 2)
    }

    // MARK: Moments

    @Test(arguments: [
        "1899-11-30T23:59:59Z", "1802-01-01T00:00:00Z", "0002-01-01T00:00:00+14:00",
        "2200-12-31T23:30:00-01:00", "2201-01-01T00:00:00Z", "0000-01-01",
        "9998-12-31T23:59:59-05:00",
    ])
    func aMomentBeyondTheCalendarIsRefusedWithASentence(_ time: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","amount":5,"paid_at":"\#(time)"}"#)
        #expect(answer.status == 422)
        #expect(
            answer["errors"]?["paid_at"]?.elements.first(where: { _ in true })?.string?.hasPrefix(
                "must be") == true)
        let batch = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                "test_name":"Hb","result_value":"9","occurred_at":"\(time)"},
                {"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                "test_name":"Hb","result_value":"9","occurred_at":"2026-05-01T08:00:00Z"}]}
                """)
        #expect(batch.status == 200)
        #expect(batch["rejected"]?.int == 1)
        #expect(batch["accepted"]?.int == 1)
    }

    /// The least and the greatest moments of some programs stand for none.
    @Test(arguments: [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-05:00", "1899-12-30T23:59:59Z", "1900-01-01T00:00:00Z", "9999-12-31",
        "1753-01-01T00:00:00",
    ])
    func aMomentThatStandsForNoneIsNone(_ time: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","amount":5,"paid_at":"\#(time)"}"#)
        #expect(answer.status == 422)
        #expect(
            answer["errors"]?["paid_at"]?.elements.first(where: { _ in true })?.string?.hasPrefix(
                "is required") == true)
        let batch = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"records":[{"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1",
                "test_name":"Hb","result_value":"9","occurred_at":"\(time)"}]}
                """)
        #expect(batch["accepted"]?.int == 1)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM records WHERE client_id LIKE 'agent:%' AND occurred_at IS NULL"
            )
                == 1)
    }

    @Test(arguments: [
        "1900-01-02T00:00:00Z", "1900-01-02T01:00:00+01:00", "2200-12-31T23:59:59Z",
        "2200-12-31T23:30:00+01:00",
    ])
    func theFirstAndTheLastMomentAreTaken(_ time: String) async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","amount":5,"paid_at":"\#(time)"}"#)
        #expect(answer.status == 201)
    }

    @Test(arguments: [
        ("1799-12-31", 422), ("1800-01-01", 201), ("0002-01-01", 422), ("9999-12-30", 422),
        ("0001-01-01", 201),
        ("1849-05-05", 201),
    ])
    func birthsBeginIn1800(_ day: String, _ status: Int) async throws {
        let app = try TestApp()
        let answer = await HealthcareRoutesTests.post(
            app, "patient", #"{"patientNo":"B-1","name":"Ada Byron","dateOfBirth":"\#(day)"}"#)
        #expect(answer.status == status)
    }

    @Test(arguments: [
        "9999-12-31T23:59:59Z", "9999-12-31T00:00:00", "0001-01-01T00:00:00", "2201-01-01",
        "1899-12-31", "1899-12-31T22:59:59Z",
    ])
    func anAppointmentThatNoListCouldShowIsRefused(_ date: String) async throws {
        let app = try TestApp()
        _ = await HealthcareRoutesTests.post(app, "patient", HealthcareRoutesTests.patient)
        let answer = await HealthcareRoutesTests.post(
            app, "appointment",
            #"{"patientNo":"P-10928","date":"\#(date)","timeFrom":"10:00"}"#)
        #expect(answer.status == 422)
        #expect(answer["errors"]?["date"] != nil)
        #expect(try app.count("SELECT COUNT(*) FROM appointments WHERE time_from = '10:00'") == 0)
    }

    @Test(arguments: ["from", "to"])
    func aListRefusesAMomentBeyondTheCalendar(_ name: String) async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let answer = await app.send(
            .get,
            "/api/v1/connect/patient/CM-HID-7KQ9-MP42-X8D1/records?\(name)=9999-12-31T23:59:59Z",
            token: token)
        #expect(answer.status == 422)
    }

    @Test(arguments: [Int64.min, -62_135_596_800_001, -1, 253_402_300_800_000, Int64.max])
    func whatTheDatabaseGivesBackIsPrintedAsSomeYear(_ milliseconds: Int64) throws {
        let text = Timestamp(milliseconds: milliseconds).rfc3339
        #expect(text.utf8.count == 20)
        #expect(Timestamp(rfc3339: text) != nil)
        #expect(Timestamp(milliseconds: milliseconds).day(in: .gmt).description == text.prefix(10))
        for seconds in [Int64.min, -1, 1, Int64.max] {
            _ = Timestamp(milliseconds: milliseconds).adding(seconds: seconds).rfc3339
        }
    }

    @Test func aMomentBeforeItsMillisecondIsInTheSecondBefore() {
        #expect(Timestamp(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59Z")
    }

    /// From before 1970 to after 9999.
    @Test(arguments: [-3_000_000_000, -100_000_000_000, 7_000_000_000, 400_000_000_000])
    func aWrongClockStopsNobody(_ seconds: Int64) async throws {
        let app = try TestApp()
        app.advance(seconds: seconds)
        let token = try await app.token()
        let made = await app.send(
            .post, "/api/v1/connect/patients/resolve", token: token,
            json: """
                {"first_name":"Ama","last_name":"Ngo","date_of_birth":"1960-07-22",
                "purpose":"treatment"}
                """)
        #expect(made.status < 500)
        let paid = await app.send(
            .post, Self.payments, token: token,
            json: #"{"reference":"X1","amount":5,"paid_at":"2026-07-01T10:00:00Z"}"#)
        #expect(paid.status == 201)
    }

    @Test func anIdOfANumberedRowLeadsToItWhateverTheDatabaseHolds() throws {
        for nonce in [Int64.min, -1, 0, 1 << 39, Int64.max] {
            for time in [Int64.min, -1, 0, Int64.max] {
                let id = Identifier.make(
                    "rec_", at: Timestamp(milliseconds: time), nonce: nonce, row: -5)
                #expect(id.utf8.count == 30)
            }
        }
    }

    // MARK: Rows that cannot be read

    private static func app(withBadDay day: String) async throws -> TestApp {
        let app = try TestApp()
        _ = await HealthcareRoutesTests.post(app, "patient", HealthcareRoutesTests.patient)
        for (id, slot) in [("A-1", "10:00"), ("A-2", "11:00"), ("A-3", "12:00")] {
            let answer = await HealthcareRoutesTests.post(
                app, "appointment",
                """
                {"patientNo":"P-10928","externalId":"\(id)","date":"2026-06-15",
                "timeFrom":"\(slot)"}
                """)
            #expect(answer.status == 201)
        }
        try await app.app.writer.write { tx in
            try tx.run(
                "UPDATE appointments SET date = ? WHERE time_from = '11:00'", [.text(day)])
        }
        return app
    }

    @Test(.serialized, arguments: ["0000-01-01", "x", "10000-01-01", ""])
    func aBadRowIsLeftOutOfItsListAndNamed(_ day: String) async throws {
        let app = try await Self.app(withBadDay: day)
        let seq = try app.count("SELECT seq FROM appointments WHERE time_from = '11:00'")
        _ = UnreadableRows.take()
        for limit in [1, 2, 50] {
            var seen: [String] = []
            var cursor = ""
            var leftOut = 0
            repeat {
                let answer = await HealthcareRoutesTests.get(
                    app, "appointments?limit=\(limit)" + cursor)
                #expect(answer.status == 200)
                leftOut += Int(answer.field("X-Unreadable-Rows") ?? "0") ?? 0
                seen += answer["appointments"]?.elements.compactMap { $0["timeFrom"]?.string } ?? []
                cursor = answer["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            } while !cursor.isEmpty && seen.count < 10
            #expect(seen == ["10:00:00", "12:00:00"])
            #expect(leftOut >= 1)
        }
        let others = await HealthcareRoutesTests.get(app, "patients")
        #expect(others.field("X-Unreadable-Rows") == nil)
        #expect(UnreadableRows.take().contains("appointments \(seq)"))
    }

    @Test func aBadRowThatIsAskedForByItselfIsAConflictThatNamesIt() async throws {
        let app = try await Self.app(withBadDay: "x")
        let answer = await HealthcareRoutesTests.get(app, "appointments/A-2")
        #expect(answer.status == 409)
        #expect(answer.error == "conflict")
        let seq = try app.count("SELECT seq FROM appointments WHERE time_from = '11:00'")
        #expect(answer.text.contains("appointments \(seq)"))
        #expect(await HealthcareRoutesTests.get(app, "appointments/A-1").status == 200)
    }

    /// What is kept lies one level deeper than it was sent, and is read again when it is amended.
    @Test func aRecordAsDeepAsMayBeIsReadAgain() async throws {
        let app = try TestApp()
        let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        for value in 1...3 {
            let answer = await BridgeRoutesTests.send(
                app, .post, "sync",
                json: """
                    {"record_type":"lab_result","health_id":"CM-HID-7KQ9-MP42-X8D1","test_name":"Na",
                    "result_value":"\(value)","external_id":"L-1","extra":\(deep)}
                    """)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer["accepted"]?.int == 1)
        }
        #expect(try app.count("SELECT COUNT(*) FROM record_versions") == 2)
    }

    @Test func aBadRowRefusesOneRecordOfABatch() async throws {
        let app = try await Self.app(withBadDay: "0000-01-01")
        let answer = await HealthcareRoutesTests.post(
            app, "appointments",
            """
            [{"patientNo":"P-10928","externalId":"A-2","date":"2026-06-15","timeFrom":"11:30"},
            {"patientNo":"P-10928","externalId":"A-4","date":"2026-06-15","timeFrom":"13:00"}]
            """)
        #expect(answer.status == 200)
        #expect(answer["failed"]?.int == 1)
        #expect(answer["created"]?.int == 1)
        #expect(answer.text.contains("tell the operator"))
        #expect(!answer.text.contains("backup"))
    }

    @Test(arguments: [
        ("0000-01-01", "2200-12-31"), ("0001-01-01", "1900-01-01"), ("9999-12-31", "2200-12-31"),
        ("2026-06-15", "2026-06-15"), ("x", "2200-12-31"),
    ])
    func whatIsStoredAlreadyIsRepaired(_ stored: String, _ repaired: String) async throws {
        let app = try await Self.app(withBadDay: stored)
        let isNeeded = try app.read { tx in try AppointmentStore.hasDaysOutside(in: tx) }
        #expect(isNeeded == (stored != repaired))
        try await app.app.writer.write { tx in _ = try AppointmentStore.repairDays(in: tx) }
        let day = try app.read { tx in
            try tx.first("SELECT date FROM appointments WHERE time_from = '11:00'") { $0.text(0) }
        }
        #expect(day == repaired)
        let answer = await HealthcareRoutesTests.get(app, "appointments")
        #expect(answer["appointments"]?.count == 3)
    }
}
