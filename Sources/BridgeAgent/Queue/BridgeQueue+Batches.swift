import JSON
import SQLite

extension BridgeQueue {
    /// Of the records in one request, but for a single larger one.
    static let batchBytes = 1 << 20

    /// The batch to send next: the oldest whose time has come, or a new one of rows in none.
    ///
    /// - Parameter waiting: batches whose time has not come.
    func nextBatch(agentID: String, limit: Int, waiting: Set<Int64>) throws -> Batch? {
        let key = Self.newKey()
        let now = Self.now
        let (prefix, suffix) = Self.envelope(agentID)
        return try write { tx in
            let old = try QueueStore.batches(limit: waiting.count + 1, in: tx)
            if let batch = old.first(where: { !waiting.contains($0.id) }) {
                let rows = try QueueStore.rows(from: batch.firstRow, to: batch.lastRow, in: tx)
                return Batch(
                    id: batch.id, idempotencyKey: batch.idempotencyKey, firstRow: batch.firstRow,
                    lastRow: batch.lastRow, prefix: batch.prefix, suffix: batch.suffix, rows: rows)
            }
            return try QueueStore.makeBatch(
                key: key, limit: limit, bytes: Self.batchBytes, prefix: prefix, suffix: suffix,
                at: now, in: tx)
        }
    }

    /// What stands around the records of a request.
    static func envelope(_ agentID: String) -> (prefix: [UInt8], suffix: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member("agent_id", agentID)
            json.memberArray("records") { _ in }
        }
        let bytes = json.finish()
        return (Array(bytes.dropLast(2)), Array(bytes.suffix(2)))
    }

    /// Makes batches of another agent id this one's. Keys belong to an agent, so they become new; the
    /// server knows records that arrive twice by their content.
    func useEnvelope(of agentID: String) throws {
        let (prefix, suffix) = Self.envelope(agentID)
        try write { tx in
            for id in try QueueStore.batchIDs(withOtherPrefix: prefix, in: tx) {
                try QueueStore.readdress(
                    id, key: Self.newKey(), prefix: prefix, suffix: suffix, in: tx)
            }
        }
    }

    /// Applies the server's verdicts: what was delivered leaves, what was refused goes to its report,
    /// what was not mentioned is sent again under a new key.
    ///
    /// All of it is one transaction: a crash before it sends the same request again.
    func settle(_ batch: Batch, _ verdicts: [Verdict]) throws {
        precondition(verdicts.count == batch.rows.count, "a verdict for each row")
        let keys = verdicts.map { $0 == .none ? Self.newKey() : "" }
        let now = Self.now
        try write { tx in
            var sums: [Int64: (delivered: Int, duplicates: Int, refused: Int)] = [:]
            var files: [Int64: QueuedFile] = [:]
            try QueueStore.removeBatch(batch.id, in: tx)
            for (index, (row, verdict)) in zip(batch.rows, verdicts).enumerated() {
                if files[row.fileID] == nil {
                    files[row.fileID] = try QueueStore.file(row.fileID, in: tx)
                }
                var sum = sums[row.fileID] ?? (0, 0, 0)
                switch verdict {
                case .none:
                    _ = try QueueStore.addBatch(
                        key: keys[index], first: row.id, last: row.id, prefix: batch.prefix,
                        suffix: batch.suffix, rows: [row], at: now, in: tx)
                case .delivered(let isDuplicate, let healthID, let status):
                    sum.delivered += 1
                    if isDuplicate { sum.duplicates += 1 }
                    if let healthID, let file = files[row.fileID], file.recordType == "patient" {
                        let line = Self.healthIDLine(
                            row, healthID: healthID, status: status, of: file)
                        try QueueStore.add(line, in: tx)
                    }
                    try QueueStore.removeRow(row.id, in: tx)
                case .refused(let reason):
                    sum.refused += 1
                    if let file = files[row.fileID] {
                        try QueueStore.add(
                            Self.errorLine(row.number, reason, row.body, of: file), in: tx)
                    }
                    try QueueStore.removeRow(row.id, in: tx)
                }
                sums[row.fileID] = sum
            }
            for (file, sum) in sums {
                try QueueStore.count(
                    delivered: sum.delivered, duplicates: sum.duplicates, refused: sum.refused,
                    of: file, in: tx)
                try QueueStore.raise("delivered", by: sum.delivered, in: tx)
                try QueueStore.raise("duplicates", by: sum.duplicates, in: tx)
                try QueueStore.raise("refused", by: sum.refused, in: tx)
            }
            try QueueStore.note("last_sync", "ok", at: now, in: tx)
        }
    }

    /// Makes two batches of one that the server will not take whole.
    func split(_ batch: Batch) throws {
        precondition(batch.rows.count > 1, "a single row has no halves")
        let middle = batch.rows.count / 2
        let halves = [batch.rows[..<middle], batch.rows[middle...]]
        let keys = [Self.newKey(), Self.newKey()]
        let now = Self.now
        try write { tx in
            try QueueStore.removeBatch(batch.id, in: tx)
            for (half, key) in zip(halves, keys) {
                guard let first = half.first, let last = half.last else { continue }
                _ = try QueueStore.addBatch(
                    key: key, first: first.id, last: last.id, prefix: batch.prefix,
                    suffix: batch.suffix, rows: Array(half), at: now, in: tx)
            }
        }
    }

    /// Gives the batch a new key, when the server has seen the old one with another body.
    func renew(_ batch: Batch) throws {
        let key = Self.newKey()
        let now = Self.now
        try write { tx in
            try QueueStore.removeBatch(batch.id, in: tx)
            _ = try QueueStore.addBatch(
                key: key, first: batch.firstRow, last: batch.lastRow, prefix: batch.prefix,
                suffix: batch.suffix, rows: batch.rows, at: now, in: tx)
        }
    }

    static func errorLine(
        _ number: Int, _ reason: String, _ body: [UInt8], of file: QueuedFile
    ) -> ReportLine {
        let values =
            file.isAdopted
            ? [String(decoding: body, as: UTF8.self)]
            : CSVLine.values(of: body, columns: file.columns)
        return ReportLine(
            fileID: file.id, kind: .errors,
            line: CSVLine.bytes([String(number), reason] + values, delimiter: file.delimiter))
    }

    private static func healthIDLine(
        _ row: Batch.Row, healthID: String, status: String?, of file: QueuedFile
    ) -> ReportLine {
        let values = CSVLine.values(of: row.body, columns: file.identifyingColumns)
        return ReportLine(
            fileID: file.id, kind: .healthIDs,
            line: CSVLine.bytes(
                [String(row.number)] + values + [healthID, status ?? ""],
                delimiter: file.delimiter))
    }
}

extension QueuedFile {
    /// Marks the rows of a queue that another program left.
    static let adoptedType = "adopted"

    var isAdopted: Bool { recordType == Self.adoptedType }

    /// The columns by which a person at the facility knows whose Health ID it is.
    var identifyingColumns: [String] {
        let names = [
            "external_reference", "external_patient_id", "patient_no", "patient_id", "national_id",
            "last_name", "first_name", "middle_name", "full_name", "name", "date_of_birth", "dob",
            "sex", "phone", "phone_number", "mobile",
        ]
        return columns.filter { names.contains($0) }
    }

    /// The first line of a report about this file.
    func heading(of kind: ReportLine.Kind) -> [UInt8] {
        let names =
            switch kind {
            case .errors:
                [ColumnNames.errorRow, ColumnNames.errorReason]
                    + (isAdopted ? ["payload"] : columns)
            case .healthIDs: ["row"] + identifyingColumns + ["health_id", "status"]
            }
        // Excel needs the mark to see UTF-8; a file that came without one need not have it.
        return (hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : [])
            + CSVLine.bytes(names, delimiter: delimiter)
    }
}
