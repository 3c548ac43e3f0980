import Foundation
import Testing

@testable import BridgeAgent

/// A fresh folder with a configuration that points into it, removed with the value that names it.
final class AgentFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "opescare-bridge-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path + "/data/incoming", withIntermediateDirectories: true)
    }

    deinit {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }

    func configuration(
        port: UInt16 = 9, _ change: (inout AgentConfiguration) -> Void = { _ in }
    ) throws -> AgentConfiguration {
        let text = """
            {"server_url":"http://127.0.0.1:\(port)","agent_id":"BRIDGE-1","agent_key":"k",
             "facility_id":"f","environment":"sandbox","quiet_seconds":0,"time_zone":"GMT",
             "sync_interval_seconds":1,"heartbeat_interval_seconds":5,
             "connector":{"type":"csv_folder","watch_folder":"\(path)/data/incoming"}}
            """
        var configuration = try AgentConfiguration(
            Array(text.utf8), name: "test", folder: path, environment: [:])
        configuration.adoptedQueues = [path + "/bridge_queue.db"]
        configuration.firstRetry = .milliseconds(20)
        change(&configuration)
        return configuration
    }

    func queue() throws -> BridgeQueue {
        let configuration = try configuration()
        return try BridgeQueue(
            folder: configuration.stateFolder, path: configuration.queuePath,
            lockPath: configuration.lockPath)
    }

    /// Puts a file into the watched folder.
    func drop(_ name: String, _ text: String) throws {
        try write("data/incoming/" + name, text)
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    /// `nil` when there is no such file.
    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Lines without their ends.
    func lines(_ name: String) -> [String] {
        text(name)?.split(whereSeparator: \.isNewline).map(String.init) ?? []
    }

    func names(_ folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
        return names?.sorted() ?? []
    }
}

extension Envelope {
    static let test = Envelope(agentID: "BRIDGE-1", facilityID: "f")
}

extension AgentLog {
    static let silent = AgentLog(level: .error, format: .text, output: nil)
}

extension BridgeQueue {
    /// Makes a batch, or takes the oldest.
    func batch(limit: Int = 500) throws -> Batch? {
        try nextBatch(.test, limit: limit, waiting: [])
    }

    /// Every waiting record, in order.
    func bodies() throws -> [String] {
        try read { tx in
            try QueueStore.rows(from: 0, to: .max, in: tx).map {
                String(decoding: $0.body, as: UTF8.self)
            }
        }
    }
}
