import Foundation

/// The server's time, learnt from the `Date` of its answers: the clock of a clinic's PC may be years
/// off, and a request's timestamp must be right within five minutes.
struct ServerClock: Equatable, Sendable {
    /// Seconds to add to this machine's clock.
    private(set) var offset: Int

    init(offset: Int = 0) { self.offset = offset }

    /// - Parameters:
    ///   - date: the field's value.
    ///   - now: this machine's clock, seconds since 1970.
    /// - Returns: whether the offset changed by more than `tolerance`.
    @discardableResult
    mutating func learn(date: String?, at now: Int) -> Bool {
        guard let date, let seconds = Self.seconds(httpDate: date) else { return false }
        let found = seconds - now
        // Transport takes time and dates have whole seconds: small differences mean nothing.
        guard abs(found - offset) > Self.tolerance else { return false }
        offset = abs(found) <= Self.tolerance ? 0 : found
        return true
    }

    func seconds(at now: Int) -> Int { now + offset }

    private static let tolerance = 5

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in seconds since 1970.
    static func seconds(httpDate text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = number(words[1], 2),
            let month = months.firstIndex(of: String(words[2])), let year = number(words[3], 4)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { number($0, 2) }
        guard clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] < 61 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = DateComponents(year: year, month: month + 1, day: day)
        guard let date = calendar.date(from: parts), calendar.component(.day, from: date) == day
        else { return nil }
        return Int(date.timeIntervalSince1970) + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring, _ digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return Int(text)
    }
}
