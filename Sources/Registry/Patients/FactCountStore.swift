package import Identity
package import Database

/// How many patients share a name, a birth date or the facility that registered them, those who were
/// merged included. What many share is met by chance (contract § 5).
package enum FactCountStore {
    /// Counts a patient who is registered.
    ///
    /// - Parameter source: the facility that registers them; of a program of none, the program.
    package static func add(
        _ demographics: Demographics, from source: String, in tx: borrowing Transaction
    ) throws {
        for fact in demographics.matchingKeys.facts(from: source) { try add(1, to: fact, in: tx) }
    }

    package static func add(
        _ people: Int, to fact: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO fact_counts (fact, people) VALUES (?1, ?2)
            ON CONFLICT (fact) DO UPDATE SET people = fact_counts.people + excluded.people
            """, [.integer(fact), .int(people)])
    }

    /// Forgets all, to be counted anew.
    package static func clear(in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM fact_counts")
    }

    package static func people(
        sharing fact: Int64, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first("SELECT people FROM fact_counts WHERE fact = ?", [.integer(fact)]) {
            $0.int(0)
        } ?? 0
    }
}
