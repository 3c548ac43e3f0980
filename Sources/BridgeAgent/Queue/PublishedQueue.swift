import Foundation
import JSON
import Database
import SQLite

/// The queue file that the published Python agent leaves behind, `bridge_queue.db`.
///
/// Every record of it that has not been delivered goes out as that agent sent it: alone, with its own
/// stored key, so that one that had left before is not applied twice.
struct PublishedQueue {
    let path: String

    private struct Record: Sendable {
        let id: String
        let type: String
        let payload: [UInt8]
        let key: String
    }

    /// Copies the records into `queue` in one transaction, then renames the file to `.adopted`.
    ///
    /// - Returns: how many were taken; `nil` when there is no such file.
    static func adopt(
        _ path: String, into queue: BridgeQueue, _ envelope: Envelope, log: AgentLog
    ) throws -> Int? {
        guard FileStatus(path: path) != nil else { return nil }
        let found = try PublishedQueue(path: path).found()
        guard let (records, others) = found else {
            log.warning(
                "\(path) is not a queue of the Python agent (no table queued_records); left alone.")
            return nil
        }
        guard let status = FileStatus(path: path) else { return nil }
        let target = freeName(path)
        let name = "adopted:" + path
        let now = BridgeQueue.now
        @Sendable func sealRows(_ tx: borrowing Transaction) throws {
            while try QueueStore.makeBatch(
                key: BridgeQueue.newKey(), limit: 500, bytes: BridgeQueue.batchBytes,
                prefix: envelope.prefix, suffix: envelope.suffix, at: now, in: tx) != nil
            {}
        }
        let count = try queue.write { tx in
            // Batches are made from the front: rows that wait go before those taken over.
            try sealRows(tx)
            if let done = try QueueStore.file(named: name, state: .read, in: tx),
                done.status == status
            {
                // Copied before a crash; only the new name was missing.
                return 0
            }
            let file = try QueueStore.add(
                name: name, recordType: QueuedFile.adoptedType, sharesScope: false, status: status,
                state: .read, nextOffset: 0, nextRow: 0, archivePath: target,
                delimiter: UInt8(ascii: ","), hasByteOrderMark: false, columns: [], at: now, in: tx)
            return try add(records, to: file, at: now, in: tx)
        }
        try Folder.move(path, to: target)
        if !others.isEmpty {
            log.warning(
                "records of \(path) are in a state that is not known here and were not taken over: "
                    + others.map { "\($0.count) are \"\($0.status)\"" }.joined(separator: ", ")
                    + ". They are kept in \(target): if they were never delivered, set their status "
                    + "to pending there and put the file back as \(path)")
        }
        for suffix in ["-wal", "-shm", "-journal"] { try Folder.remove(path + suffix) }
        try queue.write { tx in
            if let file = try QueueStore.file(named: name, state: .read, in: tx) {
                try QueueStore.setState(.archived, archivePath: target, of: file.id, in: tx)
            }
        }
        return count
    }

    private static func add(
        _ records: [Record], to file: QueuedFile, at now: Int64, in tx: borrowing Transaction
    ) throws -> Int {
        var file = file
        var bad = 0
        var count = 0
        for (index, record) in records.enumerated() {
            let number = index + 1
            let body = Self.body(of: record)
            guard let body else {
                bad += 1
                try QueueStore.add(
                    BridgeQueue.errorLine(
                        ErrorID(of: record.payload, row: number), "the payload is no JSON object",
                        record.payload, of: file), in: tx)
                continue
            }
            let key = Self.isUsable(record.key) ? record.key : BridgeQueue.newKey()
            if try QueueStore.hasBatch(key: key, in: tx) { continue }
            file.nextRow = number
            let row = QueuedRow(number: number, digest: Int64(number), body: body)
            _ = try QueueStore.add([row], bad: 0, to: file, in: tx)
            let id = try tx.first("SELECT max(id) FROM rows") { $0.int64(0) } ?? 0
            _ = try QueueStore.addBatch(
                key: key, first: id, last: id, prefix: [], suffix: [], rows: [], at: now, in: tx)
            count += 1
        }
        file.nextRow = records.count
        _ = try QueueStore.add([], bad: bad, to: file, in: tx)
        return count
    }

    private static func isUsable(_ key: String) -> Bool {
        (1...255).contains(key.utf8.count) && key.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// The request's body, spelt as Python's json module spells it: the record's type first, unless the
    /// payload has one, then the payload as stored.
    private static func body(of record: Record) -> [UInt8]? {
        guard let root = try? JSONDocument(record.payload).root, root.kind == .object else {
            return nil
        }
        if root["record_type"] != nil { return record.payload }
        var type = JSONWriter()
        type.array { $0.element(record.type) }
        let text = type.finish()
        let rest = root.raw.dropFirst().drop { $0 <= 0x20 }
        let separator = rest.first == UInt8(ascii: "}") ? "" : ", "
        return Array("{\"record_type\": ".utf8) + text.dropFirst().dropLast()
            + Array(separator.utf8) + rest
    }

    /// The records to send, and how many there are in further states: of the most frequent ones.
    ///
    /// `nil` when the file is some other database. Opened for writing, since an agent that was killed
    /// leaves a journal that must be played back first.
    private func found() throws -> (
        records: [Record], others: [(status: String, count: Int)]
    )? {
        let writer = try SQLiteWriter(path: path)
        defer { writer.close() }
        return try writer.writeBlocking { tx in
            let isOne =
                try tx.first(
                    """
                    SELECT count(*) FROM sqlite_schema
                    WHERE type = 'table' AND name = 'queued_records'
                    """
                ) { $0.int(0) } == 1
            guard isOne else { return nil }
            let records = try tx.all(
                """
                SELECT CAST(id AS TEXT), coalesce(CAST(record_type AS TEXT), ''),
                       coalesce(CAST(payload AS TEXT), ''),
                       coalesce(CAST(idempotency_key AS TEXT), '')
                FROM queued_records
                WHERE status = 'pending' OR status = 'sending' OR status = 'failed'
                ORDER BY created_at, id
                """
            ) { row in
                Record(
                    id: row.text(0), type: row.text(1), payload: row.utf8(2), key: row.text(3))
            }
            let others = try tx.all(
                """
                SELECT substr(coalesce(CAST(status AS TEXT), ''), 1, 40) AS word, count(*)
                FROM queued_records
                WHERE status IS NULL
                    OR status NOT IN ('pending', 'sending', 'failed', 'delivered')
                GROUP BY word ORDER BY count(*) DESC, word LIMIT 10
                """
            ) { (status: $0.text(0), count: $0.int(1)) }
            return (records, others)
        }
    }

    private static func freeName(_ path: String) -> String {
        var target = path + ".adopted"
        var number = 2
        while Folder.exists(target) {
            target = "\(path).adopted-\(number)"
            number += 1
        }
        return target
    }
}
