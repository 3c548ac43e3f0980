import Foundation
import Testing
import Values

struct TimestampZoneTests {
    private func zone(_ name: String) throws -> TimeZone {
        try #require(TimeZone(identifier: name))
    }

    @Test(arguments: [
        ("Africa/Douala", "2026-06-01", "2026-05-31T23:00:00Z"),
        ("Pacific/Kiritimati", "2026-06-01", "2026-05-31T10:00:00Z"),
        ("Pacific/Pago_Pago", "2026-06-01", "2026-06-01T11:00:00Z"),
        ("Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00Z"),
        // Summer time begins and ends at midnight there: the first day begins at one o'clock.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
        ("Africa/Cairo", "2026-04-25", "2026-04-24T21:00:00Z"),
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Paris", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("Europe/Paris", "2026-10-26", "2026-10-25T23:00:00Z"),
        ("Etc/GMT", "2026-06-01", "2026-06-01T00:00:00Z"),
    ])
    func aDayBeginsWhereItsClockSays(
        _ name: String, _ day: String, _ expected: String
    ) throws {
        let zone = try zone(name)
        let date = try #require(CalendarDate(day))
        #expect(date.start(in: zone).rfc3339 == expected)
        #expect(date.start(in: zone).day(in: zone) == date)
        #expect(date.start(in: zone).adding(seconds: -1).day(in: zone) < date)
    }

    @Test(arguments: [
        ("2026-06-01T08:30", "2026-06-01T06:30:00Z"),
        ("2026-06-01 08:30:15", "2026-06-01T06:30:15Z"),
        ("2026-01-01T08:30", "2026-01-01T07:30:00Z"),
        // An hour that comes twice, and one that does not come.
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
    ])
    func aLocalTimeIsReadAsTheClockShowsIt(_ text: String, _ expected: String) throws {
        let zone = try zone("Europe/Paris")
        #expect(Timestamp(localTime: text, in: zone)?.rfc3339 == expected)
    }

    @Test(arguments: ["2026-06-01", "08:30", "2026-02-30T08:30", "2026-06-01T24:30", "x"])
    func nothingElseIsALocalTime(_ text: String) throws {
        #expect(Timestamp(localTime: text, in: try zone("Europe/Paris")) == nil)
    }

    @Test func aClockShowsHoursAndMinutes() throws {
        let time = try #require(Timestamp(rfc3339: "2026-06-01T23:30:00Z"))
        #expect(time.clockTime(in: try zone("Africa/Douala")) == "00:30")
        #expect(time.day(in: try zone("Africa/Douala")).description == "2026-06-02")
    }
}
