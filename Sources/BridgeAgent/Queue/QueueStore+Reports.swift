import Database

/// Sums, notes, and lines for people.
extension QueueStore {
    // MARK: Counters and notes

    static func raise(_ name: String, by amount: Int, in tx: borrowing Transaction) throws {
        guard amount > 0 else { return }
        try tx.run(
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
        try tx.run(
            """
            INSERT INTO notes (name, value, at) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
            """, [.text(name), .text(value), .integer(now)])
    }

    static func removeNote(_ name: String, in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM notes WHERE name = ?", [.text(name)])
    }

    static func notes(in tx: borrowing Transaction) throws -> [String: (value: String, at: Int64)] {
        Dictionary(
            try tx.all("SELECT name, value, at FROM notes") {
                ($0.text(0), (value: $0.text(1), at: $0.int64(2)))
            }, uniquingKeysWith: { $1 })
    }

    // MARK: Doubts

    static func addDoubt(
        _ healthID: String, _ body: [UInt8], of file: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "INSERT INTO doubts (file_id, health_id, body) VALUES (?, ?, ?)",
            [.integer(file), .text(healthID), .utf8(body)])
    }

    static func doubts(limit: Int, in tx: borrowing Transaction) throws -> [PossibleDuplicate.Doubt]
    {
        try tx.all(
            "SELECT id, file_id, health_id, body FROM doubts ORDER BY id LIMIT ?", [.int(limit)]
        ) {
            PossibleDuplicate.Doubt(
                id: $0.int64(0), fileID: $0.int64(1), healthID: $0.text(2), body: $0.utf8(3))
        }
    }

    static func doubtCount(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT count(*) FROM doubts") { $0.int(0) } ?? 0
    }

    /// - Returns: `false` when it was removed before.
    static func removeDoubt(_ id: Int64, in tx: borrowing Transaction) throws -> Bool {
        try tx.execute("DELETE FROM doubts WHERE id = ?", [.integer(id)]) > 0
    }

    // MARK: Reports

    static func add(_ line: ReportLine, in tx: borrowing Transaction) throws {
        try tx.run(
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
        try tx.run(
            """
            INSERT INTO reports (file_id, kind, path, length) VALUES (?, ?, ?, ?)
            ON CONFLICT (file_id, kind) DO UPDATE SET path = excluded.path, length = excluded.length
            """, [.integer(file), .text(kind.rawValue), .text(path), .int(length)])
    }

    static func removeLines(
        of file: Int64, _ kind: ReportLine.Kind, upTo id: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "DELETE FROM report_lines WHERE file_id = ? AND kind = ? AND id <= ?",
            [.integer(file), .text(kind.rawValue), .integer(id)])
    }
}
