/// Moments that programs write in forms of their own.
extension WrittenDate {
    /// `/Date(1234567890000+0100)/` of older .NET: milliseconds since 1970 in UTC, and the zone in which
    /// the day was meant.
    static func dotNetMoment(_ text: String) -> WrittenDate? {
        var reader = ByteReader(text.utf8.filter { $0 != UInt8(ascii: "\\") })
        guard reader.skipWord("/date(") else { return nil }
        let isBefore = reader.next == UInt8(ascii: "-")
        if isBefore { reader.skip() }
        guard let number = reader.digits(upTo: 15) else { return nil }
        var offset = 0
        if reader.next != UInt8(ascii: ")") {
            guard let read = reader.offset() else { return nil }
            offset = read
        }
        guard reader.rest.elementsEqual(")/".utf8) else { return nil }
        let local = (isBefore ? -number.value : number.value) + offset * 1000
        let days = Int((Double(local) / 86_400_000).rounded(.down))
        let date = CalendarDate(daysSince1970: days)
        guard (1...9999).contains(date.year) else { return nil }
        let rest = local - days * 86_400_000
        return WrittenDate(
            date: date, precision: .day, clock: ClockTime(milliseconds: rest, offset: offset),
            remark: nil)
    }

    /// `YYYYMMDDHHMM[SS[.S…]][+ZZZZ]` of HL7 version 2.
    static func hl7Moment(_ text: String) -> WrittenDate? {
        var reader = ByteReader(text.utf8)
        guard let day = reader.digits(upTo: 8), day.count == 8,
            (18_000_000...22_009_999).contains(day.value),
            let date = CalendarDate(
                year: day.value / 10_000, month: day.value / 100 % 100, day: day.value % 100),
            let time = reader.digits(upTo: 6), time.count == 4 || time.count == 6
        else { return nil }
        var millisecond = 0
        if time.count == 6, reader.next == UInt8(ascii: ".") {
            reader.skip()
            guard let read = reader.fraction() else { return nil }
            millisecond = read
        }
        var offset: Int?
        if !reader.isAtEnd {
            offset = reader.offset()
            guard offset != nil, reader.isAtEnd else { return nil }
        }
        let clock = time.count == 4 ? time.value * 100 : time.value
        let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return WrittenDate(
            date: date, precision: .day,
            clock: ClockTime(
                milliseconds: ((hour * 60 + minute) * 60 + second) * 1000 + millisecond,
                offset: offset),
            remark: nil)
    }
}

extension ClockTime {
    fileprivate init(milliseconds: Int, offset: Int?) {
        hour = milliseconds / 3_600_000
        minute = milliseconds / 60_000 % 60
        second = milliseconds / 1000 % 60
        millisecond = milliseconds % 1000
        self.offset = offset
    }
}
