package import Database
import Identity

/// A case as a list shows it: by its people's numbers, and nothing that is known of them. Who they are is
/// shown, and audited, where it is opened.
package struct DuplicateLine: Sendable {
    package let duplicate: DuplicateCase
    /// The one registered later, then the other; of open ones whoever they are by now.
    package let healthIDs: [String]
    package let certainty: DuplicateCase.Certainty
    /// Where the later one was registered.
    package let facilityName: String?

    package init(
        _ duplicate: DuplicateCase, inPopulation population: Int, in tx: borrowing Transaction
    ) throws {
        self.duplicate = duplicate
        healthIDs = try [duplicate.patientID, duplicate.candidateID].compactMap { id in
            duplicate.state == .open
                ? try PatientStore.survivor(withID: id, in: tx)?.healthID
                : try PatientStore.find(id: id, in: tx)?.healthID
        }
        certainty = DuplicateCase.Certainty(
            duplicate.bits, isCertain: duplicate.band == "certain", inPopulation: population)
        facilityName = try duplicate.facilityID.flatMap {
            try FacilityStore.find($0, in: tx)?.name
        }
    }

    package static func all(
        _ cases: [DuplicateCase], in tx: borrowing Transaction
    ) throws -> [DuplicateLine] {
        let population = try BlockingStore.population(in: tx)
        return try cases.map { try DuplicateLine($0, inPopulation: population, in: tx) }
    }
}
