import Crypto
import HTTP
import JSON
import Registry

/// The public keys by which partner systems sign in, for administrators (contract, FHIR § 5).
package enum ClientKeyRoutes {
    private static let path = "/api/v1/admin/clients/{id}/keys"

    package static let all = [
        Route(.get, path, "listClientKeys", scope: .admin, listClientKeys),
        Route(.put, path, "setClientKeys", scope: .admin, setClientKeys),
        Route(.delete, path, "removeClientKeys", scope: .admin, removeClientKeys),
    ]

    @Sendable static func listClientKeys(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let source = try ClientKeys.find(of: id, auditing: &entry, in: tx)
            return try answer(id, source)
        }
    }

    /// In place of those there were.
    @Sendable static func setClientKeys(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        let source = body.keySource(of: context)
        if source == nil { body.require("jwks") }
        try body.finish()
        return try await replace(id, by: source, context)
    }

    @Sendable static func removeClientKeys(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await replace(request.parameter("id") ?? "", by: nil, context)
    }

    private static func replace(
        _ id: String, by source: ClientKeys.Source?, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.write(auditing: source == nil ? .delete : .update) { tx, entry in
            try ClientKeys.replace(
                of: id, by: source, from: context.origin, auditing: &entry, in: tx)
            return try answer(id, source)
        }
    }

    private static func answer(
        _ id: String, _ source: ClientKeys.Source?
    ) throws -> HTTPResponse {
        var url: String?
        var keys: [ClientKeySet.Key] = []
        switch source {
        case .url(let text): url = text
        case .keys(let json): keys = try ClientKeySet(json).keys
        case nil: break
        }
        return try .object { json in
            json.member("client_id", id)
            json.member("jwks_uri", url)
            json.memberArray("keys") { json in
                for key in keys { json.element { $0.describe(key) } }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ key: ClientKeySet.Key) {
        member("kid", key.kid)
        member("kty", key.type)
        member("alg", key.algorithm?.rawValue)
        member("crv", key.publicKey.curve?.rawValue)
        member("bits", key.bits)
    }
}

extension ObjectReader {
    /// Keys as RFC 7591 §2 names them: a set in `jwks`, or its URL in `jwks_uri`.
    mutating func keySource(of context: Context) -> ClientKeys.Source? {
        let url = text("jwks_uri")
        guard let set = object["jwks"], !set.isNull else {
            return url.flatMap { publishedKeys(at: $0, context) }
        }
        if url != nil { refuse("jwks_uri", "must not stand beside jwks") }
        do {
            return .keys(try ClientKeySet(Array(set.raw)).json)
        } catch {
            refuse("jwks", error.message)
            return nil
        }
    }

    private mutating func publishedKeys(
        at url: String, _ context: Context
    ) -> ClientKeys.Source? {
        guard case .failure(let refusal) = WebhookTarget(context.app.configuration).check(url)
        else { return .url(url) }
        refuse("jwks_uri", refusal.message)
        return nil
    }
}
