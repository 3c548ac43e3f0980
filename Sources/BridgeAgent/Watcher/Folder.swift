internal import CLinux
internal import Glibc

/// File operations that are on the disk when they return.
enum Folder {
    /// The names in a folder, in no order.
    static func names(in path: String) throws(FileError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw FileError("read", path) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else {
                guard errno == 0 else { throw FileError("read", path) }
                return names
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Makes the folder and those above it. What its files may be read by is the umask's decision: they
    /// are for people of the facility.
    static func make(_ path: String) throws(FileError) {
        if exists(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
        }
        guard unsafe mkdir(path, 0o770) == 0 || errno == EEXIST else {
            throw FileError("make folder", path)
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    enum Kind {
        case file, folder, link, other
    }

    /// What lies there itself, whatever a link leads to; `nil` for nothing.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// Moves within a file system or, by a copy, to another one; a file that changes while it is copied
    /// stays.
    ///
    /// - Returns: whether it was copied; then what lies at `target` is what lay at `source`.
    @discardableResult
    static func move(_ source: String, to target: String) throws(FileError) -> Bool {
        var isCopy = false
        if unsafe rename(source, target) != 0 {
            let error = FileError("move", source)
            guard error.isOtherFileSystem else { throw error }
            let before = FileStatus(path: source)
            try copy(source, to: target)
            isCopy = true
            guard FileStatus(path: source) == before else { return true }
            guard unsafe unlink(source) == 0 else { throw FileError("remove", source) }
        }
        sync(parent(of: target))
        sync(parent(of: source))
        return isCopy
    }

    /// A copy appears under its name only when it is whole.
    private static func copy(_ source: String, to target: String) throws(FileError) {
        let part = target + ".part"
        let input = try InputFile(path: source)
        let output = unsafe open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o660)
        guard output >= 0 else { throw FileError("create", part) }
        defer { close(output) }
        var offset = 0
        while true {
            let bytes = try input.read(at: offset, count: 256 * 1024)
            if bytes.isEmpty { break }
            try write(bytes, to: output, at: offset, part)
            offset += bytes.count
        }
        if let modified = input.status?.modified {
            // By its time a copy is known again as the version that was read.
            let time = timespec(
                tv_sec: Int(modified / 1_000_000_000), tv_nsec: Int(modified % 1_000_000_000))
            _ = unsafe futimens(output, [time, time])
        }
        guard fsync(output) == 0 else { throw FileError("write", part) }
        guard unsafe rename(part, target) == 0 else { throw FileError("move", part) }
    }

    static func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
    }

    /// Writes `bytes` from `offset` on, cuts what lay behind, and waits for the disk.
    static func write(_ bytes: [UInt8], to path: String, at offset: Int) throws(FileError) {
        let output = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o660)
        guard output >= 0 else { throw FileError("create", path) }
        defer { close(output) }
        try write(bytes, to: output, at: offset, path)
        guard ftruncate(output, off_t(offset + bytes.count)) == 0, fsync(output) == 0 else {
            throw FileError("write", path)
        }
        if offset == 0 { sync(parent(of: path)) }
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, at offset: Int, _ path: String
    ) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe pwrite(
                    descriptor, rest.baseAddress, rest.count, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", path) }
            written += count
        }
    }

    /// What keeps this user from reading a folder, or from making and removing files in it too, and what
    /// to do about it; `nil` when nothing does.
    static func fault(_ path: String, writing: Bool) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            return switch errno {
            case ENOENT: "\(path) does not exist: make it, or correct connector.watch_folder"
            case EACCES:
                "\(path) cannot be reached: this user may not enter a folder above it; change that one's "
                    + "owner or rights"
            default: "\(FileError("look at", path)): correct the configuration"
            }
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return "\(path) is no folder: correct the configuration"
        }
        let mode = R_OK | X_OK | (writing ? W_OK : 0)
        guard unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 else { return nil }
        return
            "\(path) exists, but this user may not read \(writing ? "and write " : "")it: change its "
            + "owner or rights"
    }

    /// Bytes of the file system: those free for this user, and all.
    static func space(_ path: String) -> (free: Int64, total: Int64)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let block = UInt64(status.f_frsize)
        return (
            Int64(clamping: UInt64(status.f_bavail) &* block),
            Int64(clamping: UInt64(status.f_blocks) &* block)
        )
    }

    static func parent(of path: String) -> String {
        // In bytes, as the system reads it: a name may begin with a combining mark.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes changes of names in the folder durable; some network shares cannot, and need not.
    private static func sync(_ path: String) {
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }
}
