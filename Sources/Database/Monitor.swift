import Glibc

/// State behind a lock, with a condition to wait for.
///
/// POSIX's own mutex and condition instead of `Synchronization.Mutex`: that one cannot wait, and
/// ThreadSanitizer does not see it. `@unchecked Sendable`: `state` is touched under `mutex` alone.
@safe package final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init(_ state: State) {
        self.state = state
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // On a clock that nobody sets.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Must not be called from inside `body`.
    package func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Blocks until `body` returns a value; asks it at once and after every `notify`.
    package func wait<R>(for body: (inout State) -> R?) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let value = body(&state) { return value }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// The same, but gives up after so many milliseconds: nil.
    package func wait<R>(atMost milliseconds: Int, for body: (inout State) -> R?) -> R? {
        var end = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        let nanoseconds = end.tv_nsec + milliseconds % 1000 * 1_000_000
        end.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let value = body(&state) { return value }
            let code = unsafe pthread_cond_timedwait(condition, mutex, &end)
            if code != 0 { return body(&state) }
        }
    }

    /// Changes the state and makes every waiting thread look at it; cheap when none waits.
    package func notify<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        let result = try withLock(body)
        unsafe pthread_cond_broadcast(condition)
        return result
    }
}
