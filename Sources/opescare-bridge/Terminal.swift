import BridgeAgent
import Foundation
import Synchronization

/// Standard output for answers, standard error for everything else.
enum Terminal {
    static func print(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
    }

    static func complain(_ text: String) {
        for line in text.split(separator: "\n") {
            write("opescare-bridge: \(line)\n", to: .standardError)
        }
    }

    fileprivate static func write(_ text: String, to handle: FileHandle) {
        // A closed pipe (`| head`) is no reason to complain.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

/// Shows how far a long file is: a bar on a terminal, elsewhere a line now and then.
final class ProgressDisplay: Sendable {
    private struct State {
        var name = ""
        var shownAt = ContinuousClock.now
        var hasBar = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: ImportProgress) {
        // A file that is read in a moment needs no bar.
        guard progress.totalBytes > 4 << 20 else { return }
        let isLast = progress.doneBytes >= progress.totalBytes
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
        let isDue = state.withLock { state in
            let isNew = state.name != progress.name
            guard isNew || isLast || .now - state.shownAt >= interval else { return false }
            state.name = progress.name
            state.shownAt = .now
            return true
        }
        guard isDue else { return }
        let percent = Int(progress.doneBytes * 100 / progress.totalBytes)
        let name = AgentLog.oneLine(progress.name)
        guard isTerminal else {
            let text = "\(name): \(percent) % read, \(progress.rows) rows queued\n"
            Terminal.write(text, to: .standardError)
            return
        }
        let filled = String(repeating: "#", count: percent * 30 / 100)
        let empty = String(repeating: ".", count: 30 - percent * 30 / 100)
        Terminal.write(
            "\r\(name) [\(filled)\(empty)] \(percent) %, \(progress.rows) rows"
                + (isLast ? "\n" : ""), to: .standardError)
    }
}
