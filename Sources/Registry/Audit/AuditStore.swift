import Crypto
package import Database
package import Values

/// The append-only, hash-chained log.
///
/// Each row's hash is SHA-256 over the hash before it and the row's fields, every field with its
/// length before it, so that no two rows share an encoding. The first row stands on 32 zero bytes.
package enum AuditStore {
    /// The last row: what the next one stands on.
    ///
    /// A class, so that a batch carries it along without an allocation for the box.
    package final class Head: Sendable, Equatable {
        package let seq: Int64
        package let hash: [UInt8]

        package static func == (left: Head, right: Head) -> Bool {
            left.seq == right.seq && left.hash == right.hash
        }

        package init(seq: Int64, hash: [UInt8]) {
            self.seq = seq
            self.hash = hash
        }

        package static let empty = Head(seq: 0, hash: [UInt8](repeating: 0, count: 32))
    }

    /// Adds one row at the chain's end.
    ///
    /// Only the writer's one connection calls this, and the head it stands on is read from the
    /// database at the start of every batch: two processes cannot fork the chain.
    package static func append(_ entry: AuditEntry, in tx: borrowing Transaction) throws {
        try appendRow(entry, in: tx)
        for further in entry.furtherPatients {
            var row = entry
            row.entity = further.entity
            row.patientID = further.id
            try appendRow(row, in: tx)
        }
    }

    /// What a caller named with a U+0000, which PostgreSQL cannot store: with a U+FFFD in its place.
    private static func storable(_ entry: AuditEntry) -> AuditEntry? {
        guard entry.entity?.hasNUL == true || entry.purpose?.hasNUL == true else { return nil }
        var entry = entry
        entry.entity = entry.entity?.replacing("\0", with: "\u{FFFD}")
        entry.purpose = entry.purpose?.replacing("\0", with: "\u{FFFD}")
        return entry
    }

    private static func appendRow(_ entry: AuditEntry, in tx: borrowing Transaction) throws {
        if let entry = storable(entry) { return try appendRow(entry, in: tx) }
        let memory = tx.memory
        let previous = try memory.auditHead ?? head(in: tx)
        let seq = previous.seq + 1
        let hash = self.hash(of: entry, seq: seq, after: previous.hash)
        try tx.run(
            """
            INSERT INTO audit_log (seq, recorded_at, request_id, principal, facility_id, operation,
                action, entity, patient_id, purpose, outcome, status, address, patients, hash,
                emergency_access_id, match, acting_user)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(seq), .integer(entry.recordedAt.milliseconds), .text(entry.requestID),
                .text(entry.principal), .optional(entry.facilityID), .text(entry.operation),
                .text(entry.action.rawValue), .optional(entry.entity), .optional(entry.patientID),
                .optional(entry.purpose), .text(entry.outcome), .int(entry.status),
                .optional(entry.address), .optional(PatientList.encode(entry.batchPatientIDs)),
                .blob(hash), .optional(entry.emergencyAccessID), .optional(entry.match),
                .optional(entry.actingUser),
            ])
        memory.auditHead = Head(seq: seq, hash: hash)
    }

    /// For an engine that must find out whether a row was committed.
    package static let hashOfRow: StaticString = "SELECT hash FROM audit_log WHERE seq = ?"

    package static func head(in tx: borrowing Transaction) throws -> Head {
        try tx.first("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1") { row in
            Head(seq: row.int64(0), hash: row.blob(1))
        } ?? .empty
    }

    // MARK: The chain

    /// What `audit verify` finds.
    package enum Verdict: Sendable, Equatable {
        /// Every row stands on the one before it; `head` is the last.
        case intact(head: Head)
        /// The first row that does not: altered, or a row before it is missing or was put in.
        case broken(seq: Int64, reason: String)
    }

    /// Checks up to `count` rows after `head`.
    ///
    /// - Returns: `.intact` with the last row checked; its `seq` equals `head.seq` at the end.
    package static func verify(
        after head: Head, count: Int, in tx: borrowing Transaction
    ) throws -> Verdict {
        var head = head
        var broken: Verdict?
        try tx.forEach(
            """
            SELECT seq, recorded_at, request_id, principal, facility_id, operation, action, entity,
                patient_id, purpose, outcome, status, address, patients, hash,
                    emergency_access_id, match, acting_user
            FROM audit_log WHERE seq > ? ORDER BY seq LIMIT ?
            """, [.integer(head.seq), .int(count)]
        ) { row in
            guard broken == nil else { return }
            let seq = row.int64(0)
            guard seq == head.seq + 1 else {
                broken = .broken(
                    seq: seq, reason: "rows \(head.seq + 1) to \(seq - 1) are missing")
                return
            }
            let entry = entry(row)
            let stored = row.blob(14)
            guard let entry, hash(of: entry, seq: seq, after: head.hash) == stored else {
                broken = .broken(
                    seq: seq,
                    reason: "the row does not match its hash: it was altered, or rows "
                        + "before it were replaced")
                return
            }
            head = Head(seq: seq, hash: stored)
        }
        return broken ?? .intact(head: head)
    }

    private static func hash(of entry: AuditEntry, seq: Int64, after previous: [UInt8]) -> [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(384)
        bytes.append(contentsOf: previous)
        append(seq, to: &bytes)
        append(entry.recordedAt.milliseconds, to: &bytes)
        append(entry.requestID, to: &bytes)
        append(entry.principal, to: &bytes)
        append(entry.facilityID, to: &bytes)
        append(entry.operation, to: &bytes)
        append(entry.action.rawValue, to: &bytes)
        append(entry.entity, to: &bytes)
        append(entry.patientID ?? -1, to: &bytes)
        append(entry.purpose, to: &bytes)
        append(entry.outcome, to: &bytes)
        append(Int64(entry.status), to: &bytes)
        append(entry.address, to: &bytes)
        append(entry.emergencyAccessID, to: &bytes)
        append(entry.match, to: &bytes)
        append(entry.actingUser, to: &bytes)
        if let patients = PatientList.encode(entry.batchPatientIDs) {
            append(Int64(patients.count), to: &bytes)
            bytes.append(contentsOf: patients)
        }
        return SHA256.hash(bytes).bytes
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            bytes.append(UInt8(rest >> 56))
            rest <<= 8
        }
    }

    /// Length first; an absent field is told from an empty one by a length that no text has.
    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        guard let text else {
            bytes.append(contentsOf: [0xff, 0xff, 0xff, 0xff])
            return
        }
        let count = UInt32(text.utf8.count)
        bytes.append(UInt8(truncatingIfNeeded: count >> 24))
        bytes.append(UInt8(truncatingIfNeeded: count >> 16))
        bytes.append(UInt8(truncatingIfNeeded: count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: count))
        bytes.append(contentsOf: text.utf8)
    }

    // MARK: Reading

    /// What `audit show` asks for; `nil` leaves a condition out.
    package struct Filter: Sendable {
        package var principal: String?
        package var operation: String?
        package var outcome: String?
        package var requestID: String?
        package var from: Timestamp?
        package var to: Timestamp?

        package init() {}
    }

    /// The newest rows first, older than `before` and newer than `floor`.
    package static func newest(
        _ filter: Filter, before: Int64 = .max, after floor: Int64 = 0, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [(seq: Int64, entry: AuditEntry)] {
        try tx.all(
            """
            SELECT seq, recorded_at, request_id, principal, facility_id, operation, action, entity,
                patient_id, purpose, outcome, status, address, patients, hash,
                    emergency_access_id, match, acting_user
            FROM audit_log
            WHERE seq < ?1 AND (CAST(?2 AS TEXT) IS NULL OR principal = ?2) AND (CAST(?3 AS TEXT) IS NULL OR operation = ?3)
                AND (CAST(?4 AS TEXT) IS NULL OR outcome = ?4) AND (CAST(?5 AS TEXT) IS NULL OR request_id = ?5)
                AND (CAST(?6 AS BIGINT) IS NULL OR recorded_at >= ?6) AND (CAST(?7 AS BIGINT) IS NULL OR recorded_at < ?7)
                AND seq > ?9
            ORDER BY seq DESC LIMIT ?8
            """,
            [
                .integer(before), .optional(filter.principal), .optional(filter.operation),
                .optional(filter.outcome), .optional(filter.requestID),
                .optional(filter.from?.milliseconds), .optional(filter.to?.milliseconds),
                .int(limit), .integer(floor),
            ], numbered
        ).compactMap { $0 }
    }

    package static func numbered(
        _ row: borrowing Row
    ) throws -> (seq: Int64, entry: AuditEntry)? {
        guard let entry = entry(row) else { return nil }
        return (row.int64(0), entry)
    }

    private static func entry(_ row: borrowing Row) -> AuditEntry? {
        guard let action = AuditEntry.Action(rawValue: row.text(6)) else { return nil }
        var entry = AuditEntry(
            recordedAt: Timestamp(milliseconds: row.int64(1)), requestID: row.text(2),
            principal: row.text(3), operation: row.text(5), action: action)
        entry.facilityID = row.textOrNil(4)
        entry.entity = row.textOrNil(7)
        entry.patientID = row.isNull(8) ? nil : row.int64(8)
        entry.purpose = row.textOrNil(9)
        entry.outcome = row.text(10)
        entry.status = row.int(11)
        entry.address = row.textOrNil(12)
        entry.emergencyAccessID = row.textOrNil(15)
        entry.match = row.textOrNil(16)
        entry.actingUser = row.textOrNil(17)
        if let patients = row.blobOrNil(13) {
            guard let ids = PatientList.decode(patients) else { return nil }
            entry.batchPatientIDs = ids
        }
        return entry
    }
}
