import Database

/// Carries lines from the queue into the files that people read, each line exactly once.
///
/// The queue remembers how long a file is. What lies behind that length was written just before a
/// crash, and is compared; a file that somebody has changed is left alone, and a new one begins.
struct ReportWriter {
    let queue: BridgeQueue
    let errorsFolder: String
    private static let linesAtOnce = 2000

    /// Writes all that waits.
    func flush() throws {
        while let (fileID, kind) = try queue.read({ try QueueStore.nextReport(in: $0) }) {
            try write(kind, of: fileID)
        }
    }

    private func write(_ kind: ReportLine.Kind, of fileID: Int64) throws {
        let (file, report, lines) = try queue.read { tx in
            (
                try QueueStore.file(fileID, in: tx),
                try QueueStore.report(of: fileID, kind, in: tx),
                try QueueStore.lines(of: fileID, kind, limit: Self.linesAtOnce, in: tx)
            )
        }
        guard let last = lines.last else { return }
        guard let file else {
            // Only lines without a file: nothing could say where they belong.
            try queue.write { try QueueStore.removeLines(of: fileID, kind, upTo: last.id, in: $0) }
            return
        }
        var path = report?.path ?? basePath(kind, of: file)
        var length = report?.length ?? 0
        var bytes = (length == 0 ? file.heading(of: kind) : []) + lines.flatMap(\.line)
        if try !isOurs(path, length: length, continuedBy: bytes) {
            path = try freePath(kind, of: file)
            length = 0
            bytes = file.heading(of: kind) + lines.flatMap(\.line)
        }
        if report?.path != path {
            // Known before it exists, so that a crash cannot make it look like somebody else's.
            let known = path
            try queue.write {
                try QueueStore.setReport(of: fileID, kind, path: known, length: 0, in: $0)
            }
        }
        try Folder.make(Folder.parent(of: path))
        try Folder.write(bytes, to: path, at: length)
        let (end, finalPath) = (length + bytes.count, path)
        try queue.write { tx in
            try QueueStore.removeLines(of: fileID, kind, upTo: last.id, in: tx)
            try QueueStore.setReport(of: fileID, kind, path: finalPath, length: end, in: tx)
        }
    }

    /// Whether the file is as we left it, or as a crash in the middle of these bytes left it.
    private func isOurs(_ path: String, length: Int, continuedBy bytes: [UInt8]) throws -> Bool {
        guard Folder.exists(path) else { return length == 0 }
        guard let status = FileStatus(path: path), status.size >= length else { return false }
        let extra = Int(status.size) - length
        if extra == 0 { return true }
        guard extra <= bytes.count else { return false }
        let tail = try InputFile(path: path).read(at: length, count: extra)
        return bytes.starts(with: tail)
    }

    private func basePath(_ kind: ReportLine.Kind, of file: QueuedFile) -> String {
        // A name may have 255 bytes, endings included.
        let name = String(file.archiveName.prefix(60))
        let stem = file.archiveName.utf8.count > 230 ? name : file.archiveName
        return switch kind {
        case .errors: errorsFolder + "/" + stem + ".errors.csv"
        case .remarks: errorsFolder + "/" + stem + ".remarks.csv"
        case .possible: errorsFolder + "/" + stem + ".possible.csv"
        case .healthIDs: Folder.parent(of: file.archivePath) + "/" + stem + ".healthids.csv"
        }
    }

    private func freePath(_ kind: ReportLine.Kind, of file: QueuedFile) throws -> String {
        let base = basePath(kind, of: file)
        let stem = base.hasSuffix(".csv") ? String(base.dropLast(4)) : base
        var number = 2
        while true {
            let path = "\(stem)-\(number).csv"
            let isTaken = try queue.read { try QueueStore.isReportPathTaken(path, in: $0) }
            if !isTaken, !Folder.exists(path) { return path }
            number += 1
        }
    }
}

extension QueuedFile {
    /// The name in the archive.
    var archiveName: String {
        archivePath.utf8.split(separator: UInt8(ascii: "/")).last.flatMap(String.init) ?? name
    }
}
