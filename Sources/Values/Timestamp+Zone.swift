package import Foundation

// What a facility's clocks show.

extension CalendarDate {
    package var startInUTC: Timestamp { Timestamp(milliseconds: Int64(daysSince1970) * 86_400_000) }

    /// The first instant of the day in a zone: not always midnight, which some changes to summer
    /// time leave out.
    package func start(in zone: TimeZone) -> Timestamp {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // Half a day after midnight in UTC it is this day or a neighbour everywhere.
        let noon = Date(timeIntervalSince1970: Double(daysSince1970) * 86_400 + 43_200)
        let shown = Timestamp(seconds: Int64(daysSince1970) * 86_400 + 43_200).day(in: zone)
        let within = noon.addingTimeInterval(
            Double(daysSince1970 - shown.daysSince1970) * 86_400)
        let start = calendar.startOfDay(for: within)
        return Timestamp(seconds: Int64(start.timeIntervalSince1970.rounded()))
    }
}

extension Timestamp {
    /// Seconds since 1970 that a clock in the zone shows, counted as if it stood in UTC.
    private func wallSeconds(in zone: TimeZone) -> Int64 {
        shown.seconds
            + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(shown.seconds))))
    }

    /// The day that a calendar in the zone shows.
    package func day(in zone: TimeZone) -> CalendarDate {
        let wall = wallSeconds(in: zone)
        return CalendarDate(daysSince1970: Int((wall - (wall % 86_400 + 86_400) % 86_400) / 86_400))
    }

    /// What a clock in the zone shows, as `HH:MM`.
    package func clockTime(in zone: TimeZone) -> String {
        let wall = Timestamp(seconds: wallSeconds(in: zone))
        return String(wall.rfc3339.dropFirst(11).prefix(5))
    }

    /// Reads `2026-06-01T08:00`, with or without seconds and with a space for the `T`, as a clock in
    /// the zone shows it.
    package init?(localTime text: String, in zone: TimeZone) {
        guard (16...19).contains(text.utf8.count), text.utf8.count != 17, text.utf8.count != 18,
            let wall = Timestamp(rfc3339: text + (text.utf8.count == 16 ? ":00Z" : "Z"))
        else { return nil }
        self.init(wallMilliseconds: wall.milliseconds, in: zone)
    }

    /// The instant at which a clock in the zone shows so many milliseconds since 1970 as if it stood in
    /// UTC. Of the two instants of an hour that comes twice, the first.
    init(wallMilliseconds: Int64, in zone: TimeZone) {
        let wall = Timestamp(milliseconds: wallMilliseconds)
        let guess = Date(timeIntervalSince1970: Double(wall.seconds))
        // The offset at the instant itself, found from the ones a day before and after.
        let offsets = [-86_400.0, 86_400].map {
            Int64(zone.secondsFromGMT(for: guess.addingTimeInterval($0)))
        }
        let instants = offsets.map { wall.adding(seconds: -$0) }
        self = instants.first { $0.wallSeconds(in: zone) == wall.seconds } ?? instants[0]
    }
}
