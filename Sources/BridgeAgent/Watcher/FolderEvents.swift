internal import CLinux
internal import Glibc

/// Changes of one folder by inotify(7), as a reason to look sooner. Network shares report nothing, so
/// whoever uses this looks from time to time all the same.
final class FolderEvents: Sendable {
    /// Readable when something has changed.
    let descriptor: Int32

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

    /// Forgets what has changed: the folder is listed anew.
    func drain() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while unsafe buffer.withUnsafeMutableBytes({ buffer in
            unsafe read(descriptor, buffer.baseAddress, buffer.count)
        }) > 0 {}
    }
}
