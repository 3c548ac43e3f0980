import Foundation
import JSON
import Database
import SQLite

/// What `opescare-bridge status` tells, read beside a running agent.
package struct AgentStatus: Sendable {
    package struct File: Sendable, Equatable {
        package let name: String
        package let row: Int
        package let bytesDone: Int64
        package let bytes: Int64
    }

    package var queueDepth = 0
    /// Milliseconds since 1970.
    package var oldestAt: Int64?
    /// What the server said of the agent at its last start, and when that changed.
    package var server: String?
    package var lastSyncAt: Int64?
    package var lastError: String?
    package var lastErrorAt: Int64?
    package var delivered = 0
    package var duplicates = 0
    package var refused = 0
    package var badRows = 0
    package var refusedFiles = 0
    package var files: [File] = []
    /// Files that wait until somebody decides, and why.
    package var waitingFiles: [(name: String, reason: String)] = []
    /// Refused and unreadable rows that no corrected one has replaced yet.
    package var uncorrected = 0
    /// What became of the last files, and what of those of which rows wait.
    package var tallies: [FileTally] = []
    /// What lies in the watched folder and is not read, and what to do about it.
    package var passedOver: [(name: String, reason: String)] = []
    /// Lines that wait to be written into errors/ or *.healthids.csv.
    package var waitingLines = 0

    /// - Throws: `AgentError` when there is a queue and it cannot be read. An agent that has never
    ///   run has an empty status.
    package init(queuePath: String) throws(AgentError) {
        guard Folder.exists(queuePath) else { return }
        do {
            let reader = try SQLiteReader(path: queuePath)
            self = try reader.read { tx in
                var status = AgentStatus()
                try status.fill(from: tx)
                return status
            }
        } catch {
            throw AgentError("The queue \(queuePath) cannot be read: \(error).")
        }
    }

    private init() {}

    private mutating func fill(from tx: borrowing Transaction) throws {
        queueDepth = try QueueStore.depth(in: tx)
        oldestAt = try QueueStore.oldest(in: tx)
        waitingLines = try QueueStore.waitingLines(in: tx)
        let notes = try QueueStore.notes(in: tx)
        server = notes[Self.serverNote]?.value
        lastSyncAt = notes["last_sync"]?.at
        lastError = notes["last_error"]?.value
        lastErrorAt = notes["last_error"]?.at
        waitingFiles = notes.compactMap { note, said in
            WaitingFiles.file(note: note).map { (name: $0, reason: said.value) }
        }.sorted { $0.name < $1.name }
        passedOver = notes.compactMap { note, said in
            PassedOver.name(note: note).map { (name: $0, reason: said.value) }
        }.sorted { $0.name < $1.name }
        let counters = try QueueStore.counters(in: tx)
        delivered = counters["delivered"] ?? 0
        duplicates = counters["duplicates"] ?? 0
        refused = counters["refused"] ?? 0
        badRows = counters["bad"] ?? 0
        refusedFiles = counters["files_refused"] ?? 0
        // An agent of an earlier version may be running still.
        if try QueueStore.hasTallies(in: tx) {
            uncorrected = try QueueStore.refusalCount(in: tx)
            tallies = try QueueStore.tallies(limit: 100, in: tx)
        }
        files = try QueueStore.files(in: .reading, tx).map { file in
            File(
                name: file.name, row: file.nextRow, bytesDone: Int64(file.nextOffset),
                bytes: file.status.size)
        }
    }

    static let serverNote = "server"

    package func text(_ configuration: AgentConfiguration) -> String {
        var lines = [
            ("Agent", "\(configuration.agentID), for \(configuration.serverURL)"),
            ("Server", AgentLog.oneLine(server ?? "not heard from yet")),
            ("Waiting", waiting), ("Last delivery", lastSyncAt.map(Self.time) ?? "never"),
            (
                "Last trouble",
                lastError.map { "\(AgentLog.oneLine($0)) (\(lastErrorAt.map(Self.time) ?? ""))" }
                    ?? "none"
            ), ("Delivered", "\(delivered) records, \(duplicates) of them known already"),
            (
                "Refused",
                "\(refused) records by the server, \(badRows) unreadable rows, \(refusedFiles) files"
                    + " (see \(configuration.errorsFolder)); \(uncorrected) rows not corrected yet"
            ),
        ]
        for file in files {
            let percent = file.bytes > 0 ? file.bytesDone * 100 / file.bytes : 100
            lines.append(("Reading", "\(file.name), row \(file.row), \(percent) %"))
        }
        for file in tallies.prefix(20) {
            let isDone = file.closedAt != nil
            lines.append(
                (isDone ? "File" : "On its way", AgentLog.oneLine("\(file.name): \(file.sentence)"))
            )
        }
        for file in waitingFiles.prefix(100) {
            lines.append(("File waits", AgentLog.oneLine("\(file.name): \(file.reason)")))
        }
        for file in passedOver {
            lines.append(("Not read", AgentLog.oneLine("\(file.name) \(file.reason)")))
        }
        return lines.map { name, value in
            name + String(repeating: " ", count: max(1, 15 - name.count)) + value + "\n"
        }.joined()
    }

    private var waiting: String {
        guard queueDepth > 0 else { return "no records" }
        return "\(queueDepth) records, the oldest since " + (oldestAt.map(Self.time) ?? "?")
    }

    package var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("queue_depth", queueDepth)
            json.member("oldest_at", oldestAt.map(Self.time))
            json.member("server", server)
            json.member("last_sync_at", lastSyncAt.map(Self.time))
            json.member("last_error", lastError)
            json.member("last_error_at", lastErrorAt.map(Self.time))
            json.member("delivered", delivered)
            json.member("duplicates", duplicates)
            json.member("refused", refused)
            json.member("bad_rows", badRows)
            json.member("refused_files", refusedFiles)
            json.member("uncorrected_rows", uncorrected)
            json.memberArray("files") { array in
                for file in tallies { array.element { $0.describe(file) } }
            }
            for (member, list) in [("waiting_files", waitingFiles), ("not_read", passedOver)] {
                json.memberArray(member) { array in
                    for file in list.prefix(100) {
                        array.element { json in
                            json.member("name", file.name)
                            json.member("reason", file.reason)
                        }
                    }
                }
            }
            json.memberArray("reading") { array in
                for file in files {
                    array.element { json in
                        json.member("name", file.name)
                        json.member("row", file.row)
                        json.member("bytes_done", file.bytesDone)
                        json.member("bytes", file.bytes)
                    }
                }
            }
        }
        return json.finish()
    }

    fileprivate static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ file: FileTally) {
        member("name", file.name)
        member("delivered", file.delivered)
        member("known", file.known)
        member("amended", file.amended)
        member("pending_patient", file.pending)
        member("refused", file.refused)
        member("unreadable", file.unreadable)
        member("read_before", file.repeated)
        member("remarked", file.remarked)
        member("waiting", file.waiting)
        member("errors_report", file.errorsPath)
        member("remarks_report", file.remarksPath)
        member("finished_at", file.closedAt.map(AgentStatus.time))
    }
}
