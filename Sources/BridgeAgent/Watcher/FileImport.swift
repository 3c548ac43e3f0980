import Crypto
import Foundation

/// Reads one file into the queue, a bounded number of rows in each transaction.
///
/// A row commits only while the file is still the one that was opened, so a file that is rewritten in
/// place is never read in a mixture of two versions; one that is replaced by another goes on being
/// read from the old one, which is still whole.
struct FileImport {
    enum Outcome {
        /// All rows are queued.
        case complete(QueuedFile, FileHeading)
        /// The file has changed while it was read; what was queued is true, and the rest is read
        /// when it has settled.
        case changed
        /// It is still being written.
        case busy
        case stopped
    }

    let queue: BridgeQueue
    let configuration: AgentConfiguration
    let dates: DateText
    let isStopped: @Sendable () -> Bool
    /// Called after each transaction: bytes read, bytes in all, rows queued so far.
    let progress: (Int64, Int64, Int) -> Void

    static let pieceBytes = 256 * 1024
    static let rowsAtOnce = 2000

    func run(_ name: String, type: FileType) throws -> Outcome {
        let input = try InputFile(path: configuration.watchFolder + "/" + name)
        guard let status = input.status else { return .changed }
        if input.isBeingWritten { return .busy }
        let dialect = try CSVDialect(of: input, configuration)
        let heading = try FileHeading(
            of: input, dialect, type, named: configuration.columns)
        let layout = heading.layout
        guard input.status == status else { return .changed }
        var file = try open(
            name, type, status, dialect, layout, offset: heading.offset, row: heading.row.number)
        var reader = RowReader(dialect, offset: file.nextOffset, number: file.nextRow)
        var builder = RecordBuilder(
            type: type, layout: layout, dates: dates, encoding: dialect.encoding,
            sourceFile: name,
            uploadID: layout.namesRecords(type) ? uploadID(of: file) : nil)
        builder.refusals = try queue.read { try QueueStore.refusals(ofFilesNamed: name, in: $0) }
        var queued = 0
        while true {
            if isStopped() { return .stopped }
            try checkSpace()
            let chunk = try readChunk(&reader, from: input, &builder, heading, dialect, file)
            guard input.status == status else { return .changed }
            file.nextOffset = reader.offset
            file.nextRow = reader.number
            if chunk.isLast { file.state = .read }
            let updated = file
            queued += try queue.write { tx in
                for line in chunk.lines { try QueueStore.add(line, in: tx) }
                for id in chunk.refusals {
                    try QueueStore.addRefusal(id, of: updated.id, byServer: false, in: tx)
                }
                try QueueStore.raise("bad", by: chunk.bad, in: tx)
                return try QueueStore.add(
                    chunk.rows, bad: chunk.bad, remarked: chunk.remarked, to: updated, in: tx)
            }
            progress(Int64(file.nextOffset), status.size, queued)
            if chunk.isLast { return .complete(file, heading) }
        }
    }

    /// One for each version of a file, also where reading goes on after a stop, and another where the same
    /// file is dropped again.
    private func uploadID(of file: QueuedFile) -> String {
        let status = file.status
        let text =
            "\(configuration.agentID)\n\(file.id)\n\(status.inode)\n\(status.size)\n"
            + "\(status.modified)\n\(file.name)"
        return "up_"
            + SHA256.hash(Array(text.utf8)).bytes.prefix(12).map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }.joined()
    }

    /// The last of the disk belongs to the other programs of this machine.
    private func checkSpace() throws(AgentError) {
        guard let space = Folder.space(configuration.stateFolder) else { return }
        guard space.free < min(64 << 20, space.total / 20) else { return }
        throw AgentError(
            "the disk of \(configuration.stateFolder) is nearly full (\(space.free >> 20) MiB are "
                + "free): free some space; reading goes on by itself")
    }

    private struct Chunk: Sendable {
        var rows: [QueuedRow] = []
        var bad = 0
        var remarked = 0
        /// About rows of either kind.
        var lines: [ReportLine] = []
        /// Of bad rows, by which their corrected ones are known.
        var refusals: [ErrorID] = []
        var isLast = false
    }

    private func readChunk(
        _ reader: inout RowReader, from input: borrowing InputFile, _ builder: inout RecordBuilder,
        _ heading: FileHeading, _ dialect: CSVDialect, _ file: QueuedFile
    ) throws -> Chunk {
        var chunk = Chunk()
        var bytes = 0
        while chunk.rows.count + chunk.bad < Self.rowsAtOnce, bytes < 4 << 20 {
            guard let row = try reader.next(from: input) else {
                chunk.isLast = true
                return chunk
            }
            if row.isBlank, row.fault == nil { continue }
            bytes += row.bytes.count
            var outcome = builder.record(row)
            if outcome == .undecided {
                builder.orders = try DateSurvey.orders(
                    of: input, dialect, heading, configured: configuration.dateOrder)
                outcome = builder.record(row)
            }
            switch outcome {
            case .record(let body, let contentCount, let remarks):
                let digest = SHA256.hash(body[..<contentCount]).bytes.prefix(8)
                    .reduce(Int64(0)) { $0 << 8 | Int64($1) }
                chunk.rows.append(QueuedRow(number: row.number, digest: digest, body: body))
                chunk.remarked += remarks.isEmpty ? 0 : 1
                for remark in remarks {
                    chunk.lines.append(
                        BridgeQueue.remarkLine(row.number, remark, body, of: file))
                }
            case .bad(let reason):
                // Wrong once more, it still stands for what it was.
                let id =
                    builder.errorID(of: row).map { ErrorID(digest: $0.digest, row: row.number) }
                    ?? ErrorID(of: row.bytes, row: row.number, of: file.name)
                chunk.bad += 1
                chunk.refusals.append(id)
                chunk.lines.append(
                    Self.badLine(row, id, reason, heading.layout, dialect.encoding, file))
            case .unanswered: break
            case .undecided: preconditionFailure("the order of dates has just been decided")
            }
        }
        return chunk
    }

    /// The row as it was, behind its number and what is wrong with it.
    private static func badLine(
        _ row: CSVRow, _ id: ErrorID, _ reason: String, _ layout: FileLayout,
        _ encoding: TextEncoding, _ file: QueuedFile
    ) -> ReportLine {
        let columns = layout.columns
        let fields = (0..<min(row.count, 1000)).compactMap { index in
            if index < columns.count, columns[index].kind == .ignored { return String?.none }
            // A row that swallowed half a file is told by its beginning.
            return encoding.string(row[index].prefix(4096))
        }
        return ReportLine(
            fileID: file.id, kind: .errors,
            line: CSVLine.bytes(
                [String(row.number), reason, id.text] + fields, delimiter: file.delimiter))
    }

    /// Goes on where an earlier reader of the same version stopped, or begins.
    private func open(
        _ name: String, _ type: FileType, _ status: FileStatus, _ dialect: CSVDialect,
        _ layout: FileLayout, offset: Int, row: Int
    ) throws -> QueuedFile {
        let archive = configuration.archiveFolder
        let now = BridgeQueue.now
        return try queue.write { tx in
            if let earlier = try QueueStore.file(named: name, state: .reading, in: tx) {
                if earlier.status == status, earlier.recordType == type.rawValue { return earlier }
                try QueueStore.setState(
                    .replaced, archivePath: earlier.archivePath, of: earlier.id, in: tx)
            }
            var path = archive + "/" + name
            var number = 2
            while try Folder.exists(path) || QueueStore.isArchivePathTaken(path, in: tx) {
                path = archive + "/" + Self.numbered(name, number)
                number += 1
            }
            return try QueueStore.add(
                name: name, recordType: type.rawValue, sharesScope: !type.isState, status: status,
                state: .reading, nextOffset: offset, nextRow: row, archivePath: path,
                delimiter: dialect.delimiter,
                hasByteOrderMark: dialect.hasByteOrderMark || dialect.encoding != .utf8,
                columns: layout.columns.filter { $0.kind != .ignored }.map(\.name), at: now, in: tx)
        }
    }

    /// `patients_1.csv` becomes `patients_1-2.csv`.
    static func numbered(_ name: String, _ number: Int) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            return "\(name)-\(number)"
        }
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }
}

/// Rows of a file from an offset on.
struct RowReader {
    private var parser: CSVParser
    private var row = CSVRow()
    private var readOffset: Int
    private var utf16: UTF16Reader?
    /// Bytes of UTF-8 before the place where reading begins; they are read once more, for only from its
    /// beginning is UTF-16 counted in UTF-8.
    private var skippedBytes = 0
    private var isAtEnd = false
    private(set) var number: Int

    init(_ dialect: CSVDialect, offset: Int, number: Int) {
        parser = CSVParser(
            delimiter: dialect.delimiter, endsWithCR: dialect.endsWithCR, offset: offset,
            number: number)
        readOffset = offset
        self.number = number
        if case .utf16(let isBigEndian) = dialect.encoding {
            utf16 = UTF16Reader(isBigEndian: isBigEndian)
            (readOffset, skippedBytes) = (0, offset)
        }
    }

    /// Behind the last row.
    var offset: Int { parser.offset }

    mutating func next(from input: borrowing InputFile) throws(FileError) -> CSVRow? {
        while !parser.next(into: &row) {
            if isAtEnd { return nil }
            let piece = try input.read(at: readOffset, count: FileImport.pieceBytes)
            readOffset += piece.count
            let text = utf8(piece)
            if !text.isEmpty { parser.append(text) }
            if piece.isEmpty {
                isAtEnd = true
                parser.finish()
            }
        }
        number = row.number
        return row
    }

    private mutating func utf8(_ piece: [UInt8]) -> [UInt8] {
        guard let text = utf16?.utf8(piece) else { return piece }
        let skipped = min(skippedBytes, text.count)
        skippedBytes -= skipped
        return Array(text.dropFirst(skipped))
    }

    /// The next row that is not blank.
    mutating func nextFilled(from input: borrowing InputFile) throws(FileError) -> CSVRow? {
        while let row = try next(from: input) {
            if !row.isBlank { return row }
        }
        return nil
    }
}
