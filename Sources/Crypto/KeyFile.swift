internal import CLinux
internal import Glibc

/// Files that hold keys: readable by their owner only.
package enum KeyFile {
    /// The largest file read, in bytes.
    private static let limit = 64 * 1024

    /// Creates `path` with mode 0600. When this returns, contents and name have reached the disk;
    /// after a crash the file is there whole or not at all. An existing file, or a symbolic link of
    /// that name, is never touched.
    package static func write(_ contents: [UInt8], to path: String) throws(KeyFileError) {
        let draft = "\(path).\(Hex.encode(SecureRandom.bytes(8))).new"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe open(draft, flags, 0o600)
        guard descriptor >= 0 else { throw KeyFileError(.create, path) }
        do throws(KeyFileError) {
            defer { close(descriptor) }
            guard unsafe opescare_inherit_owner(descriptor, path) == 0 else {
                throw KeyFileError(.create, path)
            }
            try writeAll(contents, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw KeyFileError(.write, path) }
            // Unlike rename(2), link(2) refuses to replace what is already there.
            guard unsafe link(draft, path) == 0 else {
                throw errno == EEXIST ? .exists(path: path) : KeyFileError(.create, path)
            }
        } catch {
            _ = unsafe unlink(draft)
            throw error
        }
        _ = unsafe unlink(draft)
        try syncDirectory(of: path)
    }

    /// Reads a key. The caller erases the bytes when done.
    ///
    /// Symbolic links are followed, since container platforms mount secrets through them; what
    /// counts are the mode and owner of the file they lead to. Root reads whatever its owner alone
    /// can: a command for a service user's folder.
    package static func read(path: String) throws(KeyFileError) -> [UInt8] {
        // Not blocking, so that a named pipe cannot hold us up.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        let descriptor = unsafe open(path, flags)
        guard descriptor >= 0 else { throw KeyFileError(.open, path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw KeyFileError(.read, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(path: path) }
        let mode = UInt32(status.st_mode & 0o7777)
        guard mode & 0o077 == 0 else { throw .readableByOthers(path: path, mode: mode) }
        guard status.st_uid == geteuid() || status.st_uid == 0 || geteuid() == 0 else {
            throw .foreignOwner(path: path, owner: status.st_uid)
        }
        guard status.st_size <= limit else { throw .tooLarge(path: path) }
        return try readAll(descriptor, count: Int(status.st_size), path: path)
    }

    private static func writeAll(
        _ contents: [UInt8], to descriptor: Int32, path: String
    ) throws(KeyFileError) {
        var written = 0
        while written < contents.count {
            let rest = contents[written...]
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw KeyFileError(.write, path) }
            written += count
        }
    }

    private static func readAll(
        _ descriptor: Int32, count: Int, path: String
    ) throws(KeyFileError) -> [UInt8] {
        var contents = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe contents.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                erase(&contents)
                throw KeyFileError(.read, path)
            }
            if got == 0 { break }
            filled += got
        }
        contents.removeLast(count - filled)
        return contents
    }

    /// Makes the new name durable.
    private static func syncDirectory(of path: String) throws(KeyFileError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let descriptor = unsafe open(directory, flags)
        guard descriptor >= 0 else { throw KeyFileError(.write, path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw KeyFileError(.write, path) }
    }
}
