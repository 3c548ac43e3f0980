package import Foundation

/// Which of day and month comes first in `03/04/2026`.
package enum DateOrder: String, Sendable, CaseIterable {
    case dayFirst = "dmy"
    case monthFirst = "mdy"
}

/// How much of a date is known (FHIR `date`: a year, a month or a day).
package enum DatePrecision: String, Sendable {
    case year, month, day
}

/// A date, and perhaps a time, as somebody or some program wrote it.
package struct WrittenDate: Sendable {
    /// What is not known of it is the first: 1990 is 1990-01-01 with the precision of a year.
    package let date: CalendarDate
    package let precision: DatePrecision
    package let clock: ClockTime?
    /// What the sender should know of how it was read.
    package let remark: String?

    /// Reads dates as spreadsheets, .NET, JavaScript, HL7 and people write them.
    ///
    /// `0001-01-01`, `9999-12-31` and the like, which programs write for "no date", are nothing.
    ///
    /// - Parameter order: of day and month, where a column or a configuration tells; without it a date
    ///   that may be two days is refused.
    package static func read(_ sent: String, order: DateOrder? = nil) -> Reading<WrittenDate> {
        let text = sent.plainCode
        guard text.utf8.count <= 96 else { return .refused("must be a date such as 1990-07-22") }
        // Nearly every date: one of our time, which nothing else can be.
        if let date = CalendarDate(text), (1900...2200).contains(date.year) {
            return .value(
                WrittenDate(date: date, precision: .day, clock: nil, remark: nil))
        }
        if let fault = Placeholder.spreadsheetFault(text) { return .refused(fault) }
        if Placeholder.isNothing(text) || isNoDate(text) { return .nothing }
        if let moment = dotNetMoment(text) ?? hl7Moment(text) { return .value(moment) }
        let bytes = Array(text.utf8)
        let start = startOfClock(in: bytes)
        let day = String(decoding: bytes[..<(start ?? bytes.count)], as: UTF8.self)
        var clock: ClockTime?
        if let start {
            let time = String(decoding: bytes[start...], as: UTF8.self)
            clock = ClockTime(time.trimmingCharacters(in: .whitespaces))
            guard let read = clock else {
                return .refused("must be a date that exists with a time such as 08:30")
            }
            // What .NET and SQL make of a day alone: hardly anything happens in the first second of one.
            if read.isMidnight, read.offset == nil, time.utf8.count(where: { $0 == 58 }) == 2 {
                clock = nil
            }
        }
        return DateTokens(day).date(order, clock)
    }

    /// Where the time begins behind a date: at `T`, or at the last digits before `:` or `h`.
    static func startOfClock(in bytes: [UInt8]) -> Int? {
        for index in bytes.indices.dropFirst() {
            let byte = bytes[index]
            let isMark =
                byte == UInt8(ascii: ":")
                || byte | 0x20 == UInt8(ascii: "h")
                    && (index + 1 == bytes.count || (48...57).contains(bytes[index + 1]))
            guard isMark, (48...57).contains(bytes[index - 1]) else { continue }
            var start = index - 1
            while start > 0, (48...57).contains(bytes[start - 1]) { start -= 1 }
            // 20260615T10:30 has its mark in front.
            return index - start <= 2 ? start : nil
        }
        return nil
    }

    /// What programs write for "no date": the least and the greatest of .NET, SQL Server and OLE, and
    /// the zeros of MySQL.
    package static func isNoDate(_ text: String) -> Bool {
        let day = text.prefix { $0 != "T" && $0 != " " }
        if noDates.contains(String(day)) { return true }
        return day.utf8.contains(48) && day.utf8.allSatisfy { $0 == 48 || "/-.".utf8.contains($0) }
    }

    private static let noDates: Set<String> = [
        "0001-01-01", "01/01/0001", "1/1/0001", "01-01-0001", "00010101", "01.01.0001",
        "9999-12-31", "31/12/9999", "12/31/9999", "31-12-9999", "99991231", "31.12.9999",
        "1753-01-01", "01/01/1753", "1/1/1753", "1899-12-30", "30/12/1899", "12/30/1899",
        "1899-12-31", "31/12/1899", "12/31/1899", "1601-01-01", "01/01/1601", "1/1/1601",
    ]

    /// The moment, in the zone where times without an offset are local; a day is its first instant there.
    ///
    /// `nil` when there is a time without an offset and no zone.
    package func moment(in zone: TimeZone?) -> Timestamp? {
        guard let clock else { return zone.map(date.start) ?? date.startInUTC }
        let wall = Int64(date.daysSince1970) * 86_400_000 + Int64(clock.milliseconds)
        if let offset = clock.offset {
            return Timestamp(milliseconds: wall - Int64(offset) * 1000)
        }
        return zone.map { Timestamp(wallMilliseconds: wall, in: $0) }
    }

    /// The day that was meant: as written, but where it says UTC and is not midnight there, such as
    /// JavaScript makes of a local midnight.
    ///
    /// `nil` for such a moment without a zone.
    package func day(in zone: TimeZone?) -> CalendarDate? {
        guard let clock, clock.offset == 0, !clock.isMidnight else { return date }
        guard let zone else { return nil }
        return moment(in: zone)?.day(in: zone)
    }
}

/// A date in numbers and words.
private struct DateTokens {
    private var numbers: [(value: Int, digits: Int)] = []
    private var month: Int?
    /// How many numbers stand before the month's word.
    private var numbersBeforeMonth = 0
    private var separators: Set<UInt8> = []
    private var isReadable = true
    private let text: String

    init(_ text: String) {
        self.text = text.trimmingCharacters(in: .whitespaces)
        var digits: [UInt8] = []
        var word = String.UnicodeScalarView()
        for scalar in (text + " ").unicodeScalars {
            let isDigit = scalar.isASCII && (48...57).contains(scalar.value)
            // Macs write é as two.
            let isLetter =
                !isDigit
                && (scalar.properties.isAlphabetic
                    || scalar.properties.generalCategory == .nonspacingMark)
            if !isDigit, !digits.isEmpty {
                take(digits)
                digits = []
            }
            if !isLetter, scalar != "'", !word.isEmpty {
                take(String(word))
                word.removeAll()
            }
            if isDigit {
                digits.append(UInt8(scalar.value))
            } else if isLetter {
                word.append(scalar)
            } else if scalar.isASCII, "/-.".unicodeScalars.contains(scalar) {
                separators.insert(UInt8(scalar.value))
            } else if scalar != " ", scalar != ",", scalar != "'", scalar != "،" {
                isReadable = false
            }
        }
    }

    private mutating func take(_ digits: [UInt8]) {
        guard digits.count <= 14, numbers.count < 4 else {
            isReadable = false
            return
        }
        numbers.append((digits.reduce(0) { $0 * 10 + Int($1) - 48 }, digits.count))
    }

    private mutating func take(_ word: String) {
        let folded = word.foldedWord
        if let found = MonthNames.months[folded], month == nil {
            month = found
            numbersBeforeMonth = numbers.count
        } else if !DateTokens.placeholders.contains(folded) {
            isReadable = false
        }
    }

    /// Days of the week, ordinals and what joins the parts; none of them tells a date.
    private static let placeholders = Placeholder.folded(
        """
        t,st,nd,rd,th,er,ere,of,the,de,du,le,à,at,le,
        mon,tue,tues,wed,thu,thur,thurs,fri,sat,sun,monday,tuesday,wednesday,thursday,friday,saturday,sunday,\
        lun,mar.,mer,jeu,ven,sam,dim,lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche,\
        الاثنين,الإثنين,الثلاثاء,الأربعاء,الخميس,الجمعة,السبت,الأحد,م,ه,هـ,ah
        """)

    func date(_ order: DateOrder?, _ clock: ClockTime?) -> Reading<WrittenDate> {
        guard isReadable, separators.count <= 1 || month != nil, !hasOuterSeparator else {
            return noDate
        }
        if let month { return named(month, clock) }
        switch numbers.count {
        case 1: return single(clock)
        case 2: return monthOfYear(clock)
        case 3: return ordered(order, clock)
        default: return noDate
        }
    }

    private var hasOuterSeparator: Bool {
        text.utf8.first.map("/-.".utf8.contains) ?? false
    }

    private var noDate: Reading<WrittenDate> {
        .refused("must be a date that exists, such as 1990-07-22")
    }

    private var shortYear: Reading<WrittenDate> {
        .refused("has a year of two digits (\(text)): write all four")
    }

    private func made(
        _ year: Int, _ month: Int, _ day: Int, _ clock: ClockTime?
    ) -> Reading<WrittenDate> {
        if (1300...1500).contains(year) { return hijri(year, month, day, clock) }
        guard let date = CalendarDate(year: year, month: month, day: day) else { return noDate }
        return .value(WrittenDate(date: date, precision: .day, clock: clock, remark: nil))
    }

    /// Years from 1300 to 1500 are Hijri ones: nobody who lives was born in them otherwise.
    private func hijri(
        _ year: Int, _ month: Int, _ day: Int, _ clock: ClockTime?
    ) -> Reading<WrittenDate> {
        guard let date = CalendarDate(ummAlQura: year, month: month, day: day) else {
            return noDate
        }
        // Until then months began by sight; what is worked out for them may be a day off.
        let isCertain = year >= 1420
        return .value(
            WrittenDate(
                date: date, precision: .day, clock: clock,
                remark: "\(text) was read as a day of the Umm al-Qura calendar; it is \(date)"
                    + (isCertain ? "" : ", or a day more or less")))
    }

    private func partial(_ year: Int, _ month: Int?) -> Reading<WrittenDate> {
        guard (1800...2200).contains(year),
            let date = CalendarDate(year: year, month: month ?? 1, day: 1)
        else { return noDate }
        return .value(
            WrittenDate(
                date: date, precision: month == nil ? .year : .month, clock: nil, remark: nil))
    }

    /// `15 janv. 1990`, `January 15, 1990`, `1990-Jan-15`, `mars 1990`.
    private func named(_ month: Int, _ clock: ClockTime?) -> Reading<WrittenDate> {
        switch numbers.count {
        case 1 where numbers[0].digits == 4: return partial(numbers[0].value, month)
        case 2:
            let (first, second) = (numbers[0], numbers[1])
            if second.digits == 4, first.digits <= 2 {
                return made(second.value, month, first.value, clock)
            }
            if first.digits == 4, second.digits <= 2, numbersBeforeMonth == 1 {
                return made(first.value, month, second.value, clock)
            }
            return first.digits <= 2 && second.digits <= 2 ? shortYear : noDate
        default: return noDate
        }
    }

    private func single(_ clock: ClockTime?) -> Reading<WrittenDate> {
        let (value, digits) = numbers[0]
        switch digits {
        case 4 where clock == nil && separators.isEmpty: return partial(value, nil)
        case 8:
            let year = value / 10_000
            guard (1800...2200).contains(year) else { return noDate }
            return made(year, value / 100 % 100, value % 100, clock)
        case 5 where (18_000...80_000).contains(value):
            return .refused(
                "is the number that a spreadsheet keeps for a day (\(text)): format the column as date "
                    + "and export it again")
        default: return noDate
        }
    }

    private func monthOfYear(_ clock: ClockTime?) -> Reading<WrittenDate> {
        guard clock == nil else { return noDate }
        let (first, second) = (numbers[0], numbers[1])
        if first.digits == 4, second.digits <= 2 {
            return partial(first.value, second.value == 0 ? nil : second.value)
        }
        if second.digits == 4, first.digits <= 2 {
            return partial(second.value, first.value == 0 ? nil : first.value)
        }
        return noDate
    }

    private func ordered(_ order: DateOrder?, _ clock: ClockTime?) -> Reading<WrittenDate> {
        let (first, second, third) = (numbers[0], numbers[1], numbers[2])
        guard second.digits <= 2 else { return noDate }
        if first.digits == 4, third.digits <= 2 {
            // 1990-00-00: only the year is known.
            if third.value == 0 {
                return partial(first.value, second.value == 0 ? nil : second.value)
            }
            return made(first.value, second.value, third.value, clock)
        }
        guard third.digits == 4, first.digits <= 2 else {
            return first.digits <= 2 && third.digits <= 2 ? shortYear : noDate
        }
        let year = third.value
        if first.value == 0 || second.value == 0 {
            guard first.value == 0 else { return noDate }
            return partial(year, second.value == 0 ? nil : second.value)
        }
        let canBeDayFirst = second.value <= 12
        let canBeMonthFirst = first.value <= 12
        switch order {
        case .dayFirst:
            if canBeDayFirst { return made(year, second.value, first.value, clock) }
        case .monthFirst:
            if canBeMonthFirst { return made(year, first.value, second.value, clock) }
        case nil:
            if canBeDayFirst, canBeMonthFirst, first.value != second.value {
                return .refused(
                    "may be two days (\(text)): write \(iso(year, second.value, first.value)) or "
                        + iso(year, first.value, second.value))
            }
            if canBeDayFirst { return made(year, second.value, first.value, clock) }
            if canBeMonthFirst { return made(year, first.value, second.value, clock) }
        }
        return noDate
    }

    private func iso(_ year: Int, _ month: Int, _ day: Int) -> String {
        CalendarDate(year: year, month: month, day: day).map(\.description) ?? "another day"
    }
}

/// What months are called, folded.
enum MonthNames {
    static let months: [String: Int] = {
        let names = [
            "january,jan,janvier,janv,يناير,كانون الثاني,جانفي",
            "february,feb,février,févr,fév,fevr,فبراير,شباط,فيفري",
            "march,mar,mars,مارس,آذار",
            "april,apr,avril,avr,أبريل,ابريل,نيسان,أفريل",
            "may,mai,مايو,أيار,ماي",
            "june,jun,juin,يونيو,حزيران,جوان",
            "july,jul,juillet,juil,يوليو,تموز,جويلية",
            "august,aug,août,aou,أغسطس,آب,أوت",
            "september,sep,sept,septembre,سبتمبر,أيلول",
            "october,oct,octobre,أكتوبر,تشرين الأول",
            "november,nov,novembre,نوفمبر,تشرين الثاني",
            "december,dec,décembre,déc,ديسمبر,كانون الأول",
        ]
        var months: [String: Int] = [:]
        for (index, list) in names.enumerated() {
            for name in list.split(separator: ",") {
                months[String(name).foldedWord] = index + 1
            }
        }
        return months
    }()
}
