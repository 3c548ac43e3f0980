package import Identity
package import Database

/// How many patients bear a given or a family name, those who were merged included. Names that are
/// common meet by chance (contract § 5).
package enum NameCountStore {
    /// Counts a patient who is registered under these names.
    package static func add(_ demographics: Demographics, in tx: borrowing Transaction) throws {
        for part in demographics.matchingKeys.parts ?? [] { try add(1, to: part, in: tx) }
    }

    package static func add(
        _ bearers: Int, to part: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO name_counts (name, bearers) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET bearers = name_counts.bearers + excluded.bearers
            """, [.integer(part), .int(bearers)])
    }

    /// Forgets all, to be counted anew.
    package static func clear(in tx: borrowing Transaction) throws {
        try tx.execute("DELETE FROM name_counts")
    }

    /// How many others of this full name its parts let expect; a registered one is not counted.
    package static func expectedBearers(
        of demographics: Demographics, in tx: borrowing Transaction
    ) throws -> Double {
        let counts = try (demographics.matchingKeys.parts ?? []).map { part in
            try tx.first("SELECT bearers FROM name_counts WHERE name = ?", [.integer(part)]) {
                $0.int(0)
            } ?? 0
        }
        guard counts.count == 2 else { return .infinity }
        return Matching.expectedBearers(
            given: counts[0], family: counts[1],
            registered: try BlockingStore.population(in: tx))
    }
}
