import Database
import Identity
import Registry
import Values

/// The numbers of patients that a caller may see and name.
struct PatientNumbers: Sendable {
    /// Beside those that everybody sees: the client's own, and those of its facility's systems.
    let owners: [(system: String, owner: String)]

    init(_ client: Principal) {
        var owners = [(FHIRSystem.client(client.referenceOwner), client.referenceOwner)]
        if let facilityID = client.facilityID {
            let owner = "facility:" + facilityID
            if owner != client.referenceOwner {
                owners.append((FHIRSystem.facility(facilityID, "patient"), owner))
            }
        }
        self.owners = owners
    }

    /// Of a patient and whoever was merged into them.
    func all(
        of patient: Patient, _ people: [Int64], in tx: borrowing Transaction
    ) throws -> (details: PatientDetails, numbers: [(system: String, value: String)]) {
        let details = try PatientDetails(patient, of: people, owner: owners[0].owner, in: tx)
        var numbers = details.references.map { (system: owners[0].system, value: $0) }
        for (system, owner) in owners.dropFirst() {
            let others = try PatientDetails(patient, of: people, owner: owner, in: tx)
            numbers += others.references.map { (system: system, value: $0) }
        }
        return (details, numbers)
    }

    /// Whether values of this system are kept for anybody.
    func knows(_ system: String) -> Bool {
        let nationalID = FHIRSystem.nationalID("").utf8
        let country = system.utf8.dropFirst(nationalID.count)
        return system == FHIRSystem.healthID || owners.contains { $0.system == system }
            || system.utf8.starts(with: nationalID) && country.count == 2
                && country.allSatisfy { (65...90).contains($0) }
    }

    func patients(
        withID text: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        let id = ResourceID.id(in: text, of: .patient)
        return try PatientReference(id).flatMap { try PatientStore.find($0, in: tx) }
            .map { [$0.patient] } ?? []
    }

    func patients(
        identifiedBy token: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        guard let (system, value) = SearchQuery.parts(ofToken: token), !system.isEmpty else {
            let value = SearchQuery.parts(ofToken: token)?.code ?? token
            return try patients(withID: value, in: tx)
                + PatientStore.find(nationalID: value, in: tx).filter { Self.bears(value, $0) }
                + owners.flatMap { try holders(of: value, $0.owner, in: tx) }
        }
        if system == FHIRSystem.healthID { return try patients(withID: value, in: tx) }
        if let owner = owners.first(where: { $0.system == system }) {
            return try holders(of: value, owner.owner, in: tx)
        }
        return try PatientStore.find(nationalID: value, in: tx).filter { patient in
            system == FHIRSystem.nationalID(patient.countryCode) && Self.bears(value, patient)
        }
    }

    /// Numbers are found by their letters and digits.
    private static func bears(_ number: String, _ patient: Patient) -> Bool {
        !Matching.identifierKey(number).isEmpty
            && patient.nationalID.map(Matching.identifierKey) == Matching.identifierKey(number)
    }

    private func holders(
        of number: String, _ owner: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        try PatientStore.find(reference: number, of: owner, in: tx).map { [$0] } ?? []
    }
}
