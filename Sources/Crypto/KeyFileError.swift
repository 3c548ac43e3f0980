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
            "\(path) belongs to user \(owner), who could replace it: "
                + "run chown \(geteuid()) \(path)"
        case .notRegularFile(let path):
            "\(path) is not a regular file"
        case .tooLarge(let path):
            "\(path) is too large to be a key"
        case .failed(let step, let path, let code):
            "cannot \(step.rawValue) \(path): \(unsafe String(cString: strerror(code)))"
        }
    }
}
