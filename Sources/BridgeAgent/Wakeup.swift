internal import CLinux
internal import Glibc

/// Lets one thread wait for others, by the monotonic clock: that of a clinic's PC may be set back by
/// years while somebody waits, which condition variables of Foundation would wait for.
final class Wakeup: Sendable {
    private let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(descriptor >= 0, "eventfd")
    }

    deinit { close(descriptor) }

    /// Ends a wait, the present one or the next.
    func signal() { _ = eventfd_write(descriptor, 1) }

    /// Makes the next wait wait.
    func reset() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
    }

    /// Waits for the signal, for a change that `events` reports, or for the time.
    ///
    /// - Returns: whether one of the two came.
    @discardableResult
    func wait(_ duration: Duration, or events: FolderEvents? = nil) -> Bool {
        let end = ContinuousClock.now + duration
        while true {
            let left = max(.zero, end - .now)
            let milliseconds = Int32(clamping: Int64((left / .milliseconds(1)).rounded(.up)))
            // poll(2) ignores a descriptor below 0.
            var pollers = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: events?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = unsafe poll(&pollers, nfds_t(pollers.count), milliseconds)
            if count > 0 {
                if pollers[1].revents != 0 { events?.drain() }
                return true
            }
            // A signal to the process may have come instead.
            if count == 0, ContinuousClock.now >= end { return false }
        }
    }
}
