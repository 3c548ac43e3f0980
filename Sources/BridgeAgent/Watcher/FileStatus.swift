internal import CLinux
internal import Glibc

/// What tells one version of a file from another.
struct FileStatus: Hashable, Sendable {
    let inode: Int64
    /// In bytes.
    let size: Int64
    /// Nanoseconds since 1970.
    let modified: Int64

    init(inode: Int64, size: Int64, modified: Int64) {
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    private init(_ status: stat) {
        inode = Int64(bitPattern: UInt64(status.st_ino))
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }

    /// Of the file itself, not of what a link leads to; `nil` when it is gone or is no plain file.
    init?(path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// An open file to read from.
struct InputFile: ~Copyable {
    private let descriptor: Int32

    /// - Throws: why it cannot be read.
    init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    deinit { close(descriptor) }

    var status: FileStatus? { FileStatus(descriptor: descriptor) }

    /// Whether some process of this machine has it open for writing: the kernel refuses a read lease
    /// then (fcntl(2)). Where leases are not possible nobody is seen.
    var isBeingWritten: Bool {
        // F_SETLEASE of fcntl.h, behind _GNU_SOURCE.
        let setLease: Int32 = 1024
        guard fcntl(descriptor, setLease, Int32(F_RDLCK)) != 0 else {
            _ = fcntl(descriptor, setLease, Int32(F_UNLCK))
            return false
        }
        return errno == EAGAIN
    }

    /// The next bytes from `offset` on; empty at the end.
    func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while true {
                let got = unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = FileError("read", "") }
                initialized = max(0, got)
                return
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// A file operation that failed, in the system's words.
struct FileError: Error, Equatable, CustomStringConvertible {
    let code: Int32
    let description: String

    /// Of the call that has just failed.
    init(_ call: String, _ path: String) {
        code = errno
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        description = path.isEmpty ? "\(call): \(reason)" : "\(call) \(path): \(reason)"
    }

    var isMissing: Bool { code == ENOENT }
    var isOtherFileSystem: Bool { code == EXDEV }
}
