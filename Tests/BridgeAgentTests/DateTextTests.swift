import Foundation
import Testing
import Values

@testable import BridgeAgent

struct DateTextTests {
    private static func dates(_ zone: String = "Africa/Douala") throws -> DateText {
        DateText(zone: try #require(TimeZone(identifier: zone)))
    }

    @Test(arguments: [
        ("1988-03-14", "1988-03-14"), ("14/03/1988", "1988-03-14"), ("14-03-1988", "1988-03-14"),
        ("14.03.1988", "1988-03-14"), ("4/3/1988", "1988-03-04"), ("1988/3/4", "1988-03-04"),
        ("19880314", "1988-03-14"), (" 14/03/1988 ", "1988-03-14"), ("29/02/2024", "2024-02-29"),
        ("15 janv. 1990", "1990-01-15"), ("1990", "1990"), ("03/1990", "1990-03"),
        ("2026-06-01T08:00:00Z", "2026-06-01T08:00:00Z"),
        ("2026-06-01T08:00:00+02:00", "2026-06-01T08:00:00+02:00"),
        ("2026-06-01T08:00:00.250-0330", "2026-06-01T08:00:00.250-03:30"),
        // Without an offset it is the clinic's own time.
        ("2026-06-01 08:30", "2026-06-01T08:30:00+01:00"),
        ("01/06/2026 8:30", "2026-06-01T08:30:00+01:00"),
        ("01/06/2026 08h30", "2026-06-01T08:30:00+01:00"),
        ("2026-06-01T08:30:15", "2026-06-01T08:30:15+01:00"),
    ])
    func reads(_ text: String, _ iso: String) throws {
        #expect(try Self.dates().iso(text, .dayFirst).value == iso)
    }

    @Test(arguments: [
        "yesterday", "31/02/1988", "2026-02-30", "29/02/2023", "06/25/2026", "14/03/88", "45123",
        "2026-06/01", "1/2/3/2026", "2026-06-01T25:00", "2026-06-01T08:60", "+4/3/1988",
        "14//1988x", "2026-13-01",
    ])
    func refuses(_ text: String) throws {
        #expect(try Self.dates().iso(text, .dayFirst).refusal != nil)
    }

    /// The short way for dates that need no change agrees with the long one.
    @Test(arguments: [
        "1988-03-14", "2024-02-29", "2023-02-29", "1988-13-01", "1988-00-10", "1988-1-014",
        "19880-3-14", "abcd-ef-gh", "1988-04-31", "1500-01-01", "14/03/1988", "1988/03/14",
        "2201-01-01", "1899-12-30",
    ])
    func knowsWhatIsRightAlready(_ text: String) throws {
        let dates = try Self.dates()
        guard dates.isISO(Array(text.utf8)[...]) else { return }
        #expect(dates.iso(text, nil).value == text)
    }

    @Test func takesTheShortWayWhereItCan() throws {
        let dates = try Self.dates()
        #expect(dates.isISO(Array("1988-03-14".utf8)[...]))
        for text in ["1899-12-30", "0001-01-01", "9999-12-31", "1988-02-30", "14/03/1988"] {
            #expect(!dates.isISO(Array(text.utf8)[...]))
        }
    }

    @Test func followsTheOrderOfItsColumn() throws {
        #expect(try Self.dates().iso("06/05/2026", .monthFirst).value == "2026-06-05")
        #expect(try Self.dates().iso("06/05/2026", .dayFirst).value == "2026-05-06")
        #expect(try Self.dates().iso("06/05/2026", nil).refusal != nil)
    }

    @Test func knowsSummerTime() throws {
        let paris = try Self.dates("Europe/Paris")
        #expect(paris.iso("01/07/2026 12:00", .dayFirst).value == "2026-07-01T12:00:00+02:00")
        #expect(paris.iso("01/01/2026 12:00", .dayFirst).value == "2026-01-01T12:00:00+01:00")
        #expect(
            try Self.dates("GMT").iso("01/07/2026 12:00", .dayFirst).value == "2026-07-01T12:00:00Z"
        )
    }
}
