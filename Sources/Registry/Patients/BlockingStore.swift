package import Identity
package import Database

/// Who may be meant although not everything agrees.
package enum BlockingStore {
    /// A registered patient beside the query.
    package struct NearMatch: Sendable {
        package let patient: Patient
        package let comparison: PersonComparison
        package private(set) var band: PersonComparison.Band
        /// That they are one person.
        package private(set) var probability: Double

        init(patient: Patient, comparison: PersonComparison, population: Int) {
            self.patient = patient
            self.comparison = comparison
            band = comparison.band(inPopulation: population)
            probability = comparison.probability(inPopulation: population)
        }

        /// Beside each other: where several are as good as certain, nothing tells which of them it is, and
        /// no more than one is.
        package static func besideEachOther(_ matches: [NearMatch]) -> [NearMatch] {
            guard matches.count(where: { $0.band == .certain }) > 1 else { return matches }
            let sum = max(1, matches.reduce(0) { $0 + $1.probability })
            return matches.map { match in
                var one = match
                one.band = .possible
                one.probability /= sum
                return one
            }
        }
    }

    package static func insert(
        _ keys: BlockingKeys, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        for key in keys.all { try insert(key, of: patientID, in: tx) }
    }

    package static func insert(
        _ key: BlockingKeys.Key, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO blocking_keys (block, code, patient_id) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """, [.integer(key.block), .integer(key.code), .integer(patientID)])
    }

    static func remove(
        _ key: BlockingKeys.Key, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "DELETE FROM blocking_keys WHERE block = ? AND code = ? AND patient_id = ?",
            [.integer(key.block), .integer(key.code), .integer(patientID)])
    }

    package static func insert(
        _ address: Address, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO patient_addresses (patient_id, line, district, city, state, postal_code)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (patient_id) DO UPDATE SET line = excluded.line,
                district = excluded.district, city = excluded.city, state = excluded.state,
                postal_code = excluded.postal_code
            """,
            [
                .integer(patientID), .optional(address.line), .optional(address.district),
                .optional(address.city), .optional(address.state), .optional(address.postalCode),
            ])
    }

    package static func address(
        of patientID: Int64, in tx: borrowing Transaction
    ) throws -> Address {
        try tx.first(
            """
            SELECT line, district, city, state, postal_code FROM patient_addresses
            WHERE patient_id = ?
            """, [.integer(patientID)]
        ) { row in
            Address(
                line: row.textOrNil(0), district: row.textOrNil(1), city: row.textOrNil(2),
                state: row.textOrNil(3), postalCode: row.textOrNil(4))
        } ?? Address()
    }

    // MARK: Comparing

    /// How one registered patient compares with the query, however little they agree. Who was merged
    /// counts as the survivor.
    package static func comparison(
        of query: Demographics, with patientID: Int64, in tx: borrowing Transaction
    ) throws -> NearMatch? {
        guard let comparison = try compare(query, with: patientID, in: tx),
            let patient = try PatientStore.survivor(withID: patientID, in: tx)
        else { return nil }
        return NearMatch(
            patient: patient, comparison: comparison,
            population: try population(in: tx))
    }

    /// `nil` for people of another country.
    package static func compare(
        _ query: Demographics, with patientID: Int64, in tx: borrowing Transaction
    ) throws -> PersonComparison? {
        let memory = tx.memory.compared
        guard let person = try memory.person(patientID, in: tx),
            person.countryCode == query.countryCode
        else { return nil }
        return PersonComparison(query.matchingKeys.facts, person.facts)
    }

    /// About how many people are registered: ids are given in a row.
    static func population(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT COALESCE(MAX(id), 0) FROM patients") { $0.int(0) } ?? 0
    }
}
