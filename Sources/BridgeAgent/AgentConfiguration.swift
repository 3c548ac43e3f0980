import Foundation
import HTTP
package import Values

/// What `bridge_config.json` and the environment say, checked.
package struct AgentConfiguration: Sendable {
    package var serverURL: String
    package var agentID: String
    /// Never logged.
    package var agentKey: String
    package var facilityID: String
    package var environment: String
    package var heartbeatInterval: Duration
    /// The longest pause between two rounds of looking and sending, and between two attempts.
    package var syncInterval: Duration
    package var logLevel: AgentLog.Level
    package var logFormat: AgentLog.Format
    /// Folders are absolute, or relative to the working directory.
    package var watchFolder: String
    package var filePattern: String
    package var archiveFolder: String
    package var errorsFolder: String
    /// Holds the queue; on a disk of this machine.
    package var stateFolder: String
    /// Where the published Python agent may have left its queue.
    package var adoptedQueues: [String]
    /// Records in one request at most.
    package var batchSize: Int
    /// How long a file must have stayed as it is before it counts as complete.
    package var quiet: Duration
    /// How often the folder is listed even when the system reports no change.
    package var rescanInterval: Duration
    /// For an answer, beside the time that sending takes.
    package var requestTimeout: Duration
    /// Before the second attempt, at most; not in the file.
    package var firstRetry = Duration.seconds(1)
    /// PEM certificates to trust beside the system's.
    package var authorityFile: String?
    /// Of day and month; `nil` when each file's columns tell.
    package var dateOrder: DateOrder?
    /// Of files that are not Unicode; `nil` when their letters tell.
    var encoding: ConfiguredEncoding?
    /// What fields columns hold, by `ColumnNames.key` of their headings.
    package var columns: [String: String] = [:]
    /// IANA name of the zone of times without an offset; `nil` is this machine's.
    package var timeZone: String?
    /// What is odd but no reason not to start, in sentences.
    package var warnings: [String] = []

    package var queuePath: String { stateFolder + "/bridge.db" }
    package var lockPath: String { stateFolder + "/bridge.lock" }

    /// The agent's own files and folders in the watched one, where somebody keeps them there.
    var ownNames: Set<String> {
        func full(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
        let parent = full(watchFolder) + "/"
        let paths = [archiveFolder, errorsFolder, stateFolder] + adoptedQueues
        return Set(
            paths.map(full).filter { $0.hasPrefix(parent) }.compactMap {
                $0.dropFirst(parent.count).split(separator: "/").first.map(String.init)
            })
    }

    /// An endpoint of the server; the configuration was checked, so the URL can be made.
    func endpoint(_ path: String) throws(HTTPURLError) -> HTTPURL {
        try HTTPURL(serverURL + "/api/v1/bridge/" + path)
    }
}

/// Everything that is wrong with a configuration, one sentence each, with the field and the fix.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let problems: [String]

    package var description: String { problems.joined(separator: "\n") }
}
