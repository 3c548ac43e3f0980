import Testing
import Values

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-06-01T09:30:00Z", 1_780_306_200_000),
        ("2026-06-01T10:30:00+01:00", 1_780_306_200_000),
        ("2026-06-01T04:30:00.25-05:00", 1_780_306_200_250),
        ("2024-02-29T00:00:00z", 1_709_164_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000),
    ])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-06-01T24:00:00Z", "2026-06-01T09:60:00Z", "2026-06-01", "2026-06-01T09:30:00",
        "2026-06-01T09:30:00+1:00", "+026-06-01T09:30:00Z", "2026-06-01T09:30:00.Z",
        "2026-06-01T09:30:00Zjunk", "2026-06-01T09:30:00.1234567890Z", "2026-06-01T09:30:00+24:00",
    ])
    func refuses(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func writesWhatItReads() {
        for milliseconds: Int64 in stride(
            from: -62_135_596_800_000, to: 250_000_000_000_000, by: 86_399_777_000)
        {
            let time = Timestamp(milliseconds: milliseconds - milliseconds % 1000)
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
        }
    }

    @Test func everyDayCountsOne() {
        for day in stride(from: -700_000, to: 2_900_000, by: 97) {
            #expect(CalendarDate(daysSince1970: day).daysSince1970 == day)
        }
    }
}
