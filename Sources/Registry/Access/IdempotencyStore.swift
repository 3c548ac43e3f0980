package import Database
package import Values

/// What tells one request from another: who sent it, under which Idempotency-Key, and the hash of what
/// was asked.
package struct IdempotencyKey: Hashable, Sendable {
    fileprivate let principal: String
    package let text: String
    package let requestHash: [UInt8]

    package init(_ text: String, of principal: Principal, requestHash: [UInt8]) {
        self.principal = principal.key
        self.text = text
        self.requestHash = requestHash
    }
}

/// An answer that is given again.
package struct KeptAnswer: Sendable {
    package let requestHash: [UInt8]
    package let status: UInt16
    package let contentType: String
    package let body: [UInt8]
    /// Whether `body` shows a secret, and so is kept sealed.
    package let isSealed: Bool
    package let entity: String?
    package let patientID: Int64?

    package init(
        to requestHash: [UInt8], status: UInt16, contentType: String, body: [UInt8],
        isSealed: Bool, entity: String?, patientID: Int64?
    ) {
        self.requestHash = requestHash
        self.status = status
        self.contentType = contentType
        self.body = body
        self.isSealed = isSealed
        self.entity = entity
        self.patientID = patientID
    }
}

/// The first answers to requests with an Idempotency-Key, for a day.
package enum IdempotencyStore {
    /// Answers before this are forgotten.
    private static func oldest(at now: Timestamp) -> SQLValue {
        .integer(now.adding(seconds: -86_400).milliseconds)
    }

    /// The first answer under the key, whatever was asked. It is found by the key alone: PostgreSQL plans while the
    /// table is small, when an index over the days is as good as one over the keys, and keeps to it.
    package static func find(
        _ key: IdempotencyKey, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> KeptAnswer? {
        try tx.first(
            """
            SELECT request_hash, status, content_type, body, entity, patient_id, is_sealed
            FROM idempotency_keys WHERE principal = ? AND key = ? AND created_at + 0 >= ?
            """, [.text(key.principal), .text(key.text), oldest(at: now)]
        ) { row in
            KeptAnswer(
                to: row.blob(0), status: UInt16(clamping: row.int(1)), contentType: row.text(2),
                body: row.blob(3), isSealed: row.bool(6), entity: row.textOrNil(4),
                patientID: row.isNull(5) ? nil : row.int64(5))
        }
    }

    /// Puts an answer in the place of the first one.
    package static func replace(
        _ answer: KeptAnswer, under key: IdempotencyKey, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            UPDATE idempotency_keys SET body = ?, is_sealed = ?
            WHERE principal = ? AND key = ? AND request_hash = ?
            """,
            [
                .blob(answer.body), .bool(answer.isSealed), .text(key.principal),
                .text(key.text), .blob(answer.requestHash),
            ])
    }

    /// Forgets what is old first, so that a key can be used again a day later.
    package static func insert(
        _ answer: KeptAnswer, under key: IdempotencyKey, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run("DELETE FROM idempotency_keys WHERE created_at < ?", [oldest(at: now)])
        try tx.run(
            """
            INSERT INTO idempotency_keys (principal, key, request_hash, status, content_type, body,
                entity, patient_id, created_at, is_sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(key.principal), .text(key.text), .blob(answer.requestHash),
                .int(Int(answer.status)), .text(answer.contentType), .blob(answer.body),
                .optional(answer.entity), .optional(answer.patientID), .integer(now.milliseconds),
                .bool(answer.isSealed),
            ])
    }
}
