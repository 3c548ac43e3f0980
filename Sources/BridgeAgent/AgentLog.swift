package import Foundation
import JSON

/// The agent's log: one line per event on standard error, text or JSON, without keys and, above
/// `debug`, without anything about a patient.
package final class AgentLog: Sendable {
    package enum Level: Int, Sendable, Comparable {
        case debug, info, warning, error

        package static func < (left: Level, right: Level) -> Bool {
            left.rawValue < right.rawValue
        }

        var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    package enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    private let level: Level
    private let format: Format
    private let output: FileHandle?

    /// - Parameter output: `nil` keeps nothing.
    package init(level: Level, format: Format, output: FileHandle?) {
        self.level = level
        self.format = format
        self.output = output
    }

    package func isEnabled(_ level: Level) -> Bool { output != nil && level >= self.level }

    package func debug(_ message: String) { write(.debug, message) }
    package func info(_ message: String) { write(.info, message) }
    package func warning(_ message: String) { write(.warning, message) }
    package func error(_ message: String) { write(.error, message) }

    package func write(_ level: Level, _ message: String) {
        guard isEnabled(level) else { return }
        let time = Date().formatted(.iso8601)
        var line: [UInt8]
        switch format {
        case .text: line = Array("\(time) \(level.name) \(Self.oneLine(message))".utf8)
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("time", time)
                json.member("level", level.name)
                json.member("message", message)
            }
            line = json.finish()
        }
        line.append(UInt8(ascii: "\n"))
        // A log that cannot be written must not stop the agent.
        try? output?.write(contentsOf: Data(line))
    }

    /// Names of files come from elsewhere and must not forge a line or move a cursor.
    package static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
