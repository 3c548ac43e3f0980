import Database

/// The SQL of the queue: its files and rows.
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
            columns: row.text(13).utf8.split(separator: UInt8(ascii: "\n")).compactMap(String.init))
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
        try tx.run(
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
        try tx.run(
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
              AND NOT EXISTS (SELECT 1 FROM doubts d WHERE d.file_id = files.id)
            """, [.integer(time)]
        ) { $0.int64(0) }
        guard !old.isEmpty, try depth(in: tx) == 0 else { return }
        for id in old {
            try tx.run("DELETE FROM reports WHERE file_id = ?", [.integer(id)])
            try tx.run("DELETE FROM refusals WHERE file_id = ?", [.integer(id)])
            try tx.run("DELETE FROM files WHERE id = ?", [.integer(id)])
        }
    }

    // MARK: Rows

    /// Adds rows and moves the file's progress behind them.
    ///
    /// - Returns: how many were not in the queue already.
    static func add(
        _ rows: [QueuedRow], bad: Int, remarked: Int = 0, to file: QueuedFile,
        in tx: borrowing Transaction
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
        try tx.run(
            """
            UPDATE files SET state = ?, next_offset = ?, next_row = ?, queued = queued + ?,
                             repeated = repeated + ?, bad = bad + ?, remarked = remarked + ?
            WHERE id = ?
            """,
            [
                .text(file.state.rawValue), .int(file.nextOffset), .int(file.nextRow), .int(added),
                .int(rows.count - added), .int(bad), .int(remarked), .integer(file.id),
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
}
