import Values
package import Identity
package import Database

/// Blood type and allergies stay with the registration that they were told of, as records do: when a
/// merge is undone, each has their own. Shown are those of all who are merged.
extension PatientStore {
    /// A patient with what is known of those who were merged into them: allergies are united, and
    /// where the survivor has no blood type, the first one registered who has one lends it.
    ///
    /// - Parameter people: the patient among them.
    package static func merged(
        _ patient: Patient, of people: [Int64], in tx: borrowing Transaction
    ) throws -> Patient {
        // Nearly everybody: nothing of theirs is decoded.
        guard people.count > 1 else { return patient }
        var facts = try EmergencyFacts(patient)
        for id in people.sorted() where id != patient.id {
            if let other = try find(id: id, in: tx) { facts.merge(try EmergencyFacts(other)) }
        }
        return Patient(
            patient, bloodType: facts.bloodType?.rawValue, allergies: facts.allergiesJSON)
    }

    /// Of the people in a patient, the one whom demographics name. What is said of a patient who is
    /// merged is theirs: undone, the survivor has none of it.
    package static func owner(
        of said: Demographics, in patient: Patient, in tx: borrowing Transaction
    ) throws -> Patient? {
        guard patient.identityStatus == .active else { return patient }
        let id = try MergedPatients.ownerID(named: said, heldBy: patient, in: tx)
        return id == patient.id ? patient : try find(id: id, in: tx)
    }
}
