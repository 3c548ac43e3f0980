/// The deadlines of `Limits`, in milliseconds.
struct Deadlines: Sendable {
    let head, body, bodyGrace, idle, write, linger: UInt64
    let bodyBytesPerSecond: UInt64

    init(_ limits: Limits) {
        head = Self.milliseconds(limits.headDeadline)
        body = Self.milliseconds(limits.bodyDeadline)
        bodyGrace = Self.milliseconds(limits.bodyGrace)
        idle = Self.milliseconds(limits.idleDeadline)
        write = Self.milliseconds(limits.writeDeadline)
        linger = Self.milliseconds(limits.lingerDeadline)
        bodyBytesPerSecond = UInt64(max(1, limits.bodyBytesPerSecond))
    }

    static func milliseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds)) * 1000 + UInt64(max(0, attoseconds) / 1_000_000_000_000_000)
    }
}
