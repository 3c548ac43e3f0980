internal import CLinux
internal import Glibc

/// The Date field of responses (RFC 9110 §6.6.1), remade once a second.
struct DateField {
    /// "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n": it also ends the status line before it.
    private(set) var line: [UInt8] = []
    private var second = Int.min
    init() { update() }

    /// Reads the coarse clock, a few nanoseconds.
    mutating func update() {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        // A clock may stand before 1970, or after the years that the form can write.
        let now = min(max(time.tv_sec, 0), HTTPDate.last)
        if now != second {
            second = now
            line = Self.line(for: second)
        }
    }

    /// - Parameter second: since 1970, UTC.
    static func line(for second: Int) -> [UInt8] {
        Array("\r\nDate: \(HTTPDate.text(second))\r\n".utf8)
    }
}
