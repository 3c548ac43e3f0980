import Database

/// What became of files, and which of their refused rows are still to be corrected.
extension QueueStore {
    /// Adds the verdicts of one batch.
    static func add(_ tally: FileTally, in tx: borrowing Transaction) throws {
        try tx.run(
            """
            UPDATE files SET delivered = delivered + ?, duplicates = duplicates + ?,
                             amended = amended + ?, pending = pending + ?, refused = refused + ?,
                             remarked = remarked + ?
            WHERE id = ?
            """,
            [
                .int(tally.delivered), .int(tally.known), .int(tally.amended), .int(tally.pending),
                .int(tally.refused), .int(tally.remarked), .integer(tally.fileID),
            ])
    }

    /// Files of which every row has its verdict, and people have not been told; those of which a line
    /// still waits for its report come later.
    static func finishedFiles(in tx: borrowing Transaction) throws -> [FileTally] {
        try tx.all(
            """
            SELECT * FROM file_tallies AS f
            WHERE closed_at IS NULL AND state <> 'reading' AND delivered + refused >= queued
              AND NOT EXISTS (SELECT 1 FROM report_lines l WHERE l.file_id = f.id)
            ORDER BY id LIMIT 100
            """, [], tally)
    }

    /// Files of which rows wait for verdicts, and those told of last.
    static func tallies(limit: Int, in tx: borrowing Transaction) throws -> [FileTally] {
        let open = try tx.all(
            """
            SELECT * FROM file_tallies WHERE closed_at IS NULL AND state <> 'reading'
            ORDER BY id LIMIT ?
            """, [.int(limit)], tally)
        let closed = try tx.all(
            """
            SELECT * FROM file_tallies WHERE closed_at IS NOT NULL
            ORDER BY closed_at DESC, id DESC LIMIT ?
            """, [.int(limit)], tally)
        return (open + closed).filter { !$0.isEmpty }
    }

    private static func tally(_ row: borrowing Row) -> FileTally {
        FileTally(
            fileID: row.int64(0), name: row.text(1), queued: row.int(2), repeated: row.int(3),
            unreadable: row.int(4), delivered: row.int(5), known: row.int(6), amended: row.int(7),
            pending: row.int(8), refused: row.int(9), remarked: row.int(10),
            errorsPath: row.textOrNil(11), remarksPath: row.textOrNil(12),
            closedAt: row.int64OrNil(13))
    }

    static func hasTallies(in tx: borrowing Transaction) throws -> Bool {
        try tx.first("SELECT 1 FROM sqlite_schema WHERE name = 'file_tallies'") { $0.int(0) } != nil
    }

    static func close(_ file: Int64, at now: Int64, in tx: borrowing Transaction) throws {
        try tx.run(
            "UPDATE files SET closed_at = ? WHERE id = ?", [.integer(now), .integer(file)])
    }

    // MARK: Refused rows

    static func addRefusal(
        _ id: ErrorID, of file: Int64, byServer: Bool, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO refusals (digest, file_id, row_number, by_server) VALUES (?, ?, ?, ?)
            ON CONFLICT (digest) DO NOTHING
            """, [.text(id.digest), .integer(file), .int(id.row), .bool(byServer)])
    }

    /// What the server keeps of rows of earlier files of that name, by their numbers; of one that was
    /// refused in several versions the last.
    static func refusals(
        ofFilesNamed name: String, in tx: borrowing Transaction
    ) throws -> [Int: String] {
        let found = try tx.all(
            """
            SELECT r.row_number, r.digest FROM files f JOIN refusals r ON r.file_id = f.id
            WHERE f.name = ? AND r.by_server = 1 ORDER BY f.id DESC LIMIT 10000
            """, [.text(name)]
        ) { ($0.int(0), $0.text(1)) }
        return Dictionary(found, uniquingKeysWith: { last, _ in last })
    }

    /// - Parameter byServer: also those of which the server must say it.
    static func removeRefusal(
        _ digest: String, byServer: Bool, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "DELETE FROM refusals WHERE digest = ? AND (? OR by_server = 0)",
            [.text(digest), .bool(byServer)])
    }

    static func refusalCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT count(*) FROM refusals") { $0.int(0) } ?? 0
    }
}
