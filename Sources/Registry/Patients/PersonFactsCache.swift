package import Identity
package import Database

/// People that a transaction has compared with somebody: of a crowd that shares a phone or a name, the
/// same few are looked at for each newcomer.
package final class PersonFactsCache {
    package struct Person {
        package let countryCode: String
        package let facts: PersonFacts
    }

    /// About a kilobyte each.
    private static let limit = 4096

    private var people: [Int64: Person] = [:]

    /// `nil` when nobody has this id.
    package func person(_ id: Int64, in tx: borrowing Transaction) throws -> Person? {
        if let known = people[id] { return known }
        guard let patient = try PatientStore.find(id: id, in: tx) else { return nil }
        let person = Person(
            countryCode: patient.countryCode,
            facts: PersonFacts(patient, address: try BlockingStore.address(of: id, in: tx)))
        if people.count == PersonFactsCache.limit { people.removeAll(keepingCapacity: true) }
        people[id] = person
        return person
    }

    /// More is known of a patient now.
    func forget(_ id: Int64) {
        people[id] = nil
    }
}

extension BatchCache {
    package var compared: PersonFactsCache { slot { PersonFactsCache() } }
}
