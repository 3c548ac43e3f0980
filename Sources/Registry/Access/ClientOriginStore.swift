package import Database
import Values

/// The origins (RFC 6454) at which a client's pages may show the widget.
package enum ClientOriginStore {
    package static func all(of clientID: String, in tx: borrowing Transaction) throws -> [String] {
        try tx.all(
            "SELECT origin FROM client_origins WHERE client_id = ? ORDER BY origin",
            [.text(clientID)]
        ) { $0.text(0) }
    }

    static func isRegistered(_ origin: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM client_origins WHERE origin = ? LIMIT 1", [.text(origin)]
        ) { _ in true } ?? false
    }

    /// In place of those there were.
    static func replace(
        of clientID: String, by origins: [String], at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run("DELETE FROM client_origins WHERE client_id = ?", [.text(clientID)])
        for origin in origins {
            try tx.run(
                """
                INSERT INTO client_origins (client_id, origin, created_at) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """, [.text(clientID), .text(origin), .integer(now.milliseconds)])
        }
        try ClientStore.raiseEpoch(in: tx)
    }
}
