package import Identity
package import Database

/// Who is registered that may be the person of a query although not everything agrees.
///
/// Most of it needs no write transaction: it is looked for before, on a snapshot, and within the
/// transaction only those are looked at who were registered since. The result is that of a whole
/// search within: ids are given in a row, and who learnt a fact, was corrected or merged meanwhile stands as
/// in an order in which this registration came first. A correction looks for near matches itself; whom it
/// makes alike in the very moment of a registration may go without a case.
package struct NearMatchSearch: Sendable {
    /// Most that a query reports.
    private static let reportLimit = 20

    private let candidates: CandidateSearch
    /// Everybody looked at.
    private let all: Set<Int64>
    /// Of those, who is alike.
    private var likely: [Int64: PersonComparison] = [:]

    /// Looks at everybody.
    package init(for query: Demographics, in tx: borrowing Transaction) throws {
        let population = try BlockingStore.population(in: tx)
        candidates = try CandidateSearch(for: query, lastPatientID: Int64(population), in: tx)
        all = candidates.all
        for id in all.sorted() { try compare(query, with: id, among: population, in: tx) }
    }

    /// Looks at who was registered since, and at whom this transaction has learnt something of.
    private init(
        for query: Demographics, since earlier: NearMatchSearch,
        _ namesakes: [RecentPatients.PhoneticMatch], changed: Set<Int64>,
        in tx: borrowing Transaction
    ) throws {
        let population = try BlockingStore.population(in: tx)
        candidates = try CandidateSearch(
            for: query, since: earlier.candidates, newcomers: namesakes,
            lastPatientID: Int64(population), in: tx)
        all = candidates.all
        for id in all.sorted() {
            if earlier.all.contains(id), !changed.contains(id) {
                likely[id] = earlier.likely[id]
            } else {
                try compare(query, with: id, among: population, in: tx)
            }
        }
    }

    private mutating func compare(
        _ query: Demographics, with id: Int64, among population: Int,
        in tx: borrowing Transaction
    ) throws {
        guard let comparison = try BlockingStore.compare(query, with: id, in: tx),
            comparison.band(inPopulation: population) != .unlikely
        else { return }
        likely[id] = comparison
    }

    /// The most alike first. Those who were merged count as their survivors.
    package static func matches(
        of query: Demographics, in tx: borrowing Transaction
    ) throws -> [BlockingStore.NearMatch] {
        let newcomers = tx.memory.newcomers
        guard let earlier = query.nearMatches,
            let namesakes = try newcomers.namesakes(
                of: query, since: earlier.candidates.lastPatientID, in: tx)
        else { return try NearMatchSearch(for: query, in: tx).matches(in: tx) }
        return try NearMatchSearch(
            for: query, since: earlier, namesakes, changed: newcomers.changed, in: tx
        ).matches(in: tx)
    }

    private func matches(in tx: borrowing Transaction) throws -> [BlockingStore.NearMatch] {
        let population = Int(candidates.lastPatientID)
        var best: [Int64: BlockingStore.NearMatch] = [:]
        for (id, comparison) in likely.sorted(by: { $0.key < $1.key }) {
            guard comparison.band(inPopulation: population) != .unlikely,
                let patient = try PatientStore.survivor(withID: id, in: tx)
            else { continue }
            if let known = best[patient.id], known.comparison.bits >= comparison.bits { continue }
            best[patient.id] = BlockingStore.NearMatch(
                patient: patient, comparison: comparison, population: population)
        }
        let sorted = best.values.sorted { left, right in
            (left.comparison.bits, right.patient.id) > (right.comparison.bits, left.patient.id)
        }
        return Array(sorted.prefix(NearMatchSearch.reportLimit))
    }
}

extension Demographics {
    /// What was found before the transaction that needs it; `nil` where nobody looked.
    package var nearMatches: NearMatchSearch? {
        get { search as? NearMatchSearch }
        set { search = newValue }
    }
}
