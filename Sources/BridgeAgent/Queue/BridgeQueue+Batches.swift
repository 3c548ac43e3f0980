import Database

extension BridgeQueue {
    /// Of the records in one request, but for a single larger one.
    static let batchBytes = 1 << 20

    /// The batch to send next: the oldest whose time has come, or a new one of rows in none.
    ///
    /// - Parameter waiting: batches whose time has not come.
    func nextBatch(_ envelope: Envelope, limit: Int, waiting: Set<Int64>) throws -> Batch? {
        let key = Self.newKey()
        let now = Self.now
        return try write { tx in
            let old = try QueueStore.batches(limit: waiting.count + 1, in: tx)
            if let batch = old.first(where: { !waiting.contains($0.id) }) {
                let rows = try QueueStore.rows(from: batch.firstRow, to: batch.lastRow, in: tx)
                return Batch(
                    id: batch.id, idempotencyKey: batch.idempotencyKey, firstRow: batch.firstRow,
                    lastRow: batch.lastRow, prefix: batch.prefix, suffix: batch.suffix, rows: rows)
            }
            return try QueueStore.makeBatch(
                key: key, limit: limit, bytes: Self.batchBytes, prefix: envelope.prefix,
                suffix: envelope.suffix, at: now, in: tx)
        }
    }

    /// Makes batches of another agent id or facility this one's. Keys belong to an agent, so they become new; the
    /// server knows records that arrive twice by their content.
    func use(_ envelope: Envelope) throws {
        try write { tx in
            for id in try QueueStore.batchIDs(withOtherPrefix: envelope.prefix, in: tx) {
                try QueueStore.readdress(
                    id, key: Self.newKey(), prefix: envelope.prefix, suffix: envelope.suffix, in: tx
                )
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
            var tallies: [Int64: FileTally] = [:]
            var files: [Int64: QueuedFile] = [:]
            try QueueStore.removeBatch(batch.id, in: tx)
            // Rows that lie together go together.
            var settled: ClosedRange<Int64>?
            for (index, (row, verdict)) in zip(batch.rows, verdicts).enumerated() {
                if files[row.fileID] == nil {
                    files[row.fileID] = try QueueStore.file(row.fileID, in: tx)
                }
                tallies[row.fileID, default: FileTally(fileID: row.fileID)].count(verdict)
                guard verdict != .none else {
                    _ = try QueueStore.addBatch(
                        key: keys[index], first: row.id, last: row.id, prefix: batch.prefix,
                        suffix: batch.suffix, rows: [row], at: now, in: tx)
                    continue
                }
                if let file = files[row.fileID] {
                    try Self.apply(verdict, to: row, of: file, in: tx)
                }
                if let known = settled, known.upperBound &+ 1 == row.id {
                    settled = known.lowerBound...row.id
                } else {
                    if let known = settled { try QueueStore.removeRows(known, in: tx) }
                    settled = row.id...row.id
                }
            }
            if let settled { try QueueStore.removeRows(settled, in: tx) }
            for tally in tallies.values {
                try QueueStore.add(tally, in: tx)
                try QueueStore.raise("delivered", by: tally.delivered, in: tx)
                try QueueStore.raise("refused", by: tally.refused, in: tx)
            }
            let duplicates = verdicts.count {
                if case .delivered(let delivery) = $0 { delivery.isDuplicate } else { false }
            }
            try QueueStore.raise("duplicates", by: duplicates, in: tx)
            try QueueStore.note("last_sync", "ok", at: now, in: tx)
        }
    }

    /// Writes down what people are to know of a row's verdict.
    private static func apply(
        _ verdict: Verdict, to row: Batch.Row, of file: QueuedFile, in tx: borrowing Transaction
    ) throws {
        switch verdict {
        case .none: return
        case .delivered(let delivery):
            if let healthID = delivery.healthID, file.recordType == "patient" {
                try QueueStore.add(healthIDLine(row, delivery, of: file), in: tx)
                if delivery.isDoubtful {
                    try QueueStore.addDoubt(healthID, row.body, of: file.id, in: tx)
                }
            }
            for remark in delivery.remarks {
                try QueueStore.add(
                    remarkLine(row.number, remark, row.body, of: file), in: tx)
            }
            try close(delivery.corrected, ErrorID(correctedBy: row.body), in: tx)
        case .refused(let reason, let isKept, let corrected):
            try close(corrected, ErrorID(correctedBy: row.body), in: tx)
            let id = ErrorID(of: row.body, row: row.number)
            try QueueStore.addRefusal(id, of: file.id, byServer: isKept, in: tx)
            try QueueStore.add(errorLine(id, reason, row.body, of: file), in: tx)
        }
    }

    // MARK: Possible duplicates

    /// Those to ask about next.
    func doubts() throws -> [PossibleDuplicate.Doubt] {
        try read { try QueueStore.doubts(limit: PossibleDuplicate.atOnce, in: $0) }
    }

    var doubtCount: Int {
        get throws { try read { try QueueStore.doubtCount(in: $0) } }
    }

    /// Writes down who they may be. Nobody, where an administrator has decided meanwhile.
    ///
    /// - Returns: how many rows there is something to decide about.
    func settle(
        _ doubts: [PossibleDuplicate.Doubt], by answer: [String: [PossibleDuplicate]]
    ) throws -> Int {
        try write { tx in
            var undecided = 0
            // Another thread may have asked at the same time.
            for doubt in doubts where try QueueStore.removeDoubt(doubt.id, in: tx) {
                guard let file = try QueueStore.file(doubt.fileID, in: tx) else { continue }
                let candidates = answer[doubt.healthID] ?? []
                for possible in candidates {
                    try QueueStore.add(possible.line(of: doubt, in: file), in: tx)
                }
                undecided += candidates.isEmpty ? 0 : 1
            }
            return undecided
        }
    }

    // MARK: Batches of another shape

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

    /// - Parameters:
    ///   - digests: of rows that the server says are corrected.
    ///   - named: by the row itself, which decides where the server never had the other.
    private static func close(
        _ digests: [String], _ named: ErrorID?, in tx: borrowing Transaction
    ) throws {
        for digest in digests { try QueueStore.removeRefusal(digest, byServer: true, in: tx) }
        if let named { try QueueStore.removeRefusal(named.digest, byServer: false, in: tx) }
    }

    static func errorLine(
        _ id: ErrorID, _ reason: String, _ body: [UInt8], of file: QueuedFile
    ) -> ReportLine {
        let values =
            file.isAdopted
            ? [String(decoding: body, as: UTF8.self)]
            : CSVLine.values(of: body, columns: file.columns)
        return ReportLine(
            fileID: file.id, kind: .errors,
            line: CSVLine.bytes(
                [String(id.row), reason, id.text] + values, delimiter: file.delimiter))
    }

    static func remarkLine(
        _ number: Int, _ remark: String, _ body: [UInt8], of file: QueuedFile
    ) -> ReportLine {
        let values = CSVLine.values(of: body, columns: file.identifyingColumns)
        return ReportLine(
            fileID: file.id, kind: .remarks,
            line: CSVLine.bytes([String(number), remark] + values, delimiter: file.delimiter))
    }

    private static func healthIDLine(
        _ row: Batch.Row, _ delivery: Delivery, of file: QueuedFile
    ) -> ReportLine {
        let values = CSVLine.values(of: row.body, columns: file.identifyingColumns)
        return ReportLine(
            fileID: file.id, kind: .healthIDs,
            line: CSVLine.bytes(
                [String(row.number)] + values + [delivery.healthID ?? "", delivery.status ?? ""],
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
                [ColumnNames.errorRow, ColumnNames.errorReason, ErrorID.member]
                    + (isAdopted ? ["payload"] : columns)
            case .remarks: ["row", "remark"] + identifyingColumns
            case .possible: PossibleDuplicate.columns + identifyingColumns
            case .healthIDs: ["row"] + identifyingColumns + ["health_id", "status"]
            }
        // Excel needs the mark to see UTF-8; a file that came without one need not have it.
        return (hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : [])
            + CSVLine.bytes(names, delimiter: delimiter)
    }
}
