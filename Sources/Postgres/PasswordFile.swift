internal import Glibc

/// A password file: lines of `host:port:database:user:password`, where `*` stands for anything and `\`
/// before a colon or a backslash for the character itself (PostgreSQL 15, chapter 34.16).
struct PasswordFile {
    private let entries: [[String]]

    private static let byteLimit = 1 << 20

    init(text: String) {
        entries = text.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") }
            .map(Self.fields).filter { $0.count >= 5 }
    }

    /// - Throws: when it cannot be read, or others may read it.
    init(path: String) throws(ConnectionStringError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ConnectionStringError("cannot read the passfile \(path)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ConnectionStringError("the passfile \(path) is no file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConnectionStringError(
                "other users may read the passfile \(path): run chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: Self.byteLimit)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return unsafe read(descriptor, rest.baseAddress, rest.count)
            }
            guard got > 0 else { break }
            count += got
        }
        self.init(text: String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    /// The password of the first line that fits. A Unix socket is `localhost` too.
    func password(for host: ConnectionString.Host, database: String, user: String) -> Secret? {
        let names = host.isFolder ? [host.name, "localhost"] : [host.name]
        for entry in entries {
            let others = zip(entry[1...3], ["\(host.port)", database, user])
            let fits = entry[0] == "*" || names.contains(entry[0])
            if fits, others.allSatisfy({ $0 == "*" || $0 == $1 }) { return Secret(entry[4]) }
        }
        return nil
    }

    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isEscaped = false
        for character in line {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            if !isEscaped, character == ":" {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
            isEscaped = false
        }
        return fields
    }
}
