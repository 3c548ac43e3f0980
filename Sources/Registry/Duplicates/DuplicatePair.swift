import Crypto
package import Database
package import Identity
import Values

/// A case with the two people it is about, as they are now. Of an open one they are whoever they were
/// merged into meanwhile.
package struct DuplicatePair {
    package let duplicate: DuplicateCase
    /// The one registered later.
    package let patient: DuplicatePerson
    package let candidate: DuplicatePerson
    /// How they compare: now, or what the case was opened for where it is not open any more.
    package let comparison: String
    package let ruleVersion: Int
    package let bits: Double
    package let band: PersonComparison.Band
    package let certainty: DuplicateCase.Certainty
    package let warnings: [DuplicateWarning]
    /// Further open cases of either of the two, counted up to a hundred.
    package let otherCaseCount: Int
    /// Changes with whatever is known of the two.
    package let version: String
    /// Those of the case itself who were merged into the two meanwhile.
    private let merged: [Int64]

    package init(_ duplicate: DuplicateCase, in tx: borrowing Transaction) throws {
        let (ids, isOpen) = (
            [duplicate.patientID, duplicate.candidateID], duplicate.state == .open
        )
        let people = try ids.compactMap { id in
            try isOpen
                ? PatientStore.survivor(withID: id, in: tx) : PatientStore.find(id: id, in: tx)
        }.map { try DuplicatePerson($0, in: tx) }
        guard people.count == 2 else {
            throw DatabaseError.unreadable(row: "duplicate_cases \(duplicate.id)")
        }
        self.duplicate = duplicate
        (patient, candidate) = (people[0], people[1])
        let population = try BlockingStore.population(in: tx)
        let now = PersonComparison(people[0].facts, people[1].facts)
        comparison = isOpen ? now.explanation : duplicate.comparison
        ruleVersion = isOpen ? PersonComparison.ruleVersion : duplicate.ruleVersion
        bits = isOpen ? now.bits : duplicate.bits
        band =
            isOpen
            ? now.band(inPopulation: population)
            : PersonComparison.Band(rawValue: duplicate.band) ?? .possible
        certainty = DuplicateCase.Certainty(
            bits, isCertain: band == .certain, inPopulation: population)
        warnings = DuplicateWarning.all(of: people, compared: now)
        otherCaseCount = try DuplicatePair.otherCaseCount(of: people, duplicate.id, in: tx)
        version = DuplicatePair.version(of: people)
        merged = try isOpen ? ids.flatMap { try MergedPatients.retired(from: $0, in: tx) } : []
    }

    package var people: [DuplicatePerson] { [patient, candidate] }

    private static func version(of people: [DuplicatePerson]) -> String {
        let states = people.map { "\($0.patient.healthID) \($0.updatedAt.milliseconds)" }
        return String(SHA256.hash(states.joined(separator: " ")).hex.prefix(16))
    }

    private static func otherCaseCount(
        of people: [DuplicatePerson], _ id: String, in tx: borrowing Transaction
    ) throws -> Int {
        let others = try people.flatMap {
            try DuplicateCaseStore.openIDs(of: $0.patient.id, limit: 101, in: tx)
        }
        return min(Set(others).subtracting([id]).count, 100)
    }

    /// - Throws: `Refusal` 404.
    package static func find(
        _ id: String, naming entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> DuplicatePair {
        entry.entity = "duplicate/" + id
        guard let duplicate = try DuplicateCaseStore.find(id, in: tx) else {
            throw Refusal(.notFound, "There is no case with this id.")
        }
        let pair = try DuplicatePair(duplicate, in: tx)
        // Both learn of it, by one row.
        entry.batchPatientIDs = Set(
            entry.batchPatientIDs + pair.people.map(\.patient.id) + pair.merged
        ).sorted()
        return pair
    }

    /// Who stays unless somebody says otherwise: who was verified, or has the records; else the one who
    /// was registered first. Where these differ, a person should choose.
    package var proposal: (survivor: Patient, isClear: Bool) {
        let (isVerified, hasRecords) = (
            people.map(\.isVerified), people.map { $0.holdings.records > 0 }
        )
        let voices = [isVerified, hasRecords].filter { $0[0] != $0[1] }.map { $0[0] ? 0 : 1 }
        let first = voices.first ?? 1
        return (people[first].patient, voices.allSatisfy { $0 == first })
    }
}
