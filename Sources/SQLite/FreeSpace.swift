import CLinux
import Glibc
package import Database

/// Whether a database can still grow.
///
/// A small write says little: it may fit into a hole of the write-ahead log while nothing else does.
package enum FreeSpace {
    /// Reserves `bytes` beside the database and gives them back at once; what stands there is never
    /// touched. Meets a full disk, a quota and a limit on the size of files alike.
    ///
    /// - Throws: `DatabaseError.full` when there is no such room; another when the folder cannot be
    ///   written.
    package static func require(bytes: Int, beside path: String) throws(DatabaseError) {
        // A limit on sizes counts from the larger of the two files that grow.
        let start = max(size(path), size(path + "-wal"))
        let name = path + "-room"
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw error(errno, name) }
        // Nameless from now on: closed, in whatever way, it is gone.
        unsafe unlink(name)
        defer { close(descriptor) }
        var code: Int32
        repeat { code = posix_fallocate(descriptor, start, bytes) } while code == EINTR
        guard code == 0 else { throw error(code, name) }
    }

    /// In bytes; without a file there is nothing to grow.
    private static func size(_ path: String) -> off_t {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_size : 0
    }

    private static func error(_ code: Int32, _ path: String) -> DatabaseError {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EROFS, EACCES, EPERM: .readOnly
        case EIO: .ioError(code: code)
        default: .cannotOpen(reason: "\(path): \(DatabaseError.reason(code) ?? "?")")
        }
    }
}
