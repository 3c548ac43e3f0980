/// What became of the records of one request, in their order.
package struct HealthcareOutcome: Sendable {
    package enum Status: String, Sendable {
        case created, updated, unchanged
    }

    /// One record that is stored.
    package struct Stored: Sendable {
        package let status: Status
        package let id: String
        package var code: String?
        package var healthID: String?
        package var patientID: Int64?
        /// Of a patient without a birth date or a family name: there is no Health ID yet.
        package var isUnidentified = false
        package var warnings: [String] = []

        package init(_ status: Status, id: String) {
            self.status = status
            self.id = id
        }
    }

    package let entity: HealthcareEntity
    package private(set) var results: [Result<Stored, Refusal>] = []
    package private(set) var created = 0
    package private(set) var updated = 0
    package private(set) var unchanged = 0
    package private(set) var failed = 0
    package var cases = CaseAllowance()
    /// The patients of the part that is being stored.
    package private(set) var patientIDs: Set<Int64> = []

    package init(_ entity: HealthcareEntity, count: Int) {
        self.entity = entity
        results.reserveCapacity(count)
    }

    mutating func beginPart() { patientIDs.removeAll() }

    package mutating func append(_ stored: Stored) {
        count(stored)
        results.append(.success(stored))
    }

    private mutating func count(_ stored: Stored) {
        switch stored.status {
        case .created: created += 1
        case .updated: updated += 1
        case .unchanged: unchanged += 1
        }
        if let patientID = stored.patientID { patientIDs.insert(patientID) }
    }

    /// What was refused at first, and then had its place.
    package mutating func replaceFailure(at index: Int, with stored: Stored) {
        guard case .failure = results[index] else {
            preconditionFailure("Only what failed has a second turn.")
        }
        failed -= 1
        count(stored)
        results[index] = .success(stored)
    }

    /// What was refused, and a later record of the list took back.
    package mutating func overrule(at index: Int, by later: Int) {
        guard case .success(var stored) = results[later], stored.status == .unchanged else {
            return
        }
        stored.warnings = [
            "A later record of the list, at index \(later), says otherwise of this appointment, and "
                + "is what is stored."
        ]
        replaceFailure(at: index, with: stored)
    }

    package mutating func append(_ refusal: Refusal) {
        failed += 1
        results.append(.failure(refusal))
    }

    package var isRefused: Bool { failed > 0 && failed == results.count }
}
