import Crypto
package import HTTP
package import Registry
package import Database
package import Values

/// One request's `Idempotency-Key` (contract § 1): the same key and body get the first answer again.
package struct Idempotency: Sendable {
    private let principal: String
    private let key: String
    private let requestHash: [UInt8]
    /// 409; on `/bridge/*` 422, since the published agent takes a 409 as "delivered" (contract § 6).
    private let conflict: HTTPStatus

    /// `nil` when the request carries no key.
    ///
    /// - Throws: `Problem` for a key that is not 1–255 visible ASCII characters.
    package init?(_ request: HTTPRequest, of principal: Principal) throws {
        guard request.method == .post, var key = request.field("Idempotency-Key") else {
            return nil
        }
        // The draft spells it as a quoted string; most callers send it bare.
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = String(key.dropFirst().dropLast())
        }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) })
        else {
            throw Problem(
                .malformedRequest, "Idempotency-Key must be 1 to 255 visible ASCII characters.")
        }
        // `/api/v1/…`, `/v1/…` and a trailing slash are one resource.
        var path = request.path.hasPrefix("/api/") ? request.path.dropFirst(4) : request.path[...]
        if path.hasSuffix("/") { path = path.dropLast() }
        var bytes = Array(path.utf8)
        // What is asked for beside the body makes another request.
        if !request.queryBytes.isEmpty {
            bytes.append(UInt8(ascii: "?"))
            bytes.append(contentsOf: request.queryBytes)
        }
        bytes.append(0)
        bytes.append(contentsOf: request.body)
        self.principal = principal.key
        if case .agent = principal.kind {
            conflict = .unprocessableContent
        } else {
            conflict = .conflict
        }
        self.key = key
        requestHash = SHA256.hash(bytes).bytes
    }

    /// The first answer, or `nil` when this is the first request.
    ///
    /// A request that is still running holds the only writer: the second one waits for it here.
    ///
    /// - Throws: `Problem` when the key was used for something else.
    package func replay(
        into entry: inout AuditEntry, at now: Timestamp, secrets: WebhookSecrets,
        in tx: borrowing Transaction
    ) throws -> HTTPResponse? {
        let stored = try tx.first(
            """
            SELECT request_hash, status, content_type, body, entity, patient_id, is_sealed
            FROM idempotency_keys WHERE principal = ? AND key = ? AND created_at >= ?
            """, [.text(principal), .text(key), .integer(Idempotency.oldest(at: now))]
        ) { row in
            (
                hash: row.blob(0), status: UInt16(clamping: row.int(1)), contentType: row.text(2),
                body: row.blob(3), entity: row.textOrNil(4),
                patientID: row.isNull(5) ? nil : row.int64(5), isSealed: row.bool(6)
            )
        }
        guard let stored else { return nil }
        guard stored.hash == requestHash else {
            var problem = Problem(
                .idempotencyConflict,
                "This Idempotency-Key was used for a different request. Use a new key.")
            problem.status = conflict
            throw problem
        }
        entry.entity = stored.entity
        entry.patientID = stored.patientID
        let body =
            stored.isSealed ? Array(try secrets.open(stored.body, for: key).utf8) : stored.body
        var response = HTTPResponse(HTTPStatus(code: stored.status), body: body)
        response.setField("Content-Type", stored.contentType)
        if stored.isSealed { response.setField("Cache-Control", "no-store" as StaticString) }
        response.setField("Idempotency-Replayed", "true")
        return response
    }

    /// Answers before this are forgotten.
    private static func oldest(at now: Timestamp) -> Int64 {
        now.adding(seconds: -86_400).milliseconds
    }

    /// An answer that says `no-store` shows a secret: it is kept sealed.
    package func store(
        _ response: HTTPResponse, entry: AuditEntry, at now: Timestamp, secrets: WebhookSecrets,
        in tx: borrowing Transaction
    ) throws {
        guard case .bytes(let body) = response.body else {
            preconditionFailure(
                "A streamed answer cannot be given again; do not stream from a POST.")
        }
        try tx.execute(
            "DELETE FROM idempotency_keys WHERE created_at < ?",
            [.integer(Idempotency.oldest(at: now))])
        let isSealed = response.field("Cache-Control") == "no-store"
        let kept =
            isSealed ? try secrets.seal(String(decoding: body, as: UTF8.self), for: key) : body
        try tx.execute(
            """
            INSERT INTO idempotency_keys (principal, key, request_hash, status, content_type, body,
                entity, patient_id, created_at, is_sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(principal), .text(key), .blob(requestHash), .int(Int(response.status.code)),
                .text(response.field("Content-Type") ?? "application/json"), .blob(kept),
                .optional(entry.entity), .optional(entry.patientID), .integer(now.milliseconds),
                .bool(isSealed),
            ])
    }
}
