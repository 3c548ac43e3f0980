import Foundation

/// Signals taken one at a time by a thread that waits for them.
struct SignalSet {
    private var set = sigset_t()

    init(_ signals: [Int32]) {
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
    }

    /// From here on the signals reach nobody but `wait`, on this thread and all it starts.
    mutating func block() {
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    mutating func wait() -> Int32 {
        var signal: Int32 = 0
        unsafe sigwait(&set, &signal)
        return signal
    }
}
