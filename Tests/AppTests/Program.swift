import Foundation
import Glibc
import Testing

/// The programs themselves, as a shell starts them.
enum Program {
    struct Ending {
        let status: Int32
        let output: String
        let complaint: String
    }

    /// Both programs lie beside the tests. Started with `posix_spawn`: on Linux, Foundation's
    /// `Process` looks through every descriptor that is open and reads past the end of a directory
    /// block, which a program with a thousand of them does not always survive.
    ///
    /// - Parameter fileBytes: the most that a file may grow to (RLIMIT_FSIZE).
    static func start(
        _ program: String, _ words: [String], environment: [String: String] = [:],
        fileBytes: UInt? = nil
    ) async throws -> Ending {
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, complaint) = (folder.appending(path: "out"), folder.appending(path: "err"))

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT, 0o600)
        unsafe posix_spawn_file_actions_addopen(
            &actions, 2, complaint.path, O_WRONLY | O_CREAT, 0o600)

        let path = beside.appending(path: program).path
        // `env` changes to a folder where nothing else lies; what this process ignores, a shell's does not.
        let limiter = fileBytes.map { ["prlimit", "--fsize=\($0)"] } ?? []
        let start = ["env", "--default-signal=XFSZ", "-C", folder.path]
        let arguments = unsafe (start + limiter + [path] + words).map { unsafe strdup($0) }
        let variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") }
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(
            &child, "/usr/bin/env", &actions, nil, arguments + [nil], variables + [nil])
        try #require(failure == 0, "\(path): error \(failure)")
        let status = await Self.ending(of: child)
        return Ending(
            status: status, output: try String(contentsOf: output, encoding: .utf8),
            complaint: try String(contentsOf: complaint, encoding: .utf8))
    }

    /// What the program returned, or 128 and the signal that ended it, as a shell says it.
    private static func ending(of child: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                continuation.resume(
                    returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
            }
        }
    }
}
