import Crypto
package import HTTP
package import Registry

/// One request's `Idempotency-Key` (contract § 1): the same key and body get the first answer again.
package struct Idempotency: Sendable {
    package let key: IdempotencyKey
    /// 409; on `/bridge/*` 422, since the published agent takes a 409 as "delivered" (contract § 6).
    private let conflict: HTTPStatus

    /// `nil` when the request carries no key, and with a publishable token: everybody who sees the page
    /// has it, and nobody gets what another was answered.
    ///
    /// - Throws: `Problem` for a key that is not 1–255 visible ASCII characters.
    package init?(_ request: HTTPRequest, of principal: Principal) throws {
        if case .sdkToken(let token) = principal.kind, token.kind == .publishable { return nil }
        guard [.post, .patch].contains(request.method), var key = request.field("Idempotency-Key")
        else {
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
        if case .agent = principal.kind {
            conflict = .unprocessableContent
        } else {
            conflict = .conflict
        }
        self.key = IdempotencyKey(
            key, of: principal, requestHash: SHA256.hash(bytes).bytes)
    }

    /// The first answer again.
    ///
    /// - Throws: `Problem` when the key was used for something else.
    func replay(
        _ kept: KeptAnswer, into entry: inout AuditEntry, secrets: WebhookSecrets
    ) throws -> HTTPResponse {
        guard kept.requestHash == key.requestHash else {
            var problem = Problem(
                .idempotencyConflict,
                "This Idempotency-Key was used for a different request. Use a new key.")
            problem.status = conflict
            throw problem
        }
        entry.entity = kept.entity
        entry.patientID = kept.patientID
        let body =
            kept.isSealed ? Array(try secrets.open(kept.body, for: key.text).utf8) : kept.body
        var response = HTTPResponse(HTTPStatus(code: kept.status), body: body)
        response.setField("Content-Type", kept.contentType)
        if kept.isSealed { response.setField("Cache-Control", "no-store" as StaticString) }
        response.setField("Idempotency-Replayed", "true")
        return response
    }

    /// What is kept of an answer. One that says `no-store` shows a secret: it is kept sealed.
    func keep(
        _ response: HTTPResponse, _ entry: AuditEntry? = nil, secrets: WebhookSecrets
    ) throws -> KeptAnswer {
        guard case .bytes(let body) = response.body else {
            preconditionFailure(
                "A streamed answer cannot be given again; do not stream from a POST.")
        }
        let isSealed = response.field("Cache-Control") == "no-store"
        let kept =
            isSealed
            ? try secrets.seal(String(decoding: body, as: UTF8.self), for: key.text) : body
        return KeptAnswer(
            to: key.requestHash, status: response.status.code,
            contentType: response.field("Content-Type") ?? "application/json", body: kept,
            isSealed: isSealed, entity: entry?.entity, patientID: entry?.patientID)
    }
}
