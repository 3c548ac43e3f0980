import Foundation
import Testing
import Values

struct WrittenDateTests {
    /// What people and programs write, and the one day that it can mean.
    @Test(arguments: [
        ("1990-07-22", "1990-07-22"), ("1990/07/22", "1990-07-22"), ("1990.7.2", "1990-07-02"),
        ("19900722", "1990-07-22"), ("22/07/1990", "1990-07-22"), ("07/22/1990", "1990-07-22"),
        ("22.07.1990", "1990-07-22"), ("22-7-1990", "1990-07-22"), ("4/4/1990", "1990-04-04"),
        ("22 juillet 1990", "1990-07-22"), ("22-juil.-1990", "1990-07-22"),
        ("1er janvier 1990", "1990-01-01"), ("July 22, 1990", "1990-07-22"),
        ("22nd July 1990", "1990-07-22"), ("1990-Jul-22", "1990-07-22"),
        ("dimanche 22 juillet 1990", "1990-07-22"), ("22 يوليو 1990", "1990-07-22"),
        ("22 aou\u{302}t 1990", "1990-08-22"), ("22 fe\u{301}vr. 1990", "1990-02-22"),
        ("٢٢/٠٧/١٩٩٠", "1990-07-22"), ("1990‑07‑22", "1990-07-22"),
        ("\u{FEFF}1990-07-22", "1990-07-22"),
        ("'1990-07-22", "1990-07-22"), ("=\"1990-07-22\"", "1990-07-22"),
        ("1990-07-22T00:00:00", "1990-07-22"), ("1990-07-22T00:00:00.0000000", "1990-07-22"),
        ("22/07/1990 00:00:00", "1990-07-22"), ("7/22/1990 12:00:00 AM", "1990-07-22"),
        ("1990-07-22T00:00:00.000Z", "1990-07-22"), ("19900722103000", "1990-07-22"),
        ("Sun Jul 22 1990 00:00:00 GMT+0100 (West Africa Standard Time)", "1990-07-22"),
        ("Sun, 22 Jul 1990 00:00:00 GMT", "1990-07-22"),
        ("/Date(648601200000+0100)/", "1990-07-22"), ("1412-01-01", "1991-07-13"),
        ("\\/Date(648604800000)\\/", "1990-07-22"),
    ])
    func aDateThatMeansOneDayIsRead(_ text: String, _ day: String) {
        let read = WrittenDate.read(text)
        #expect(read.value?.date.description == day, "\(text): \(read)")
        #expect(read.value?.precision == .day)
    }

    @Test(
        arguments: [
            "03/04/1990", "3.4.1990", "12-11-2026", "22/07/90", "90-07-22", "1990-02-30",
            "31/06/1990",
            "22/13/1990", "1990-07-22-01", "1990/07-22", "32978", "45123.5", "648601200", "1990-7",
            "",
            "22 brumaire 1990", "juillet", "22 juillet", "22 juillet 90", "1,990", "#VALUE!",
            "1.9E+07",
            "1990-07-22T25:00", "1990-07-22 8:60", "not a date", "1990-07-22x", "2/30/1990",
            "199007",
            "1990-13-01", "00/05/90", "3/4", "1990 07 22 11", "12:30", "+1990-07-22",
            "19900722253000", "199007221060", "19900722103000+1", "19900722103000x", "199013221030",
            "-1990-07-22",
        ].filter { !$0.isEmpty })
    func whatMayMeanAnotherDayIsRefused(_ text: String) {
        let read = WrittenDate.read(text)
        if text == "1990-7" {
            #expect(read.value?.precision == .month)
        } else {
            #expect(read.refusal != nil, "\(text): \(read)")
        }
    }

    @Test(arguments: [
        "", "NULL", "N/A", "-", "néant", "0000-00-00", "00/00/0000", "0001-01-01T00:00:00",
        "01/01/0001 00:00:00", "1/1/0001 12:00:00 AM", "9999-12-31T23:59:59.9999999", "31/12/9999",
        "1753-01-01", "1899-12-30T00:00:00", "لا يوجد", "inconnue", "\\N",
    ])
    func whatStandsForNoDateIsNothing(_ text: String) {
        guard case .nothing = WrittenDate.read(text) else {
            Issue.record("\(text): \(WrittenDate.read(text))")
            return
        }
    }

    @Test(arguments: [
        ("1990", DatePrecision.year, "1990-01-01"), ("1990-00-00", .year, "1990-01-01"),
        ("00/00/1990", .year, "1990-01-01"), ("1990-04", .month, "1990-04-01"),
        ("04/1990", .month, "1990-04-01"), ("avril 1990", .month, "1990-04-01"),
        ("1990-04-00", .month, "1990-04-01"), ("00/04/1990", .month, "1990-04-01"),
        ("Apr 1990", .month, "1990-04-01"), ("١٩٩٠", .year, "1990-01-01"),
    ])
    func aYearOrMonthKeepsItsPrecision(_ text: String, _ precision: DatePrecision, _ first: String)
    {
        let read = WrittenDate.read(text)
        #expect(read.value?.precision == precision, "\(text): \(read)")
        #expect(read.value?.date.description == first)
    }

    @Test func aColumnTellsWhichOfDayAndMonthComesFirst() {
        #expect(
            WrittenDate.read("03/04/1990", order: .dayFirst).value?.date.description == "1990-04-03"
        )
        #expect(
            WrittenDate.read("03/04/1990", order: .monthFirst).value?.date.description
                == "1990-03-04")
        #expect(WrittenDate.read("12/25/1985", order: .dayFirst).refusal != nil)
    }

    /// What .NET, SQL and spreadsheets make of a day.
    @Test(arguments: [
        "2026-06-15T00:00:00", "2026-06-15 00:00:00", "2026-06-15 00:00:00.000",
        "15/06/2026 00:00:00", "6/15/2026 12:00:00 AM", "2026-06-15T00:00:00.0000000",
    ])
    func midnightWithSecondsIsADayAlone(_ text: String) throws {
        let read = try #require(WrittenDate.read(text).value, "\(text)")
        #expect(read.date.description == "2026-06-15" && read.clock == nil, "\(text)")
    }

    @Test func aMomentThatSaysUTCIsADayOnlyWhereTheZoneIsKnown() throws {
        let written = try #require(WrittenDate.read("1990-07-21T23:00:00.000Z").value)
        #expect(written.day(in: nil) == nil)
        #expect(written.day(in: TimeZone(identifier: "Africa/Douala"))?.description == "1990-07-22")
    }

    @Test(arguments: [
        ("2026-06-15T10:30:00+01:00", "2026-06-15T09:30:00Z"),
        ("15/06/2026 10:30", "2026-06-15T09:30:00Z"), ("2026-06-15 10h30", "2026-06-15T09:30:00Z"),
        ("6/15/2026 10:30:00 PM", "2026-06-15T21:30:00Z"),
        ("Mon Jun 15 2026 10:30:00 GMT+0100", "2026-06-15T09:30:00Z"),
        ("20260615103000", "2026-06-15T09:30:00Z"), ("2026-06-15", "2026-06-14T23:00:00Z"),
        ("15 juin 2026 à 10h30", "2026-06-15T09:30:00Z"),
        ("15/06/2026 10:30 م", "2026-06-15T21:30:00Z"),
        ("2026-06-15 00:00", "2026-06-14T23:00:00Z"), ("15/06/2026 00h00", "2026-06-14T23:00:00Z"),
        ("2026-06-15 00:00:01", "2026-06-14T23:00:01Z"),
        ("2026-06-15T00:00:00+01:00", "2026-06-14T23:00:00Z"),
        ("2026-06-15T00:00:00Z", "2026-06-15T00:00:00Z"),
        ("202606151030", "2026-06-15T09:30:00Z"), ("20260615103000+0100", "2026-06-15T09:30:00Z"),
        ("20260615103000.1234+0000", "2026-06-15T10:30:00Z"),
        ("202606151030-0500", "2026-06-15T15:30:00Z"),
    ])
    func aMomentWithoutAnOffsetIsLocal(_ text: String, _ utc: String) throws {
        let zone = TimeZone(identifier: "Africa/Douala")
        let read = WrittenDate.read(text)
        #expect(read.value?.moment(in: zone)?.rfc3339 == utc, "\(text): \(read)")
    }
}
