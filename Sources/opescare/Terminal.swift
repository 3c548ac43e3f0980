import Foundation

/// Standard output for answers, standard error for everything else.
enum Terminal {
    static func print(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
    }

    static func complain(_ text: String) {
        write("opescare: " + text + "\n", to: .standardError)
    }

    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// A bar that redraws itself on a terminal; elsewhere a line now and then.
    static func progress(_ done: Int64, of total: Int64, _ what: String, isLast: Bool) {
        let percent = total > 0 ? Int(done * 100 / total) : 100
        guard isInteractive else {
            if isLast || percent.isMultiple(of: 10) {
                write("\(what): \(done) of \(total) (\(percent) %)\n", to: .standardError)
            }
            return
        }
        let filled = String(repeating: "#", count: percent * 40 / 100)
        let empty = String(repeating: ".", count: 40 - percent * 40 / 100)
        write(
            "\r\(what) [\(filled)\(empty)] \(done)/\(total)" + (isLast ? "\n" : ""),
            to: .standardError)
    }

    /// Progress that is reported much more often than anybody looks: once a second on a terminal, elsewhere at
    /// each tenth.
    struct Meter {
        private var last: (what: String, tenth: Int64, at: ContinuousClock.Instant)?

        mutating func report(_ done: Int64, of total: Int64, _ what: String) {
            let now = ContinuousClock.now
            let tenth = total > 0 ? done * 10 / total : 10
            let isLast = done == total
            if let last, last.what == what, !isLast {
                guard isInteractive ? now - last.at >= .seconds(1) : tenth > last.tenth else {
                    return
                }
            }
            // An end is told once.
            if let last, last.what == what, last.tenth == 10 { return }
            last = (what, tenth, now)
            let percent = total > 0 ? done * 100 / total : 100
            if isInteractive {
                Terminal.progress(done, of: total, what, isLast: isLast)
            } else {
                write("\(what): \(done) of \(total) rows (\(percent) %)\n", to: .standardError)
            }
        }
    }

    /// Text that callers chose, without what would move the cursor or forge a line.
    static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A closed pipe (`| head`) is no reason to complain.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
