import Foundation
import SQLite

/// The SQL of the queue's rows and batches.
enum QueueStore {
    // MARK: Files

    static func file(named name: String, state: QueuedFile.State, in tx: borrowing Transaction)
        throws
        -> QueuedFile?
    {
        try tx.first(
            """
            SELECT id, name, scope_id, record_type, inode, size, modified_ns, state, next_offset,
                   next_row, archive_path, delimiter, has_bom, columns
            FROM files WHERE name = ? AND state = ? ORDER BY id DESC LIMIT 1
            """, [.text(name), .text(state.rawValue)], file)
    }

    static func file(_ id: Int64, in tx: borrowing Transaction) throws -> QueuedFile? {
        try tx.first(
            """
            SELECT id, name, scope_id, record_type, inode, size, modified_ns, state, next_offset,
                   next_row, archive_path, delimiter, has_bom, columns
            FROM files WHERE id = ?
            """, [.integer(id)], file)
    }

    static func files(in state: QueuedFile.State, _ tx: borrowing Transaction) throws
        -> [QueuedFile]
    {
        try tx.all(
            """
            SELECT id, name, scope_id, record_type, inode, size, modified_ns, state, next_offset,
                   next_row, archive_path, delimiter, has_bom, columns
            FROM files WHERE state = ? ORDER BY id
            """, [.text(state.rawValue)], file)
    }

    private static func file(_ row: borrowing Row) -> QueuedFile {
        QueuedFile(
            id: row.int64(0), name: row.text(1), scopeID: row.int64(2), recordType: row.text(3),
            status: FileStatus(inode: row.int64(4), size: row.int64(5), modified: row.int64(6)),
            state: QueuedFile.State(rawValue: row.text(7)) ?? .replaced, nextOffset: row.int(8),
            nextRow: row.int(9), archivePath: row.text(10),
            delimiter: row.text(11).utf8.first ?? UInt8(ascii: ","), hasByteOrderMark: row.bool(12),
            columns: row.text(13).split(separator: "\n").map(String.init))
    }

    /// - Parameter sharesScope: whether a row that another version of the file has queued already is
    ///   the same row.
    static func add(
        name: String, recordType: String, sharesScope: Bool, status: FileStatus,
        state: QueuedFile.State, nextOffset: Int, nextRow: Int, archivePath: String,
        delimiter: UInt8, hasByteOrderMark: Bool, columns: [String], at now: Int64,
        in tx: borrowing Transaction
    ) throws -> QueuedFile {
        let id =
            try tx.first("SELECT coalesce(max(id), 0) + 1 FROM files") { $0.int64(0) } ?? 1
        let earlier = try tx.first(
            "SELECT scope_id FROM files WHERE name = ? ORDER BY id DESC LIMIT 1", [.text(name)]
        ) { $0.int64(0) }
        let scope = sharesScope ? earlier ?? id : id
        try tx.execute(
            """
            INSERT INTO files (id, name, scope_id, record_type, inode, size, modified_ns, state,
                               next_offset, next_row, archive_path, delimiter, has_bom, columns,
                               created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .text(name), .integer(scope), .text(recordType),
                .integer(status.inode), .integer(status.size), .integer(status.modified),
                .text(state.rawValue), .int(nextOffset), .int(nextRow), .text(archivePath),
                .text(String(UnicodeScalar(delimiter))), .bool(hasByteOrderMark),
                .text(columns.joined(separator: "\n")), .integer(now),
            ])
        return QueuedFile(
            id: id, name: name, scopeID: scope, recordType: recordType, status: status,
            state: state, nextOffset: nextOffset, nextRow: nextRow, archivePath: archivePath,
            delimiter: delimiter, hasByteOrderMark: hasByteOrderMark, columns: columns)
    }

    static func setState(
        _ state: QueuedFile.State, archivePath: String, of id: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            "UPDATE files SET state = ?, archive_path = ? WHERE id = ?",
            [.text(state.rawValue), .text(archivePath), .integer(id)])
    }

    /// Whether another file has that place in the archive, or will have it.
    static func isArchivePathTaken(_ path: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM files WHERE archive_path = ? AND state <> 'replaced' LIMIT 1",
            [.text(path)]
        ) { $0.int(0) } != nil
    }

    /// Files whose last word was said long ago need no memory.
    static func prune(before time: Int64, in tx: borrowing Transaction) throws {
        let old = try tx.all(
            """
            SELECT id FROM files
            WHERE created_at < ? AND (state = 'archived' OR state = 'replaced')
              AND NOT EXISTS (SELECT 1 FROM report_lines l WHERE l.file_id = files.id)
            """, [.integer(time)]
        ) { $0.int64(0) }
        guard !old.isEmpty, try depth(in: tx) == 0 else { return }
        for id in old {
            try tx.execute("DELETE FROM reports WHERE file_id = ?", [.integer(id)])
            try tx.execute("DELETE FROM files WHERE id = ?", [.integer(id)])
        }
    }

    // MARK: Rows

    /// Adds rows and moves the file's progress behind them.
    ///
    /// - Returns: how many were not in the queue already.
    static func add(
        _ rows: [QueuedRow], bad: Int, to file: QueuedFile, in tx: borrowing Transaction
    ) throws -> Int {
        var added = 0
        for row in rows {
            added += try tx.execute(
                """
                INSERT INTO rows (file_id, scope_id, row_number, digest, body)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (scope_id, row_number, digest) DO NOTHING
                """,
                [
                    .integer(file.id), .integer(file.scopeID), .int(row.number),
                    .integer(row.digest), .utf8(row.body),
                ])
        }
        try tx.execute(
            """
            UPDATE files SET state = ?, next_offset = ?, next_row = ?, queued = queued + ?,
                             bad = bad + ?
            WHERE id = ?
            """,
            [
                .text(file.state.rawValue), .int(file.nextOffset), .int(file.nextRow), .int(added),
                .int(bad), .integer(file.id),
            ])
        return added
    }

    /// Records that wait for a verdict.
    static func depth(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT count(*) FROM rows") { $0.int(0) } ?? 0
    }

    /// When the file of the oldest record was first read.
    static func oldest(in tx: borrowing Transaction) throws -> Int64? {
        try tx.first(
            """
            SELECT f.created_at FROM rows r JOIN files f ON f.id = r.file_id ORDER BY r.id LIMIT 1
            """
        ) { $0.int64(0) }
    }

    // MARK: Batches

    /// The oldest batches, without their rows.
    static func batches(limit: Int, in tx: borrowing Transaction) throws -> [Batch] {
        try tx.all(
            """
            SELECT id, idempotency_key, first_row, last_row, prefix, suffix FROM batches
            ORDER BY id LIMIT ?
            """, [.int(limit)]
        ) { row in
            Batch(
                id: row.int64(0), idempotencyKey: row.text(1), firstRow: row.int64(2),
                lastRow: row.int64(3), prefix: row.utf8(4), suffix: row.utf8(5), rows: [])
        }
    }

    static func rows(from first: Int64, to last: Int64, in tx: borrowing Transaction) throws
        -> [Batch.Row]
    {
        try tx.all(
            """
            SELECT id, file_id, row_number, body FROM rows WHERE id >= ? AND id <= ? ORDER BY id
            """, [.integer(first), .integer(last)]
        ) { row in
            Batch.Row(id: row.int64(0), fileID: row.int64(1), number: row.int(2), body: row.utf8(3))
        }
    }

    /// Makes one batch of the oldest rows that are in none.
    ///
    /// - Parameter bytes: of the records at most, but for a single one.
    /// - Returns: `nil` when every row is in a batch.
    static func makeBatch(
        key: String, limit: Int, bytes: Int, prefix: [UInt8], suffix: [UInt8], at now: Int64,
        in tx: borrowing Transaction
    ) throws -> Batch? {
        // Batches are made from the front, so all rows behind the last one are free.
        let last =
            try tx.first("SELECT coalesce(max(last_row), 0) FROM batches") { $0.int64(0) } ?? 0
        var rows: [Batch.Row] = []
        var total = 0
        for row in try tx.all(
            """
            SELECT id, file_id, row_number, body FROM rows WHERE id > ? ORDER BY id LIMIT ?
            """, [.integer(last), .int(limit)],
            { row in
                Batch.Row(
                    id: row.int64(0), fileID: row.int64(1), number: row.int(2), body: row.utf8(3))
            })
        {
            total += row.body.count + 1
            if total > bytes, !rows.isEmpty { break }
            rows.append(row)
        }
        guard let first = rows.first, let end = rows.last else { return nil }
        return try addBatch(
            key: key, first: first.id, last: end.id, prefix: prefix, suffix: suffix, rows: rows,
            at: now, in: tx)
    }

    static func addBatch(
        key: String, first: Int64, last: Int64, prefix: [UInt8], suffix: [UInt8],
        rows: [Batch.Row], at now: Int64, in tx: borrowing Transaction
    ) throws -> Batch {
        let id =
            try tx.first(
                """
                INSERT INTO batches (idempotency_key, first_row, last_row, prefix, suffix, created_at)
                VALUES (?, ?, ?, ?, ?, ?) RETURNING id
                """,
                [
                    .text(key), .integer(first), .integer(last), .utf8(prefix), .utf8(suffix),
                    .integer(now),
                ]
            ) { $0.int64(0) } ?? 0
        return Batch(
            id: id, idempotencyKey: key, firstRow: first, lastRow: last, prefix: prefix,
            suffix: suffix, rows: rows)
    }

    /// Batches that stand in another envelope; those taken over have none.
    static func batchIDs(
        withOtherPrefix prefix: [UInt8], in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            "SELECT id FROM batches WHERE prefix <> '' AND prefix <> ?", [.utf8(prefix)]
        ) { $0.int64(0) }
    }

    static func readdress(
        _ id: Int64, key: String, prefix: [UInt8], suffix: [UInt8], in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            "UPDATE batches SET idempotency_key = ?, prefix = ?, suffix = ? WHERE id = ?",
            [.text(key), .utf8(prefix), .utf8(suffix), .integer(id)])
    }

    /// Whether a batch with that key waits already.
    static func hasBatch(key: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM batches WHERE idempotency_key = ?", [.text(key)]) { $0.int(0) }
            != nil
    }

    static func removeBatch(_ id: Int64, in tx: borrowing Transaction) throws {
        try tx.execute("DELETE FROM batches WHERE id = ?", [.integer(id)])
    }

    static func removeRow(_ id: Int64, in tx: borrowing Transaction) throws {
        try tx.execute("DELETE FROM rows WHERE id = ?", [.integer(id)])
    }

    static func count(
        delivered: Int, duplicates: Int, refused: Int, of file: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE files SET delivered = delivered + ?, duplicates = duplicates + ?,
                             refused = refused + ?
            WHERE id = ?
            """, [.int(delivered), .int(duplicates), .int(refused), .integer(file)])
    }

    // MARK: Counters and notes

    static func raise(_ name: String, by amount: Int, in tx: borrowing Transaction) throws {
        guard amount > 0 else { return }
        try tx.execute(
            """
            INSERT INTO counters (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value
            """, [.text(name), .int(amount)])
    }

    static func counters(in tx: borrowing Transaction) throws -> [String: Int] {
        Dictionary(
            try tx.all("SELECT name, value FROM counters") { ($0.text(0), $0.int(1)) },
            uniquingKeysWith: { $1 })
    }

    static func note(
        _ name: String, _ value: String, at now: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO notes (name, value, at) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
            """, [.text(name), .text(value), .integer(now)])
    }

    static func notes(in tx: borrowing Transaction) throws -> [String: (value: String, at: Int64)] {
        Dictionary(
            try tx.all("SELECT name, value, at FROM notes") {
                ($0.text(0), (value: $0.text(1), at: $0.int64(2)))
            }, uniquingKeysWith: { $1 })
    }

    // MARK: Reports

    static func add(_ line: ReportLine, in tx: borrowing Transaction) throws {
        try tx.execute(
            "INSERT INTO report_lines (file_id, kind, line) VALUES (?, ?, ?)",
            [.integer(line.fileID), .text(line.kind.rawValue), .utf8(line.line)])
    }

    /// A file that has lines waiting, and of which kind.
    static func nextReport(in tx: borrowing Transaction) throws -> (
        file: Int64, kind: ReportLine.Kind
    )? {
        try tx.first("SELECT file_id, kind FROM report_lines ORDER BY id LIMIT 1") { row in
            (row.int64(0), ReportLine.Kind(rawValue: row.text(1)) ?? .errors)
        }
    }

    static func lines(
        of file: Int64, _ kind: ReportLine.Kind, limit: Int, in tx: borrowing Transaction
    ) throws -> [(id: Int64, line: [UInt8])] {
        try tx.all(
            """
            SELECT id, line FROM report_lines WHERE file_id = ? AND kind = ? ORDER BY id LIMIT ?
            """, [.integer(file), .text(kind.rawValue), .int(limit)]
        ) { ($0.int64(0), $0.utf8(1)) }
    }

    static func waitingLines(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT count(*) FROM report_lines") { $0.int(0) } ?? 0
    }

    static func report(
        of file: Int64, _ kind: ReportLine.Kind, in tx: borrowing Transaction
    ) throws -> (path: String, length: Int)? {
        try tx.first(
            "SELECT path, length FROM reports WHERE file_id = ? AND kind = ?",
            [.integer(file), .text(kind.rawValue)]
        ) { ($0.text(0), $0.int(1)) }
    }

    static func isReportPathTaken(_ path: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM reports WHERE path = ?", [.text(path)]) { $0.int(0) } != nil
    }

    static func setReport(
        of file: Int64, _ kind: ReportLine.Kind, path: String, length: Int,
        in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO reports (file_id, kind, path, length) VALUES (?, ?, ?, ?)
            ON CONFLICT (file_id, kind) DO UPDATE SET path = excluded.path, length = excluded.length
            """, [.integer(file), .text(kind.rawValue), .text(path), .int(length)])
    }

    static func removeLines(
        of file: Int64, _ kind: ReportLine.Kind, upTo id: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            "DELETE FROM report_lines WHERE file_id = ? AND kind = ? AND id <= ?",
            [.integer(file), .text(kind.rawValue), .integer(id)])
    }
}
