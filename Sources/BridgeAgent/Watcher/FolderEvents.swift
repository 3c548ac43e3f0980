internal import CLinux
internal import Glibc

/// Changes of one folder by inotify(7), as a reason to look sooner. Network shares report nothing, so
/// whoever uses this looks from time to time all the same.
final class FolderEvents: Sendable {
    private let descriptor: Int32

    /// `nil` where inotify does not work; then there is only the regular look.
    init?(path: String) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE)
        guard unsafe inotify_add_watch(descriptor, path, events) >= 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Waits for a change, `milliseconds` at most; `true` when there was one.
    func wait(milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&poller, 1, milliseconds) > 0 else { return false }
        // What changed does not matter: the folder is listed anew.
        var buffer = [UInt8](repeating: 0, count: 4096)
        while unsafe buffer.withUnsafeMutableBytes({
            unsafe read(descriptor, $0.baseAddress, $0.count)
        })
            > 0
        {}
        return true
    }
}
