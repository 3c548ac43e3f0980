import CLinux
import Glibc

/// An advisory lock on a file beside the database, so that one server at a time runs on it.
///
/// The system frees it when the process ends, however that happens. The file itself stays: removing
/// it would let two servers lock two files of one name.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Locks the file at `path`, created when missing, and writes our pid into it.
    package init(path: String) throws(DatabaseError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason = DatabaseError.reason(errno) ?? "?"
            throw .cannotOpen(reason: "\(path): \(reason)")
        }
        // Left to root alone, it would keep the server's own user out.
        _ = unsafe opescare_inherit_owner(descriptor, path)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let code = errno
            let holder = Self.pid(in: descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .ioError(code: code) }
            throw .lockedBy(pid: holder)
        }
        // The lock counts, not the pid: a full disk only makes the other's message poorer.
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(descriptor) }

    /// The pid that the holder wrote down; nil while it has not.
    private static func pid(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        var pid: Int32 = 0
        for byte in bytes.prefix(max(count, 0)) {
            guard byte >= 0x30, byte <= 0x39, pid < 100_000_000 else { break }
            pid = pid * 10 + Int32(byte - 0x30)
        }
        return pid == 0 ? nil : pid
    }
}
