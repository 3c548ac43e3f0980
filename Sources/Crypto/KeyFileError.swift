internal import CLinux
internal import Glibc

/// Why a key file could not be written or read, in sentences for the operator.
package enum KeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Step: String, Sendable {
        case create, write, open, read
    }

    case exists(path: String)
    case readableByOthers(path: String, mode: UInt32)
    case foreignOwner(path: String, owner: UInt32)
    case notRegularFile(path: String)
    case tooLarge(path: String)
    /// A system call failed; `errno` says why.
    case failed(Step, path: String, errno: Int32)

    /// The failure that `errno` holds now.
    init(_ step: Step, _ path: String) {
        self = .failed(step, path: path, errno: errno)
    }

    package var description: String {
        switch self {
        case .exists(let path):
            "\(path) exists already and will not be replaced"
        case .readableByOthers(let path, let mode):
            "\(path) is open to other users (mode \(String(mode, radix: 8))): "
                + "run chmod 600 \(path)"
        case .foreignOwner(let path, let owner):
            "\(path) belongs to \(Self.name(of: owner)), who could replace it: "
                + Self.hint(owner)
        case .notRegularFile(let path):
            "\(path) is not a regular file"
        case .tooLarge(let path):
            "\(path) is too large to be a key"
        case .failed(let step, let path, let code):
            "cannot \(step.rawValue) \(path): \(unsafe String(cString: strerror(code)))"
                + (code == EACCES ? Self.hint(owning: path) : "")
        }
    }

    /// Whoever owns the folder can read what is in it; to change owners by hand breaks the server.
    private static func hint(_ owner: UInt32) -> String {
        "run the command as that user: sudo -u \(name(of: owner)) …"
    }

    private static func hint(owning path: String) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_uid != geteuid() else { return "" }
        return status.st_uid == 0
            ? "; it belongs to root, and a command that root ran made it: "
                + "sudo chown --reference=\(folder(of: path)) \(path)"
            : "; it belongs to \(name(of: status.st_uid)): \(hint(status.st_uid))"
    }

    private static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    }

    /// The user's name, or `#1001`, which sudo takes as well.
    private static func name(of user: UInt32) -> String {
        guard let entry = unsafe getpwuid(user), let name = unsafe entry.pointee.pw_name else {
            return "#\(user)"
        }
        return unsafe String(cString: name)
    }
}
