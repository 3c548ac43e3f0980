package import Database
package import Values

/// That a database is being filled from another engine's: with what, and what that held when it began.
package struct UnfinishedMove: Sendable, Equatable {
    /// Where it comes from, as people name it, without a password.
    package let source: String
    /// SHA-256 over all that the source holds: a move goes on from the same, or not at all.
    package let identity: [UInt8]

    /// The table that holds it, of which nothing is moved.
    package static let table = "unfinished_move"

    package init(source: String, identity: [UInt8]) {
        self.source = source
        self.identity = identity
    }

    package static func find(in tx: borrowing Transaction) throws -> UnfinishedMove? {
        try tx.first("SELECT source, identity FROM unfinished_move WHERE id = 1") { row in
            UnfinishedMove(source: row.text(0), identity: row.blob(1))
        }
    }

    package func insert(at now: Timestamp, in tx: borrowing Transaction) throws {
        try tx.run(
            "INSERT INTO unfinished_move (id, source, identity, begun_at) VALUES (1, ?, ?, ?)",
            [.text(source), .blob(identity), .integer(now.milliseconds)])
    }

    package static func remove(in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM unfinished_move WHERE id = 1")
    }

    /// - Throws: `StartError` for whoever would use a database of which a part is missing.
    package static func requireNone(in tx: borrowing Transaction) throws {
        guard let move = try find(in: tx) else { return }
        throw StartError(
            "The move from \(move.source) into this database has not finished: a part of it is "
                + "missing. Run the same \"opescare migrate --from … --to …\" again, which goes on where "
                + "it was stopped.")
    }
}
