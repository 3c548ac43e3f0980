import Crypto
import Database
import Values

/// Keys of clients, and the assertions that were signed by them and used.
enum ClientKeyStore {
    static func find(
        of clientID: String, in tx: borrowing Transaction
    ) throws -> ClientKeys.Source? {
        try tx.first(
            "SELECT url, jwks FROM client_key_sets WHERE client_id = ?", [.text(clientID)]
        ) { row in
            if let url = row.textOrNil(0) { return .url(url) }
            return .keys(Array(row.text(1).utf8))
        }
    }

    /// In place of those there were; `nil` for none.
    static func replace(
        of clientID: String, by source: ClientKeys.Source?, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run("DELETE FROM client_key_sets WHERE client_id = ?", [.text(clientID)])
        let (url, jwks): (String?, String?)
        switch source {
        case .url(let text): (url, jwks) = (text, nil)
        case .keys(let json): (url, jwks) = (nil, String(decoding: json, as: UTF8.self))
        case nil: return
        }
        try tx.run(
            "INSERT INTO client_key_sets (client_id, jwks, url, updated_at) VALUES (?, ?, ?, ?)",
            [
                .text(clientID), .optional(jwks), .optional(url), .integer(now.milliseconds),
            ])
    }

    /// - Returns: `false` when it was used before; nothing is changed then.
    static func use(
        _ assertion: ClientAssertion, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        let count = try tx.execute(
            """
            INSERT INTO client_assertions (client_id, jti_hash, expires_at) VALUES (?, ?, ?)
            ON CONFLICT (client_id, jti_hash) DO NOTHING
            """,
            [
                .text(assertion.clientID), .blob(SHA256.hash(assertion.jti).bytes),
                .integer(assertion.end.milliseconds),
            ])
        guard count == 1 else { return false }
        try tx.run(
            "DELETE FROM client_assertions WHERE expires_at <= ?", [.integer(now.milliseconds)])
        return true
    }
}
