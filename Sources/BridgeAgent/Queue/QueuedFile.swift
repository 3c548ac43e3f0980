/// One version of one file in the watched folder, as the queue remembers it.
struct QueuedFile: Sendable, Equatable {
    enum State: String, Sendable {
        /// Goes to `read` with the last rows, or to `replaced`.
        case reading
        /// All rows are queued; goes to `archived` when the file has moved.
        case read
        case archived
        /// Another version took its place before the end; the rows read so far are true.
        case replaced
    }

    let id: Int64
    let name: String
    let scopeID: Int64
    let recordType: String
    let status: FileStatus
    var state: State
    /// Where reading goes on, in bytes.
    var nextOffset: Int
    /// The number of the last row read.
    var nextRow: Int
    var archivePath: String
    let delimiter: UInt8
    let hasByteOrderMark: Bool
    /// The names sent, in the order of the columns.
    let columns: [String]
}

/// A row on its way into the queue.
struct QueuedRow: Sendable {
    let number: Int
    let digest: Int64
    let body: [UInt8]
}

/// A line for a file that people read.
struct ReportLine: Sendable, Equatable {
    enum Kind: String, Sendable {
        case errors
        case healthIDs = "health_ids"
        case remarks
        /// Who rows may be that were registered as somebody new, for a person to decide.
        case possible
    }

    let fileID: Int64
    let kind: Kind
    /// Ends with CR LF.
    let line: [UInt8]
}
