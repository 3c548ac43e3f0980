package import SQLite

/// Who may be meant although not everything agrees.
package enum BlockingStore {
    /// A registered patient beside the query.
    package struct NearMatch: Sendable {
        package let patient: Patient
        package let comparison: PersonComparison
        package let band: PersonComparison.Band
    }

    /// Most that a query looks at in one block, and most that it reports.
    private static let blockLimit = 64
    private static let reportLimit = 20
    /// From so many candidates on no further block is opened.
    private static let candidateLimit = 128
    /// Index entries of one sound that are read through for a year of birth.
    private static let namesakeLimit = 2000

    package static func insert(
        _ keys: BlockingKeys, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        for key in keys.all { try insert(key, of: patientID, in: tx) }
    }

    package static func insert(
        _ key: BlockingKeys.Key, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO blocking_keys (block, code, patient_id) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """, [.integer(key.block), .integer(key.code), .integer(patientID)])
    }

    package static func insert(
        _ address: Address, of patientID: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
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

    // MARK: Looking

    /// The most alike first. Those who were merged count as their survivors.
    package static func nearMatches(
        of query: Demographics, besides patientID: Int64? = nil, in tx: borrowing Transaction
    ) throws -> [NearMatch] {
        let ids = try candidates(for: query, in: tx)
        guard !ids.isEmpty else { return [] }
        let facts = query.matchingKeys.facts
        let population = try population(in: tx)
        var best: [Int64: NearMatch] = [:]
        for id in ids where id != patientID {
            guard let match = try match(facts, query, id, population, in: tx),
                match.band != .unlikely, match.patient.id != patientID
            else { continue }
            if let known = best[match.patient.id],
                known.comparison.bits >= match.comparison.bits
            {
                continue
            }
            best[match.patient.id] = match
        }
        let sorted = best.values.sorted { left, right in
            (left.comparison.bits, right.patient.id) > (right.comparison.bits, left.patient.id)
        }
        return Array(sorted.prefix(reportLimit))
    }

    /// How one registered patient compares with the query, however little they agree.
    package static func comparison(
        of query: Demographics, with patientID: Int64, in tx: borrowing Transaction
    ) throws -> NearMatch? {
        try match(query.matchingKeys.facts, query, patientID, population(in: tx), in: tx)
    }

    private static func match(
        _ facts: PersonFacts, _ query: Demographics, _ id: Int64, _ population: Int,
        in tx: borrowing Transaction
    ) throws -> NearMatch? {
        guard let candidate = try PatientStore.find(id: id, in: tx),
            candidate.countryCode == query.countryCode
        else { return nil }
        let comparison = PersonComparison(
            facts, PersonFacts(candidate, address: try address(of: id, in: tx)))
        guard let survivor = try PatientStore.survivor(of: candidate, in: tx) else { return nil }
        return NearMatch(
            patient: survivor, comparison: comparison,
            band: comparison.band(inPopulation: population))
    }

    /// About how many people are registered: ids are given in a row.
    private static func population(in tx: borrowing Transaction) throws -> Int {
        try tx.first("SELECT COALESCE(MAX(id), 0) FROM patients") { $0.int(0) } ?? 0
    }

    /// The rarest facts first; a hundred strangers more would cost everybody else's writes.
    private static func candidates(
        for query: Demographics, in tx: borrowing Transaction
    ) throws -> Set<Int64> {
        let keys = query.matchingKeys.blocking
        var found: Set<Int64> = []
        if let nationalID = query.nationalID {
            found.formUnion(try PatientStore.find(nationalID: nationalID, in: tx).map(\.id))
        }
        if let phone = query.phoneNumber {
            found.formUnion(try PatientStore.find(phone: phone, in: tx).map(\.id))
        }
        found.formUnion(try patientsBorn(under: keys.birth, in: tx))
        found.formUnion(try patientsSounding(like: query, in: tx))
        for key in keys.place + keys.names where found.count < candidateLimit {
            found.formUnion(try patients(under: key, in: tx))
        }
        return found
    }

    private static func patientsBorn(
        under keys: [BlockingKeys.Key], in tx: borrowing Transaction
    ) throws -> Set<Int64> {
        guard let block = keys.first?.block else { return [] }
        // About two rows a person.
        let limit = BlockingKeys.wholeBlockLimit * 2
        let whole = try tx.all(
            "SELECT patient_id FROM blocking_keys WHERE block = ? LIMIT ?",
            [.integer(block), .int(limit + 1)]
        ) { $0.int64(0) }
        if whole.count <= limit { return Set(whole) }
        var found: Set<Int64> = []
        for key in keys where found.count < candidateLimit {
            found.formUnion(try patients(under: key, in: tx))
        }
        return found
    }

    /// Of many people whose names sound alike only those born in the same year: the rest is found by
    /// what else they share.
    private static func patientsSounding(
        like query: Demographics, in tx: borrowing Transaction
    ) throws -> [Int64] {
        let keys = query.matchingKeys.sound
        let bounds: [SQLValue] = [.integer(keys.lowerBound), .integer(keys.upperBound)]
        let all = try tx.all(
            "SELECT id FROM patients WHERE name_key BETWEEN ? AND ? LIMIT ?",
            bounds + [.int(blockLimit + 1)]
        ) { $0.int64(0) }
        guard all.count > blockLimit else { return all }
        let year = String(query.dateOfBirth.description.prefix(4))
        return try tx.all(
            """
            SELECT id FROM (
                SELECT id, date_of_birth FROM patients WHERE name_key BETWEEN ? AND ? LIMIT ?
            ) AS namesakes WHERE date_of_birth BETWEEN ? AND ? LIMIT ?
            """,
            bounds + [
                .int(namesakeLimit), .text(year + "-01-01"), .text(year + "-12-31"),
                .int(blockLimit),
            ]
        ) { $0.int64(0) }
    }

    private static func patients(
        under key: BlockingKeys.Key, in tx: borrowing Transaction
    ) throws -> [Int64] {
        try tx.all(
            "SELECT patient_id FROM blocking_keys WHERE block = ? AND code = ? LIMIT ?",
            [.integer(key.block), .integer(key.code), .int(blockLimit)]
        ) { $0.int64(0) }
    }
}
