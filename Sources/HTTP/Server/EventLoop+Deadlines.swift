extension EventLoop {
    /// Sets when a connection ends unless something happens; in milliseconds of `now`.
    func setDeadline(_ time: UInt64, for number: Int32) {
        deadlineTimes[Int(number)] = time
        if time < nextSweep { nextSweep = max(time, now + 1) }
    }

    /// Ends what is overdue and finds the next deadline: one pass over a table of numbers, a few
    /// microseconds for ten thousand connections, at most every 20 ms.
    func sweep() {
        var earliest = UInt64.max
        for number in deadlineTimes.indices {
            let time = deadlineTimes[number]
            if time <= now {
                deadlineTimes[number] = .max
                connections[number]?.expire()
                earliest = min(earliest, deadlineTimes[number])
            } else {
                earliest = min(earliest, time)
            }
        }
        nextSweep = earliest == .max ? .max : max(earliest, now + 20)
    }
}
