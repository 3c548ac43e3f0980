import Glibc

/// A set of signals that threads hold back, and that one of them may wait for.
package struct SignalSet: Sendable {
    private var set = sigset_t()

    package init(_ signals: [Int32]) {
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
    }

    /// Every signal that can be held back.
    package static let all = {
        var all = SignalSet([])
        unsafe sigfillset(&all.set)
        return all
    }()

    /// Holds the signals back from this thread and from all that it starts from here on; they reach
    /// only `wait`.
    package func block() {
        var set = set
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Holds the signals back while `body` runs: threads that it starts never take them.
    package func blocked<Result, Failure>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var set = set
        var before = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, &set, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        return try body()
    }

    /// Waits for the next signal of the set, which must be blocked on every thread, and takes it.
    package func wait() -> Int32 {
        var set = set
        var signal: Int32 = 0
        unsafe sigwait(&set, &signal)
        return signal
    }
}
