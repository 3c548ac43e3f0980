import Database
import Values

/// Wrong birth dates that were tried for a person.
enum WidgetGuessStore {
    /// Who tries to be whom, and from where.
    struct Key {
        /// A patient, or a Health ID that is not registered.
        let person: String
        /// Whose sessions are counted together.
        let opener: String
        let network: String
    }

    struct Count {
        let network: String
        let count: Int
        let since: Timestamp
    }

    /// What was counted for one person and opener since a moment; few, since counting has an end.
    static func counts(
        _ key: Key, since time: Timestamp, in tx: borrowing Transaction
    ) throws -> [Count] {
        try tx.all(
            """
            SELECT network, count, since FROM widget_guesses
            WHERE person = ? AND opener = ? AND since > ?
            """, [.text(key.person), .text(key.opener), .integer(time.milliseconds)]
        ) { row in
            Count(
                network: row.text(0), count: row.int(1),
                since: Timestamp(milliseconds: row.int64(2)))
        }
    }

    /// Counts one more; what was counted up to `time` is forgotten.
    static func add(
        _ key: Key, at now: Timestamp, since time: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO widget_guesses (person, opener, network, count, since)
            VALUES (?1, ?2, ?3, 1, ?4)
            ON CONFLICT (person, opener, network) DO UPDATE SET
                count = CASE WHEN widget_guesses.since <= ?5 THEN 1
                    ELSE widget_guesses.count + 1 END,
                since = CASE WHEN widget_guesses.since <= ?5 THEN ?4 ELSE widget_guesses.since END
            """,
            [
                .text(key.person), .text(key.opener), .text(key.network),
                .integer(now.milliseconds), .integer(time.milliseconds),
            ])
    }

    static func forget(_ key: Key, in tx: borrowing Transaction) throws {
        try tx.run(
            "DELETE FROM widget_guesses WHERE person = ? AND opener = ? AND network = ?",
            [.text(key.person), .text(key.opener), .text(key.network)])
    }

    /// - Returns: how many were counted last before a moment and are forgotten, at most `limit`.
    static func prune(
        before time: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM widget_guesses WHERE (person, opener, network) IN (
                SELECT person, opener, network FROM widget_guesses
                WHERE since < ? ORDER BY since LIMIT ?)
            """, [.integer(time.milliseconds), .int(limit)])
    }
}
